"""The ways of searching that are measured against one another, all answering the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.columns import Columns, extras_of
from lotocar.carpool.matching.facts import Candidate, DepartureFacts, LegFacts
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.rules import days_of, fits, prepare
from lotocar.carpool.matching.search import candidates, search
from lotocar.carpool.matching.sieve import Sieve
from lotocar.db import reading
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.estimate import EstimatedRoads

Found = set[int]


class Method(Protocol):
    """One way of searching; `find` gives departure numbers."""

    name: str

    def find(self, leg: LegFacts) -> Found: ...


class Ours:
    """The product's own search: the revision read from the database each time, then the index."""

    name = "ours"

    def __init__(self, session: Session, mirror: Mirror, first: int | None = None) -> None:
        self.session = session
        self.mirror = mirror
        self.first = first

    def find(self, leg: LegFacts) -> Found:
        found = search(self.session, leg, mirror=self.mirror, first=self.first)
        return {one.departure_id for one in found}


class PythonScan:
    """Every departure looked at in turn by the same rules, already in memory."""

    name = "python_scan"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.departures = departures
        self.roads = EstimatedRoads()

    def find(self, leg: LegFacts) -> Found:
        return {one.departure_id for one in candidates(self.departures, leg, self.roads)}


class NumpyScan:
    """Every departure of the days in question, as columns, without any order or cut."""

    name = "numpy_scan"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.ground = EstimatedRoads()
        self.columns = Columns.of(departures, self.ground)
        self.extras = extras_of(departures)

    def find(self, leg: LegFacts) -> Found:
        sieve = Sieve(self.ground, prepare(leg, self.ground), self.extras)
        hits = sieve.sift(self.columns, *sieve.of_those_days(self.columns))
        return {*hits.columns.departure[hits.rows].tolist()}


class PythonPolylines:
    """The intuitive model: leave the route at its point nearest to the pick-up, come back to it; the drop-off too.

    Each route is a straight line cut in pieces of two kilometres, out and back at 1.3 × the straight line;
    the same days, windows and pace as ours.
    """

    name = "python_polylines"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.roads = EstimatedRoads()
        self.routes = [(one, _polyline(one.origin, one.destination)) for one in departures]

    def find(self, leg: LegFacts) -> Found:
        need = prepare(leg, self.roads)
        weekdays, days = {day.weekday() for day in days_of(need)}, {*days_of(need)}
        return {
            one.departure_id
            for one, route in self.routes
            if (one.day in days or one.weekday in weekdays) and self._passes(one, route, leg)
        }

    def _passes(self, one: DepartureFacts, route: Sequence[Point], leg: LegFacts) -> bool:
        away, start = min((distance_m(leg.pickup, point), rank) for rank, point in enumerate(route))
        apart, end = min((distance_m(leg.dropoff, point), rank) for rank, point in enumerate(route))
        detour = 2 * 1.3 * (away + apart) * self.roads.slowness
        if start >= end or detour > 60 * one.max_detour_minutes:
            return False
        limits = replace(one, max_detour_minutes=600)
        return isinstance(fits(limits, leg, self.roads), Candidate)


def _polyline(a: Point, b: Point) -> list[Point]:
    pieces = max(1, round(distance_m(a, b) / 2_000))
    return [
        Point(a.lat + (b.lat - a.lat) * step / pieces, a.lon + (b.lon - a.lon) * step / pieces)
        for step in range(pieces + 1)
    ]


class OriginalRule:
    """The original Lotocar's: great circle × 1.4 at 60 km/h, shown below 5 and from 10 to 45 minutes, any hour."""

    name = "original"

    def __init__(self, departures: Sequence[DepartureFacts]) -> None:
        self.departures = departures

    def find(self, leg: LegFacts) -> Found:
        weekday = leg.day.weekday()
        ride = distance_m(leg.pickup, leg.dropoff)
        return {
            one.departure_id
            for one in self.departures
            if (one.day == leg.day or one.weekday == weekday)
            and _is_shown(_extra_minutes(one.origin, one.destination, leg, ride))
        }


def _extra_minutes(origin: Point, destination: Point, leg: LegFacts, ride: float) -> float:
    whole = distance_m(origin, leg.pickup) + ride + distance_m(leg.dropoff, destination)
    return (whole - distance_m(origin, destination)) * 1.4 / 1000


def _is_shown(minutes: float) -> bool:
    return minutes < 5 or 10 <= minutes < 45


def reading_session(engine: Engine) -> Session:
    """A session whose transaction has begun without a writer's lock."""
    session = Session(engine)
    with reading():
        session.connection()
    return session
