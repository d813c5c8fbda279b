"""Search measured against looking at every trip, in one run on one machine: read the ratios, not the milliseconds.

./run bench matching --trips 10000 --engine sqlite --json
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.roads.estimate import EstimatedRoads
from tests.bench import neighbour
from tests.bench.database import database, fill
from tests.bench.interleaved import Measure, interleaved, rounded
from tests.bench.methods import (
    Method,
    NumpyScan,
    OriginalRule,
    Ours,
    PythonPolylines,
    PythonScan,
    reading_session,
)
from tests.bench.offers import Land, Town, offers, requests
from tests.bench.postgis import postgis_pair

OCCITANIE = ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")
MANY = 300_000  # beyond, routes as polylines would not stand in memory
FIRST = 30  # the longest page of the product: 20 for the public, 30 at the desk


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measure and print it."""
    asked = _parser().parse_args(arguments)
    land = Land(towns(), asked.seed)
    with database(asked.engine) as engine:
        _say("remplissage de la base…")
        head = {
            "command": _command(arguments or sys.argv[1:], asked.postgis),
            "engine": asked.engine,
            "trips": asked.trips,
            **fill(engine, offers(land, asked.trips)),
            "seed": asked.seed,
            "load_at_start": os.getloadavg()[0],
        }
        report = head | measured(engine, requests(land, asked.requests), asked)
    print(json.dumps(report, indent=2) if asked.json else _table(report))
    return 0


def measured(engine: Engine, legs: Sequence[LegFacts], asked: argparse.Namespace) -> dict[str, Any]:
    """What building costs, all methods on the same requests, and what changes cost."""
    url = engine.url.render_as_string(hide_password=False)
    _say("un processus neuf construit l’index…")
    report = weight(neighbour.weighed(url), asked.trips)
    session, mirror = reading_session(engine), Mirror(EstimatedRoads())
    mirror.index(session)
    offered = list(queries.every_departure(session))
    _say("mesures…")
    before = compared(session, mirror, offered, legs, asked)
    session.close()
    _say("changements par un autre processus…")
    after = changed(engine, url, mirror, legs, asked)
    return report | before | after | {"change": change_cost(engine, mirror, asked.trips)}


def weight(found: dict[str, Any], trips: int) -> dict[str, Any]:
    """Bytes a trip: the columns and their directory, and what stands beside them; then the whole process."""
    whole = found["columns_bytes"] + found["shelf_bytes"]
    return {
        **found,
        "bytes_per_trip": rounded(whole / trips),
        "bytes_per_departure": rounded(whole / max(1, found["departures"])),
        "rss_per_trip": rounded(found["held_rss_bytes"] / trips),
    }


def compared(
    session: Session,
    mirror: Mirror,
    offered: Sequence[DepartureFacts],
    legs: Sequence[LegFacts],
    asked: argparse.Namespace,
) -> dict[str, Any]:
    """All methods, interleaved."""
    quick: list[Method] = [Ours(session, mirror, FIRST), Ours(session, mirror, None)]
    slow: list[Method] = [PythonScan(offered), NumpyScan(offered), OriginalRule(offered)]
    few = asked.trips <= MANY
    if few:
        slow.append(PythonPolylines(offered))
    with postgis_pair(asked.postgis if few else None, offered, asked.postgis_point_m) as pair:
        slow += [] if pair is None else [pair]
        found = interleaved(quick, slow, legs, asked.budget)
    ours, whole, scan = found["ours"], found["ours_every_candidate"], found["python_scan"]
    said = {name: one.summary(scan) for name, one in found.items()}
    for name in ("python_polylines", "postgis_pair"):
        said.setdefault(name, {"absent": True})
    speeds = {name: one for name, one in found.items() if one.method in slow}
    return {
        **said,
        "recall": ours.against(scan)["recall"],
        "same_answers": ours.against(scan)["same_answers"],
        "candidates_per_request": rounded(np.mean([len(one) for one in ours.found.values()])),
        "p99_over_p50": ours.tail,
        "p99_over_p50_every_candidate": whole.tail,
        **_speedups(speeds, ours, ""),
        **_speedups(speeds, whole, "_every_candidate"),
    }


def _speedups(others: Mapping[str, Measure], ours: Measure, ending: str) -> dict[str, float]:
    """Flat, so that a line of a script finds them: by the clock, and by processor time."""
    said = {}
    for name, one in others.items():
        found = one.speedup_of(ours)
        said[f"speedup_vs_{name}{ending}"] = found["wall"]
        said[f"cpu_speedup_vs_{name}{ending}"] = found["cpu"]
    return said


def changed(
    engine: Engine, url: str, mirror: Mirror, legs: Sequence[LegFacts], asked: argparse.Namespace
) -> dict[str, Any]:
    """Searches while another process changes trips, then the same comparison as before."""
    process = neighbour.start_changes(url, asked.changes, asked.seed)
    spent, rank = [], 0
    while process.is_alive():
        session = reading_session(engine)
        started = perf_counter()
        Ours(session, mirror, FIRST).find(legs[rank % len(legs)])
        spent.append(1000 * (perf_counter() - started))
        session.close()
        rank += 1
    process.join()
    session = reading_session(engine)
    scan, ours = PythonScan(list(queries.every_departure(session))), Ours(session, mirror, FIRST)
    found = interleaved([ours], [scan], legs, asked.budget)
    session.close()
    p50, p99 = np.percentile(spent, (50, 99)) if spent else (0, 0)
    with Session(engine) as calm:
        agrees = mirror.agrees(calm)
    return {
        "changes": asked.changes,
        "changes_done": process.exitcode == 0,
        "while_changing": {"searches": len(spent), "p50_ms": rounded(p50), "p99_ms": rounded(p99)},
        "after_changes": found["ours"].summary(found["python_scan"]),
        "after_changes_rebuilt_agrees": agrees,
    }


def change_cost(engine: Engine, mirror: Mirror, trips: int) -> dict[str, float]:
    """What one trip less or one trip more costs the next search, its commit set aside, in milliseconds."""
    spent: dict[str, list[float]] = {"stopped": [], "active": []}
    for number in range(1, min(50, trips // 3) + 1):
        for status, durations in spent.items():
            with Session(engine) as session:
                revision = bump_revision(session)
                trip = session.get_one(Trip, number)
                trip.status, trip.revision = status, revision
                session.commit()
            session = reading_session(engine)
            started = perf_counter()
            mirror.index(session)
            durations.append(1000 * (perf_counter() - started))
            session.close()
    return {
        "delete_ms": rounded(np.median(spent["stopped"] or [0])),
        "insert_ms": rounded(np.median(spent["active"] or [0])),
    }


def towns() -> list[Town]:
    """The communes of Occitanie, with their population."""
    return [Town(one.point, one.population) for one in gazetteer() if one.departement in OCCITANIE]


def _table(report: dict[str, Any]) -> str:
    head = [f"{name}: {value}" for name, value in report.items() if not isinstance(value, dict)]
    rows = [f"{name}: {value}" for name, value in report.items() if isinstance(value, dict)]
    return "\n".join(head + rows)


def _command(arguments: Sequence[str], address: str | None) -> str:
    """What was typed, but for the address of a database."""
    said = ("ADDRESS" if one == address else one for one in arguments)
    return " ".join(["./run bench matching", *said])


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trips", type=int, default=10_000, help="one way each; a return is a second one")
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--postgis", metavar="ADDRESS", help="a PostgreSQL with postgis; without it that method is absent"
    )
    parser.add_argument(
        "--postgis-point-m", type=int, default=250, help="metres between the points of a route given to it"
    )
    parser.add_argument("--budget", type=float, default=20.0, help="seconds for each slow method")
    parser.add_argument("--changes", type=int, default=2_000, help="made by another process")
    parser.add_argument("--seed", type=int, default=46)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
