"""What people say of how long the road takes, as lessons for the roads: drivers' own trips, and rides done.

Both are read anew each time from the rows themselves, so that what is changed or erased is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips.models import Trip
from lotocar.world.roads.learning import Lesson

LONGEST_RIDE_MINUTES = 600


def note_duration(ride: Ride, minutes: int | None) -> None:
    """Keep how long this ride took, when somebody who was there says it; the last word counts."""
    if minutes is not None:
        ride.measured_minutes = minutes


def lessons(session: Session) -> list[Lesson]:
    """Every journey of which somebody told the duration: active trips without a place on the way, and rides done."""
    return [*_stated(session), *_measured(session)]


def _stated(session: Session) -> Iterator[Lesson]:
    stated = select(Trip).where(Trip.status == "active", Trip.stated_minutes.is_not(None)).order_by(Trip.id)
    for trip in session.scalars(stated):
        if trip.stated_minutes is not None and not trip.vias:
            yield Lesson(trip.origin.point, trip.destination.point, 60 * trip.stated_minutes)


def _measured(session: Session) -> Iterator[Lesson]:
    done = select(Ride).where(Ride.status == "done", Ride.measured_minutes.is_not(None)).order_by(Ride.id)
    for ride in session.scalars(done.options(joinedload(Ride.leg))):
        if ride.measured_minutes is not None:
            yield Lesson(ride.leg.origin.point, ride.leg.destination.point, 60 * ride.measured_minutes)
