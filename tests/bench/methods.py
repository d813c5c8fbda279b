"""The ways of searching that are measured against one another, all answering the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.columns import Columns
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.found import Found
from lotocar.carpool.matching.hits import Hits
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.patterns import Shelf, patterns
from lotocar.carpool.matching.routed import Routed
from lotocar.carpool.matching.rules import days_of, fits, prepare
from lotocar.carpool.matching.search import candidates, search
from lotocar.carpool.matching.sieve import Sieve
from lotocar.db import reading
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.estimate import EstimatedRoads

Numbers = set[int]


class Method(Protocol):
    """One way of searching; `find` gives an answer, and is measured; `numbers` says which departures it holds."""

    name: str
    gives: str

    def find(self, leg: LegFacts) -> Any: ...
    def numbers(self, answer: Any) -> Numbers: ...


class Ours:
    """The product's own search: the revision read from the database each time, then the index."""

    def __init__(self, session: Session, mirror: Mirror, first: int | None) -> None:
        self.name = "ours" if first is not None else "ours_every_candidate"
        what = "every one of them" if first is None else f"the first {first} of them"
        self.gives = f"the exact set, counted; {what} in order as candidates with all their figures"
        self.session = session
        self.mirror = mirror
        self.first = first

    def find(self, leg: LegFacts) -> Found:
        found = search(self.session, leg, mirror=self.mirror)
        found[: self.first]
        return found

    def numbers(self, answer: Found) -> Numbers:
        return {*answer.departures}


class PythonScan:
    """Every departure looked at in turn by the same rules, already in memory."""

    name = "python_scan"
    gives = "the exact set in order, every one as a candidate with all its figures"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.departures = departures
        self.roads = EstimatedRoads()

    def find(self, leg: LegFacts) -> Found:
        return candidates(self.departures, leg, self.roads)

    def numbers(self, answer: Found) -> Numbers:
        return {*answer.departures}


class NumpyScan:
    """Every trip of the days in question, as columns, without any order or cut."""

    name = "numpy_scan"
    gives = "the numbers of the exact set, in no order"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.ground = EstimatedRoads()
        self.shelf = Shelf()
        every = patterns(departures)
        self.columns = Columns.of(every, self.ground, self.shelf)
        self.routed = Routed.of(every, self.ground)

    def find(self, leg: LegFacts) -> Numbers:
        sieve = Sieve(self.ground, prepare(leg, self.ground), self.shelf, self.routed)
        parts = [sieve.sift(self.columns, self.columns.on_day(day.date), day) for day in sieve.days]
        return {*Hits.joined(parts).departure.tolist()}

    def numbers(self, answer: Numbers) -> Numbers:
        return answer


class PythonPolylines:
    """The intuitive model: leave the route at its point nearest to the pick-up, come back to it; the drop-off too.

    Each route is cut in pieces of a kilometre, out and back at 1.3 × the straight line; the same days, windows
    and pace as ours. A route is looked at once for all the departures that follow it.
    """

    name = "python_polylines"
    gives = "the numbers of those in its corridor and in time, in no order"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.roads = EstimatedRoads()
        self.trips = [(ways, polyline(ways[0])) for ways in by_trip(departures)]

    def numbers(self, answer: Numbers) -> Numbers:
        return answer

    def find(self, leg: LegFacts) -> Numbers:
        need = prepare(leg, self.roads)
        weekdays, days = {day.weekday() for day in days_of(need)}, {*days_of(need)}
        return {
            one.departure_id
            for ways, route in self.trips
            if any(one.day in days or one.weekday in weekdays for one in ways)
            and self._passes(ways[0], route, leg)
            for one in ways
            if isinstance(fits(replace(one, max_detour_minutes=600), leg, self.roads), Candidate)
        }

    def _passes(self, one: DepartureFacts, route: Sequence[Point], leg: LegFacts) -> bool:
        away, start = min((distance_m(leg.pickup, point), rank) for rank, point in enumerate(route))
        apart, end = min((distance_m(leg.dropoff, point), rank) for rank, point in enumerate(route))
        detour = 2 * 1.3 * (away + apart) * self.roads.slowness
        return start < end and detour <= 60 * one.max_detour_minutes


def by_trip(departures: Sequence[DepartureFacts]) -> list[list[DepartureFacts]]:
    """The departures of each one-way trip."""
    found: dict[tuple[int, str], list[DepartureFacts]] = {}
    for one in departures:
        found.setdefault((one.trip_id, one.direction), []).append(one)
    return [*found.values()]


def polyline(one: DepartureFacts, point_m: int = 1_000) -> list[Point]:
    """The route as points so far apart."""
    return [point for a, b in pairwise(one.stops) for point in _pieces(a, b, point_m)]


def _pieces(a: Point, b: Point, point_m: int) -> list[Point]:
    count = max(1, round(distance_m(a, b) / point_m))
    return [
        Point(float(lat), float(lon))
        for lat, lon in zip(
            np.linspace(a.lat, b.lat, count + 1), np.linspace(a.lon, b.lon, count + 1), strict=True
        )
    ]


class OriginalRule:
    """The original Lotocar's: great circle × 1.4 at 60 km/h, shown below 5 and from 10 to 45 minutes, any hour."""

    name = "original"
    gives = "the numbers of those it shows, in no order"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.departures = departures

    def numbers(self, answer: Numbers) -> Numbers:
        return answer

    def find(self, leg: LegFacts) -> Numbers:
        weekday = leg.day.weekday()
        ride = distance_m(leg.pickup, leg.dropoff)
        return {
            one.departure_id
            for one in self.departures
            if (one.day == leg.day or one.weekday == weekday)
            and is_shown(extra_minutes(one.origin, one.destination, leg, ride))
        }


def extra_minutes(origin: Point, destination: Point, leg: LegFacts, ride: float) -> float:
    """What the original says that the driver adds."""
    whole = distance_m(origin, leg.pickup) + ride + distance_m(leg.dropoff, destination)
    return (whole - distance_m(origin, destination)) * 1.4 / 1000


def is_shown(minutes: float) -> bool:
    """Whether the original shows it: between 5 and 10 minutes it falls in no band."""
    return minutes < 5 or 10 <= minutes < 45


def reading_session(engine: Engine) -> Session:
    """A session whose transaction has begun without a writer's lock."""
    session = Session(engine)
    with reading():
        session.connection()
    return session
