"""The slowness matrix: filled by an engine, resumable, and exact for one leg as for many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lotocar.errors import Invalid, Unavailable
from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.building import build
from lotocar.world.roads.estimate import SLOWNESS, EstimatedRoads
from lotocar.world.roads.matrix import MatrixRoads, ground_of
from lotocar.world.roads.router import Ground, Leg

CENTRES = [Point(44.3 + 0.07 * (number // 5), 1.2 + 0.1 * (number % 5)) for number in range(20)]


class HillyEngine:
    """Twice as slow going north, no way to the last centre; fails when told to."""

    largest_table = 26

    def __init__(self, answers: int = 10**6) -> None:
        self.answers = answers
        self.asked = 0

    def leg(self, a: Point, b: Point) -> Leg:
        return Leg(int(self.table([a], [b])[0, 0]), round(distance_m(a, b)), exact=True)

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


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> MatrixRoads:
    folder = tmp_path_factory.mktemp("roads")
    build(folder, CENTRES, HillyEngine(), lambda _done, _total: None)
    return MatrixRoads.load(folder)


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
    many = ground.seconds_many([a for a, _ in pairs], [b for _, b in pairs])
    assert many.tolist() == [ground.leg(a, b).seconds for a, b in pairs]
    for a, b in pairs:
        fastest, slowest = ground.pace_to(ground.locate([b]))
        crow = distance_m(a, b)
        assert fastest * crow - 1 <= ground.leg(a, b).seconds <= slowest * crow + 1


def test_a_broken_off_build_goes_on_where_it_was(tmp_path: Path) -> None:
    broken, heard = HillyEngine(answers=5), list[tuple[int, int]]()
    with pytest.raises(Unavailable):
        build(tmp_path, CENTRES, broken, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (5, 16)
    with pytest.raises(FileNotFoundError):
        MatrixRoads.load(tmp_path)
    rest = HillyEngine()
    build(tmp_path, CENTRES, rest, lambda _done, _total: None)
    assert (broken.asked, rest.asked) == (5, 11)  # 16 squares of 5 × 5
    assert np.asarray(MatrixRoads.load(tmp_path).slowness).all()


def test_other_centres_start_anew(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        build(tmp_path, CENTRES, HillyEngine(answers=5), lambda _done, _total: None)
    engine = HillyEngine()
    build(tmp_path, CENTRES[:10], engine, lambda _done, _total: None)
    assert MatrixRoads.load(tmp_path).slowness.shape == (10, 10)
    assert engine.asked == 4


def test_a_matrix_needs_a_centre(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        build(tmp_path, [], HillyEngine(), lambda _done, _total: None)


def test_one_zone_alone_is_still_a_matrix(tmp_path: Path) -> None:
    build(tmp_path, CENTRES[:1], HillyEngine(), lambda _done, _total: None)
    assert MatrixRoads.load(tmp_path).leg(CENTRES[0], CENTRES[1]).seconds > 0


def test_an_installation_without_a_matrix_estimates(tmp_path: Path) -> None:
    assert ground_of(None) == ground_of(tmp_path) == EstimatedRoads()
    build(tmp_path, CENTRES, HillyEngine(), lambda _done, _total: None)
    assert isinstance(ground_of(tmp_path), MatrixRoads)
