"""Zones: the nearest centre, large ones cut, the fringe of a territory."""

from __future__ import annotations

import numpy as np

from lotocar.values.geo import Point, distance_m
from lotocar.world.roads.zoning import CELL_M, FRINGE_M, with_fringe, with_large_ones_split, zones

CLOSE = [Point(44.5 + 0.03 * row, 1.5 + 0.04 * column) for row in range(4) for column in range(4)]
ALONE = Point(44.5, 2.1)


def test_each_cell_belongs_to_the_nearest_centre() -> None:
    frame, raster = zones([*CLOSE, ALONE])
    for row in range(0, raster.shape[0], 7):
        for column in range(0, raster.shape[1], 9):
            here = Point(
                frame.south + (row + 0.5) * frame.lat_step, frame.west + (column + 0.5) * frame.lon_step
            )
            nearest = min(distance_m(here, one) for one in [*CLOSE, ALONE])
            assert distance_m(here, [*CLOSE, ALONE][raster[row, column]]) < nearest + CELL_M / 10


def test_large_zones_are_cut_and_small_ones_stay() -> None:
    cut = with_large_ones_split([*CLOSE, ALONE], largest_km2=20)
    assert cut[: len(CLOSE) + 1] == [*CLOSE, ALONE]
    added = cut[len(CLOSE) + 1 :]
    inner = [CLOSE[5], CLOSE[6], CLOSE[9], CLOSE[10]]
    assert sum(distance_m(one, ALONE) < 5_000 for one in added) >= 3
    assert not any(min(distance_m(one, centre) for centre in inner) < 1_000 for one in added)
    assert cut == with_large_ones_split([*CLOSE, ALONE], largest_km2=20)


def test_cut_zones_are_near_the_size_wanted() -> None:
    cut = with_large_ones_split([CLOSE[0], ALONE], largest_km2=20)
    frame, raster = zones(cut)
    near = [
        (row, column)
        for row in range(raster.shape[0])
        for column in range(raster.shape[1])
        if distance_m(
            Point(frame.south + (row + 0.5) * frame.lat_step, frame.west + (column + 0.5) * frame.lon_step),
            ALONE,
        )
        < 5_000
    ]
    sizes = np.bincount([raster[cell] for cell in near])
    assert sizes.max() * CELL_M**2 / 1e6 < 2 * 20


def test_a_territory_keeps_its_fringe() -> None:
    near, far = Point(44.6, 1.55), Point(45.5, 1.5)
    assert with_fringe(CLOSE[:1], [CLOSE[0], near, far]) == [CLOSE[0], near]
    assert distance_m(CLOSE[0], near) < FRINGE_M < distance_m(CLOSE[0], far)
    assert with_fringe([], [near]) == []
