"""Reading approaches and rides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.queries import touching
from lotocar.carpool.rides import rules
from lotocar.carpool.rides.models import Approach, ApproachLeg, ContactReveal, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.errors import NotFound

SILENT_AFTER = timedelta(hours=24)
SILENT_BEFORE_LAPSE = timedelta(hours=3)


def live_rides(session: Session, approach: Approach) -> Sequence[Ride]:
    """The rides of this approach that still stand."""
    return session.scalars(
        select(Ride).where(Ride.approach_id == approach.id, Ride.live_leg_id.is_not(None)).order_by(Ride.id)
    ).all()


def rides_of_request(session: Session, ride_request: RideRequest) -> Sequence[Ride]:
    """The rides of this request that still stand, in the order of its legs."""
    return session.scalars(
        select(Ride)
        .join(Ride.leg)
        .where(Leg.ride_request_id == ride_request.id, Ride.live_leg_id.is_not(None))
        .order_by(Leg.position)
        .options(
            joinedload(Ride.driver).selectinload(Person.lines),
            joinedload(Ride.approach),
            joinedload(Ride.leg),
            joinedload(Ride.passenger),
        )
    ).all()


def rides_to_tell(session: Session, ride_request: RideRequest) -> list[Ride]:
    """The agreed rides of which the passenger does not know yet, in the order of the legs."""
    return untold(rides_of_request(session, ride_request))


def untold(rides: Iterable[Ride]) -> list[Ride]:
    """Those of these standing rides of which the passenger does not know yet, and whose driver has no doubt."""
    return [ride for ride in rides if ride.leg.status == "agreed" and ride.approach.status == "accepted"]


def approaches_of_leg(session: Session, leg_id: int) -> Sequence[Approach]:
    """Every approach about this leg, in the order they were made."""
    return session.scalars(
        select(Approach).join(Approach.legs).where(ApproachLeg.leg_id == leg_id).order_by(Approach.id)
    ).all()


def approaches_of_request(session: Session, ride_request_id: int) -> Sequence[Approach]:
    """Who was asked for this request, in order, with drivers and legs."""
    query = _whole_approach().where(Approach.ride_request_id == ride_request_id).order_by(Approach.id)
    return session.scalars(query).unique().all()


def approach_of_request(session: Session, ride_request_id: int, approach_id: int) -> Approach:
    """One approach of this very request.

    Raises:
        NotFound: none, or it belongs to another request.
    """
    query = _whole_approach().where(Approach.id == approach_id, Approach.ride_request_id == ride_request_id)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("approach")
    return found


def silent_too_long(now: datetime) -> ColumnElement[bool]:
    """Written to a day ago, or nearly out of time, without a word."""
    return and_(
        Approach.status == "sent",
        or_(Approach.asked_at <= now - SILENT_AFTER, Approach.expires_at <= now + SILENT_BEFORE_LAPSE),
    )


def is_untold() -> tuple[ColumnElement[bool], ...]:
    """Agreed, planned, and the passenger does not know."""
    return (
        Ride.status == "planned",
        Ride.passenger_told_at.is_(None),
        Ride.live_leg_id.is_not(None),
        Ride.leg.has(Leg.status == "agreed"),
        Ride.approach.has(Approach.status == "accepted"),
    )


def rides_on(session: Session, days: Collection[date], *, communes: Collection[str] = ()) -> Sequence[Ride]:
    """The rides of these days that were not cancelled, by hour."""
    query = (
        whole_ride()
        .where(Ride.day.in_(list(days)), Ride.live_leg_id.is_not(None))
        .order_by(Ride.pickup_at, Ride.id)
    )
    return session.scalars(_within(query, communes)).unique().all()


def is_unsettled(now: datetime) -> ColumnElement[bool]:
    """Over, and nobody said what became of it."""
    return and_(Ride.status.in_(("planned", "unknown")), Ride.dropoff_at <= now)


def people_of(communes: Collection[str]) -> CompoundSelect[int]:
    """Everybody whom the team of these communes knows: passengers and callers of its requests, drivers of its
    trips and rides."""
    mine = touching(communes)
    callers = select(RideRequest.caller_id).where(
        RideRequest.id.in_(mine), RideRequest.caller_id.is_not(None)
    )
    passing = or_(Trip.origin_insee.in_(communes), Trip.destination_insee.in_(communes))
    return union(
        select(RideRequest.passenger_id).where(RideRequest.id.in_(mine)),
        callers,
        select(Trip.driver_id).where(passing),
        select(Approach.driver_id).where(Approach.ride_request_id.in_(mine)),
    )


def among(session: Session, person_ids: Collection[int], communes: Collection[str]) -> set[int]:
    """Those of these people whom the team of these communes knows; all of them when `communes` is empty."""
    if not communes:
        return set(person_ids)
    known = select(Person.id).where(Person.id.in_(person_ids), Person.id.in_(people_of(communes)))
    return set(session.scalars(known))


def rides_of_person(session: Session, person_id: int, *, limit: int = 50) -> Sequence[Ride]:
    """The latest rides in which this person drove or was driven."""
    query = (
        whole_ride()
        .where(or_(Ride.driver_id == person_id, Ride.passenger_id == person_id))
        .order_by(Ride.pickup_at.desc(), Ride.id.desc())
        .limit(limit)
    )
    return session.scalars(query).unique().all()


def drivers_of_requests(session: Session, ride_request_ids: Collection[int]) -> dict[int, Person]:
    """Who drove each of these requests, or is to: the first of its rides that were not cancelled."""
    if not ride_request_ids:
        return {}
    rows = session.execute(
        select(Leg.ride_request_id, Person)
        .join(Ride, Ride.leg_id == Leg.id)
        .join(Person, Person.id == Ride.driver_id)
        .where(
            Leg.ride_request_id.in_(ride_request_ids),
            Ride.status.not_in(sorted(rules.CANCELLED)),
            Person.erased_at.is_(None),
        )
        .order_by(Ride.id.desc())
    )
    return {request_id: driver for request_id, driver in rows}


def one_ride(session: Session, ride_id: int, *, communes: Collection[str] = ()) -> Ride:
    """One ride.

    Raises:
        NotFound: none, or none that touches these communes.
    """
    found = session.scalars(_within(whole_ride().where(Ride.id == ride_id), communes)).unique().one_or_none()
    if found is None:
        raise NotFound("ride")
    return found


def _whole_approach() -> Select[Approach]:
    return select(Approach).options(
        joinedload(Approach.driver).selectinload(Person.lines),
        joinedload(Approach.ride_request).joinedload(RideRequest.passenger),
        selectinload(Approach.legs).joinedload(ApproachLeg.leg),
    )


def whole_ride() -> Select[Ride]:
    """Rides with their people, leg and request."""
    return select(Ride).options(
        joinedload(Ride.driver).selectinload(Person.lines),
        joinedload(Ride.passenger).selectinload(Person.lines),
        joinedload(Ride.leg)
        .joinedload(Leg.ride_request)
        .options(joinedload(RideRequest.assigned_to), joinedload(RideRequest.working_by)),
    )


def _within(query: Select[Ride], communes: Collection[str]) -> Select[Ride]:
    if not communes:
        return query
    return query.join(Ride.leg).where(Leg.ride_request_id.in_(touching(communes)))


def waiting_of_request(session: Session, ride_request_id: int) -> Sequence[Approach]:
    """The approaches of this request whose driver still holds the ball."""
    return [one for one in approaches_of_request(session, ride_request_id) if one.status in rules.WAITING]


def open_by_sms(session: Session, driver_ids: Collection[int]) -> Sequence[Approach]:
    """The questions that an SMS from one of these drivers may answer, the soonest to lapse first."""
    if not driver_ids:
        return []
    query = _whole_approach().where(
        Approach.driver_id.in_(list(driver_ids)), Approach.status.in_(sorted(rules.OPEN_BY_SMS))
    )
    return session.scalars(query.order_by(Approach.expires_at, Approach.id)).unique().all()


def open_to_driver(session: Session, driver_id: int) -> Sequence[Approach]:
    """The questions that this driver may still answer, the soonest to lapse first."""
    query = _whole_approach().where(
        Approach.driver_id == driver_id,
        Approach.status.in_(sorted(rules.WAITING)),
        Approach.asked_at.is_not(None),
    )
    return session.scalars(query.order_by(Approach.expires_at, Approach.id)).unique().all()


def live_rides_of_driver(session: Session, driver_id: int) -> Sequence[Ride]:
    """The rides that this driver agreed to and that were not cancelled, the soonest first."""
    query = whole_ride().where(Ride.driver_id == driver_id, Ride.live_leg_id.is_not(None))
    return session.scalars(query.order_by(Ride.pickup_at, Ride.id)).unique().all()


def reveals_since(session: Session, since: datetime, *, e164: str, network_hash: str) -> tuple[int, int]:
    """How many drivers' numbers were shown since then: to people on this number, and to this network."""
    reached = select(PhoneLine.person_id).where(PhoneLine.e164 == e164)
    counted = select(func.count()).select_from(ContactReveal).where(ContactReveal.at > since)
    to_number = session.scalar(counted.where(ContactReveal.passenger_id.in_(reached)))
    to_network = session.scalar(counted.where(ContactReveal.network_hash == network_hash))
    return to_number or 0, (to_network or 0) if network_hash else 0
