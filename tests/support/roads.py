"""A small road network that the real engine knows: twelve by twelve crossings, a river with one bridge."""

from __future__ import annotations

from pathlib import Path

from lotocar.values.geo import Point
from lotocar.world.roads.embedded import build_tiles
from tests.support.osm_pbf import Way, write_pbf

SIDE = 12
BRIDGE = 2  # the column that crosses the river
RIVER = 5  # between this row and the next
MAIN_ROW = 3  # faster than the others


def crossing(row: int, column: int) -> Point:
    """About 1.1 km from the next row and the next column."""
    return Point(44.4 + 0.01 * row, 1.4 + 0.014 * column)


def write_extract(path: Path) -> None:
    """The network as an OpenStreetMap extract."""
    nodes = [crossing(row, column) for row in range(SIDE) for column in range(SIDE)]
    write_pbf(path, nodes, [*_along(), *_across()])


def small_tiles(folder: Path) -> Path:
    """The folder, with tiles of the network for the embedded engine."""
    write_extract(folder / "small.osm.pbf")
    build_tiles(folder, folder / "small.osm.pbf")
    return folder


def _along() -> list[Way]:
    tags = ({"highway": "tertiary", "maxspeed": "60"}, {"highway": "primary", "maxspeed": "90"})
    return [
        Way([row * SIDE + column for column in range(SIDE)], tags[row == MAIN_ROW]) for row in range(SIDE)
    ]


def _across() -> list[Way]:
    ways = []
    for column in range(SIDE):
        rows = [row * SIDE + column for row in range(SIDE)]
        parts = [rows] if column == BRIDGE else [rows[: RIVER + 1], rows[RIVER + 1 :]]
        ways += [Way(part, {"highway": "unclassified", "maxspeed": "50"}) for part in parts]
    return ways
