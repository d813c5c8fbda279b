"""Valhalla itself, on tiles of a small network: exact, repeatable, and plain about what fails."""

from __future__ import annotations

from pathlib import Path
from signal import SIGCONT, SIGSTOP
from threading import Thread

import numpy as np
import pytest

from lotocar.errors import Invalid, NotFound, Unavailable
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.choice import engine_of, filling_engine
from lotocar.world.roads.embedded import EmbeddedValhalla, build_tiles
from lotocar.world.roads.engine import NO_WAY_S
from tests.support.roads import BRIDGE, MAIN_ROW, RIVER, crossing, small_tiles, write_extract


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_tiles(tmp_path_factory.mktemp("tiles"))


@pytest.fixture(scope="module")
def engine(folder: Path) -> EmbeddedValhalla:
    return EmbeddedValhalla(folder)


def test_a_route_lasts_what_its_roads_allow(engine: EmbeddedValhalla) -> None:
    a, b = crossing(MAIN_ROW, 0), crossing(MAIN_ROW, 10)
    leg = engine.leg(a, b)
    assert leg.exact
    assert leg.metres == pytest.approx(distance_m(a, b), rel=0.01)
    at_ninety = distance_m(a, b) / 25
    assert at_ninety < leg.seconds < 1.4 * at_ninety


def test_a_river_is_crossed_at_its_bridge(engine: EmbeddedValhalla) -> None:
    far = BRIDGE + 8
    near_side, far_side = crossing(RIVER, far), crossing(RIVER + 1, far)
    assert engine.leg(near_side, far_side).metres > 16 * 1_000
    by_the_bridge = engine.leg(crossing(RIVER, BRIDGE), crossing(RIVER + 1, BRIDGE))
    assert by_the_bridge.metres < 1_200


def test_a_table_a_route_and_pairs_say_the_same(engine: EmbeddedValhalla) -> None:
    places = [crossing(row, column) for row, column in ((0, 0), (3, 11), (7, 4), (11, 11), (6, 9))]
    table = engine.table(places, places)
    pairs = [(a, b) for a in places for b in places if a != b]
    told = {pair: seconds for some in engine.durations(pairs) for pair, seconds in some.items()}
    for row, a in enumerate(places):
        for column, b in enumerate(places):
            if a != b:
                assert table[row, column] == told[a, b]
                assert abs(engine.leg(a, b).seconds - told[a, b]) <= 1


def test_what_else_is_asked_changes_no_answer(engine: EmbeddedValhalla) -> None:
    places = [crossing(row, column) for row in range(0, 12, 3) for column in range(0, 12, 4)]
    whole = engine.table(places, places)
    towards_one = engine.table(places, places[:1])
    assert np.array_equal(whole[:, :1], towards_one)
    assert np.array_equal(whole[2:3], engine.table(places[2:3], places))


def test_a_place_far_from_any_road_is_refused(engine: EmbeddedValhalla) -> None:
    sea = Point(46.5, -3.5)
    with pytest.raises(Unavailable) as caught:
        engine.leg(crossing(0, 0), sea)
    assert caught.value.permanent
    [told] = engine.durations([(crossing(0, 0), sea)])
    assert told == {(crossing(0, 0), sea): NO_WAY_S}


def test_new_tiles_leave_those_that_a_process_reads(folder: Path, engine: EmbeddedValhalla) -> None:
    small_tiles(folder)
    assert EmbeddedValhalla(folder).leg(crossing(0, 0), crossing(5, 5)).exact
    assert engine.leg(crossing(11, 0), crossing(0, 11)).exact
    assert len([*folder.glob("tiles-*")]) == 2


def test_what_is_no_extract_is_refused_and_former_tiles_stay(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as missing:
        build_tiles(folder, tmp_path / "nothing.osm.pbf")
    (tmp_path / "text.osm.pbf").write_text("not an extract")
    with pytest.raises(Invalid) as wrong:
        build_tiles(folder, tmp_path / "text.osm.pbf")
    assert missing.value.code == wrong.value.code == "roads.extract"
    assert EmbeddedValhalla(folder).leg(crossing(0, 0), crossing(5, 5)).exact


def test_without_tiles_the_product_runs_on_estimates(tmp_path: Path) -> None:
    assert engine_of("embedded", url="", folder=tmp_path) is None
    assert engine_of("embedded", url="", folder=None) is None
    assert engine_of("", url="", folder=tmp_path) is None
    with pytest.raises(NotFound):
        filling_engine("embedded", url="", folder=tmp_path)


def test_an_extract_is_small(tmp_path: Path) -> None:
    write_extract(tmp_path / "small.osm.pbf")
    assert (tmp_path / "small.osm.pbf").stat().st_size < 5_000


def test_an_engine_that_died_is_started_again(folder: Path) -> None:
    engine = EmbeddedValhalla(folder)
    before = engine.leg(crossing(0, 0), crossing(5, 5))
    engine._process.kill()
    engine._process.wait()
    assert engine.leg(crossing(0, 0), crossing(5, 5)) == before


def test_others_work_while_it_computes(engine: EmbeddedValhalla) -> None:
    places = [crossing(row, column) for row in range(12) for column in range(12)]
    asking = Thread(target=engine.table, args=(places, places))
    engine._process.send_signal(SIGSTOP)  # however long it takes
    try:
        asking.start()
        asking.join(0.2)
        assert asking.is_alive()  # it waits, and this thread has gone on
    finally:
        engine._process.send_signal(SIGCONT)
    asking.join(60)
    assert not asking.is_alive()
