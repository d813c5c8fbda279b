"""The ways of searching that are measured against one another, all answering the same question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import candidates, search
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
