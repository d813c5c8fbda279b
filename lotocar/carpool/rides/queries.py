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


def calls_to_make(session: Session, *, now: datetime, communes: Collection[str] = ()) -> Sequence[Approach]:
    """Approaches for which somebody must pick up the phone: to ring, to ask again after a change, or silent."""
    query = _whole_approach().where(_wants_a_call(now)).order_by(Approach.expires_at, Approach.id)
    if communes:
        query = query.where(Approach.ride_request_id.in_(touching(communes)))
    return session.scalars(query).unique().all()


def count_calls(session: Session, *, now: datetime, communes: Collection[str] = ()) -> int:
    """How many of them."""
    query = select(func.count()).select_from(Approach).where(_wants_a_call(now))
    if communes:
        query = query.where(Approach.ride_request_id.in_(touching(communes)))
    return session.scalar(query) or 0


def _wants_a_call(now: datetime) -> ColumnElement[bool]:
    by_phone = and_(Approach.channel == "phone", Approach.status == "to_contact")
    rung = Approach.status.in_(("no_answer", "to_reconfirm"))
    silent = and_(
        Approach.status == "sent",
        or_(Approach.asked_at <= now - SILENT_AFTER, Approach.expires_at <= now + SILENT_BEFORE_LAPSE),
    )
    return or_(by_phone, rung, silent)


def untold_rides(session: Session, *, communes: Collection[str] = ()) -> Sequence[Ride]:
    """Agreed rides of which the passenger does not know yet, the soonest first."""
    query = _within(_whole_ride().where(*_untold()), communes)
    return session.scalars(query.order_by(Ride.pickup_at, Ride.id)).unique().all()


def count_untold(session: Session, *, communes: Collection[str] = ()) -> int:
    """How many requests have a passenger to be told."""
    query = (
        select(func.count(Leg.ride_request_id.distinct())).select_from(Ride).join(Ride.leg).where(*_untold())
    )
    if communes:
        query = query.where(Leg.ride_request_id.in_(touching(communes)))
    return session.scalar(query) or 0


def _untold() -> tuple[ColumnElement[bool], ...]:
    return (
        Ride.live_leg_id.is_not(None),
        Ride.status == "planned",
        Ride.leg.has(Leg.status == "agreed"),
        Ride.approach.has(Approach.status == "accepted"),
    )


def rides_on(session: Session, days: Collection[date], *, communes: Collection[str] = ()) -> Sequence[Ride]:
    """The rides of these days that were not cancelled, by hour."""
    query = (
        _whole_ride()
        .where(Ride.day.in_(list(days)), Ride.live_leg_id.is_not(None))
        .order_by(Ride.pickup_at, Ride.id)
    )
    return session.scalars(_within(query, communes)).unique().all()


def rides_to_settle(session: Session, *, now: datetime, communes: Collection[str] = ()) -> Sequence[Ride]:
    """Rides whose hour is over and of which nobody said what became, the oldest first."""
    query = _whole_ride().where(_is_unsettled(now)).order_by(Ride.dropoff_at, Ride.id)
    return session.scalars(_within(query, communes)).unique().all()


def count_to_settle(session: Session, *, now: datetime, communes: Collection[str] = ()) -> int:
    """How many of them."""
    query = select(func.count()).select_from(Ride).where(_is_unsettled(now))
    if communes:
        query = query.join(Ride.leg).where(Leg.ride_request_id.in_(touching(communes)))
    return session.scalar(query) or 0


def _is_unsettled(now: datetime) -> ColumnElement[bool]:
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
        _whole_ride()
        .where(or_(Ride.driver_id == person_id, Ride.passenger_id == person_id))
        .order_by(Ride.pickup_at.desc(), Ride.id.desc())
        .limit(limit)
    )
    return session.scalars(query).unique().all()


def one_ride(session: Session, ride_id: int, *, communes: Collection[str] = ()) -> Ride:
    """One ride.

    Raises:
        NotFound: none, or none that touches these communes.
    """
    found = session.scalars(_within(_whole_ride().where(Ride.id == ride_id), communes)).unique().one_or_none()
    if found is None:
        raise NotFound("ride")
    return found


def _whole_approach() -> Select[Approach]:
    return select(Approach).options(
        joinedload(Approach.driver).selectinload(Person.lines),
        joinedload(Approach.ride_request).joinedload(RideRequest.passenger),
        selectinload(Approach.legs).joinedload(ApproachLeg.leg),
    )


def _whole_ride() -> Select[Ride]:
    return select(Ride).options(
        joinedload(Ride.driver).selectinload(Person.lines),
        joinedload(Ride.passenger).selectinload(Person.lines),
        joinedload(Ride.leg).joinedload(Leg.ride_request),
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


def reveals_since(session: Session, since: datetime, *, e164: str, network_hash: str) -> tuple[int, int]:
    """How many drivers' numbers were shown since then: to people on this number, and to this network."""
    reached = select(PhoneLine.person_id).where(PhoneLine.e164 == e164)
    counted = select(func.count()).select_from(ContactReveal).where(ContactReveal.at > since)
    to_number = session.scalar(counted.where(ContactReveal.passenger_id.in_(reached)))
    to_network = session.scalar(counted.where(ContactReveal.network_hash == network_hash))
    return to_number or 0, (to_network or 0) if network_hash else 0
