"""Real villages, Odile's departures and Marcel's legs."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, Exclusion, LegFacts, TimeKind
from lotocar.values.geo import Point

CAHORS = Point(44.4475, 1.4419)
PRADINES = Point(44.4786, 1.3983)
GOURDON = Point(44.7369, 1.3822)
SOUILLAC = Point(44.8947, 1.4769)
FIGEAC = Point(44.6086, 2.0317)
GRAMAT = Point(44.7797, 1.7256)
PUY_L_EVEQUE = Point(44.5061, 1.1375)
PRAYSSAC = Point(44.5047, 1.1883)
LIMOGNE = Point(44.3958, 1.7708)
SALVIAC = Point(44.6803, 1.2644)
LALBENQUE = Point(44.3397, 1.5456)

TUESDAY = date(2026, 11, 24)
ODILE, MARCEL = 1, 2


def make_departure(**changes: Any) -> DepartureFacts:
    """Odile, Cahors → Souillac, Tuesdays at 08:30, ten minutes of detour."""
    facts: dict[str, Any] = {
        "trip_id": 10,
        "departure_id": 100,
        "driver_id": ODILE,
        "direction": "out",
        "origin": CAHORS,
        "destination": SOUILLAC,
        "weekday": 1,
        "day": None,
        "hour": time(8, 30),
        "seats": 3,
        "flexibility_minutes": 15,
        "max_detour_minutes": 10,
    }
    if changes.get("day") is not None:
        changes.setdefault("weekday", None)
    return DepartureFacts(**(facts | changes))


def make_leg(**changes: Any) -> LegFacts:
    """Marcel, Pradines → Gourdon on Tuesday 24 November, to be there by 10:00."""
    facts: dict[str, Any] = {
        "pickup": PRADINES,
        "dropoff": GOURDON,
        "day": TUESDAY,
        "time_kind": TimeKind.ARRIVE_BY,
        "hour": time(10),
        "passenger_id": MARCEL,
    }
    if changes.get("hour", time(0)) is None:
        changes.setdefault("time_kind", TimeKind.NONE)
    return LegFacts(**(facts | changes))


def candidate(answer: Candidate | Exclusion) -> Candidate:
    assert isinstance(answer, Candidate), answer
    return answer


def exclusion(answer: Candidate | Exclusion) -> Exclusion:
    assert isinstance(answer, Exclusion), answer
    return answer
