"""« Le bureau » and « À faire » on the demonstration territory, and on the same territory many times over.

./run bench bureau --json

Both are measured in one run, turn by turn, on one machine: read the ratios. The large one is the demonstration copied
row by row, so that its states are in the same proportions: as many things wait there, for their number.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

import config
from lotocar.app import create_app
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.trips.models import Trip
from lotocar.db import Base, db
from lotocar.demonstration import seed
from tests.bench.database import NOW
from tests.support.databases import every_table
from tests.support.doors import PageClient, close_app

SCREENS = {"bureau": "/bureau", "todo": "/bureau/a-faire"}
BATCH = 5_000
# how often each kind of row is copied: people share their copies among the requests and trips
PEOPLE = ("person", "phone_line", "enrolment", "consent")
TRIPS = ("trip", "departure", "pause", "seat_use")
REQUESTS = ("ride_request", "leg", "approach", "approach_leg", "ride", "outbox_message", "journal_entry")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measure and print it."""
    asked = _parser().parse_args(arguments)
    with time_machine.travel(NOW, tick=True), _territories(asked) as (small, large):
        report = measured(small, large, rounds=asked.rounds)
    print(json.dumps(report, indent=2) if asked.json else _lines(report))
    return 0 if all(report[name]["ratio_p50"] <= 2 for name in SCREENS) else 1


def measured(small: Flask, large: Flask, *, rounds: int) -> dict[str, Any]:
    """Each screen on both, turn by turn: percentiles in milliseconds, and how many times longer the large one takes."""
    doors = {"demonstration": _signed_in(small), "large": _signed_in(large)}
    report: dict[str, Any] = {
        "demonstration": _sizes(small),
        "large": _sizes(large),
        "rounds": rounds,
    }
    for name, path in SCREENS.items():
        spent: dict[str, list[float]] = {which: [] for which in doors}
        for number in range(rounds + 3):
            for which, client in doors.items():
                taken = _timed(client, path)
                if number >= 3:  # the first ones warm
                    spent[which].append(taken)
        report[name] = _compared(spent)
    return report


def _timed(client: FlaskClient, path: str) -> float:
    started = perf_counter()
    answer = client.get(path)
    taken = 1_000 * (perf_counter() - started)
    assert answer.status_code == 200
    return taken


def _compared(spent: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    figures = {
        which: dict(zip(("p50_ms", "p95_ms"), _round(np.percentile(ones, (50, 95))), strict=True))
        for which, ones in spent.items()
    }
    ratio = figures["large"]["p50_ms"] / figures["demonstration"]["p50_ms"]
    return figures | {"ratio_p50": round(ratio, 2)}


def _sizes(app: Flask) -> dict[str, int]:
    with app.app_context():
        session = db.session()
        counted = {
            name: session.scalar(select(func.count()).select_from(model)) or 0
            for name, model in (("people", Person), ("trips", Trip), ("requests", RideRequest))
        }
        db.session.remove()
    return counted


def _signed_in(app: Flask) -> FlaskClient:
    with app.app_context(), Session(db.engine) as session:
        client = PageClient(app, session)
        client.sign_in(role="coordinator")
    return client.http


# --- the two territories --------------------------------------------------------------------------------------


@contextmanager
def _territories(asked: argparse.Namespace) -> Iterator[tuple[Flask, Flask]]:
    with tempfile.TemporaryDirectory(prefix="lotocar-bench-") as folder:
        small, large = (_app(Path(folder) / f"{name}.sqlite3") for name in ("demonstration", "large"))
        rows = _seeded(small)
        with large.app_context():
            every_table().create_all(db.engine)
            _copy(db.engine, rows, people=asked.people, trips=asked.trips, requests=asked.requests)
        try:
            yield small, large
        finally:
            close_app(small)
            close_app(large)


def _app(path: Path) -> Flask:
    return create_app(config.demonstration(path, host="127.0.0.1", port=8000))


Rows = dict[str, list[dict[str, Any]]]


def _seeded(app: Flask) -> Rows:
    """The demonstration in this app's database; all its rows, by table."""
    with app.app_context():
        every_table().create_all(db.engine)
        with Session(db.engine) as session:
            for _ in seed.fill(session, now=NOW, outside=app.extensions["lotocar.outside"]):
                pass
        with db.engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }


def _copy(engine: Engine, rows: Rows, *, people: int, trips: int, requests: int) -> None:
    """The same rows as many times as it takes; what is one of its kind (the organisation, accounts) stays one."""
    times = {
        **dict.fromkeys(PEOPLE, _times(people, rows["person"])),
        **dict.fromkeys(TRIPS, _times(trips, rows["trip"])),
        **dict.fromkeys(REQUESTS, _times(requests, rows["ride_request"])),
    }
    spans = {name: max((row.get("id") or 0 for row in ones), default=0) for name, ones in _numbered(rows)}
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            copies = (
                _copied(table, row, turn, times, spans)
                for turn in range(times.get(table.name, 1))
                for row in rows[table.name]
            )
            for batch in _batches(copies):
                connection.execute(insert(table), batch)


def _numbered(rows: Rows) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    return ((name, ones) for name, ones in rows.items() if ones and isinstance(ones[0].get("id"), int))


def _times(wanted: int, rows: Sequence[Any]) -> int:
    return max(1, -(-wanted // len(rows)))


def _copied(
    table: Any, row: Mapping[str, Any], turn: int, times: Mapping[str, int], spans: Mapping[str, int]
) -> dict[str, Any]:
    """The row of this turn: its number and those it points at moved on, what must be unique made so."""
    copy = dict(row)
    if isinstance(copy.get("id"), int):
        copy["id"] += turn * spans[table.name]
    for column in table.columns:
        value = copy[column.name]
        if value is None:
            continue
        for key in column.foreign_keys:
            other = key.column.table.name
            copy[column.name] = value + (turn % times.get(other, 1)) * spans.get(other, 0)
        if turn and isinstance(value, str) and (column.unique or column.name in {"id", "public_id"}):
            copy[column.name] = blake2b(f"{turn}/{value}".encode(), digest_size=16).hexdigest()
    if copy.get("live_leg_id") is not None:
        copy["live_leg_id"] += turn * spans["leg"]
    if table.name == "journal_entry" and copy["subject_kind"] == "ride_request":
        copy["subject_id"] += turn * spans["ride_request"]
    return copy


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _round(values: Any) -> list[float]:
    return [round(float(value), 1) for value in values]


def _lines(report: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in report.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--trips", type=int, default=50_000)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
