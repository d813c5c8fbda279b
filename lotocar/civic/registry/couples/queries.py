"""Rides as the registry's rules want them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.people.models import Consent, Person, PhoneLine
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.couples.facts import CoupleFacts, Evidence, Incentive, Payment, PersonFacts, Route
from lotocar.civic.registry.couples.geography import Where
from lotocar.civic.registry.models import RideDetail
from lotocar.civic.registry.papers.consent import given_consents
from lotocar.values.geo import Point, Stop
from lotocar.values.phone import LineKind
from lotocar.world.roads.router import Roads

# Cancelled rides and no-shows have nothing to declare; those nobody has told us about are worth a call.
DECLARABLE = ("done", "planned", "unknown")

InseeOf = Callable[[Point], str | None]


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
    insee_of: InseeOf | None = None,
) -> list[CoupleFacts]:
    """Every ride from day `since` on whose pick-up is not after `until`, done or not yet known to be, by start.

    `roads` gives each ride its own route to be compared with; None leaves that comparison out. `where` tells
    the position to declare for a place: its commune's centre for those whose nature must not show. `insee_of`
    finds the commune of a position; None leaves that out too.

    Raises:
        Unavailable: `roads` leans on a service that fails.
    """
    rides = session.scalars(
        whole_rides()
        .where(Ride.day >= since, Ride.pickup_at <= until, Ride.status.in_(DECLARABLE))
        .order_by(Ride.pickup_at, Ride.id)
    ).all()
    return couples_of(session, rides, roads=roads, where=where, insee_of=insee_of)


def whole_rides() -> Select[Ride]:
    """Rides with all that a couple is made of, in one go."""
    return select(Ride).options(
        joinedload(Ride.leg),
        joinedload(Ride.driver).selectinload(Person.lines),
        joinedload(Ride.passenger).selectinload(Person.lines),
    )


def couples_of(
    session: Session,
    rides: Collection[Ride],
    *,
    roads: Roads | None = None,
    where: Where = exact_point,
    insee_of: InseeOf | None = None,
) -> list[CoupleFacts]:
    """These rides as couples, whatever became of them. See `couples_since`."""
    people = {person for ride in rides for person in (ride.driver_id, ride.passenger_id)}
    consents = given_consents(session, people)
    details = _details(session, [ride.id for ride in rides])
    return [
        _couple(ride, details.get(ride.id) or _no_detail(), consents, roads, where, insee_of)
        for ride in rides
    ]


def _details(session: Session, ride_ids: Collection[int]) -> dict[int, RideDetail]:
    if not ride_ids:
        return {}
    rows = session.scalars(select(RideDetail).where(RideDetail.ride_id.in_(ride_ids)))
    return {row.ride_id: row for row in rows}


def _no_detail() -> RideDetail:
    return RideDetail(
        incentives=[],
        payments=[],
        fee_cents=0,
        licence_plate="",
    )


def _couple(
    ride: Ride,
    detail: RideDetail,
    consents: Mapping[int, Consent],
    roads: Roads | None,
    where: Where,
    insee_of: InseeOf | None,
) -> CoupleFacts:
    start, end = where(ride.leg.origin), where(ride.leg.destination)
    return CoupleFacts(
        ride_id=ride.id,
        journey_id=ride.journey_key,
        trip_id=ride.car_trip_key,
        driver=_person(ride.driver, consents),
        passenger=_person(ride.passenger, consents, adult=detail.passenger_adult),
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
        revenue_cents=ride.contribution_cents + sum(each[1] for each in detail.incentives) - detail.fee_cents,
        fee_cents=detail.fee_cents,
        incentives=tuple(Incentive(*each) for each in detail.incentives),
        payments=tuple(Payment(*each) for each in detail.payments),
        licence_plate=detail.licence_plate or None,
        evidence=_evidence(ride),
        route=None if roads is None else _route(roads, start, end),
        communes=None if insee_of is None else (insee_of(start), insee_of(end)),
    )


def _evidence(ride: Ride) -> Evidence:
    return Evidence(
        driver=ride.driver_says == "done" and ride.driver_said_through != "desk",
        passenger=ride.passenger_says == "done" and ride.passenger_said_through != "desk",
    )


def _route(roads: Roads, start: Point, end: Point) -> Route:
    leg = roads.leg(start, end)
    return Route(distance_m=leg.metres, duration=timedelta(seconds=leg.seconds), exact=leg.exact)


def _person(person: Person, consents: Mapping[int, Consent], *, adult: bool | None = None) -> PersonFacts:
    consent = consents.get(person.id)
    return PersonFacts(
        person_id=person.id,
        user_id=person.public_id,
        phone_e164=own_phone(person.lines),
        last_name=person.last_name,
        consent=consent is not None,
        consent_version=consent.text_version if consent else "",
        consent_at=consent.at if consent else None,
        adult=False if person.minor else adult,  # we ask who is a minor, nobody has to say they are not
        guardian_missing=person.minor and person.guardian_consent_at is None,
    )


def own_phone(lines: Sequence[PhoneLine]) -> str | None:
    """The person's own number, a mobile first, or None.

    A line with a label is somebody else's (« voisine », « fille »): its owner agreed to nothing.
    """
    own = [line for line in lines if not line.label]
    ranked = sorted(own, key=lambda line: (line.kind != LineKind.MOBILE, line.confirmed_at is None, line.id))
    return ranked[0].e164 if ranked else None
