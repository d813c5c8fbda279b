"""Whether a departure can serve a leg, at what detour, and otherwise why not. Pure.

The driver leaves the origin at the departure's local hour, drives to the pick-up, then to the drop-off, then
to the destination: by the best road at each step, since nobody comes back to the point where the usual route
was left. The detour is what that adds to the way from origin to destination, door to door, never below zero.
A driver who passes by declared places keeps to their order: the pick-up and the drop-off are put where the whole
way is shortest, between two of them or with some in between.
Durations are whole seconds, bounds are included: a detour equal to the limit fits.

Without an hour, any departure of that day fits. With one, a departure of the day before or after fits too
when it passes within the window (a driver who leaves at 23:50 picks up at 00:10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from lotocar.carpool.matching.candidate import Asked, Candidate
from lotocar.carpool.matching.facts import Datum, DepartureFacts, Exclusion, LegFacts, Rule
from lotocar.carpool.matching.times import Wish, as_instant, epoch, minute_of, wish_of
from lotocar.carpool.trips.rules import SeatPart, load
from lotocar.errors import Invalid
from lotocar.values.days import local
from lotocar.values.geo import Point
from lotocar.world.roads.router import Leg, Roads

MAX_SEATS = 8


@dataclass(frozen=True, slots=True)
class Need:
    """A leg made ready: its window and its own road, worked out once for all departures."""

    leg: LegFacts
    wish: Wish
    ride: Leg
    slack_seconds: int
    asked: Asked

    @property
    def extra_detour_seconds(self) -> int:
        """How far beyond a driver's own limit still counts: what the leg accepts, and the error of the estimate."""
        return 60 * self.leg.extra_detour_minutes + self.slack_seconds


def prepare(leg: LegFacts, roads: Roads) -> Need:
    """The leg, checked.

    Raises:
        Invalid: pick-up and drop-off are one place ("leg.same_place"), the seats are not 1 to 8
            ("leg.seats"), or the hour makes no sense (see `wish_of`).
    """
    if leg.pickup == leg.dropoff:
        raise Invalid("leg.same_place", field="destination")
    if not 1 <= leg.seats <= MAX_SEATS:
        raise Invalid("leg.seats", field="seats")
    wish = wish_of(leg)
    return Need(
        leg,
        wish,
        roads.leg(leg.pickup, leg.dropoff),
        roads.slack_seconds,
        Asked(leg.time_kind, wish, leg.needs, leg.known_drivers, roads.usual_error_seconds),
    )


def fits(departure: DepartureFacts, leg: LegFacts, roads: Roads) -> Candidate | Exclusion:
    """The departure as a candidate for this leg, or the first rule that excludes it and by how much.

    Rules are looked at in the order of `Rule`: who, where, which day, which seat, which hour. An exclusion
    speaks of the leg's own day.

    Raises:
        Invalid: see `prepare`.
    """
    return judge(departure, prepare(leg, roads), roads)


def judge(departure: DepartureFacts, need: Need, roads: Roads) -> Candidate | Exclusion:
    """`fits`, for a leg already prepared."""
    person = _person_rule(departure, need.leg) or _needs_rule(departure, need.leg)
    if person is not None:
        return person
    drive = way(departure, need, roads)
    limit = 60 * departure.max_detour_minutes
    if drive.detour_seconds > limit + need.extra_detour_seconds:
        by = drive.detour_seconds - limit
        return _excluded(
            departure,
            Rule.DETOUR,
            by,
            detour_seconds=drive.detour_seconds,
            limit_seconds=limit,
            exact=drive.exact,
        )
    answers = [_on(day, departure, need, drive) for day in days_of(need)]
    return next((one for one in answers if isinstance(one, Candidate)), answers[0])


def days_of(need: Need) -> tuple[date, ...]:
    """The days on which a driver may leave to serve this leg: its own day first.

    A departure runs on one of three days in a row at most, so it gives one candidate at most.
    """
    day = need.leg.day
    if need.wish.is_any_hour:
        return (day,)
    return day, day - timedelta(days=1), day + timedelta(days=1)


class Way(NamedTuple):
    """The driver's way with this passenger, in seconds."""

    to_pickup_seconds: int
    ride_seconds: int
    detour_seconds: int
    exact: bool


Pair = tuple[Point, Point]


def pairs_of(departure: DepartureFacts, leg: LegFacts) -> Iterator[Pair]:
    """Every leg of road that `judge` may ask for this departure and this leg, and no other; some come twice."""
    stops = departure.stops
    yield leg.pickup, leg.dropoff
    yield from pairwise(stops)
    for here, onward in pairwise(stops):
        yield here, leg.pickup
        yield leg.dropoff, onward
    for stop in departure.vias:
        yield leg.pickup, stop
        yield stop, leg.dropoff


def way(departure: DepartureFacts, need: Need, roads: Roads) -> Way:
    """How the driver would go with this passenger, whatever the limit, the day and the hour."""
    usual = [roads.leg(a, b) for a, b in pairwise(departure.stops)]
    before, ride, after, inside = _shortest(departure.stops, usual, need, roads)
    exact = all(one.exact for one in inside)
    if departure.base_seconds is not None:
        base = departure.base_seconds
    else:
        base, exact = sum(one.seconds for one in usual), exact and all(one.exact for one in usual)
    return Way(before, ride, max(0, before + ride + after - base), exact)


def _shortest(
    stops: Sequence[Point], usual: Sequence[Leg], need: Need, roads: Roads
) -> tuple[int, int, int, list[Leg]]:
    """Seconds to the pick-up, with the passenger, and after the drop-off, where the whole is least; and its legs.

    Of two ways that last as long, the one that picks up earlier, then drops off earlier.
    """
    pickup, dropoff = need.leg.pickup, need.leg.dropoff
    to_pickup = [roads.leg(stop, pickup) for stop in stops[:-1]]
    from_dropoff = [roads.leg(dropoff, stop) for stop in stops[1:]]
    ways = []
    for i, first in enumerate(to_pickup):
        ways.append(_joined(usual[:i], [first], [need.ride], [from_dropoff[i]], usual[i + 1 :]))
        for j in range(i + 1, len(usual)):
            onward, to_dropoff = roads.leg(pickup, stops[i + 1]), roads.leg(stops[j], dropoff)
            ride = [onward, *usual[i + 1 : j], to_dropoff]
            ways.append(_joined(usual[:i], [first], ride, [from_dropoff[j]], usual[j + 1 :]))
    return min(ways, key=lambda way: way[0] + way[1] + way[2])


def _joined(
    kept: Sequence[Leg], first: Sequence[Leg], ride: Sequence[Leg], last: Sequence[Leg], rest: Sequence[Leg]
) -> tuple[int, int, int, list[Leg]]:
    before, after = [*kept, *first], [*last, *rest]
    return _seconds(before), _seconds(ride), _seconds(after), [*before, *ride, *after]


def _seconds(legs: Iterable[Leg]) -> int:
    return sum(one.seconds for one in legs)


def _person_rule(departure: DepartureFacts, leg: LegFacts) -> Exclusion | None:
    if not departure.is_open:
        return _excluded(departure, Rule.CLOSED)
    if departure.team_only and leg.is_public:
        return _excluded(departure, Rule.HIDDEN)
    if not is_barred(departure.driver_id, leg):
        return None
    same = departure.driver_id == leg.passenger_id
    return _excluded(departure, Rule.SAME_PERSON if same else Rule.AVOIDED)


def _needs_rule(departure: DepartureFacts, leg: LegFacts) -> Exclusion | None:
    """A driver whom nobody asked about a need is not left out: the need is to be asked about."""
    missing = 0 if departure.abilities is None else leg.needs & ~departure.abilities
    return _excluded(departure, Rule.NEEDS, missing.bit_count(), missing=missing) if missing else None


def is_barred(driver_id: int, leg: LegFacts) -> bool:
    """Whether this driver may not take this passenger: the same person, or a pair to avoid."""
    return driver_id == leg.passenger_id or driver_id in leg.avoid


def _on(day: date, departure: DepartureFacts, need: Need, drive: Way) -> Candidate | Exclusion:
    """The answer for the departure of this day."""
    if not runs_on(departure, day):
        return _not_that_day(departure, day)
    absence = _absence(departure, day)
    if absence is not None:
        return absence
    taken = departure.seats_taken.get(day, ())
    end = drive.to_pickup_seconds + drive.ride_seconds
    free = seats_left(departure.seats, taken, drive.to_pickup_seconds, end)
    if free < need.leg.seats:
        return _excluded(departure, Rule.SEATS, need.leg.seats - free, free=max(0, free))
    if departure.hour is None:
        return _without_hour(day, departure, need, drive, free)
    return _with_hour(day, departure, need, drive, free)


def seats_left(seats: int, taken: Iterable[SeatPart], start_s: int, end_s: int) -> int:
    """The seats free all along a part of the way, in seconds since the departure; may be below none."""
    return seats - load(taken, start_s, end_s)


def runs_on(departure: DepartureFacts, day: date) -> bool:
    """Whether it is a day of this departure, whatever its validity and pauses."""
    return departure.day == day if departure.day is not None else departure.weekday == day.weekday()


def _not_that_day(departure: DepartureFacts, day: date) -> Exclusion:
    nearest = departure.day
    if nearest is None:
        ahead = ((departure.weekday or 0) - day.weekday()) % 7
        nearest = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    by, is_weekly = abs((nearest - day).days), departure.day is None
    return _excluded(departure, Rule.DAY, by, nearest=nearest, asked=day, weekly=is_weekly)


def _absence(departure: DepartureFacts, day: date) -> Exclusion | None:
    if departure.valid_from is not None and day < departure.valid_from:
        by = (departure.valid_from - day).days
        return _excluded(departure, Rule.VALIDITY, by, starts=departure.valid_from)
    if departure.valid_until is not None and day > departure.valid_until:
        by = (day - departure.valid_until).days
        return _excluded(departure, Rule.VALIDITY, by, ended=departure.valid_until)
    over = [pause for pause in departure.pauses if pause.first <= day <= pause.last]
    if over:
        last = max(over, key=lambda pause: pause.last)
        return _excluded(departure, Rule.PAUSE, (last.last - day).days + 1, until=last.last, why=last.why)
    return None


def _without_hour(
    day: date, departure: DepartureFacts, need: Need, drive: Way, free: int
) -> Candidate | Exclusion:
    """A driver who gave no hour suits any hour of his own day, to be agreed with him."""
    if day != need.leg.day:
        return _not_that_day(departure, need.leg.day)
    today = first_day(need.leg)
    if today is not None and day < today:
        return _excluded(departure, Rule.GONE, 86_400 * (today - day).days)
    return _candidate(day, departure, need, drive, free, None)


def first_day(leg: LegFacts) -> date | None:
    """The local day of `not_before`."""
    return None if leg.not_before is None else local(leg.not_before).date()


def _with_hour(
    day: date, departure: DepartureFacts, need: Need, drive: Way, free: int
) -> Candidate | Exclusion:
    assert departure.hour is not None
    leaves = epoch(day, minute_of(departure.hour))
    pickup = leaves + drive.to_pickup_seconds
    dropoff = pickup + drive.ride_seconds
    anchor = pickup if need.wish.anchor == "pickup" else dropoff
    slack = 60 * departure.flexibility_minutes
    outside = max(need.wish.earliest - slack - anchor, anchor - need.wish.latest - slack)
    if outside > 0:
        passes = {"pickup_at": as_instant(pickup), "dropoff_at": as_instant(dropoff)}
        return _excluded(departure, Rule.HOUR, outside, late=anchor > need.wish.latest, **passes)
    gone = 0 if need.leg.not_before is None else ceil(need.leg.not_before.timestamp()) - pickup
    if gone > 0:
        return _excluded(departure, Rule.GONE, gone, pickup_at=as_instant(pickup))
    return _candidate(day, departure, need, drive, free, leaves)


def _candidate(
    day: date, departure: DepartureFacts, need: Need, drive: Way, free: int, leaves: int | None
) -> Candidate:
    return Candidate(
        departure.trip_id,
        departure.departure_id,
        departure.driver_id,
        departure.direction,
        day,
        departure.day is None,
        leaves,
        *drive,
        60 * departure.max_detour_minutes,
        free,
        departure.abilities is None,
        need.asked,
    )


def _excluded(departure: DepartureFacts, rule: Rule, by: int | None = None, **data: Datum) -> Exclusion:
    return Exclusion(
        trip_id=departure.trip_id,
        departure_id=departure.departure_id,
        driver_id=departure.driver_id,
        direction=departure.direction,
        rule=rule,
        by=by,
        data=data,
    )
