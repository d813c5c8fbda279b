"""Reading approaches and rides."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides.models import Approach, ApproachLeg, Ride


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
    ).all()


def approaches_of_leg(session: Session, leg_id: int) -> Sequence[Approach]:
    """Every approach about this leg, in the order they were made."""
    return session.scalars(
        select(Approach).join(Approach.legs).where(ApproachLeg.leg_id == leg_id).order_by(Approach.id)
    ).all()
