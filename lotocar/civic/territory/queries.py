"""Reading the facts behind the figures: no name, no number, no address leaves the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.queries import touching
from lotocar.carpool.rides.models import Ride
from lotocar.civic.territory.rules import Asked, Driven
from lotocar.values.hours import local_instant

UNANSWERED = ("withdrawn_by_passenger",)  # closed by the passenger: nobody answered


def asked_between(
    session: Session, first: date, following: date, *, communes: Collection[str] = ()
) -> list[Asked]:
    """The requests received from `first` on and before `following`, by their days in Paris; drafts left out.

    `communes` keeps those that touch one of these INSEE codes; empty keeps all.
    """
    told = (
        select(Leg.ride_request_id, func.min(Ride.passenger_told_at).label("at"))
        .join(Ride, Ride.leg_id == Leg.id)
        .group_by(Leg.ride_request_id)
        .subquery()
    )
    query = (
        select(
            RideRequest.passenger_id,
            RideRequest.source,
            RideRequest.status,
            RideRequest.outcome,
            RideRequest.created_at,
            RideRequest.closed_at,
            told.c.at,
            Leg.origin_insee,
            Leg.destination_insee,
        )
        .select_from(RideRequest)
        .join(Leg, (Leg.ride_request_id == RideRequest.id) & (Leg.position == _first_position()))
        .outerjoin(told, told.c.ride_request_id == RideRequest.id)
        .where(
            RideRequest.status != "draft",
            RideRequest.created_at >= _midnight(first),
            RideRequest.created_at < _midnight(following),
        )
    )
    if communes:
        query = query.where(RideRequest.id.in_(touching(communes)))
    return [
        Asked(
            passenger_id=passenger,
            source=source,
            outcome=outcome if status == "closed" else None,
            created_at=created,
            answered_at=_answered(told_at, closed if outcome not in UNANSWERED else None),
            origin=origin,
            destination=destination,
        )
        for passenger, source, status, outcome, created, closed, told_at, origin, destination in session.execute(
            query
        )
    ]


def driven_between(
    session: Session, first: date, following: date, *, communes: Collection[str] = ()
) -> list[Driven]:
    """The rides that took place from `first` on and before `following`."""
    query = (
        select(Ride.driver_id, Ride.passenger_id, Ride.distance_m, Ride.seats)
        .join(Leg, Leg.id == Ride.leg_id)
        .where(Ride.status == "done", Ride.day >= first, Ride.day < following)
    )
    if communes:
        query = query.where(or_(Leg.origin_insee.in_(communes), Leg.destination_insee.in_(communes)))
    return [
        Driven(driver_id=driver, passenger_id=passenger, distance_m=metres, seats=seats)
        for driver, passenger, metres, seats in session.execute(query)
    ]


def _first_position() -> object:
    other = Leg.__table__.alias()
    return (
        select(func.min(other.c.position))
        .where(other.c.ride_request_id == RideRequest.id)
        .correlate(RideRequest)
        .scalar_subquery()
    )


def _midnight(day: date) -> datetime:
    return local_instant(day, time(0))


def _answered(told: datetime | None, closed: datetime | None) -> datetime | None:
    return min((at for at in (told, closed) if at is not None), default=None)
