"""Search measured against looking at every trip, in one run on one machine: read the ratios, not the milliseconds.

python -m tests.bench.bench_matching --trips 10000 --engine sqlite --json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.roads.estimate import EstimatedRoads
from tests.bench.database import database, fill
from tests.bench.methods import (
    Found,
    Method,
    NumpyScan,
    OriginalRule,
    Ours,
    PythonPolylines,
    PythonScan,
    reading_session,
)
from tests.bench.offers import Land, Town, departures, requests

OCCITANIE = ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")
SCAN_BUDGET_S = 20.0  # slow methods are asked fewer requests, the same as ours within that share


@dataclass(frozen=True, slots=True)
class Measure:
    """Durations in milliseconds, one per request asked, and what was found."""

    durations: Sequence[float]
    found: Sequence[Found]

    def summary(self, truth: Sequence[Found]) -> dict[str, Any]:
        """Percentiles, and recall and precision against the truth for the same requests."""
        hits = sum(len(mine & theirs) for mine, theirs in zip(self.found, truth, strict=False))
        asked = truth[: len(self.found)]
        p50, p90, p99 = np.percentile(self.durations, (50, 90, 99))
        return {
            "requests": len(self.durations),
            "mean_ms": _round(float(np.mean(self.durations))),
            "p50_ms": _round(p50),
            "p90_ms": _round(p90),
            "p99_ms": _round(p99),
            "recall": _share(hits, sum(map(len, asked))),
            "precision": _share(hits, sum(map(len, self.found))),
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measure and print it."""
    asked = _parser().parse_args(arguments)
    land = Land(towns(), asked.seed)
    offered = list(departures(land, asked.trips))
    legs = requests(land, asked.requests)
    with database(asked.engine) as engine:
        _say("remplissage de la base…")
        fill(engine, offered)
        report = {
            "engine": asked.engine,
            "trips": asked.trips,
            "departures": len(offered),
            "seed": asked.seed,
        } | measured(engine, offered, legs, trips=asked.trips)
    print(json.dumps(report, indent=2) if asked.json else _table(report))
    return 0


def measured(
    engine: Engine, offered: Sequence[DepartureFacts], legs: Sequence[LegFacts], *, trips: int
) -> dict[str, Any]:
    """All methods on the same requests, and what building and changing cost."""
    mirror = Mirror(EstimatedRoads())
    session = reading_session(engine)
    started = perf_counter()
    index = mirror.index(session)
    built = perf_counter() - started
    ours = timed(Ours(session, mirror), legs)
    best = timed(Ours(session, mirror, first=50), legs)
    scan = timed(PythonScan(offered), legs, SCAN_BUDGET_S)
    others: Sequence[Method] = (NumpyScan(offered), PythonPolylines(offered), OriginalRule(offered))
    rest = {one.name: timed(one, legs, SCAN_BUDGET_S) for one in others}
    session.close()
    truth = [*scan.found]
    compared = min(len(ours.durations), len(scan.durations))
    return {
        "build_s": _round(built),
        "bytes_per_trip": _round(index.nbytes / trips),
        "bytes_per_departure": _round(index.nbytes / max(1, len(index))),
        "candidates_per_request": _round(float(np.mean([len(one) for one in ours.found]))),
        "ours": ours.summary([*truth, *ours.found[compared:]]),
        "ours_first_50": {
            name: value for name, value in best.summary(ours.found).items() if name != "recall"
        },
        "python_scan": scan.summary(truth),
        **{name: measure.summary(ours.found) for name, measure in rest.items()},
        "same_answers": list(ours.found[:compared]) == truth[:compared],
        "recall": Measure(ours.durations[:compared], ours.found[:compared]).summary(truth)["recall"],
        "speedup_vs_python_scan": _speedup(scan, best),
        "speedup_vs_numpy_scan": _speedup(rest["numpy_scan"], best),
        "speedup_vs_python_polylines": _speedup(rest["python_polylines"], best),
        "change_ms": change_cost(engine, mirror, trips),
    }


def _speedup(other: Measure, ours: Measure) -> float:
    """How many times faster ours is, on average, on the requests that both were asked."""
    both = min(len(other.durations), len(ours.durations))
    return _round(float(np.mean(other.durations[:both]) / np.mean(ours.durations[:both])))


def timed(method: Method, legs: Sequence[LegFacts], budget_s: float = float("inf")) -> Measure:
    """The method asked of each leg in turn, until the budget is spent."""
    for leg in legs[:3]:
        method.find(leg)  # warm
    durations: list[float] = []
    found: list[Found] = []
    for leg in legs:
        started = perf_counter()
        found.append(method.find(leg))
        durations.append(1000 * (perf_counter() - started))
        if sum(durations) > 1000 * budget_s:
            break
    return Measure(durations, found)


def change_cost(engine: Engine, mirror: Mirror, trips: int) -> float:
    """What one changed trip costs the next search, its commit set aside: mean of twenty, in milliseconds."""
    spent = []
    for number in range(1, min(20, trips) + 1):
        with Session(engine) as session:
            revision = bump_revision(session)
            trip = session.get_one(Trip, number)
            trip.seats, trip.revision = trip.seats % 4 + 1, revision
            session.commit()
        session = reading_session(engine)
        started = perf_counter()
        mirror.index(session)
        spent.append(1000 * (perf_counter() - started))
        session.close()
    return _round(float(np.mean(spent)))


def towns() -> list[Town]:
    """The communes of Occitanie, with their population."""
    return [Town(one.point, one.population) for one in gazetteer() if one.departement in OCCITANIE]


def _table(report: dict[str, Any]) -> str:
    head = [f"{name}: {value}" for name, value in report.items() if not isinstance(value, dict)]
    rows = [f"{name}: {value}" for name, value in report.items() if isinstance(value, dict)]
    return "\n".join(head + rows)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _round(value: Any) -> float:
    return round(float(value), 3)


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trips", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=46)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
