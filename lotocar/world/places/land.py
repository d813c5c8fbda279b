"""Whether a point lies in some commune of France: not at sea, not across a border.

The shape is the union of all outlines of communes (`data/land.geojson.gz`). The collectivities of the Pacific are not
in it.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from math import cos, radians
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lotocar.values.geo import Point

DATA = Path(__file__).parent / "data"
SHORE_M = 200  # the outlines are simplified by about that much: a quay may stand so far off
METRES_A_DEGREE = 111_195

Floats = npt.NDArray[np.float64]


class Land:
    """Every side of the shape as one line of numbers: longitude and latitude of its start, then of its end."""

    def __init__(self, folder: Path = DATA) -> None:
        shape = json.loads(gzip.decompress((folder / "land.geojson.gz").read_bytes()))
        rings = [np.array(ring, float) for part in shape["coordinates"] for ring in part]
        self.sides: Floats = np.concatenate([np.hstack((ring[:-1], ring[1:])) for ring in rings])

    def holds(self, point: Point) -> bool:
        """Whether the point is on land, or no farther than 200 m from it."""
        if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):  # false for NaN too
            return False
        return self._inside(point) or self._metres_off(point) <= SHORE_M

    def _inside(self, point: Point) -> bool:
        """Odd-even rule: how many sides a line going east from the point crosses."""
        west, south, east, north = self.sides.T
        crossed = (south > point.lat) != (north > point.lat)
        west, south, east, north = self.sides[crossed].T
        at = west + (point.lat - south) / (north - south) * (east - west)
        return int(np.count_nonzero(point.lon < at)) % 2 == 1

    def _metres_off(self, point: Point) -> float:
        """The distance to the nearest side, on a plane tangent at the point."""
        scale = np.array([cos(radians(point.lat)), 1.0]) * METRES_A_DEGREE
        start = (self.sides[:, :2] - [point.lon, point.lat]) * scale
        end = (self.sides[:, 2:] - [point.lon, point.lat]) * scale
        way = end - start
        length = np.maximum((way**2).sum(axis=1), 1e-9)
        along = np.clip(-(start * way).sum(axis=1) / length, 0.0, 1.0)
        return float(np.sqrt(((start + along[:, None] * way) ** 2).sum(axis=1)).min())


@cache
def land() -> Land:
    """The committed shape, read at the first call of the process."""
    return Land()
