"""Cutting the ground into zones: around given centres, a large one into several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, cos, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import Point
from lotocar.world.roads.matrix import Frame

CELL_M = 500
MARGIN_M = 5_000
METRES_A_DEGREE = 111_195
FRINGE_M = 20_000
LARGEST_ZONE_KM2 = 30  # some 5.5 km across, a rural commune: smaller ones were measured to gain little

Raster = NDArray[np.uint16]
Degrees = NDArray[np.floating[Any]]


def zones(centres: Sequence[Point]) -> tuple[Frame, Raster]:
    """The zone of each cell of 500 m over these centres and a margin: the number of the nearest centre."""
    lat, lon = (np.array([getattr(one, axis) for one in centres]) for axis in ("lat", "lon"))
    wide = cos(radians(float(lat.mean())))
    lat_step, lon_step = CELL_M / METRES_A_DEGREE, CELL_M / METRES_A_DEGREE / wide
    margin = MARGIN_M / CELL_M
    frame = Frame(lat.min() - margin * lat_step, lon.min() - margin * lon_step, lat_step, lon_step)
    rows = ceil((lat.max() - frame.south) / lat_step + margin)
    columns = ceil((lon.max() - frame.west) / lon_step + margin)
    across = frame.west + (np.arange(columns) + 0.5) * lon_step
    east = (across[:, None] - lon[None, :]) * wide
    raster = np.empty((rows, columns), dtype=np.uint16)
    for row in range(rows):
        north = frame.south + (row + 0.5) * lat_step - lat
        raster[row] = np.argmin(north * north + east * east, axis=1)
    return frame, raster


def with_large_ones_split(centres: Sequence[Point], largest_km2: float = LARGEST_ZONE_KM2) -> list[Point]:
    """These centres, and as many more as keep the zones near this size; the same for the same centres.

    Cells farther than MARGIN_M from every centre are nobody's: a border zone is not cut for its outskirts.
    """
    frame, raster = zones(centres)
    return [*centres, *_more(frame, raster, centres, largest_km2 * 1e6 / CELL_M**2)]


def with_fringe(inside: Sequence[Point], around: Sequence[Point]) -> list[Point]:
    """The points of a territory, then those of the others within FRINGE_M of one of them."""
    if not inside:
        return []
    lat, lon = (np.array([getattr(one, axis) for one in inside]) for axis in ("lat", "lon"))
    known = {*inside}
    return [
        *inside,
        *(one for one in around if one not in known and _metres(lat, lon, one).min() <= FRINGE_M),
    ]


def _more(frame: Frame, raster: Raster, centres: Sequence[Point], largest: float) -> Iterator[Point]:
    rows, columns = np.indices(raster.shape)
    order = np.argsort(raster, axis=None, kind="stable")
    starts = np.searchsorted(raster.ravel()[order], np.arange(len(centres) + 1))
    for zone, centre in enumerate(centres):
        cells = order[starts[zone] : starts[zone + 1]]
        lat = frame.south + (rows.ravel()[cells] + 0.5) * frame.lat_step
        lon = frame.west + (columns.ravel()[cells] + 0.5) * frame.lon_step
        near = _metres(lat, lon, centre) < MARGIN_M
        pieces = ceil(int(near.sum()) / largest)
        yield from _spread(lat[near], lon[near], centre, pieces - 1)


def _spread(lat: Degrees, lon: Degrees, centre: Point, count: int) -> Iterator[Point]:
    """So many cells, each the farthest from the centre and from those before, half-way back to the others."""
    away = _metres(lat, lon, centre)
    for _ in range(count):
        farthest = int(np.argmax(away))
        point = Point(
            round((2 * float(lat[farthest]) + centre.lat) / 3, 5),
            round((2 * float(lon[farthest]) + centre.lon) / 3, 5),
        )
        away = np.minimum(away, _metres(lat, lon, point))
        yield point


def _metres(lat: Degrees, lon: Degrees, point: Point) -> NDArray[np.float64]:
    east = (lon - point.lon) * cos(radians(point.lat))
    metres: NDArray[np.float64] = np.hypot(lat - point.lat, east) * METRES_A_DEGREE
    return metres
