"""The check agrees while the index is right, says so when it is not, and has others read everything anew."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.matching.checking import (
    Checked,
    Tell,
    checked,
    gathered,
    have_all_read_again,
    hold_one_state,
)
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import search
from lotocar.carpool.trips.seats import take_seats
from lotocar.db import reading
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Seconds
from lotocar.world.roads.spots import Spots
from tests.carpool.matching.test_processes import LEG
from tests.support.factories import NOW, TUESDAY, make_trip

ROADS = EstimatedRoads()


def check(session: Session, mirror: Mirror) -> tuple[Checked, list[str]]:
    told: list[str] = []

    def tell(_share: float, what: str) -> None:
        told.append(what)

    known = gathered(session, mirror, searches=20, seed=1, today=NOW.date(), tell=tell)
    return checked(known, tell), told


def test_the_check_compares_searches_with_every_trip_and_tells_how_far_it_is(session: Session) -> None:
    for minutes in range(5):
        make_trip(session, max_detour_minutes=minutes)
    found, told = check(session, Mirror(ROADS))
    assert (found.departures, found.searches, found.differing) == (10, 10, 0)
    assert found.candidates > 10
    assert told[-1] == "comparaison avec chaque trajet : 100%"


def test_what_is_compared_is_one_state_and_a_writer_does_not_wait(engine: Engine) -> None:
    with Session(engine) as session:
        trips = [make_trip(session) for _ in range(3)]
        session.commit()
        said: list[str] = []

        def writes(_share: float, what: str) -> None:
            if not said:
                said.append(what)
                with Session(engine) as other:
                    take_seats(other, trip_id=trips[0].id, direction="out", day=TUESDAY, seats=3, now=NOW)
                    other.flush()
                    said.append("written")
                    if engine.dialect.name == "postgresql":  # an SQLite reader holds the commit back a moment
                        other.commit()

        with reading(), Session(engine) as reader:
            hold_one_state(reader)
            known = gathered(
                reader, _Telling(ROADS, writes), searches=20, seed=1, today=NOW.date(), tell=writes
            )
    assert said[-1] == "written"
    assert checked(known, lambda _share, _what: None).differing == 0


class _Telling(Mirror):
    """Somebody writes once the index was read, before every departure is."""

    def __init__(self, ground: EstimatedRoads, after: Tell) -> None:
        super().__init__(ground)
        self._after = after

    def rebuilt(self, session: Session, tell: Callable[[int], None] | None = None) -> Index:
        index = super().rebuilt(session, tell)
        self._after(1.0, "index read")
        return index


class _Wrong(EstimatedRoads):
    """A ground that sweeps otherwise than it looks at one leg."""

    def seconds_between(self, a: Spots, b: Spots) -> Seconds:
        return super().seconds_between(a, b) + 10_000


def test_an_index_that_answers_otherwise_is_caught(session: Session) -> None:
    make_trip(session, max_detour_minutes=5)
    found, _ = check(session, Mirror(_Wrong()))
    assert found.differing > 0


def test_an_empty_territory_is_in_order(session: Session) -> None:
    assert check(session, Mirror(ROADS))[0] == Checked(0, 0, found_bytes(session), 0, 0, 0)


def found_bytes(session: Session) -> int:
    return Mirror(ROADS).index(session).nbytes


def test_what_was_changed_behind_the_application_is_read_after_a_rebuild(engine: Engine) -> None:
    elsewhere = Mirror(ROADS)
    with Session(engine) as session:
        trip = make_trip(session)
        session.commit()
        assert len(search(session, LEG, mirror=elsewhere)) == 1
        session.rollback()
        trip.status = "stopped"  # by hand, without a revision
        session.commit()
        assert len(search(session, LEG, mirror=elsewhere)) == 1
        session.rollback()
        assert have_all_read_again(session) == 1
        session.commit()
        assert search(session, LEG, mirror=elsewhere) == []


def test_a_mirror_to_which_most_trips_are_new_reads_them_all(engine: Engine) -> None:
    mirror = Mirror(ROADS)
    with Session(engine) as session:
        first: Index = mirror.index(session)
        trips = [make_trip(session) for _ in range(3)]
        session.commit()
        found = search(session, LEG, mirror=mirror)
        assert {one.trip_id for one in found} == {one.id for one in trips}
        session.rollback()
        assert mirror.index(session).rows > first.rows
