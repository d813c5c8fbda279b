"""What the two sides say afterwards: whether a ride took place, whether an old offer still holds.

The SMS, the link in it and the driver's own page end here; the desk's word goes through `outcomes.finish`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.rides import outcomes
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor, ActorKind

ASKABLE = frozenset({"planned", "unknown"})


def said_of_ride(ride: Ride, person_id: int | None) -> str | None:
    """What this side said of the ride already: "done", "not_done", or None."""
    return ride.driver_says if person_id == ride.driver_id else ride.passenger_says


def ride_said(
    session: Session, ride_id: int, person_id: int, yes: bool, *, now: datetime, policy: SenderPolicy
) -> None:
    """One side says whether the ride took place; both sides' yes makes it done, a no waits for a human.

    Raises:
        Refused: the ride has not begun, its outcome is known, or this side answered already.
    """
    ride = session.get_one(Ride, ride_id, with_for_update=True, populate_existing=True)
    if ride.status not in ASKABLE or said_of_ride(ride, person_id):
        raise Refused("ride.settled")
    if ride.pickup_at > now:
        raise Refused("ride.not_yet")
    says = "done" if yes else "not_done"
    if person_id == ride.driver_id:
        ride.driver_says = says
    else:
        ride.passenger_says = says
    if ride.driver_says == ride.passenger_says == "done":
        actor = Actor(ActorKind.PERSON, person_id)
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
