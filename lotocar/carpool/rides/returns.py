"""The way back that was left open when the request was taken: the passenger rings once free, or the team rings.

A request keeps it in `return_plan`, which empties once the way back is asked for, or settled otherwise here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.queries import OPEN, touching
from lotocar.carpool.rides import later, outcomes
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.rides.queries import whole_ride
from lotocar.errors import Refused
from lotocar.values.actor import Actor

ACTION = "return"  # its name in what is put to later
TRAVELLED = ("planned", "done", "unknown")


def to_settle(*, now: datetime, communes: Collection[str] = ()) -> Select[int]:
    """The requests whose way back waits for somebody, the soonest way out first.

    From the moment the passenger knows of the way out when the team rings; from the arrival when the passenger does.
    """
    wanted = or_(
        and_(RideRequest.return_plan == "later", Ride.passenger_told_at.is_not(None)),
        and_(RideRequest.return_plan == "rings", Ride.dropoff_at <= now),
    )
    # asked for each of the few that left their way back open, so that no database begins with all rides ever done
    first = (
        select(func.min(Ride.pickup_at))
        .join(Leg, Ride.live_leg_id == Leg.id)
        .where(
            Leg.ride_request_id == RideRequest.id,
            Leg.direction == "out",
            Ride.status.in_(TRAVELLED),
            wanted,
        )
        .correlate(RideRequest)
        .scalar_subquery()
    )
    left_open = (RideRequest.status.in_(OPEN), RideRequest.return_plan.in_(("later", "rings")))
    query = select(RideRequest.id).where(*left_open, first.is_not(None))
    if communes:
        query = query.where(RideRequest.id.in_(touching(communes)))
    return query.order_by(first, RideRequest.id)


def read(session: Session, numbers: Collection[int], *, now: datetime) -> list[Ride]:
    """The way out that is in question for each of these requests: the latest driven, else the first."""
    if not numbers:
        return []
    outs = (
        whole_ride()
        .join(Leg, Leg.id == Ride.live_leg_id)
        .options(joinedload(Ride.leg).joinedload(Leg.ride_request).joinedload(RideRequest.caller))
    )
    outs = outs.where(Leg.ride_request_id.in_(numbers), Leg.direction == "out", Ride.status.in_(TRAVELLED))
    by_request: dict[int, list[Ride]] = {}
    for ride in session.scalars(outs.order_by(Ride.pickup_at, Ride.id)).unique():
        by_request.setdefault(ride.leg.ride_request_id, []).append(ride)
    return [_in_question(rides, now) for rides in by_request.values()]


def _in_question(rides: Sequence[Ride], now: datetime) -> Ride:
    driven = [ride for ride in rides if ride.dropoff_at <= now]
    return driven[-1] if driven else rides[0]


def settle(session: Session, ride_request: RideRequest, *, actor: Actor, now: datetime) -> None:
    """The passenger has a way back otherwise. One who rings on each date of a series is waited for on the next.

    A request with nothing left to serve closes by itself.

    Raises:
        Refused: "return.settled", somebody did it meanwhile.
    """
    requests.lock(session, ride_request)
    if not ride_request.return_plan or not ride_request.is_open:
        raise Refused("return.settled")
    following = _next_arrival(session, ride_request, now)
    if ride_request.return_plan == "rings" and following is not None:
        later.put_off(session, ACTION, str(ride_request.id), until=following, actor=actor, now=now)
        requests.write_down(session, ride_request, "request.return_settled", actor, now)
        return
    was, ride_request.return_plan = ride_request.return_plan, ""
    requests.write_down(session, ride_request, "request.return_settled", actor, now, was=was)
    outcomes.close_when_over(session, ride_request, actor=actor, now=now)


def _next_arrival(session: Session, ride_request: RideRequest, now: datetime) -> datetime | None:
    arrivals = (
        select(func.min(Ride.dropoff_at))
        .join(Leg, Leg.id == Ride.live_leg_id)
        .where(Leg.ride_request_id == ride_request.id, Leg.direction == "out", Ride.dropoff_at > now)
    )
    return session.scalar(arrivals)
