"""Several processes write and search at once: what one committed, each other finds at its next search.

A hundred changes here; thousands with pytest --hypothesis-profile=thousands.
"""

from __future__ import annotations

import random
from datetime import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from queue import Empty
from typing import NamedTuple
from uuid import uuid4

from hypothesis import settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import exhaustive, search
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.db import reading
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import CAHORS, FIGEAC, TUESDAY, make_driver, make_trip, weekly

ROADS = EstimatedRoads()
LEG = LegFacts(CAHORS.point, FIGEAC.point, TUESDAY, TimeKind.ARRIVE_BY, time(10))
WRITERS = SEARCHERS = 2
CHANGES = settings().max_examples // 4  # of each writer
_SPAWN = get_context("spawn")


class News(NamedTuple):
    """A committed change. News comes after the commit: a trip said to run must be one that is never stopped."""

    trip_id: int
    runs: bool


def _write(url: str, readers: list[Queue[News | None]], seed: int) -> None:
    """Post, move and stop trips, one transaction each, and tell everybody once it is committed."""
    engine, dice, passing = create_engine(url), random.Random(seed), list[int]()
    for number in range(CHANGES):
        with Session(engine) as session:
            if passing and number % 3 == 2:
                news = News(_stop(session, dice, passing), runs=False)
            else:
                news = News(_post(session), runs=True)
            session.commit()
        if number % 3 == 0:
            passing.append(news.trip_id)
            continue  # it may be stopped before anybody hears that it runs
        for reader in readers:
            reader.put(news)
    for reader in readers:
        reader.put(None)
    engine.dispose()


def _post(session: Session) -> int:
    revision = bump_revision(session)
    # numbers of the factories are those of one process
    driver = make_driver(session, phone=None, public_id=uuid4().hex)
    departures = [weekly(1, time(8, 30))]
    trip = make_trip(session, driver=driver, departures=departures, revision=revision, public_id=uuid4().hex)
    return trip.id


def _stop(session: Session, dice: random.Random, passing: list[int]) -> int:
    """Stopped, emptied of its days or moved away: no search finds it any more."""
    revision = bump_revision(session)
    trip = session.get_one(Trip, passing.pop(dice.randrange(len(passing))))
    trip.revision = revision
    match dice.choice(("stop", "other day", "move")):
        case "stop":
            trip.status = "stopped"
        case "other day":
            trip.departures[0].weekday = 4
        case _:
            trip.origin_lat += 3
    return trip.id


def _search(url: str, told: Queue[News | None]) -> None:
    """Search after each piece of news until every writer is done; fail at the first that a search skips."""
    engine, mirror = create_engine(url), Mirror(ROADS)
    runs: dict[int, bool] = {}
    done = searches = 0
    while done < WRITERS:
        heard = _heard(told)
        done += heard.count(None)
        runs.update(one for one in heard if one is not None)
        with reading(), Session(engine) as session:
            found = {one.trip_id for one in search(session, LEG, mirror=mirror)}
        assert {trip for trip, is_running in runs.items() if is_running} <= found
        assert not found & {trip for trip, is_running in runs.items() if not is_running}
        searches += 1
    with reading(), Session(engine) as session:
        assert mirror.agrees(session)
        assert search(session, LEG, mirror=mirror) == exhaustive(session, LEG, roads=ROADS)
    engine.dispose()
    assert searches > 1


def _heard(told: Queue[News | None]) -> list[News | None]:
    """The next piece of news, and those that already wait behind it."""
    heard = [told.get(timeout=60)]
    while True:
        try:
            heard.append(told.get_nowait())
        except Empty:
            return heard


def test_every_committed_change_is_found_by_every_process_at_its_next_search(
    engine: Engine, engine_url: str
) -> None:
    told: list[Queue[News | None]] = [_SPAWN.Queue() for _ in range(SEARCHERS)]
    searchers = [_SPAWN.Process(target=_search, args=(engine_url, one)) for one in told]
    writers = [_SPAWN.Process(target=_write, args=(engine_url, told, seed)) for seed in range(WRITERS)]
    for process in (*searchers, *writers):
        process.start()
    for process in (*writers, *searchers):
        process.join(600)
    assert [process.exitcode for process in (*writers, *searchers)] == [0] * (WRITERS + SEARCHERS)
