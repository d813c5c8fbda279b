"""The invariants A to G of a case, checked against the fake provider's journal, which is the truth."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.journal.models import Entry
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.queries import to_handle
from tests.faults.world import Case, World

REACHED = {"accepted", "sent", "delivered"}


def breaches(world: World, case: Case, *, acknowledged: set[str]) -> list[str]:
    """What does not hold of this case: « lost », « duplicated », « silent » or the letter of an invariant."""
    with world.factory() as session:
        messages = list(session.scalars(select(OutboxMessage).where(OutboxMessage.to_number == case.number)))
        return [
            *_a_acknowledged_exists(world, session, case, acknowledged),
            *_b_sent_once(world, session, case),
            *_c_every_message_has_an_end(world, session, messages),
            *_d_seats(session, case),
            *_e_replies(session, case, acknowledged),
            *_g_story(session, case),
        ]


def _a_acknowledged_exists(world: World, session: Session, case: Case, acknowledged: set[str]) -> list[str]:
    if "asked" in acknowledged and not world.approaches(session, case):
        return ["A: the request acknowledged to the desk is gone"]
    return []


def _b_sent_once(world: World, session: Session, case: Case) -> list[str]:
    keys: Counter[str] = Counter()
    for record in world.twilio.sent(to=case.number):
        row = session.get(OutboxMessage, record.callback.split("/")[-2])
        keys[row.dedup_key if row else "no row"] += 1
    return [f"duplicated: {count} of {key}" for key, count in keys.items() if count > 1 or key == "no row"]


def _c_every_message_has_an_end(world: World, session: Session, messages: list[OutboxMessage]) -> list[str]:
    sent = {record.callback.split("/")[-2] for record in world.twilio.sent()}
    seen_by_the_desk = {row.id for row in to_handle(session, now=world.clock())}
    faults = []
    for row in messages:
        if row.status in REACHED and row.id not in sent:
            faults.append(f"lost: {row.kind} is {row.status} but never left")
        if row.status not in {"delivered", "blocked"} and row.id not in seen_by_the_desk:
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
        faults.append("E: one reply is kept twice")
    if "replied" in acknowledged and not letters:
        faults.append("E: lost: the reply is gone")
    if any(letter.state == "received" for letter in letters):
        faults.append("E: silent: a reply was never read")
    accepted = select(Approach.id).where(
        Approach.ride_request_id == case.request_id, Approach.status == "accepted"
    )
    if letters and any(letter.decision == "accept" for letter in letters) and not session.scalar(accepted):
        faults.append("E: the yes changed nothing")
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


def f_whole(session: Session) -> list[str]:
    """F: foreign keys and integrity of the whole database. PostgreSQL checks both itself."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    wrong = [f"F: {row}" for row in session.execute(text("PRAGMA foreign_key_check"))]
    whole = session.scalar(text("PRAGMA integrity_check"))
    return wrong + ([] if whole == "ok" else [f"F: {whole}"])
