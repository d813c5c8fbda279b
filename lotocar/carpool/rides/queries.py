"""Reading approaches and rides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import rules
from lotocar.carpool.rides.models import Approach, ApproachLeg, ContactReveal, Ride
from lotocar.errors import NotFound


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
    return [
        ride
        for ride in rides_of_request(session, ride_request)
        if ride.leg.status == "agreed" and ride.approach.status == "accepted"
    ]


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


def waiting_approaches(
    session: Session,
    *,
    channel: str | None = None,
    silent_since: datetime | None = None,
    communes: Collection[str] = (),
) -> Sequence[Approach]:
    """Approaches whose driver still holds the ball, the soonest to lapse first.

    `channel` keeps one way of asking, `silent_since` those asked before that instant.
    """
    query = _whole_approach().where(Approach.status.in_(sorted(rules.WAITING)))
    if channel is not None:
        query = query.where(Approach.channel == channel)
    if silent_since is not None:
        query = query.where(Approach.asked_at <= silent_since)
    if communes:
        query = query.where(Approach.ride_request_id.in_(_touching(communes)))
    return session.scalars(query.order_by(Approach.expires_at, Approach.id).limit(200)).unique().all()


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
    query = (
        _whole_ride()
        .where(Ride.status.in_(("planned", "unknown")), Ride.dropoff_at <= now)
        .order_by(Ride.dropoff_at, Ride.id)
        .limit(200)
    )
    return session.scalars(_within(query, communes)).unique().all()


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


def count_rides(session: Session, status: str) -> int:
    """How many rides are in this state."""
    return session.scalar(select(func.count()).select_from(Ride).where(Ride.status == status)) or 0


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
    return query.join(Ride.leg).where(Leg.ride_request_id.in_(_touching(communes)))


def _touching(communes: Collection[str]) -> Select[int]:
    return select(Leg.ride_request_id).where(
        or_(Leg.origin_insee.in_(communes), Leg.destination_insee.in_(communes))
    )


def waiting_of_request(session: Session, ride_request_id: int) -> Sequence[Approach]:
    """The approaches of this request whose driver still holds the ball."""
    return [one for one in approaches_of_request(session, ride_request_id) if one.status in rules.WAITING]


def open_approach(session: Session, approach_id: int) -> Approach:
    """One approach by its number.

    Raises:
        NotFound: no such approach.
    """
    found = session.scalars(_whole_approach().where(Approach.id == approach_id)).unique().one_or_none()
    if found is None:
        raise NotFound("approach")
    return found


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
