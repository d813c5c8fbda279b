"""Realistic trips and requests over given towns, from one seed.

Origins follow the population, destinations a gravity law (population over squared distance), points are
spread around the town. Seven trips in ten are weekly (on average three days, most with a way back), the
others have a date in the next two months. Hours have a morning and an evening peak. Detour limits are 5 to
20 minutes, flexibility 0 to 30.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, TimeKind
from lotocar.values.geo import Point

FIRST_DAY = date(2026, 11, 23)
ONE_OFF_DAYS = 60
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
        for origin in self.dice.choice(len(self.origins), size=count, p=self.origins):
            yield self._near(int(origin)), self._near(self._destination(int(origin)))

    def hour(self) -> time:
        """On the quarter, around 8 in the morning or half past 16, now and then at any time of day."""
        which = self.dice.random()
        centre, width = (8.0, 1.0) if which < 0.55 else (16.5, 1.5) if which < 0.85 else (12.0, 4.0)
        quarter = int(np.clip(round(4 * self.dice.normal(centre, width)), 0, 95))
        return time(quarter // 4, 15 * (quarter % 4))


def departures(land: Land, trips: int) -> Iterator[DepartureFacts]:
    """The departures of so many trips, numbered from 1."""
    number = 0
    for trip, (origin, destination) in enumerate(land.journeys(trips), start=1):
        for one in _of_one_trip(land, trip, origin, destination):
            number += 1
            yield replace(one, departure_id=number)


def _of_one_trip(land: Land, trip: int, origin: Point, destination: Point) -> Iterator[DepartureFacts]:
    dice = land.dice
    out = DepartureFacts(
        trip_id=trip,
        departure_id=0,
        driver_id=trip,
        direction="out",
        origin=origin,
        destination=destination,
        weekday=None,
        day=FIRST_DAY + timedelta(days=int(dice.integers(ONE_OFF_DAYS))),
        hour=land.hour(),
        seats=int(dice.integers(1, 5)),
        flexibility_minutes=int(dice.choice((0, 10, 15, 30))),
        max_detour_minutes=int(dice.choice((5, 10, 15, 20))),
    )
    back = replace(out, direction="back", origin=destination, destination=origin)
    home = back if dice.random() < 0.5 else None
    if dice.random() >= 0.7:
        yield from _both(out, home, land.hour())
        return
    evening = land.hour()
    for weekday in sorted(dice.choice(7, size=int(dice.integers(1, 6)), replace=False, p=_WEEK).tolist()):
        weekly = replace(out, day=None, weekday=weekday)
        yield from _both(weekly, home and replace(home, day=None, weekday=weekday), evening)


_WEEK = (0.18, 0.18, 0.18, 0.18, 0.18, 0.06, 0.04)


def _both(out: DepartureFacts, home: DepartureFacts | None, evening: time) -> Iterator[DepartureFacts]:
    yield out
    if home is not None:
        yield replace(home, hour=evening)


def requests(land: Land, count: int) -> list[LegFacts]:
    """So many legs over the next two weeks; nine in ten with an hour."""
    return [_leg(land, pickup, dropoff) for pickup, dropoff in land.journeys(count)]


def _leg(land: Land, pickup: Point, dropoff: Point) -> LegFacts:
    kinds = (TimeKind.ARRIVE_BY, TimeKind.LEAVE_AT, TimeKind.NONE)
    kind = kinds[int(land.dice.choice(3, p=(0.45, 0.45, 0.1)))]
    day = FIRST_DAY + timedelta(days=int(land.dice.integers(14)))
    return LegFacts(pickup, dropoff, day, kind, None if kind is TimeKind.NONE else land.hour())
