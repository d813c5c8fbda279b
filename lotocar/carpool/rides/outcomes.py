"""What became of rides, and what time does to approaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import may_give_contact
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import rules
from lotocar.carpool.rides.bookings import cancel, free_if_nobody_left, lock, note_approach, note_ride
from lotocar.carpool.rides.models import Approach, ContactReveal, Ride
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM, Actor


def finish(
    session: Session, ride: Ride, act: str, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """What became of the ride: done, a no-show, cancelled, lost sight of, or taken back ("reopen").

    A cancelled ride frees its seat and its leg and tells the other side. When every leg of the request was
    driven, the request closes as served.

    Raises:
        Refused: the ride cannot take this step, or is said done before it began.
    """
    lock(session, ride.leg.ride_request)
    session.refresh(ride)
    if act in {"done", "passenger_no_show", "driver_no_show"} and ride.pickup_at > now:
        raise Refused("ride.not_yet")
    if act in {"cancel_by_driver", "cancel_by_passenger"}:
        cancel(
            session, ride, act, actor=actor, now=now, policy=policy, told_by_driver=act == "cancel_by_driver"
        )
        ride.approach.status = "declined" if act == "cancel_by_driver" else "withdrawn"
        note_ride(session, ride, act, actor, now)
        return
    ride.status = rules.ride_after(ride.status, act)
    note_ride(session, ride, act, actor, now)
    _settle_leg(session, ride, act, actor=actor, now=now)


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


def lapse_due(session: Session, *, now: datetime, policy: SenderPolicy) -> int:
    """Lapse every approach whose time to answer is over; how many."""
    due = session.scalars(
        select(Approach).where(Approach.status.in_(sorted(rules.WAITING)), Approach.expires_at <= now)
    ).all()
    for one in due:
        one.status = rules.approach_after(one.status, "expire")
        free_if_nobody_left(session, one, now=now)
        note_approach(session, one, "expired", SYSTEM, now)
    return len(due)


def lose_sight_due(session: Session, *, before: datetime, now: datetime) -> int:
    """Mark as unknown every planned ride that ended before this instant without a word; how many."""
    silent = session.scalars(select(Ride).where(Ride.status == "planned", Ride.dropoff_at <= before)).all()
    for ride in silent:
        ride.status = rules.ride_after(ride.status, "lose_sight")
        note_ride(session, ride, "lose_sight", SYSTEM, now)
    return len(silent)


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Forget the words that approaches hold of this person; dates, communes and counts remain."""
    mine = select(Approach).join(Approach.ride_request)
    mine = mine.where((Approach.driver_id == person_id) | (RideRequest.passenger_id == person_id))
    for one in session.scalars(mine):
        one.decline_reason = ""
        if one.status in rules.WAITING:
            one.status = rules.approach_after(one.status, "withdraw")
            free_if_nobody_left(session, one, now=now)


LEG_ACTS = {"done": "finish", "passenger_no_show": "fail", "driver_no_show": "fail", "reopen": "release"}


def _settle_leg(session: Session, ride: Ride, act: str, *, actor: Actor, now: datetime) -> None:
    ride_request = ride.leg.ride_request
    if act == "reopen" and not ride_request.is_open:
        requests.reopen(session, ride_request, actor=actor, now=now)
    if act not in LEG_ACTS:
        return
    if act == "reopen" and ride.leg.status == "unserved":
        # reopening the request freed its failed leg; the ride that stands again holds it
        requests.move_leg(ride.leg, "agree", now=now)
        requests.move_leg(ride.leg, "tell", now=now)
        return
    if act == "reopen" and ride.leg.status == "failed":
        requests.move_leg(ride.leg, "release", now=now)
        requests.move_leg(ride.leg, "agree", now=now)
        requests.move_leg(ride.leg, "tell", now=now)
        return
    requests.move_leg(ride.leg, LEG_ACTS[act], now=now)
    if act == "done" and ride_request.is_open and all(leg.status == "done" for leg in ride_request.legs):
        requests.close(session, ride_request, outcome="served_carpool", actor=actor, now=now)
