"""What in this room wants somebody, as numbers to be counted or read a few at a time, by kind.

Each kind answers with the numbers of its rows, the most pressing first; `communes` keeps what touches one of
these INSEE codes, empty keeps all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.queries import touching
from lotocar.carpool.rides.models import Approach, ApproachLeg, HandOver, Opening, Ride
from lotocar.carpool.rides.queries import is_unsettled, is_untold, silent_too_long, whole_ride

Numbers = Select[int]
SOONEST = 300  # untold rides looked at
UNFOUND = ("unserved", "failed")  # legs that a new trip may still save


# --- drivers --------------------------------------------------------------------------------------------------


def to_reconfirm(*, communes: Collection[str] = ()) -> Numbers:
    """Questions to put again after a change."""
    return _approaches(Approach.status == "to_reconfirm", communes)


def to_ring(*, communes: Collection[str] = ()) -> Numbers:
    """Drivers to ring: never asked otherwise, or rung in vain."""
    by_phone = and_(Approach.channel == "phone", Approach.status == "to_contact")
    return _approaches(or_(by_phone, Approach.status == "no_answer"), communes)


def silent(*, now: datetime, communes: Collection[str] = ()) -> Numbers:
    """Drivers written to a day ago, or whose time is nearly over, without a word."""
    return _approaches(silent_too_long(now), communes)


def _approaches(condition: ColumnElement[bool], communes: Collection[str]) -> Numbers:
    query = select(Approach.id).where(condition).order_by(Approach.expires_at, Approach.id)
    return query.where(Approach.ride_request_id.in_(touching(communes))) if communes else query


def read_approaches(session: Session, numbers: Collection[int]) -> Sequence[Approach]:
    """These questions with their driver and request."""
    if not numbers:
        return []
    asked = joinedload(Approach.ride_request)
    query = select(Approach).where(Approach.id.in_(numbers))
    return session.scalars(
        query.options(
            joinedload(Approach.driver).selectinload(Person.lines),
            asked.joinedload(RideRequest.passenger),
            asked.joinedload(RideRequest.assigned_to),
            asked.joinedload(RideRequest.working_by),
            selectinload(Approach.legs).joinedload(ApproachLeg.leg),
        )
    ).all()


# --- rides ----------------------------------------------------------------------------------------------------


def to_tell(*, communes: Collection[str] = ()) -> Numbers:
    """Requests whose passenger does not know yet what was agreed, the soonest ride first."""
    query = select(Leg.ride_request_id, Ride.pickup_at).select_from(Ride).join(Ride.leg).where(*is_untold())
    if communes:
        query = query.where(Leg.ride_request_id.in_(touching(communes)))
    # the soonest are picked before they are sorted out by request: a screen never shows more
    soonest = query.order_by(Ride.pickup_at).limit(SOONEST).subquery()
    number = soonest.c.ride_request_id
    return select(number).group_by(number).order_by(func.min(soonest.c.pickup_at), number)


def read_untold(session: Session, requests: Collection[int]) -> Sequence[Ride]:
    """What is to be told to the passengers of these requests, by hour."""
    if not requests:
        return []
    query = whole_ride().join(Ride.leg).where(*is_untold(), Leg.ride_request_id.in_(requests))
    return session.scalars(query.order_by(Ride.pickup_at, Ride.id)).unique().all()


def to_settle(*, now: datetime, communes: Collection[str] = ()) -> Numbers:
    """Rides over, of which nobody said what became."""
    query = select(Ride.id).where(is_unsettled(now))
    if communes:
        query = query.join(Ride.leg).where(Leg.ride_request_id.in_(touching(communes)))
    return query.order_by(Ride.dropoff_at, Ride.id)


def read_rides(session: Session, numbers: Collection[int]) -> Sequence[Ride]:
    """These rides with their people."""
    if not numbers:
        return []
    return session.scalars(whole_ride().where(Ride.id.in_(numbers))).unique().all()


# --- between colleagues ---------------------------------------------------------------------------------------


def notes_to_read(*, account_id: int, communes: Collection[str] = ()) -> Numbers:
    """Hand-over notes that this colleague has not read: theirs, and those for whoever comes next."""
    theirs = or_(HandOver.to_id == account_id, HandOver.to_id.is_(None))
    query = select(HandOver.id).where(HandOver.read_at.is_(None), theirs, HandOver.author_id != account_id)
    if communes:
        query = query.where(HandOver.ride_request_id.in_(touching(communes)))
    return query.order_by(HandOver.at, HandOver.id)


def read_notes(session: Session, numbers: Collection[int]) -> Sequence[HandOver]:
    """These notes with their request."""
    if not numbers:
        return []
    return session.scalars(
        select(HandOver)
        .where(HandOver.id.in_(numbers))
        .options(
            joinedload(HandOver.author),
            joinedload(HandOver.ride_request).joinedload(RideRequest.passenger),
            joinedload(HandOver.ride_request).joinedload(RideRequest.assigned_to),
            joinedload(HandOver.ride_request).joinedload(RideRequest.working_by),
        )
    ).all()


# --- trips that came since ------------------------------------------------------------------------------------


def openings(*, now: datetime, communes: Collection[str] = ()) -> Numbers:
    """Legs still to come for which a trip has turned up, one number a leg (its own), the soonest first."""
    query = (
        select(Opening.leg_id)
        .join(Opening.leg)
        .where(
            Opening.handled_at.is_(None),
            Leg.status.in_(UNFOUND),
            Leg.day >= now.date(),
        )
    )
    if communes:
        query = query.where(Leg.ride_request_id.in_(touching(communes)))
    return query.group_by(Opening.leg_id, Leg.day).order_by(Leg.day, Opening.leg_id)


def read_openings(session: Session, legs: Collection[int]) -> Sequence[Opening]:
    """What turned up for these legs, the latest first."""
    if not legs:
        return []
    return session.scalars(
        select(Opening)
        .where(Opening.leg_id.in_(legs), Opening.handled_at.is_(None))
        .order_by(Opening.found_at.desc(), Opening.id.desc())
        .options(
            joinedload(Opening.leg)
            .joinedload(Leg.ride_request)
            .options(
                joinedload(RideRequest.passenger),
                joinedload(RideRequest.assigned_to),
                joinedload(RideRequest.working_by),
            ),
            joinedload(Opening.trip),
        )
    ).all()
