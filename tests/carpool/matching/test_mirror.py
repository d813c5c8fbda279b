"""The mirror: what one process commits, another finds at its next search; what is not committed, nobody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from multiprocessing import get_context
from threading import Event

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, Rule, TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import exhaustive, explain, explain_driver, search
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Pause, SeatUse, Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.db import reading
from lotocar.errors import NotFound
from lotocar.values.actor import SYSTEM
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    NOW,
    TUESDAY,
    make_driver,
    make_organisation,
    make_trip,
    once,
    weekly,
)

ROADS = EstimatedRoads()
LEG = LegFacts(CAHORS.point, FIGEAC.point, TUESDAY, TimeKind.ARRIVE_BY, time(10))


def found(session: Session, mirror: Mirror, leg: LegFacts = LEG) -> list[Candidate]:
    """Through the mirror, checked against reading every departure."""
    through = search(session, leg, mirror=mirror)
    assert through == exhaustive(session, leg, roads=ROADS)
    return through


def stamp(session: Session, trip: Trip) -> None:
    trip.revision = bump_revision(session)


def test_odile_is_found_out_and_back(session: Session) -> None:
    trip = make_trip(session)
    mirror = Mirror(ROADS)
    assert [one.trip_id for one in found(session, mirror)] == [trip.id]
    home = LegFacts(FIGEAC.point, CAHORS.point, TUESDAY, TimeKind.LEAVE_AT, time(17))
    back = found(session, mirror, home)
    assert [(one.trip_id, one.direction) for one in back] == [(trip.id, "back")]


@pytest.mark.parametrize("status", ["pending", "stopped", "deleted"])
def test_only_active_trips_are_found(session: Session, status: str) -> None:
    make_trip(session, status=status)
    assert found(session, Mirror(ROADS)) == []


def test_a_driver_not_accepted_is_not_found(session: Session) -> None:
    driver = make_driver(session)
    driver.enrolments[0].status = "suspended"
    make_trip(session, driver=driver)
    assert found(session, Mirror(ROADS)) == []


def test_pauses_and_promised_seats_are_read(session: Session) -> None:
    paused, full = make_trip(session), make_trip(session, seats=1)
    paused.pauses.append(Pause(first_day=date(2026, 11, 23), last_day=TUESDAY))
    session.add(SeatUse(trip_id=full.id, direction="out", day=TUESDAY, taken=1))
    session.flush()
    assert found(session, Mirror(ROADS)) == []
    later = LegFacts(CAHORS.point, FIGEAC.point, date(2026, 12, 1), TimeKind.ARRIVE_BY, time(10))
    assert len(found(session, Mirror(ROADS), later)) == 2


def test_another_process_finds_each_change_at_its_next_search(engine: Engine) -> None:
    here, there = Mirror(ROADS), Mirror(ROADS)
    with Session(engine) as session:
        trip = make_trip(session)
        session.commit()
        trip_id = trip.id
    changes: list[tuple[Callable[[Trip], object], int]] = [
        (lambda trip: setattr(trip, "status", "stopped"), 0),
        (lambda trip: setattr(trip, "status", "active"), 1),
        (lambda trip: trip.pauses.append(Pause(first_day=TUESDAY, last_day=TUESDAY)), 0),
        (lambda trip: trip.pauses.clear(), 1),
        (lambda trip: setattr(trip.departures[0], "hour", time(14)), 0),
        (lambda trip: setattr(trip, "departures", [once(TUESDAY, time(8))]), 1),
        (lambda trip: setattr(trip, "origin", FIGEAC), 0),
    ]
    for change, expected in changes:
        with Session(engine) as session:
            trip = session.get_one(Trip, trip_id)
            stamp(session, trip)
            change(trip)
            session.commit()
            assert len(found(session, here)) == expected
        with reading(), Session(engine) as session:
            assert len(found(session, there)) == expected


def test_what_is_rolled_back_was_never_shared(engine: Engine) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        kept = make_trip(session)
        session.commit()
        assert len(found(session, mirror)) == 1
        session.rollback()
        bump_revision(session)
        make_trip(session)
        assert len(found(session, mirror)) == 2  # its own words
        session.rollback()
        assert len(found(session, mirror)) == 1
        session.rollback()
        stamp(session, kept)  # the number that the lost change had
        kept.status = "stopped"
        session.commit()
        assert found(session, mirror) == []


def test_what_is_not_committed_is_found_by_nobody_else(engine: Engine) -> None:
    with Session(engine) as writer:
        trip = make_trip(writer)
        writer.commit()
        stamp(writer, trip)
        trip.status = "stopped"
        writer.flush()
        with reading(), Session(engine) as reader:
            assert len(found(reader, Mirror(ROADS))) == 1
        writer.rollback()


def test_a_driver_who_comes_back_is_found_again_with_the_trips_of_before(engine: Engine) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        make_organisation(session)
        driver = make_driver(session)
        make_trip(session, driver=driver)
        driver.enrolments[0].status = "left"
        session.commit()
        assert found(session, mirror) == []
        session.rollback()
        trips.confirm_pending(session, driver, actor=SYSTEM, now=NOW)
        session.commit()
        assert len(found(session, mirror)) == 1
        session.rollback()
        driver.enrolments[0].status = "suspended"
        trips.driver_changed(session, driver.id)
        session.commit()
        assert found(session, mirror) == []


def test_a_rebuild_agrees_with_what_was_kept(engine: Engine) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        trips = [make_trip(session, max_detour_minutes=number) for number in range(5)]
        session.commit()
        found(session, mirror)
        session.rollback()
        stamp(session, trips[0])
        trips[0].status = "stopped"
        session.commit()
        kept = found(session, mirror)
        assert mirror.agrees(session)
        mirror.rebuilt(session)
        assert found(session, mirror) == kept


def test_what_was_changed_without_a_word_is_noticed_by_the_check(engine: Engine) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        trip = make_trip(session)
        session.commit()
        assert mirror.agrees(session)
        session.rollback()
        trip.seats = 1  # no revision: a fault
        session.commit()
        assert not mirror.agrees(session)
        mirror.rebuilt(session)
        assert mirror.agrees(session)


def _post(engine: Engine, count: int) -> list[int]:
    """Trips posted one transaction each, as other processes do."""
    posted = []
    for _ in range(count):
        with Session(engine) as session:
            revision = bump_revision(session)
            driver = make_driver(session, phone=None)
            departures = [weekly(1, time(8, 30))]
            trip = make_trip(session, driver=driver, departures=departures, revision=revision)
            session.commit()
            posted.append(trip.id)
    return posted


def _look(engine: Engine, done: Event, mirror: Mirror) -> int:
    """Search until told to stop; what was found once is found ever after."""
    before: set[int] = set()
    looks = 0
    while not done.is_set():
        with reading(), Session(engine) as session:
            now = {one.trip_id for one in search(session, LEG, mirror=mirror)}
        assert before <= now
        before, looks = now, looks + 1
    return looks


def test_several_writers_and_searchers_at_once_skip_nothing(engine: Engine) -> None:
    with Session(engine) as session:
        make_trip(session)
        session.commit()
    done, shared = Event(), Mirror(ROADS)
    with ThreadPoolExecutor(max_workers=6) as pool:
        lookers = [pool.submit(_look, engine, done, mirror) for mirror in (shared, shared, Mirror(ROADS))]
        writers = [pool.submit(_post, engine, 12) for _ in range(3)]
        posted = {trip for writer in writers for trip in writer.result(60)}
        done.set()
        assert all(looker.result(60) > 0 for looker in lookers)
    with reading(), Session(engine) as session:
        assert posted < {one.trip_id for one in found(session, shared)}


def _elsewhere(url: str, count: int) -> list[int]:
    engine = create_engine(url)
    try:
        return _post(engine, count)
    finally:
        engine.dispose()


def test_real_processes_are_heard(engine: Engine, engine_url: str) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        make_trip(session)
        session.commit()
    with reading(), Session(engine) as session:
        assert len(found(session, mirror)) == 1
    with get_context("spawn").Pool(1) as processes:
        posted = processes.apply(_elsewhere, (engine_url, 3))
    with reading(), Session(engine) as session:
        assert set(posted) < {one.trip_id for one in found(session, mirror)}


class _Interrupting(EstimatedRoads):
    """Lets somebody commit a change while the mirror is reading."""

    interruptions: list[Callable[[], None]] = []

    def seconds_between(self, a, b):  # type: ignore[no-untyped-def]
        if self.interruptions:
            self.interruptions.pop()()
        return super().seconds_between(a, b)


def test_a_commit_in_the_middle_of_a_reading_starts_it_again(engine: Engine, database: str) -> None:
    if database == "sqlite":
        pytest.skip("an SQLite reader sees one state from beginning to end")
    with Session(engine) as session:
        trip = make_trip(session)
        session.commit()
        trip_id = trip.id

    def move() -> None:
        with Session(engine) as other:
            moved = other.get_one(Trip, trip_id)
            stamp(other, moved)
            moved.departures[0].hour = time(14)
            other.commit()

    roads = _Interrupting()
    roads.interruptions.append(move)
    with Session(engine) as session:
        assert search(session, LEG, mirror=Mirror(roads)) == []
    assert not roads.interruptions


def test_one_learns_why_a_driver_is_missing(session: Session) -> None:
    trip = make_trip(session, departures=[weekly(0, time(8, 30)), weekly(1, time(6))])
    monday, tuesday = trip.departures
    answers = explain_driver(session, trip.driver_id, LEG, roads=ROADS)
    rules = [one.rule for one in answers if not isinstance(one, Candidate)]
    assert rules == [Rule.HOUR, Rule.DAY]
    assert answers[0] == explain(session, tuesday.id, LEG, roads=ROADS)
    assert answers[1] == explain(session, monday.id, LEG, roads=ROADS)
    with pytest.raises(NotFound):
        explain(session, 10**6, LEG, roads=ROADS)


def test_batches_follow_one_another_without_a_gap(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from lotocar.carpool.matching import queries

    trips = [make_trip(session, seats=number) for number in (1, 2, 3, 4)]
    whole: list[DepartureFacts] = list(queries.every_departure(session))
    assert [one.departure_id for one in whole] == [one.id for trip in trips for one in trip.departures]
    for size in (1, 2, 3):
        monkeypatch.setattr(queries, "_BATCH", size)
        assert list(queries.every_departure(session)) == whole


def test_a_revision_that_cannot_be_read_is_an_error_that_the_house_knows(session: Session) -> None:
    session.execute(text("DROP TABLE trip_revision"))
    with pytest.raises((OperationalError, ProgrammingError)) as refused:
        Mirror(ROADS).index(session)
    assert "trip_revision" in str(
        refused.value.orig
    )  # the first thing that went wrong, and no consequence of it
    session.rollback()
