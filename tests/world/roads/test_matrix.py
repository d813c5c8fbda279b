"""The slowness matrix: filled by an engine, resumable, and exact for one leg as for many."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lotocar.errors import Invalid, Unavailable
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.building import Progress, Unfinished, build, unfinished
from lotocar.world.roads.engine import Pair, by_one_table
from lotocar.world.roads.estimate import SLOWNESS
from lotocar.world.roads.matrix import MatrixRoads
from lotocar.world.roads.router import Ground, Leg
from lotocar.world.roads.versions import about, current_version
from tests.support.checkout import ROOT

CENTRES = [Point(44.3 + 0.07 * (number // 5), 1.2 + 0.1 * (number % 5)) for number in range(20)]


class HillyEngine:
    """Twice as slow going north, no way to the last centre; fails when told to."""

    largest_table = 26
    goes_by_rows = False
    is_quick = True

    def __init__(self, answers: int = 10**6) -> None:
        self.answers = answers
        self.asked = 0

    def leg(self, a: Point, b: Point) -> Leg:
        return Leg(int(self.table([a], [b])[0, 0]), round(distance_m(a, b)), exact=True)

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        yield by_one_table(self, pairs)

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        if self.asked == self.answers:
            raise Unavailable("roads.engine")
        self.asked += 1
        assert len(sources) * len(targets) <= self.largest_table
        return np.array([[_seconds(a, b) for b in targets] for a in sources])


def _seconds(a: Point, b: Point) -> float:
    if b == CENTRES[-1]:
        return float("nan")
    return distance_m(a, b) * (0.12 if b.lat > a.lat else 0.06)


def make(
    folder: Path,
    centres: Sequence[Point] = CENTRES,
    engine: HillyEngine | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Path:
    """A version built from these centres."""
    return build(folder, centres, engine or HillyEngine(), progress, source="osrm", today=date(2026, 11, 21))


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> MatrixRoads:
    return MatrixRoads.load(make(tmp_path_factory.mktemp("roads")))


def test_the_matrix_knows_the_way_up_from_the_way_down(roads: MatrixRoads) -> None:
    low, high = CENTRES[2], CENTRES[12]
    crow = distance_m(low, high)
    assert roads.leg(low, high).seconds == pytest.approx(0.12 * crow, abs=2)
    assert roads.leg(high, low).seconds == pytest.approx(0.06 * crow, abs=2)
    assert not roads.leg(low, high).exact


def test_each_centre_lies_in_its_own_zone(roads: MatrixRoads) -> None:
    assert [roads.zone(centre) for centre in CENTRES] == list(range(20))
    assert roads.zone(Point(40.0, 1.2)) == 0  # far away: the zone of the nearest border


def test_where_no_way_is_known_the_constant_serves(roads: MatrixRoads) -> None:
    assert roads.leg(CENTRES[0], CENTRES[-1]).seconds == pytest.approx(
        SLOWNESS * distance_m(CENTRES[0], CENTRES[-1]), abs=2
    )


def test_inside_a_zone_points_still_count_where_they_are(roads: MatrixRoads) -> None:
    a, b = CENTRES[7], Point(CENTRES[7].lat + 0.01, CENTRES[7].lon)
    assert roads.zone(a) == roads.zone(b)
    assert 0.06 * 1112 - 2 < roads.leg(a, b).seconds < 0.12 * 1112 + 2


points = st.builds(Point, st.floats(44.2, 44.7), st.floats(1.1, 1.8))


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(points, points), min_size=1, max_size=30))
def test_one_leg_and_many_agree(roads: MatrixRoads, pairs: list[tuple[Point, Point]]) -> None:
    ground: Ground = roads
    many = ground.seconds_between(ground.locate(a for a, _ in pairs), ground.locate(b for _, b in pairs))
    assert many.tolist() == [ground.leg(a, b).seconds for a, b in pairs]
    for a, b in pairs:
        fastest, slowest = ground.paces
        crow = distance_m(a, b)
        assert fastest * crow - 1 <= ground.leg(a, b).seconds <= slowest * crow + 1


def test_a_broken_off_build_goes_on_where_it_was(tmp_path: Path) -> None:
    broken, heard = HillyEngine(answers=5), list[tuple[int, int]]()
    with pytest.raises(Unavailable):
        make(tmp_path, engine=broken, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (5 * 25, 400)
    assert current_version(tmp_path) is None
    assert unfinished(tmp_path) == Unfinished(5 * 25, 400)
    rest = HillyEngine()
    version = make(tmp_path, engine=rest)
    assert (broken.asked, rest.asked) == (5, 11)  # 16 squares of 5 × 5
    assert np.asarray(MatrixRoads.load(version).slowness).all()
    assert unfinished(tmp_path) is None


def test_an_engine_that_sweeps_is_asked_whole_rows(tmp_path: Path) -> None:
    engine = HillyEngine()
    engine.goes_by_rows, engine.largest_table = True, 50
    version = make(tmp_path, engine=engine)
    assert engine.asked == 10  # two rows of 20 at once
    assert MatrixRoads.load(version).leg(CENTRES[2], CENTRES[12]).seconds > 0


def test_other_centres_start_anew(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        make(tmp_path, engine=HillyEngine(answers=5))
    engine = HillyEngine()
    version = make(tmp_path, CENTRES[:10], engine)
    assert MatrixRoads.load(version).slowness.shape == (10, 10)
    assert engine.asked == 4


def test_a_matrix_needs_a_centre(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        make(tmp_path, [])


def test_one_zone_alone_is_still_a_matrix(tmp_path: Path) -> None:
    assert MatrixRoads.load(make(tmp_path, CENTRES[:1])).leg(CENTRES[0], CENTRES[1]).seconds > 0


def test_a_version_says_where_it_comes_from(tmp_path: Path) -> None:
    said = about(make(tmp_path))
    assert (said.source, said.zones, said.built_on) == ("osrm", 20, "2026-11-21")
    assert said.pairs_without_way == 20  # nobody reaches the last centre
    assert said.lessons == 0


KILLED = """
import sys, time
from pathlib import Path
from tests.world.roads.test_matrix import HillyEngine, make
class Slow(HillyEngine):
    def table(self, sources, targets):
        time.sleep(0.05)
        return super().table(sources, targets)
make(Path(sys.argv[1]), engine=Slow(), progress=lambda done, total: print(done, flush=True))
"""


def test_a_killed_build_goes_on_where_it_was(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert running.stdout
    with running.stdout as said:
        lines = [next(said) for _ in range(4)]
        running.send_signal(signal.SIGKILL)
        lines += [*said]
    running.wait()
    assert len(lines) < 16
    rest = HillyEngine()
    version = make(tmp_path, engine=rest)
    assert 0 < rest.asked <= 16 - 4
    whole = make(tmp_path / "whole")
    assert np.array_equal(MatrixRoads.load(version).slowness, MatrixRoads.load(whole).slowness)
