"""The invariants A to G, checked against the fake provider's journal, which is the truth: of one case, of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.journal.models import Entry
from lotocar.messages.models import InboundMessage, OutboxMessage
from tests.faults.world import Case, World
from tests.messages.desk import seen_by_the_desk
from tests.support.fake_twilio import Record

REACHED = {"accepted", "sent", "delivered"}
ENDED = {"delivered", "blocked", "failed", "undelivered", "expired", "canceled", "needs_human"}


def breaches(world: World, case: Case, *, acknowledged: set[str]) -> list[str]:
    """What does not hold of this case: « lost », « duplicated », « silent » or the letter of an invariant."""
    with world.factory() as session:
        numbers = (case.number, case.landline)
        messages = list(session.scalars(select(OutboxMessage).where(OutboxMessage.to_number.in_(numbers))))
        sent, calls = world.sent(case.number), world.calls(case.landline)
        return [
            *_a_acknowledged_exists(session, case, acknowledged),
            *_b_once(messages, sent),
            *_b_rung_once(calls),
            *_c_every_message_has_an_end(world, session, messages, [*sent, *calls]),
            *_d_seats(session, case),
            *_e_replies(session, case, acknowledged),
            *_g_story(session, case),
        ]


def _a_acknowledged_exists(session: Session, case: Case, acknowledged: set[str]) -> list[str]:
    asked = session.scalar(select(func.count()).where(Approach.ride_request_id == case.request_id)) or 0
    if "asked" in acknowledged and not asked:
        return ["A: lost: the question acknowledged to the desk is gone"]
    return ["A: duplicated: the form sent again made a second question"] if asked > 1 else []


def _b_once(messages: list[OutboxMessage], sent: list[Record]) -> list[str]:
    """Once per purpose: one kind of message, about one thing, to one number. Calls to make count too."""
    purposes = {row.id: f"{row.kind} of {row.subject_kind} {row.subject_id}" for row in messages}
    left = Counter(purposes.get(row_of(record), "no row") for record in sent)
    calls = Counter(purposes[row.id] for row in messages if row.channel == "call")
    counts = [*left.items(), *calls.items()]
    return [f"duplicated: {count} of {what}" for what, count in counts if count > 1 or what == "no row"]


def _b_rung_once(calls: list[Record]) -> list[str]:
    """Nobody is rung twice by one row: a call has no list to search, and a doubt is a person's to settle."""
    rung = Counter(row_of(record) for record in calls)
    return [f"duplicated: {count} calls of {row_id}" for row_id, count in rung.items() if count > 1]


def _c_every_message_has_an_end(
    world: World, session: Session, messages: list[OutboxMessage], sent: list[Record]
) -> list[str]:
    left = {row_of(record) for record in sent}
    seen = {row.id for row in seen_by_the_desk(session, now=world.clock())}
    faults = []
    for row in messages:
        if row.status in REACHED and row.id not in left:
            faults.append(f"lost: {row.kind} is {row.status} but never left")
        replaced = row.reason.endswith(".again")  # by a later row, which is looked at as well
        if row.status not in {"delivered", "blocked"} and row.id not in seen and not replaced:
            faults.append(f"silent: {row.kind} is {row.status} and nobody sees it")
    return faults


def _d_seats(session: Session, case: Case) -> list[str]:
    seats = session.get_one(Trip, case.trip_id).seats
    taken = session.scalar(select(func.sum(SeatUse.taken)).where(SeatUse.trip_id == case.trip_id)) or 0
    live = session.scalar(
        select(func.sum(Ride.seats)).where(Ride.trip_id == case.trip_id, Ride.live_leg_id.is_not(None))
    )
    return [] if taken == (live or 0) <= seats else [f"D: {taken} seats taken, {live} ridden, of {seats}"]


def _e_replies(session: Session, case: Case, acknowledged: set[str]) -> list[str]:
    letters = list(session.scalars(select(InboundMessage).where(InboundMessage.from_number == case.number)))
    faults = []
    if len({letter.provider_sid[:34] for letter in letters}) != len(letters):
        faults.append("E: duplicated: one reply is kept twice")
    if "replied" in acknowledged and not letters:
        faults.append("E: lost: the reply is gone")
    if any(letter.state == "received" for letter in letters):
        faults.append("E: silent: a reply was never read")
    accepted = select(Approach.id).where(
        Approach.ride_request_id == case.request_id, Approach.status == "accepted"
    )
    if letters and any(letter.decision == "accept" for letter in letters) and not session.scalar(accepted):
        faults.append("E: lost: the yes changed nothing")
    live = session.scalar(select(func.count()).where(Ride.live_leg_id == case.leg_id))
    if letters and live != 1:
        faults.append(f"E: {live} rides from one yes")
    return faults


def _g_story(session: Session, case: Case) -> list[str]:
    verbs = Counter(
        session.scalars(
            select(Entry.verb).where(
                Entry.subject_kind == "ride_request", Entry.subject_id == case.request_id
            )
        )
    )
    approaches = session.scalar(select(func.count()).where(Approach.ride_request_id == case.request_id))
    rides = session.scalar(select(func.count()).where(Ride.leg_id == case.leg_id))
    told = verbs["approach.asked"] == approaches and verbs["approach.accepted"] == rides
    return [] if told else [f"G: the story says {dict(verbs)} of {approaches} approaches and {rides} rides"]


def whole(session: Session, *, left: Counter[str]) -> list[str]:
    """What does not hold of the whole database; `left` counts what the provider ever created for each row."""
    return [*_b_c_outbox(session, left), *_d_every_trip(session), *_e_inbox(session), *_f_integrity(session)]


def row_of(record: Record) -> str:
    """The outbox row that a record's callback address names."""
    return record.callback.removesuffix("/fin").split("/")[-2]


def _b_c_outbox(session: Session, left: Counter[str]) -> Iterable[str]:
    known = session.execute(select(OutboxMessage.id, OutboxMessage.status))
    fates = {row_id: status for row_id, status in known}
    for row_id, status in fates.items():
        if status not in ENDED:
            yield f"whole: silent: message {row_id} is still {status}"
        if status == "delivered" and not left[row_id]:
            yield f"whole: lost: message {row_id} is said to be delivered but never left"
    for row_id, count in left.items():
        if count > 1 or row_id not in fates:
            yield f"whole: duplicated: {count} of message {row_id}"


def _d_every_trip(session: Session) -> Iterable[str]:
    sold = select(SeatUse.trip_id, func.sum(SeatUse.taken)).group_by(SeatUse.trip_id)
    seats = {trip_id: count for trip_id, count in session.execute(select(Trip.id, Trip.seats))}
    for trip_id, taken in session.execute(sold):
        if taken > seats[trip_id]:
            yield f"D: {taken} seats taken of {seats[trip_id]} on trip {trip_id}"


def _e_inbox(session: Session) -> Iterable[str]:
    unread = session.scalar(select(func.count()).where(InboundMessage.state == "received"))
    return [f"E: silent: {unread} replies unread"] if unread else []


def _f_integrity(session: Session) -> Iterable[str]:
    """PostgreSQL holds its foreign keys itself, since none is ever declared NOT VALID."""
    if session.get_bind().dialect.name != "sqlite":
        loose = session.scalar(text("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"))
        return [f"F: {loose} constraints not held"] if loose else []
    wrong = [f"F: {row}" for row in session.execute(text("PRAGMA foreign_key_check"))]
    is_whole = session.scalar(text("PRAGMA integrity_check"))
    return wrong + ([] if is_whole == "ok" else [f"F: {is_whole}"])
