"""Making and undoing bookings: the locks, the seats and the legs that every act on a ride goes through.

Whoever answers first wins: each act locks the request's row before it looks, and the database's unique
`live_leg_id` has the last word, so twenty drivers may say yes at once and one is taken.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries as departures
from lotocar.carpool.matching import rules as matching
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.times import AROUND_MINUTES, Wish
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import queries, rules, texts
from lotocar.carpool.rides.models import Approach, ApproachLeg, Ride
from lotocar.carpool.trips import seats as seats_of_trips
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
# further from its hour, it is no longer that departure that takes the passenger
_SAME_CAR = timedelta(hours=12)


def lock(session: Session, ride_request: RideRequest, approach: Approach | None = None) -> None:
    """Take the request's row, so that two answers are looked at one after the other."""
    requests.lock(session, ride_request)
    if approach is not None:
        session.refresh(approach)


def book(
    session: Session, approach: Approach, part: ApproachLeg, *, now: datetime, roads: Roads
) -> Ride | None:
    """The ride for one leg, or None when no seat is left."""
    leg = part.leg
    try:
        _take_seats(session, part, seats=approach.ride_request.seats, now=now)
    except Refused:
        return None
    ride = Ride(
        journey_key=new_hex_id(),
        car_trip_key=_car_trip_key(session, part),
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


def _take_seats(session: Session, part: ApproachLeg, *, seats: int, now: datetime) -> None:
    if part.trip_id is None:
        return
    day, span = _place(session, part)
    seats_of_trips.take_seats(
        session,
        trip_id=part.trip_id,
        direction=part.direction,
        day=day,
        seats=seats,
        now=now,
        holder=part.leg_id,
        span=span,
    )


def _place(session: Session, part: ApproachLeg) -> tuple[date, tuple[int, int] | None]:
    """The day on which the driver leaves, and where the passenger sits, in seconds since then.

    None when the driver gave no hour, or leaves at another one: then the seat is taken all the way.
    """
    departure = session.get(Departure, part.departure_id) if part.departure_id else None
    if departure is None or departure.hour is None:
        return part.leg.day, None
    day = _day_left(departure, departure.hour, part)
    left = local_instant_lenient(day, departure.hour)
    if not part.at_usual_hour or left > part.pickup_at or not _runs_on(departure, day):
        return day, None
    return day, (_seconds(part.pickup_at - left), _seconds(part.dropoff_at - left))


def _day_left(departure: Departure, hour: time, part: ApproachLeg) -> date:
    """The day of the departure that was agreed: the leg's own, or the eve or the next when midnight lies between.

    The leg's own too when the driver leaves for this passenger on a day that is not his.
    """
    for day in (part.leg.day - timedelta(days=1), part.leg.day + timedelta(days=1)):
        near = abs(part.pickup_at - local_instant_lenient(day, hour)) <= _SAME_CAR
        if near and _runs_on(departure, day):
            return day
    return part.leg.day


def _runs_on(departure: Departure, day: date) -> bool:
    return departure.day == day or departure.weekday == day.weekday()


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())


def _car_trip_key(session: Session, part: ApproachLeg) -> str:
    """The key shared by all couples in the same car: same trip, same day, same departure."""
    if part.trip_id is None or part.departure_id is None:
        return new_hex_id()
    agreed = (ApproachLeg.approach_id == Ride.approach_id) & (ApproachLeg.leg_id == Ride.leg_id)
    same_car = (
        select(Ride.car_trip_key)
        .join(ApproachLeg, agreed)
        .where(
            Ride.trip_id == part.trip_id,
            Ride.direction == part.direction,
            Ride.day == part.leg.day,
            ApproachLeg.departure_id == part.departure_id,
            Ride.live_leg_id.is_not(None),
            Ride.leg_id != part.leg_id,
        )
        .limit(1)
    )
    return session.scalar(same_car) or new_hex_id()


def retime(session: Session, part: ApproachLeg, *, roads: Roads) -> None:
    """Work out again when and at what detour the driver would pass, after the leg changed.

    At the driver's own hour when it still suits the passenger; otherwise the driver is asked for the hour wished.
    """
    leg = part.leg
    ride = timedelta(seconds=roads.leg(leg.origin.point, leg.destination.point).seconds)
    pickup_at = None
    departure = session.get(Departure, part.departure_id) if part.departure_id else None
    if departure is not None:
        need = _need(leg, roads)
        # the places passed by included
        way = matching.way(departures.departure(session, departure.id), need, roads)
        part.detour_seconds, ride = way.detour_seconds, timedelta(seconds=way.ride_seconds)
        pickup_at = _usual_pickup(departure, need, way)
    part.at_usual_hour = pickup_at is not None and _suits(leg, pickup_at, ride)
    if pickup_at is None or not part.at_usual_hour:
        pickup_at = _wished_pickup(leg, part.pickup_at, ride)
    part.pickup_at, part.dropoff_at = pickup_at, pickup_at + ride


def _need(leg: Leg, roads: Roads) -> matching.Need:
    kind = TimeKind(leg.time_kind)
    return matching.prepare(
        LegFacts(leg.origin.point, leg.destination.point, leg.day, kind, leg.hour, until=leg.until), roads
    )


def _usual_pickup(departure: Departure, need: matching.Need, way: matching.Way) -> datetime | None:
    """When the driver passes at the hour of the leg's day; or of the eve or the next, within the leg's window."""
    if departure.hour is None:
        return None
    for day in matching.days_of(need):
        pickup_at = local_instant_lenient(day, departure.hour) + timedelta(seconds=way.to_pickup_seconds)
        if _runs_on(departure, day) and (day == need.leg.day or _is_within(need.wish, pickup_at, way)):
            return pickup_at
    return None


def _is_within(wish: Wish, pickup_at: datetime, way: matching.Way) -> bool:
    ride = timedelta(seconds=way.ride_seconds if wish.anchor == "dropoff" else 0)
    return wish.earliest <= (pickup_at + ride).timestamp() <= wish.latest


def _suits(leg: Leg, pickup_at: datetime, ride: timedelta) -> bool:
    if leg.hour is None:
        return True
    wished = local_instant_lenient(leg.day, leg.hour)
    if leg.time_kind == "around":
        return abs(pickup_at - wished) <= timedelta(minutes=AROUND_MINUTES)
    if leg.until is not None and pickup_at > local_instant_lenient(leg.day, leg.until):
        return False
    return pickup_at + ride <= wished if leg.time_kind == "arrive_by" else pickup_at >= wished


def _wished_pickup(leg: Leg, before: datetime, ride: timedelta) -> datetime:
    hour = leg.hour or before.astimezone(PARIS).time()
    wished = local_instant_lenient(leg.day, hour)
    return wished - ride if leg.time_kind == "arrive_by" else wished


def move_ride(session: Session, ride: Ride, part: ApproachLeg, *, seats: int, now: datetime) -> None:
    """The standing ride takes the day, hours and seats that were agreed again.

    Raises:
        Refused: "seats.none_left" on the new day.
    """
    moved = (ride.day, ride.seats, ride.pickup_at, ride.dropoff_at)
    if moved != (part.leg.day, seats, part.pickup_at, part.dropoff_at):
        _release_seats(session, ride, now=now)
        _take_seats(session, part, seats=seats, now=now)
    if ride.day != part.leg.day:
        ride.car_trip_key = _car_trip_key(session, part)
    ride.day, ride.seats = part.leg.day, seats
    ride.pickup_at, ride.dropoff_at = part.pickup_at, part.dropoff_at
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
            requests.look_again(part.leg.ride_request, now=now)


def cancel(
    session: Session,
    ride: Ride,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    search_again: bool = True,
    named: bool = True,
) -> None:
    """The ride no longer stands: its seat is free, and the other side is told.

    Once the hour is past there is nothing to look for nor to warn of: the leg fails, and nobody is written to.
    Its leg is looked for again, unless `search_again` is false. A request that was closed as served opens again
    when its driver falls out. `named` false leaves the name of who falls out unsaid.

    Raises:
        Refused: the ride is over.
    """
    ride.status = rules.ride_after(ride.status, act)
    ride.live_leg_id = None
    _release_seats(session, ride, now=now)
    ride_request = ride.leg.ride_request
    search_again = search_again and ride.pickup_at > now
    if not ride_request.is_open and search_again:
        requests.reopen(
            session, ride_request, standing=_standing(session, ride_request), actor=actor, now=now
        )
    if ride.leg.status in {"agreed", "confirmed"}:
        requests.move_leg(ride.leg, "release" if search_again else "fail", now=now)
        requests.look_again(ride_request, now=now)
    if ride.pickup_at <= now:
        return
    if act == "cancel_by_driver":
        texts.cancelled_to_passenger(session, ride, now=now, policy=policy, named=named)
    else:
        texts.cancelled_to_driver(session, ride, now=now, policy=policy, named=named)


def unbook(session: Session, ride: Ride, *, now: datetime) -> None:
    """The ride was never agreed after all: its row goes, its seat is free, and nobody is told."""
    leg = ride.leg
    _release_seats(session, ride, now=now)
    session.delete(ride)
    session.flush()
    requests.move_leg(leg, "release", now=now)


def _release_seats(session: Session, ride: Ride, *, now: datetime) -> None:
    if ride.trip_id is None:
        return
    seats_of_trips.release_seats(
        session,
        trip_id=ride.trip_id,
        direction=ride.direction,
        day=ride.day,
        seats=ride.seats,
        now=now,
        holder=ride.leg_id,
    )


def _standing(session: Session, ride_request: RideRequest) -> set[int]:
    session.flush()
    return {ride.leg_id for ride in queries.rides_of_request(session, ride_request)}


def leave_if_empty(session: Session, approach: Approach, act: str) -> None:
    """The approach takes this step ("decline" or "withdraw") once none of its rides stands any more."""
    session.flush()
    if not queries.live_rides(session, approach) and approach.status in {"accepted", "to_reconfirm"}:
        approach.status = rules.approach_after(approach.status, act)


def note_approach(
    session: Session, one: Approach, verb: str, actor: Actor, now: datetime, **data: Any
) -> None:
    """One line more in the story of the request."""
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
    """One line more in the story of the request."""
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=f"ride.{verb}",
        subject_kind="ride_request",
        subject_id=ride.leg.ride_request_id,
        data={"ride": ride.id, **data},
    )
