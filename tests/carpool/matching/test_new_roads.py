"""A process that runs takes up new roads at its next search; the first candidates are confirmed where there is a router."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from sqlalchemy.orm import Session

from lotocar.carpool.matching.confirming import Confirmer, by_road
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import exhaustive, search
from lotocar.world.roads.building import build
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.versions import GroundKeeper
from tests.carpool.matching.test_confirming import Broken, Engine
from tests.support.factories import CAHORS, FIGEAC, TUESDAY, make_trip

LEG = LegFacts(CAHORS.point, FIGEAC.point, TUESDAY, TimeKind.ARRIVE_BY, time(10))


def fill(folder: Path, pace: float) -> None:
    """A matrix of two zones, at one pace."""
    centres = [CAHORS.point, FIGEAC.point]
    build(folder, centres, Engine(pace), lambda _done, _total: None, source="osrm", today=date(2026, 11, 21))


def test_a_new_matrix_is_taken_up_by_the_next_search(session: Session, tmp_path: Path) -> None:
    make_trip(session)
    session.commit()
    mirror = Mirror(GroundKeeper(tmp_path))
    [before] = search(session, LEG, mirror=mirror)
    for pace in (0.1, 0.09):
        fill(tmp_path, pace)
        [after] = search(session, LEG, mirror=mirror)
        assert after.ride_seconds != before.ride_seconds
        assert [after] == exhaustive(session, LEG, roads=mirror.ground)
        before = after
    assert mirror.agrees(session)


def test_a_search_says_exact_where_a_router_measured(session: Session) -> None:
    make_trip(session)
    mirror = Mirror(EstimatedRoads())
    [estimated] = by_road(session, LEG, mirror=mirror, confirmer=None)
    [exact] = by_road(session, LEG, mirror=mirror, confirmer=Confirmer(Engine(0.1)))
    assert (estimated.exact, exact.exact) == (False, True)
    assert exact.ride_seconds > estimated.ride_seconds
    assert by_road(session, LEG, mirror=mirror, confirmer=Confirmer(Broken())) == [estimated]


def test_nobody_found_asks_no_router(session: Session) -> None:
    engine = Engine()
    assert by_road(session, LEG, mirror=Mirror(EstimatedRoads()), confirmer=Confirmer(engine)) == []
    assert engine.asked == 0
