"""Who was never asked whether their rides may be declared: a ride to come is the moment to ask."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lotocar.carpool.people.models import Consent, Person
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.requests.queries import touching
from lotocar.carpool.rides.models import Ride

ASK_BEFORE = timedelta(days=2)


def never_asked(*, now: datetime, communes: Collection[str] = ()) -> Select[int]:
    """The numbers of those who ride within two days and never said yes or no, the soonest ride first."""
    said = exists().where(Consent.person_id == Person.id, Consent.kind == "registry")
    query = (
        select(Person.id)
        .join(Ride, or_(Ride.driver_id == Person.id, Ride.passenger_id == Person.id))
        .where(
            Ride.status == "planned",
            Ride.live_leg_id.is_not(None),
            Ride.pickup_at > now,
            Ride.pickup_at <= now + ASK_BEFORE,
            Person.erased_at.is_(None),
            ~said,
        )
    )
    if communes:
        query = query.join(Leg, Leg.id == Ride.leg_id).where(Leg.ride_request_id.in_(touching(communes)))
    return query.group_by(Person.id).order_by(func.min(Ride.pickup_at), Person.id)


def read_people(
    session: Session, numbers: Collection[int], *, now: datetime
) -> list[tuple[Person, datetime]]:
    """These people, each with the start of their next ride."""
    if not numbers:
        return []
    next_ride = (
        select(Person, func.min(Ride.pickup_at))
        .join(Ride, or_(Ride.driver_id == Person.id, Ride.passenger_id == Person.id))
        .where(Person.id.in_(numbers), Ride.status == "planned", Ride.pickup_at > now)
        .group_by(Person.id)
        .options(selectinload(Person.lines))
    )
    return [(person, at) for person, at in session.execute(next_ride)]
