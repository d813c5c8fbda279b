"""Rides as the registry's rules want them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.carpool.people.queries import consenting_to_registry
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.facts import CoupleFacts, PersonFacts, Route
from lotocar.values.geo import Point, Stop
from lotocar.values.phone import LineKind
from lotocar.world.roads.router import Roads

# Cancelled rides and no-shows have nothing to declare; those nobody has told us about are worth a call.
DECLARABLE = ("done", "planned", "unknown")

Where = Callable[[Stop], Point]


def exact_point(stop: Stop) -> Point:
    """The place itself."""
    return stop.point


def couples_since(
    session: Session,
    since: date,
    *,
    until: datetime,
    roads: Roads | None = None,
    where: Where = exact_point,
) -> list[CoupleFacts]:
    """Every ride from day `since` on whose pick-up is not after `until`, done or not yet known to be, by start.

    `roads` gives each ride its own route to be compared with; None leaves that comparison out. `where` tells
    the position to declare for a place: its commune's centre for those whose nature must not show.

    Raises:
        Unavailable: `roads` leans on a service that fails.
    """
    rides = _rides(session, since, until)
    people = {person for ride in rides for person in (ride.driver_id, ride.passenger_id)}
    consents = consenting_to_registry(session, people)
    return [_couple(ride, consents, roads, where) for ride in rides]


def _rides(session: Session, since: date, until: datetime) -> Sequence[Ride]:
    return session.scalars(
        select(Ride)
        .where(Ride.day >= since, Ride.pickup_at <= until, Ride.status.in_(DECLARABLE))
        .options(
            joinedload(Ride.leg),
            joinedload(Ride.driver).selectinload(Person.lines),
            joinedload(Ride.passenger).selectinload(Person.lines),
        )
        .order_by(Ride.pickup_at, Ride.id)
    ).all()


def _couple(ride: Ride, consents: set[int], roads: Roads | None, where: Where) -> CoupleFacts:
    start, end = where(ride.leg.origin), where(ride.leg.destination)
    return CoupleFacts(
        ride_id=ride.id,
        journey_id=ride.journey_key,
        trip_id=ride.car_trip_key,
        driver=_person(ride.driver, consents),
        passenger=_person(ride.passenger, consents),
        start_at=ride.pickup_at,
        start=start,
        end_at=ride.dropoff_at,
        end=end,
        distance_m=ride.distance_m,
        status=ride.status,
        driver_says=ride.driver_says,
        passenger_says=ride.passenger_says,
        seats=ride.seats,
        contribution_cents=ride.contribution_cents,
        revenue_cents=ride.contribution_cents,  # we keep nothing of it
        route=None if roads is None else _route(roads, start, end),
    )


def _route(roads: Roads, start: Point, end: Point) -> Route:
    leg = roads.leg(start, end)
    return Route(distance_m=leg.metres, duration=timedelta(seconds=leg.seconds), exact=leg.exact)


def _person(person: Person, consents: set[int]) -> PersonFacts:
    return PersonFacts(
        person_id=person.id,
        user_id=person.public_id,
        phone_e164=own_phone(person.lines),
        last_name=person.last_name,
        consent=person.id in consents,
        adult=False if person.minor else None,  # we ask who is a minor, nobody has to say they are not
        guardian_missing=person.minor and person.guardian_consent_at is None,
    )


def own_phone(lines: Sequence[PhoneLine]) -> str | None:
    """The person's own number, a mobile first, or None.

    A line with a label is somebody else's (« voisine », « fille »): its owner agreed to nothing.
    """
    own = [line for line in lines if not line.label]
    ranked = sorted(own, key=lambda line: (line.kind != LineKind.MOBILE, line.confirmed_at is None, line.id))
    return ranked[0].e164 if ranked else None
