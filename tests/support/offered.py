"""What became of the trips, as tests look at them: offered to passengers, or waiting for the desk."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Enrolment
from lotocar.carpool.trips import queries
from lotocar.carpool.trips.models import Trip


def live_trips(session: Session) -> list[Trip]:
    """Every trip that passengers may be offered, whatever its days."""
    accepted = select(Enrolment.person_id).where(Enrolment.role == "driver", Enrolment.status == "accepted")
    return list(session.scalars(select(Trip).where(Trip.status == "active", Trip.driver_id.in_(accepted))))


def awaiting_call(session: Session) -> list[Trip]:
    """Pending trips that wait for the desk, the oldest first."""
    return queries.read_whole(session, list(session.scalars(queries.awaiting_numbers())))
