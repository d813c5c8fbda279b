"""What became of rides, and what time does to approaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import may_give_contact
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.requests.rules import SERVED
from lotocar.carpool.rides import handing, queries, rules, texts
from lotocar.carpool.rides.bookings import (
    cancel,
    free_if_nobody_left,
    leave_if_empty,
    lock,
    note_approach,
    note_ride,
)
from lotocar.carpool.rides.in_order import next_in_line
from lotocar.carpool.rides.models import Approach, ContactReveal, Ride
from lotocar.carpool.rides.operations import withdraw
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.messages import operations as messages
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM, Actor

NO_SHOWS = frozenset({"passenger_no_show", "driver_no_show"})
HAPPENED = {"done": "finish", "passenger_no_show": "fail", "driver_no_show": "fail"}  # and the leg's own step
FELL_OUT = {"cancel_by_driver": "decline", "cancel_by_passenger": "withdraw"}  # and the approach's own step


def finish(
    session: Session, ride: Ride, act: str, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """What became of the ride: done, a no-show, cancelled, lost sight of, or taken back ("reopen").

    A cancelled ride frees its seat and tells the other side; its leg is looked for again when the driver fell
    out, and given up when the passenger did. A request with nothing left to serve closes by itself.

    Raises:
        Refused: the ride cannot take this step, or is said done before it began.
    """
    lock(session, ride.leg.ride_request)
    session.refresh(ride)
    if act in HAPPENED and ride.pickup_at > now:
        raise Refused("ride.not_yet")
    if act in FELL_OUT:
        _fall_out(session, ride, act, actor=actor, now=now, policy=policy)
    else:
        ride.status = rules.ride_after(ride.status, act)
        _settle_leg(session, ride, act, actor=actor, now=now)
    if act == "reopen":
        _take_back_words(ride)
    note_ride(session, ride, act, actor, now)
    if act != "cancel_by_driver":  # the passenger was left standing: a human says how it ends
        close_when_over(session, ride.leg.ride_request, actor=actor, now=now)


def close_request(
    session: Session,
    ride_request: RideRequest,
    *,
    outcome: str,
    note: str = "",
    expected_revision: int | None = None,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> None:
    """End a request: whoever was still asked is thanked, and an outcome that carries nobody cancels what was agreed.

    `expected_revision` is what whoever closes it had read; None when it was read in this very transaction.

    Raises:
        Invalid: no such outcome. Refused: stale.close when it changed since it was read; closed already;
            request.ride_to_come when it is said to be served before a ride that stands took place.
    """
    lock(session, ride_request)
    if expected_revision not in {None, ride_request.revision}:
        raise Refused("stale.close")
    rides = queries.rides_of_request(session, ride_request)
    if outcome in SERVED and any(ride.status == "planned" and ride.pickup_at > now for ride in rides):
        raise Refused("request.ride_to_come")
    for one in queries.waiting_of_request(session, ride_request.id):
        if one.status != "to_reconfirm" or outcome not in SERVED:
            withdraw(session, one, actor=actor, now=now, policy=policy)
    if outcome not in SERVED:
        for ride in queries.rides_of_request(session, ride_request):
            if ride.status == "planned" and ride.pickup_at > now:
                cancel(session, ride, "cancel_by_passenger", actor=actor, now=now, policy=policy)
                leave_if_empty(session, ride.approach, "withdraw")
                note_ride(session, ride, "cancel_by_passenger", actor, now)
    requests.close(session, ride_request, outcome=outcome, note=note, actor=actor, now=now)


def reopen_request(session: Session, ride_request: RideRequest, *, actor: Actor, now: datetime) -> None:
    """Open a request again; a leg whose ride still stands is not looked for a second time.

    Raises:
        Refused: it was not closed.
    """
    lock(session, ride_request)
    standing = {ride.leg_id for ride in queries.rides_of_request(session, ride_request)}
    requests.reopen(session, ride_request, standing=standing, actor=actor, now=now)


def reveal_contact(
    session: Session,
    *,
    driver: Person,
    passenger: Person,
    trip_id: int,
    network_hash: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Record that a driver's number was shown to this passenger; `network_hash` stands for where they asked from.

    Raises:
        Refused: a minor without a recorded authorisation.
    """
    guardian = passenger.guardian_consent_at is not None
    if not may_give_contact(minor=passenger.minor, guardian_consented=guardian):
        raise Refused("person.guardian")
    session.add(
        ContactReveal(
            driver_id=driver.id,
            passenger_id=passenger.id,
            trip_id=trip_id,
            network_hash=network_hash,
            at=now,
        )
    )
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="contact.revealed",
        subject_kind="person",
        subject_id=driver.id,
        data={"passenger": passenger.id, "trip": trip_id},
    )


def to_lapse(session: Session, *, now: datetime) -> list[int]:
    """The approaches whose time to answer is over."""
    due = select(Approach.id).where(Approach.status.in_(sorted(rules.LAPSES)), Approach.expires_at <= now)
    return list(session.scalars(due))


def lapse(session: Session, approach_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Nobody waits for this driver any longer; whether it was still so."""
    one = session.get_one(Approach, approach_id)
    lock(session, one.ride_request, one)
    if one.status not in rules.LAPSES or one.expires_at > now:
        return False  # answered while we looked
    one.status = rules.approach_after(one.status, "expire")
    free_if_nobody_left(session, one, now=now)
    note_approach(session, one, "expired", SYSTEM, now)
    next_in_line(session, one, actor=SYSTEM, now=now, policy=policy)
    return True


def to_lose_sight(session: Session, *, now: datetime) -> list[int]:
    """The planned rides that ended days ago without a word."""
    silent = select(Ride.id).where(Ride.status == "planned", Ride.dropoff_at <= now - rules.FORGOTTEN_AFTER)
    return list(session.scalars(silent))


def lose_sight(session: Session, ride_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Nobody knows what became of this ride: it goes onto the call list; whether it was still so."""
    ride = session.get_one(Ride, ride_id, with_for_update=True, populate_existing=True)
    if ride.status != "planned":
        return False
    ride.status = rules.ride_after(ride.status, "lose_sight")
    note_ride(session, ride, "lose_sight", SYSTEM, now)
    return True


def erase_person(session: Session, person_id: int, *, now: datetime, policy: SenderPolicy) -> None:
    """Forget the words that approaches hold of this person; dates, communes and counts remain.

    What was agreed for the days to come is cancelled and the other side is told, without the name. Texts that
    the others received about this person are emptied.
    """
    _cancel_what_comes(session, person_id, now=now, policy=policy)
    _forget_texts(session, person_id)
    handing.forget_notes(session, person_id, now=now)
    mine = select(Approach).join(Approach.ride_request)
    mine = mine.where((Approach.driver_id == person_id) | (RideRequest.passenger_id == person_id))
    for one in session.scalars(mine).all():
        one.decline_reason = ""
        if one.status in rules.WAITING:
            one.status = rules.approach_after(one.status, "withdraw")
            if one.driver_id != person_id and one.asked_at is not None:
                texts.let_driver_go(session, one, now=now, policy=policy)
            free_if_nobody_left(session, one, now=now)


def _forget_texts(session: Session, person_id: int) -> None:
    theirs = select(Ride.id).where((Ride.driver_id == person_id) | (Ride.passenger_id == person_id))
    messages.forget_about(session, "ride", session.scalars(theirs).all())
    asked = select(Approach.id).join(Approach.ride_request)
    asked = asked.where((Approach.driver_id == person_id) | (RideRequest.passenger_id == person_id))
    messages.forget_about(session, "approach", session.scalars(asked).all())


def _cancel_what_comes(session: Session, person_id: int, *, now: datetime, policy: SenderPolicy) -> None:
    coming = select(Ride).where(
        (Ride.driver_id == person_id) | (Ride.passenger_id == person_id),
        Ride.status == "planned",
        Ride.live_leg_id.is_not(None),
        Ride.pickup_at > now,
    )
    for ride in session.scalars(coming).all():
        act = "cancel_by_driver" if ride.driver_id == person_id else "cancel_by_passenger"
        _fall_out(session, ride, act, actor=SYSTEM, now=now, policy=policy, named=False)
        note_ride(session, ride, act, SYSTEM, now)


def _fall_out(
    session: Session,
    ride: Ride,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    named: bool = True,
) -> None:
    cancel(
        session,
        ride,
        act,
        actor=actor,
        now=now,
        policy=policy,
        search_again=act == "cancel_by_driver",
        named=named,
    )
    leave_if_empty(session, ride.approach, FELL_OUT[act])


def _settle_leg(session: Session, ride: Ride, act: str, *, actor: Actor, now: datetime) -> None:
    """The leg follows its ride; a request that is closed opens again when an outcome is taken back."""
    if act in HAPPENED:
        requests.move_leg(ride.leg, HAPPENED[act], now=now)
    if act != "reopen":
        return
    if not ride.leg.ride_request.is_open:
        reopen_request(session, ride.leg.ride_request, actor=actor, now=now)
    requests.move_leg(ride.leg, "restore", now=now)


def _take_back_words(ride: Ride) -> None:
    """The team takes back what it said for either side; their own words stay."""
    if ride.driver_said_through == "desk":
        ride.driver_says, ride.driver_said_through = None, ""
    if ride.passenger_said_through == "desk":
        ride.passenger_says, ride.passenger_said_through = None, ""


def close_when_over(session: Session, ride_request: RideRequest, *, actor: Actor, now: datetime) -> None:
    """Close what has nothing left to serve. A no-show is left to a human, who heard both sides; so is a passenger
    who went, and whose way back nobody settled.
    """
    states = {leg.status for leg in ride_request.legs} - {"dropped"}
    no_shows = [ride for ride in queries.rides_of_request(session, ride_request) if ride.status in NO_SHOWS]
    if not ride_request.is_open or not states <= {"done", "failed"} or no_shows:
        return
    if ride_request.return_plan and "done" in states:
        return
    outcome = "served_carpool" if "done" in states else "withdrawn_by_passenger"
    requests.close(session, ride_request, outcome=outcome, actor=actor, now=now)
