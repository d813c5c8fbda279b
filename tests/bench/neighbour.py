"""Another process: one that changes trips, and one that only holds the index, to be weighed."""

from __future__ import annotations

import ctypes
import gc
import random
import sys
from datetime import date, time, timedelta
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.patterns import Shelf
from lotocar.carpool.trips.models import Departure, Pause, Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.world.roads.estimate import EstimatedRoads
from tests.bench.methods import reading_session

_SPAWN = get_context("spawn")


def start_changes(url: str, count: int, seed: int) -> SpawnProcess:
    """A process that makes so many changes, one transaction each, and ends."""
    process = _SPAWN.Process(target=_change_many, args=(url, count, seed))
    process.start()
    return process


def _change_many(url: str, count: int, seed: int) -> None:
    engine, dice = create_engine(url), random.Random(seed)
    with Session(engine) as session:
        last = session.scalar(select(func.max(Trip.id))) or 0
        session.rollback()
        for _ in range(count):
            # « BEGIN IMMEDIATE » and the revision's lock come first, as in the product's operations
            revision = bump_revision(session)
            trip = session.get_one(Trip, dice.randint(1, last))
            dice.choice(_CHANGES)(trip, dice)
            trip.revision = revision
            session.commit()
    engine.dispose()


def _rehour(trip: Trip, dice: random.Random) -> None:
    for one in trip.departures:
        one.hour = time(dice.randrange(24), dice.choice((0, 15, 30, 45)))


def _reseat(trip: Trip, dice: random.Random) -> None:
    trip.seats = dice.randint(1, 8)


def _move(trip: Trip, dice: random.Random) -> None:
    trip.origin_lat += dice.uniform(-0.1, 0.1)
    trip.origin_lon += dice.uniform(-0.1, 0.1)
    trip.base_seconds = None


def _stop(trip: Trip, dice: random.Random) -> None:
    trip.status = "stopped"


def _pause(trip: Trip, dice: random.Random) -> None:
    first = date(2026, 11, 23) + timedelta(days=dice.randrange(14))
    trip.pauses.append(Pause(first_day=first, last_day=first + timedelta(days=2)))


def _add_a_day(trip: Trip, dice: random.Random) -> None:
    day = date(2026, 11, 23) + timedelta(days=dice.randrange(14))
    trip.departures.append(Departure(direction="out", day=day, hour=time(dice.randrange(24))))


_CHANGES = (_rehour, _reseat, _move, _stop, _pause, _add_a_day)


def weighed(url: str) -> dict[str, Any]:
    """What a fresh process spends on building the index, and holds afterwards."""
    answers: Queue[dict[str, Any]] = _SPAWN.Queue()
    process = _SPAWN.Process(target=_weigh, args=(url, answers))
    process.start()
    found = answers.get()
    process.join()
    return found


def _weigh(url: str, answers: Queue[dict[str, Any]]) -> None:
    engine = create_engine(url)
    session = reading_session(engine)
    mirror = Mirror(EstimatedRoads())
    before, started, busy = _resident(), perf_counter(), process_time()
    index = mirror.index(session)
    spent = {"build_s": round(perf_counter() - started, 2), "build_cpu_s": round(process_time() - busy, 2)}
    session.close()
    shelf = shelf_bytes(index.shelf)
    answers.put(
        spent
        | {
            "rows": index.rows,
            "departures": len(index),
            "columns_bytes": index.nbytes,
            "shelf_bytes": shelf,
            "peak_rss_mb": _status("VmHWM") // 1_000_000,
            "held_rss_bytes": _resident() - before,
        }
    )


def _resident() -> int:
    """Bytes of this process that stand in memory, what the allocator kept back given to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return _status("VmRSS")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return 1024 * int(line.split()[1])
    return 0


def shelf_bytes(shelf: Shelf) -> int:
    """The memory of what stands beside the columns, shared things counted once."""
    seen: set[int] = set()

    def weigh(thing: object) -> int:
        if id(thing) in seen:
            return 0
        seen.add(id(thing))
        inside = thing if isinstance(thing, (tuple, list)) else ()
        if hasattr(thing, "pauses"):
            inside = (thing.pauses, thing.seats_taken)
        return sys.getsizeof(thing) + sum(map(weigh, inside))

    numbers = sum(120 for _ in range(len(shelf)))  # an entry of the dictionary and its number
    return numbers + sum(weigh(shelf[number]) for number in range(len(shelf)))
