"""Making and undoing bookings: the locks, the seats and the legs that every act on a ride goes through.

Whoever answers first wins: each act locks the request's row before it looks, and the database's unique
`live_leg_id` has the last word, so twenty drivers may say yes at once and one is taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import queries, rules, texts
from lotocar.carpool.rides.models import Approach, ApproachLeg, Ride
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Departure
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.values.days import PARIS
from lotocar.values.hours import local_instant_lenient
from lotocar.values.tokens import new_hex_id
from lotocar.world.roads.router import Roads

FREE = frozenset({"unserved", "approached"})


def lock(session: Session, ride_request: RideRequest, approach: Approach | None = None) -> None:
    """Take the request's row, so that two answers are looked at one after the other.

    SQLite serialises writers by itself; PostgreSQL needs the row lock. Flushing first keeps what the caller set.
    """
    session.flush()
    session.refresh(ride_request, with_for_update=True)
    for leg in ride_request.legs:
        session.refresh(leg)
    if approach is not None:
        session.refresh(approach)


def book(
    session: Session, approach: Approach, part: ApproachLeg, *, now: datetime, roads: Roads
) -> Ride | None:
    """The ride for one leg, or None when no seat is left."""
    leg = part.leg
    if part.trip_id is not None:
        try:
            trips.take_seats(
                session,
                trip_id=part.trip_id,
                direction=part.direction,
                day=leg.day,
                seats=approach.ride_request.seats,
                now=now,
            )
        except Refused:
            return None
    ride = Ride(
        journey_key=new_hex_id(),
        car_trip_key=_car_trip_key(session, approach, part),
        approach=approach,
        leg=leg,
        live_leg_id=leg.id,
        trip_id=part.trip_id,
        direction=part.direction,
        driver_id=approach.driver_id,
        passenger_id=approach.ride_request.passenger_id,
        day=leg.day,
        pickup_at=part.pickup_at,
        dropoff_at=part.dropoff_at,
        seats=approach.ride_request.seats,
        distance_m=round(roads.leg(leg.origin.point, leg.destination.point).metres),
        status="planned",
        created_at=now,
    )
    session.add(ride)
    session.flush()  # the unique live leg has the last word, here rather than at the end
    requests.move_leg(leg, "agree", now=now)
    return ride


def _car_trip_key(session: Session, approach: Approach, part: ApproachLeg) -> str:
    """The key shared by all couples in the same car: same trip, same way, same day."""
    if part.trip_id is None:
        return new_hex_id()
    same_car = select(Ride.car_trip_key).where(
        Ride.trip_id == part.trip_id,
        Ride.direction == part.direction,
        Ride.day == part.leg.day,
        Ride.driver_id == approach.driver_id,
        Ride.live_leg_id.is_not(None),
    )
    return session.scalar(same_car) or new_hex_id()


def retime(session: Session, part: ApproachLeg, *, roads: Roads) -> None:
    """Work out again when and at what detour the driver would pass, after the leg changed.

    Without a departure of known hour, the wish of the passenger is taken as it is.
    """
    leg = part.leg
    way = timedelta(seconds=round(roads.leg(leg.origin.point, leg.destination.point).seconds))
    departure = session.get(Departure, part.departure_id) if part.departure_id else None
    if departure is None or departure.hour is None or part.trip is None:
        part.pickup_at = _wished_pickup(leg, part.pickup_at, way)
    else:
        start, end = part.trip.origin.point, part.trip.destination.point
        if departure.direction == "back":
            start, end = end, start
        first = roads.leg(start, leg.origin.point).seconds
        last = roads.leg(leg.destination.point, end).seconds
        part.pickup_at = local_instant_lenient(leg.day, departure.hour) + timedelta(seconds=round(first))
        part.detour_seconds = max(
            0, round(first + way.total_seconds() + last - roads.leg(start, end).seconds)
        )
    part.dropoff_at = part.pickup_at + way


def _wished_pickup(leg: Leg, before: datetime, way: timedelta) -> datetime:
    hour = leg.hour or before.astimezone(PARIS).time()
    wished = local_instant_lenient(leg.day, hour)
    return wished - way if leg.time_kind == "arrive_by" else wished


def move_ride(session: Session, ride: Ride, part: ApproachLeg, *, now: datetime) -> None:
    """The standing ride takes the day and hours that were agreed again.

    Raises:
        Refused: "seats.none_left" on the new day.
    """
    if ride.trip_id is not None and ride.day != part.leg.day:
        trips.take_seats(
            session,
            trip_id=ride.trip_id,
            direction=ride.direction,
            day=part.leg.day,
            seats=ride.seats,
            now=now,
        )
        trips.release_seats(
            session, trip_id=ride.trip_id, direction=ride.direction, day=ride.day, seats=ride.seats, now=now
        )
    ride.day = part.leg.day
    ride.pickup_at = part.pickup_at
    ride.dropoff_at = part.dropoff_at
    ride.passenger_told_at = None
    ride.passenger_told_through = ""
    ride.reminded_at = None


def free_if_nobody_left(session: Session, gone: Approach, *, now: datetime) -> None:
    """Put back to search every leg of this approach that nobody else is thinking about."""
    for part in gone.legs:
        if part.leg.status != "approached":
            continue
        still = [
            one
            for one in queries.approaches_of_leg(session, part.leg_id)
            if one.id != gone.id and one.status in rules.WAITING
        ]
        if not still:
            requests.move_leg(part.leg, "release", now=now)


def cancel(
    session: Session,
    ride: Ride,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    told_by_driver: bool,
) -> None:
    ride.status = rules.ride_after(ride.status, act)
    ride.live_leg_id = None
    if ride.trip_id is not None:
        trips.release_seats(
            session, trip_id=ride.trip_id, direction=ride.direction, day=ride.day, seats=ride.seats, now=now
        )
    if ride.leg.status in {"agreed", "confirmed"}:
        requests.move_leg(ride.leg, "release", now=now)
    if told_by_driver:
        texts.cancelled_to_passenger(session, ride, now=now, policy=policy)
    else:
        texts.cancelled_to_driver(session, ride, now=now, policy=policy)


def note_approach(
    session: Session, one: Approach, verb: str, actor: Actor, now: datetime, **data: Any
) -> None:
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=f"approach.{verb}",
        subject_kind="ride_request",
        subject_id=one.ride_request_id,
        data={"approach": one.id, **data},
    )


def note_ride(session: Session, ride: Ride, verb: str, actor: Actor, now: datetime, **data: Any) -> None:
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=f"ride.{verb}",
        subject_kind="ride_request",
        subject_id=ride.leg.ride_request_id,
        data={"ride": ride.id, **data},
    )
