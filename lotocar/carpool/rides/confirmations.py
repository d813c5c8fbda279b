"""What the two sides say afterwards: whether a ride took place, whether an old offer still holds.

The SMS, the link in it and the driver's own page end here, and what one side told the desk on the phone. The desk's
own view of the ride goes through `outcomes.finish`, and stands for nobody's word.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.rides import outcomes
from lotocar.carpool.rides.bookings import note_ride
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor, ActorKind

ASKABLE = frozenset({"planned", "unknown"})
DESK = "desk"


def said_of_ride(ride: Ride, person_id: int | None) -> str | None:
    """What this side said of the ride already: "done", "not_done", or None."""
    return ride.driver_says if person_id == ride.driver_id else ride.passenger_says


def awaits(ride: Ride, person_id: int | None) -> bool:
    """Whether this side's word is still missing: of an open ride, or of one that the team alone noted as done."""
    return ride.status in ASKABLE | {"done"} and said_of_ride(ride, person_id) is None


def ride_said(
    session: Session,
    ride_id: int,
    person_id: int,
    yes: bool,
    *,
    through: str = "link",
    now: datetime,
    policy: SenderPolicy,
) -> None:
    """One side says whether the ride took place; both sides' yes makes it done, a no waits for a human.

    `through`: sms, call (a key pressed) or link.

    Raises:
        Refused: the ride has not begun, its outcome is known, or this side answered already.
    """
    ride = session.get_one(Ride, ride_id, with_for_update=True, populate_existing=True)
    if not awaits(ride, person_id):
        raise Refused("ride.settled")
    if ride.pickup_at > now:
        raise Refused("ride.not_yet")
    side = "driver" if person_id == ride.driver_id else "passenger"
    _write(ride, side, "done" if yes else "not_done", through)
    _close_when_both(session, ride, actor=Actor(ActorKind.PERSON, person_id), now=now, policy=policy)


def heard_by_desk(
    session: Session, ride: Ride, side: str, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """The team asked one side ("driver" or "passenger") on the phone, who says that the ride took place.

    It is written down as the team's word for them, and replaces what that side said before.

    Raises:
        Refused: the ride has not begun, or is known not to have taken place.
    """
    ride = session.get_one(Ride, ride.id, with_for_update=True, populate_existing=True)
    if ride.status not in ASKABLE | {"done"}:
        raise Refused("ride.settled")
    if ride.pickup_at > now:
        raise Refused("ride.not_yet")
    _write(ride, side, "done", DESK)
    note_ride(session, ride, f"heard_{side}", actor, now)
    _close_when_both(session, ride, actor=actor, now=now, policy=policy)


def _write(ride: Ride, side: str, says: str, through: str) -> None:
    if side == "driver":
        ride.driver_says, ride.driver_said_through = says, through
    else:
        ride.passenger_says, ride.passenger_said_through = says, through


def _close_when_both(
    session: Session, ride: Ride, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    if ride.status in ASKABLE and ride.driver_says == ride.passenger_says == "done":
        outcomes.finish(session, ride, "done", actor=actor, now=now, policy=policy)


def offer_said(session: Session, trip_id: int, person_id: int, yes: bool, *, now: datetime) -> None:
    """The driver says whether the trip is still offered: a yes renews it, a no stops it."""
    trip = session.get_one(Trip, trip_id)
    actor = Actor(ActorKind.PERSON, person_id)
    if not yes:
        return trips.stop(session, trip, actor=actor, now=now)
    trip.confirmed_at = now
    journal.note(
        session, actor=actor, now=now, verb="trip.still_offered", subject_kind="trip", subject_id=trip.id
    )
    return None
