"""Taking, correcting and closing requests. Nothing here asks a driver: that is the rides room, above."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import bits_of, codes_of
from lotocar.carpool.requests import drafts, queries, rules
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.errors import Invalid, Refused
from lotocar.journal import operations as journal
from lotocar.organisation import queries as organisation
from lotocar.values.actor import SYSTEM, Actor
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop
from lotocar.values.tokens import new_hex_id

PRESENCE_LASTS = timedelta(minutes=2)
SUBJECT = "ride_request"


def submit(
    session: Session,
    *,
    form_key: str,
    passenger: Person,
    legs: Sequence[LegWish],
    caller: Person | None = None,
    caller_relation: str = "",
    seats: int = 1,
    needs: str = "",
    return_plan: str = "",
    purpose: str = "autre",
    wish: str = "",
    staff_note: str = "",
    source: str = "desk",
    trip_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> RideRequest:
    """The request, saved; the same `form_key` sent twice gives the same row.

    Raises:
        Invalid: see `rules.check_legs`; or seats, needs, purpose or a text out of bounds.
    """
    already = queries.by_form_key(session, form_key)
    if already is not None:
        return already
    rules.check_legs(legs, today=now.astimezone(PARIS).date())
    check_words(session, seats=seats, purpose=purpose, wish=wish, staff_note=staff_note)
    ride_request = RideRequest(
        form_key=form_key,
        passenger=passenger,
        caller=caller,
        caller_relation=caller_relation,
        source=source,
        status=rules.request_after("draft", "submit"),
        purpose=purpose,
        seats=seats,
        needs=codes_of(bits_of(needs)),
        return_plan=checked_plan(return_plan, legs),
        wish=wish,
        staff_note=staff_note,
        trip_id=trip_id,
        created_at=now,
        updated_at=now,
        legs=[new_leg(position, wish_) for position, wish_ in enumerate(legs)],
    )
    session.add(ride_request)
    refresh_status(ride_request, now=now)
    session.flush()  # the journal needs its number, and a second sending of the form must clash here
    write_down(session, ride_request, "request.submitted", actor, now, legs=len(legs), source=source)
    return ride_request


def lock(session: Session, ride_request: RideRequest) -> None:
    """Take the request's row and read it anew, so that two people's acts are looked at one after the other.

    SQLite serialises writers by itself; PostgreSQL needs the row lock. Flushing first keeps what the caller set.
    """
    session.flush()
    # loaded with its people, it is read with outer joins, whose rows PostgreSQL could not lock
    session.refresh(ride_request, with_for_update={"of": RideRequest})
    for leg in ride_request.legs:
        session.refresh(leg)


def take(
    session: Session,
    ride_request: RideRequest,
    *,
    account_id: int,
    instead_of: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The request becomes this member of the team's; taking it again changes nothing.

    `instead_of` is the account that was seen to hold it, None when nobody did.

    Raises:
        Refused: request.closed; request.taken when somebody else took it since.
    """
    still_open(ride_request)
    if ride_request.assigned_to_id == account_id:
        return
    if ride_request.assigned_to_id not in {None, instead_of}:
        raise Refused("request.taken")
    was, ride_request.assigned_to_id = ride_request.assigned_to_id, account_id
    ride_request.working_by_id = account_id
    ride_request.working_seen_at = now
    refresh_status(ride_request, now=now)
    write_down(session, ride_request, "request.taken", actor, now, was=was)


def release(
    session: Session, ride_request: RideRequest, *, account_id: int, actor: Actor, now: datetime
) -> None:
    """This member of the team's request is nobody's again; letting go of it twice changes nothing.

    Raises:
        Refused: request.closed; request.not_yours when a colleague holds it.
    """
    still_open(ride_request)
    if ride_request.assigned_to_id is None:
        return
    if ride_request.assigned_to_id != account_id:
        raise Refused("request.not_yours")
    was, ride_request.assigned_to_id = ride_request.assigned_to_id, None
    ride_request.working_by_id = None
    refresh_status(ride_request, now=now)
    write_down(session, ride_request, "request.released", actor, now, was=was)


def seen_working(session: Session, ride_request_id: int, *, account_id: int, now: datetime) -> int | None:
    """Mark this account as working on the request, unless a colleague was seen less than two minutes ago.

    Returns the account that holds the request when it is somebody else's, None when it is ours. One conditional
    update outside the version count: being there is not a change.
    """
    stale = now - PRESENCE_LASTS
    free = (
        (RideRequest.working_by_id.is_(None))
        | (RideRequest.working_by_id == account_id)
        | (RideRequest.working_seen_at.is_(None))
        | (RideRequest.working_seen_at < stale)
    )
    session.execute(
        update(RideRequest)
        .where(RideRequest.id == ride_request_id, free)
        .values(working_by_id=account_id, working_seen_at=now)
        .execution_options(synchronize_session=False)
    )
    holder = session.scalar(select(RideRequest.working_by_id).where(RideRequest.id == ride_request_id))
    return None if holder == account_id else holder


def close(
    session: Session, ride_request: RideRequest, *, outcome: str, note: str = "", actor: Actor, now: datetime
) -> None:
    """The request is over, with the outcome that is compulsory.

    Raises:
        Invalid: no such outcome. Refused: closed already.
    """
    if outcome not in rules.OUTCOMES:
        raise Invalid("request.outcome", field="outcome")
    ride_request.status = rules.request_after(ride_request.status, "close")
    ride_request.outcome = outcome
    ride_request.outcome_note = note[:300]
    ride_request.closed_at = now
    ride_request.updated_at = now
    ride_request.due_at = None
    ride_request.callback_at = None
    for leg in ride_request.legs:
        if leg.status in {"unserved", "approached"}:
            leg.status = rules.leg_after(leg.status, "fail")
    write_down(session, ride_request, "request.closed", actor, now, outcome=outcome)


def reopen(
    session: Session,
    ride_request: RideRequest,
    *,
    standing: Collection[int] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Open again, with the legs that nobody serves waiting.

    `standing` are the legs whose ride still stands (somebody did not come): looking for another car would
    give them two.

    Raises:
        Refused: it was not closed.
    """
    ride_request.status = rules.request_after(ride_request.status, "reopen")
    ride_request.outcome = None
    ride_request.outcome_note = ""
    ride_request.closed_at = None
    for leg in ride_request.legs:
        if leg.status == "failed" and leg.id not in standing:
            leg.status = rules.leg_after(leg.status, "release")
    refresh_status(ride_request, now=now)
    write_down(session, ride_request, "request.reopened", actor, now)


def call_back_at(
    session: Session, ride_request: RideRequest, at: datetime | None, *, actor: Actor, now: datetime
) -> None:
    """Promise a call at this instant, or drop the promise with None."""
    still_open(ride_request)
    was, ride_request.callback_at = ride_request.callback_at, at
    refresh_status(ride_request, now=now)
    write_down(
        session,
        ride_request,
        "request.callback",
        actor,
        now,
        at=at.isoformat() if at else None,
        was=was.isoformat() if was else None,
    )


def move_leg(leg: Leg, act: str, *, now: datetime) -> None:
    """One step of a leg, and the request's state that follows from it.

    Raises:
        Refused: the leg cannot take this step.
    """
    leg.status = rules.leg_after(leg.status, act)
    refresh_status(leg.ride_request, now=now)


def look_again(ride_request: RideRequest, *, now: datetime) -> None:
    """Something fell through: somebody must look at the request now, not at its usual delay."""
    if ride_request.due_at is not None and ride_request.callback_at is None:
        ride_request.due_at = min(ride_request.due_at, now)


def refresh_status(ride_request: RideRequest, *, now: datetime) -> None:
    """Set the request's state and due time from its legs; closed and draft requests keep theirs."""
    ride_request.status = rules.status_of(
        ride_request.status,
        [leg.status for leg in ride_request.legs],
        taken=ride_request.assigned_to_id is not None,
    )
    ride_request.updated_at = now
    live = [leg for leg in ride_request.legs if leg.status not in rules.GIVEN_UP | {"done"}]
    first_day = min(leg.day for leg in live or ride_request.legs)
    ride_request.due_at = rules.due_at(
        ride_request.status,
        now=now,
        first_day_starts=datetime.combine(first_day, time(8), tzinfo=PARIS).astimezone(UTC),
        callback_at=ride_request.callback_at,
    )


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Keep the counts of this person's requests, forget the words and precise places.

    What they asked for themselves is closed. What they asked for somebody else goes on without them.
    """
    drafts.erase_person(session, person_id)
    called = select(RideRequest).where(RideRequest.caller_id == person_id)
    for ride_request in session.scalars(called):
        ride_request.caller_id = None
        _forget_words(ride_request)
    asked = select(RideRequest).where(RideRequest.passenger_id == person_id)
    for ride_request in session.scalars(asked):
        if ride_request.is_open:
            close(session, ride_request, outcome="withdrawn_by_passenger", actor=SYSTEM, now=now)
        _forget_words(ride_request)
        ride_request.wish = ride_request.needs = ""
        # the key of a form may hold what a browser sent: a fresh one cannot be traced back
        ride_request.form_key = new_hex_id()
        for leg in ride_request.legs:
            leg.origin = _blurred(leg.origin)
            leg.destination = _blurred(leg.destination)


def _forget_words(ride_request: RideRequest) -> None:
    """What the team wrote of both: it may name either."""
    ride_request.caller_relation = ""
    ride_request.staff_note = ""
    ride_request.outcome_note = ""


def _blurred(stop: Stop) -> Stop:
    """The commune without the address: its code as a label, and a position rounded to about a kilometre."""
    return Stop(label=stop.insee, insee=stop.insee, lat=round(stop.lat, 2), lon=round(stop.lon, 2))


def checked_plan(plan: str, legs: Sequence[LegWish]) -> str:
    """How the way back will be settled; nothing once it is asked for.

    Raises:
        Invalid: request.return_plan.
    """
    if plan not in rules.RETURN_PLANS:
        raise Invalid("request.return_plan", field="back")
    return "" if any(leg.direction == "back" for leg in legs) else plan


def new_leg(position: int, wish: LegWish) -> Leg:
    """A leg to serve, not stored yet."""
    leg = Leg(position=position, direction=wish.direction, status="unserved")
    fill(leg, wish)
    return leg


def fill(leg: Leg, wish: LegWish) -> None:
    """Give the leg the journey wished for."""
    leg.origin = wish.origin
    leg.destination = wish.destination
    leg.day = wish.day
    leg.time_kind = wish.time_kind
    leg.hour = wish.hour
    leg.until = wish.until
    leg.flexible_days = wish.flexible_days
    leg.unsure = wish.unsure


def check_words(session: Session, *, seats: int, purpose: str, wish: str, staff_note: str) -> None:
    """Refuse seats, purpose or texts out of bounds.

    Raises:
        Invalid: with the field to blame.
    """
    if not 1 <= seats <= rules.MAX_SEATS:
        raise Invalid("request.seats", field="seats")
    if purpose not in organisation.purpose_codes(session):
        raise Invalid("request.purpose", field="purpose")
    if len(wish) > rules.MAX_TEXT:
        raise Invalid("request.too_long", field="wish")
    if len(staff_note) > rules.MAX_TEXT:
        raise Invalid("request.too_long", field="staff_note")


def still_open(ride_request: RideRequest) -> None:
    """Refuse what is over.

    Raises:
        Refused: request.closed.
    """
    if not ride_request.is_open:
        raise Refused("request.closed")


def write_down(
    session: Session, ride_request: RideRequest, verb: str, actor: Actor, now: datetime, **data: Any
) -> None:
    """One line more in the story of this request."""
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=verb,
        subject_kind=SUBJECT,
        subject_id=ride_request.id,
        data={key: value for key, value in data.items() if value is not None},
    )
