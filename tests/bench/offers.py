"""Realistic trips and requests over given towns, from one seed.

A trip, here, is one way: two places, and the days and hours at which a driver leaves. A driver who also comes
back makes two of them, out and back of one offer; half of them do.

Origins follow the population, destinations a gravity law (population over squared distance), points are
spread around the town. Seven offers in ten are weekly (on average three days, a tenth of them with another
hour on one day), the others have a date in the next two months. Hours have a morning and an evening peak. Detour
limits are 5 to 20 minutes, flexibility 0 to 30. A weekly offer in three ends some day, one in ten stops for the
school breaks, one in fifty is paused; one offer in a hundred passes by a declared place, one in two hundred
has a seat promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import DayRange, DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.trips.rules import SeatPart
from lotocar.values.geo import Point

FIRST_DAY = date(2026, 11, 23)
ONE_OFF_DAYS = 60
SCHOOL_BREAKS = (
    DayRange(date(2026, 12, 19), date(2027, 1, 3)),
    DayRange(date(2027, 2, 20), date(2027, 3, 7)),
    DayRange(date(2027, 4, 17), date(2027, 5, 2)),
)
SPREAD_DEGREES = 0.01  # about a kilometre around the centre of the town


@dataclass(frozen=True, slots=True)
class Town:
    point: Point
    population: int


class Land:
    """Towns, and the dice that draw journeys between them."""

    def __init__(self, towns: Sequence[Town], seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.lat = np.array([town.point.lat for town in towns])
        self.lon = np.array([town.point.lon for town in towns])
        self.people = np.array([float(max(town.population, 20)) for town in towns])
        self.origins = self.people / self.people.sum()
        self._gravity: dict[int, NDArray[np.float64]] = {}

    def _destination(self, origin: int) -> int:
        if origin not in self._gravity:
            north = (self.lat - self.lat[origin]) * 111.2
            east = (self.lon - self.lon[origin]) * 79.0
            square = north * north + east * east
            pull = np.where(square > 9.0, self.people / np.maximum(square, 25.0), 0.0)
            self._gravity[origin] = np.cumsum(pull) / pull.sum()
        return int(np.searchsorted(self._gravity[origin], self.dice.random()))

    def _near(self, town: int) -> Point:
        lat, lon = self.dice.normal(0, SPREAD_DEGREES, 2)
        return Point(round(float(self.lat[town] + lat), 5), round(float(self.lon[town] + lon), 5))

    def journey(self) -> tuple[Point, Point]:
        """From one town to another."""
        origin = int(self.dice.choice(len(self.origins), p=self.origins))
        return self._near(origin), self._near(self._destination(origin))

    def journeys(self, count: int) -> Iterator[tuple[Point, Point]]:
        """So many journeys, origins drawn at once."""
        return ((self._near(a), self._near(b)) for a, b in self.town_pairs(count))

    def town_pairs(self, count: int) -> Iterator[tuple[int, int]]:
        """The ranks of the two towns of so many journeys."""
        for origin in self.dice.choice(len(self.origins), size=count, p=self.origins):
            yield int(origin), self._destination(int(origin))

    def between(self, a: Point, b: Point) -> Point:
        """A place half-way, a little aside."""
        lat, lon = self.dice.normal(0, 2 * SPREAD_DEGREES, 2)
        return Point(round((a.lat + b.lat) / 2 + float(lat), 5), round((a.lon + b.lon) / 2 + float(lon), 5))

    def hour(self) -> time:
        """On the quarter, around 8 in the morning or half past 16, now and then at any time of day."""
        which = self.dice.random()
        centre, width = (8.0, 1.0) if which < 0.55 else (16.5, 1.5) if which < 0.85 else (12.0, 4.0)
        quarter = int(np.clip(round(4 * self.dice.normal(centre, width)), 0, 95))
        return time(quarter // 4, 15 * (quarter % 4))


def offers(land: Land, trips: int) -> Iterator[list[DepartureFacts]]:
    """So many trips (one way each), offer by offer; offers and departures are numbered from 1."""
    number = 0
    for offer, (origin, destination) in enumerate(land.journeys(trips), start=1):
        comes_back = trips > 1 and land.dice.random() < 0.5
        found = _one_offer(land, offer, origin, destination, comes_back=comes_back)
        yield [replace(one, departure_id=number + rank) for rank, one in enumerate(found, start=1)]
        number += len(found)
        trips -= 1 + comes_back
        if trips == 0:
            return


def departures(land: Land, trips: int) -> Iterator[DepartureFacts]:
    """The departures of so many trips."""
    return (one for offer in offers(land, trips) for one in offer)


def _one_offer(
    land: Land, offer: int, origin: Point, destination: Point, *, comes_back: bool
) -> list[DepartureFacts]:
    """The departures of one driver, not numbered yet."""
    dice = land.dice
    out = DepartureFacts(
        trip_id=offer,
        departure_id=0,
        driver_id=offer,
        direction="out",
        origin=origin,
        destination=destination,
        weekday=None,
        day=FIRST_DAY + timedelta(days=int(dice.integers(ONE_OFF_DAYS))),
        hour=land.hour(),
        seats=int(dice.integers(1, 5)),
        flexibility_minutes=int(dice.choice((0, 10, 15, 30))),
        max_detour_minutes=int(dice.choice((5, 10, 15, 20))),
        vias=(land.between(origin, destination),) if dice.random() < 0.01 else (),
    )
    weekly = dice.random() < 0.7
    if weekly:
        out = replace(out, day=None, weekday=0, valid_until=_end(land), pauses=_days_off(land))
    if dice.random() < 0.005:
        out = replace(out, seats_taken={_first_day(out): (SeatPart(1),)})
    home = replace(
        out,
        direction="back",
        origin=destination,
        destination=origin,
        hour=land.hour(),
        seats_taken={},
        vias=out.vias[::-1],
    )
    ways = (out, home) if comes_back else (out,)
    return [one for way in _on_weekdays(land, ways) for one in way] if weekly else [*ways]


def _first_day(one: DepartureFacts) -> date:
    return one.day or FIRST_DAY


def _end(land: Land) -> date | None:
    return (
        FIRST_DAY + timedelta(days=int(land.dice.integers(20, 300))) if land.dice.random() < 1 / 3 else None
    )


def _days_off(land: Land) -> tuple[DayRange, ...]:
    which = land.dice.random()
    if which < 0.1:
        return SCHOOL_BREAKS
    first = FIRST_DAY + timedelta(days=int(land.dice.integers(ONE_OFF_DAYS)))
    return (DayRange(first, first + timedelta(days=6)),) if which < 0.12 else ()


def _on_weekdays(land: Land, ways: Sequence[DepartureFacts]) -> Iterator[list[DepartureFacts]]:
    """The ways on each of their weekdays, Monday first."""
    dice = land.dice
    days = sorted(dice.choice(7, size=int(dice.integers(1, 6)), replace=False, p=_WEEK).tolist())
    odd = int(dice.choice(days)) if dice.random() < 0.1 else None
    for weekday in days:
        hour = land.hour() if weekday == odd else None
        yield [replace(way, weekday=weekday, hour=hour or way.hour) for way in ways]


_WEEK = (0.18, 0.18, 0.18, 0.18, 0.18, 0.06, 0.04)


def requests(land: Land, count: int) -> list[LegFacts]:
    """So many legs over the next two weeks; nine in ten with an hour."""
    return [_leg(land, pickup, dropoff) for pickup, dropoff in land.journeys(count)]


def _leg(land: Land, pickup: Point, dropoff: Point) -> LegFacts:
    kinds = (TimeKind.ARRIVE_BY, TimeKind.LEAVE_AT, TimeKind.NONE)
    kind = kinds[int(land.dice.choice(3, p=(0.45, 0.45, 0.1)))]
    day = FIRST_DAY + timedelta(days=int(land.dice.integers(14)))
    return LegFacts(pickup, dropoff, day, kind, None if kind is TimeKind.NONE else land.hour())
