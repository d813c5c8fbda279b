"""What drivers say of their journeys corrects the roads: held back, bounded, forgotten when taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.values.geo import Point
from lotocar.world.roads.estimate import SLOWNESS, EstimatedRoads
from lotocar.world.roads.learning import (
    HIGHEST,
    LOWEST,
    Lesson,
    corrected_zones,
    correction,
    learn,
)
from lotocar.world.roads.router import Ground
from lotocar.world.roads.versions import about, current_version, load
from tests.world.roads.test_matrix import CENTRES, make

TODAY = date(2026, 11, 21)
VALLEY, TOWN, ELSEWHERE = CENTRES[2], CENTRES[12], CENTRES[5]


def told(ground: Ground, origin: Point, destination: Point, times: float) -> Lesson:
    """A journey that lasts so many times what is known."""
    return Lesson(origin, destination, round(ground.leg(origin, destination).seconds * times))


def now(folder: Path) -> Ground:
    return load(current_version(folder))


def test_many_drivers_who_agree_are_believed_and_the_way_elsewhere_hardly_moves(tmp_path: Path) -> None:
    before = load(make(tmp_path))
    said = learn(tmp_path, [told(before, VALLEY, TOWN, 1.2)] * 12, today=TODAY)
    assert said is not None
    assert (said.lessons, said.learned_on, said.source) == (12, "2026-11-21", "osrm")
    ratio = now(tmp_path).leg(VALLEY, TOWN).seconds / before.leg(VALLEY, TOWN).seconds
    assert 1.15 < ratio <= 1.21
    elsewhere = now(tmp_path).leg(ELSEWHERE, CENTRES[6]).seconds / before.leg(ELSEWHERE, CENTRES[6]).seconds
    assert 1.0 <= elsewhere < 1.12


def test_one_driver_moves_little(tmp_path: Path) -> None:
    before = load(make(tmp_path))
    learn(tmp_path, [told(before, VALLEY, TOWN, 1.5)], today=TODAY)
    ratio = now(tmp_path).leg(VALLEY, TOWN).seconds / before.leg(VALLEY, TOWN).seconds
    assert 1.0 < ratio < 1.25


def test_what_is_learned_is_visible_by_place(tmp_path: Path) -> None:
    before = load(make(tmp_path))
    learn(tmp_path, [told(before, VALLEY, TOWN, 1.3)] * 5, today=TODAY)
    version = current_version(tmp_path)
    assert version
    zones = corrected_zones(version)
    assert {one.centre for one in zones} == {VALLEY, TOWN}
    assert all(one.lessons == 5 and 1 < one.factor <= HIGHEST for one in zones)


def test_lessons_taken_back_are_forgotten(tmp_path: Path) -> None:
    version = make(tmp_path)
    before = load(version).leg(VALLEY, TOWN).seconds
    learn(tmp_path, [told(load(version), VALLEY, TOWN, 1.25)] * 9, today=TODAY)
    assert now(tmp_path).leg(VALLEY, TOWN).seconds > before
    learn(tmp_path, [], today=TODAY)
    assert now(tmp_path).leg(VALLEY, TOWN).seconds == before
    current = current_version(tmp_path)
    assert current
    assert corrected_zones(current) == []


def test_roads_measured_anew_while_one_learns_stay_in_force_and_are_corrected(tmp_path: Path) -> None:
    old = make(tmp_path)
    lessons = _MeasuredMeanwhile([told(load(old), VALLEY, TOWN, 1.2)] * 4, tmp_path)
    assert learn(tmp_path, lessons, today=TODAY) is not None
    version = current_version(tmp_path)
    assert version
    assert (about(version).zones, about(version).lessons) == (14, 4)


class _MeasuredMeanwhile(list[Lesson]):
    """Lessons during which a build publishes a new matrix, once."""

    def __init__(self, lessons: list[Lesson], folder: Path) -> None:
        super().__init__(lessons)
        self._folder: Path | None = folder

    def __iter__(self) -> Iterator[Lesson]:
        if self._folder is not None:
            folder, self._folder = self._folder, None
            make(folder, CENTRES[:14])
        return super().__iter__()


def test_learning_the_same_again_publishes_nothing(tmp_path: Path) -> None:
    lessons = [told(load(make(tmp_path)), VALLEY, TOWN, 1.2)] * 4
    assert learn(tmp_path, lessons, today=TODAY) is not None
    version = current_version(tmp_path)
    assert learn(tmp_path, lessons, today=TODAY) is None
    assert current_version(tmp_path) == version


def test_mistakes_and_short_hops_teach_nothing() -> None:
    ground = EstimatedRoads()
    near = Point(VALLEY.lat + 0.01, VALLEY.lon)
    for lesson in (
        told(ground, VALLEY, TOWN, 3.0),
        told(ground, VALLEY, TOWN, 0.3),
        told(ground, VALLEY, near, 1.4),
        Lesson(VALLEY, TOWN, 0),
    ):
        assert correction([lesson], ground, 1).lessons == 0


def test_without_a_matrix_the_constant_learns(tmp_path: Path) -> None:
    slow = [told(EstimatedRoads(), VALLEY, TOWN, 1.15)] * 40
    said = learn(tmp_path, slow, today=TODAY)
    assert said is not None
    assert SLOWNESS * 1.08 < said.slowness < SLOWNESS * 1.15
    assert now(tmp_path).leg(VALLEY, TOWN).seconds > EstimatedRoads().leg(VALLEY, TOWN).seconds
    assert learn(tmp_path, slow, today=TODAY) is None
    assert learn(tmp_path / "other", [], today=TODAY) is None


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learning")
    make(folder)
    return folder


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(CENTRES), st.sampled_from(CENTRES), st.floats(0.3, 3.0)), max_size=30)
)
def test_no_lesson_moves_a_road_beyond_the_bounds(
    matrix: Path, journeys: list[tuple[Point, Point, float]]
) -> None:
    before = load(current_version(matrix))
    said = correction([told(before, *one) for one in journeys], before, len(CENTRES))
    whole = said.common * said.factors
    assert (whole >= LOWEST - 1e-9).all()
    assert (whole <= HIGHEST + 1e-9).all()


def test_a_new_build_forgets_until_the_next_night(tmp_path: Path) -> None:
    lessons = [told(load(make(tmp_path)), VALLEY, TOWN, 1.2)] * 4
    learn(tmp_path, lessons, today=TODAY)
    rebuilt = make(tmp_path)
    assert about(rebuilt).lessons == 0
    assert learn(tmp_path, lessons, today=TODAY) is not None
