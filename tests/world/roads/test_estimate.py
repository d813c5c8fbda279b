"""The embedded estimate: one constant, the same for one leg and for a million."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots, crow_m, crow_many_m, spot

CAHORS = Point(44.4475, 1.4419)
SOUILLAC = Point(44.8947, 1.4769)
points = st.builds(Point, st.floats(41.0, 51.5), st.floats(-5.5, 9.8))
lot = st.builds(Point, st.floats(44.2, 45.1), st.floats(0.9, 2.3))


@given(points, points)
def test_the_straight_line_is_the_great_circle(a: Point, b: Point) -> None:
    assert math.isclose(crow_m(spot(a), spot(b)), distance_m(a, b), rel_tol=2e-5, abs_tol=0.02)


@given(st.lists(st.tuples(points, points), min_size=1, max_size=50))
def test_one_leg_and_many_legs_agree_to_the_last_bit(pairs: list[tuple[Point, Point]]) -> None:
    many = crow_many_m(Spots.of(a for a, _ in pairs), Spots.of(b for _, b in pairs))
    assert many.tolist() == [crow_m(spot(a), spot(b)) for a, b in pairs]


@given(st.lists(st.tuples(lot, lot), min_size=1, max_size=50), st.floats(0.05, 0.15))
def test_seconds_of_one_leg_and_of_many_agree(pairs: list[tuple[Point, Point]], slowness: float) -> None:
    roads: Ground = EstimatedRoads(slowness)
    many = roads.seconds_between(roads.locate(a for a, _ in pairs), roads.locate(b for _, b in pairs))
    assert many.tolist() == [roads.leg(a, b).seconds for a, b in pairs]


def test_one_spot_is_compared_with_all() -> None:
    one, two = Spots.of([CAHORS]), Spots.of([SOUILLAC, CAHORS])
    assert EstimatedRoads().seconds_between(one, two).tolist() == [
        EstimatedRoads().leg(CAHORS, SOUILLAC).seconds,
        0,
    ]


def test_an_estimate_says_so_and_stays_plausible() -> None:
    leg = EstimatedRoads().leg(CAHORS, SOUILLAC)
    assert not leg.exact
    assert 55 * 60 < leg.seconds < 80 * 60  # about 50 km as the crow flies
    assert 60_000 < leg.metres < 75_000


def test_no_point_gives_no_leg() -> None:
    none = EstimatedRoads().locate([])
    assert len(none) == 0
    assert EstimatedRoads().seconds_between(none, none).tolist() == []
