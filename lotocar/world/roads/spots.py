"""Points as whole numbers in space, so that one point or a million give the same distance to the last bit.

A sine computed by Python and by numpy may differ in its last digit, and a trip exactly at its driver's
limit would then be found by one and missed by the other. Here the sines are computed once per point;
afterwards only operations that IEEE 754 rounds exactly are used (+ - × ÷ √), in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import EARTH_RADIUS_M, Point

UNIT_M = 0.003  # one step of a coordinate; the radius of the earth is 2 123 669 600 steps, within 32 bits
_CURVE = UNIT_M * UNIT_M / (24 * EARTH_RADIUS_M * EARTH_RADIUS_M)

Spot = tuple[int, int, int]


@lru_cache(maxsize=65_536)
def spot(point: Point) -> Spot:
    """The point's place on the sphere, three coordinates from the centre of the earth in steps of UNIT_M."""
    lat, lon, radius = radians(point.lat), radians(point.lon), EARTH_RADIUS_M / UNIT_M
    return (
        round(radius * cos(lat) * cos(lon)),
        round(radius * cos(lat) * sin(lon)),
        round(radius * sin(lat)),
    )


def crow_m(a: Spot, b: Spot) -> float:
    """The straight line over the ground in metres: the chord, plus the first term of the arc above it.

    Within 3 metres of the great circle at 1 000 km.
    """
    x, y, z = float(a[0] - b[0]), float(a[1] - b[1]), float(a[2] - b[2])
    square = x * x + y * y + z * z
    return sqrt(square) * (1.0 + square * _CURVE) * UNIT_M


@dataclass(frozen=True, slots=True)
class Spots:
    """Many spots in columns: three 32-bit coordinates and the zone they lie in, fourteen bytes a point.

    A zone is a number that only the ground that located the points understands.
    """

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    z: NDArray[np.int32]
    zone: NDArray[np.uint16]

    @classmethod
    def of(cls, points: Iterable[Point], zones: NDArray[np.uint16] | None = None) -> Spots:
        """These points, in their order; all in zone 0 when no zones are given."""
        rows = np.array([spot(point) for point in points], dtype=np.int32).reshape(-1, 3)
        zone = np.zeros(len(rows), dtype=np.uint16) if zones is None else zones
        return cls(rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(), zone)

    def __len__(self) -> int:
        return len(self.x)

    @property
    def nbytes(self) -> int:
        return self.x.nbytes + self.y.nbytes + self.z.nbytes + self.zone.nbytes

    def take(self, rows: NDArray[np.intp]) -> Spots:
        """The spots at these ranks."""
        return Spots(self.x.take(rows), self.y.take(rows), self.z.take(rows), self.zone.take(rows))

    @classmethod
    def joined(cls, parts: Sequence[Spots]) -> Spots:
        """The spots of all the parts, at least one, one after another."""
        return cls(
            np.concatenate([part.x for part in parts]),
            np.concatenate([part.y for part in parts]),
            np.concatenate([part.z for part in parts]),
            np.concatenate([part.zone for part in parts]),
        )


def crow_many_m(a: Spots, b: Spots) -> NDArray[np.float64]:
    """`crow_m`, rank by rank; either side may hold one spot only."""
    # in place: on long columns half of the time goes into fetching new memory
    square, y, z = (np.subtract(mine, theirs, dtype=np.float64) for mine, theirs in _axes(a, b))
    square *= square
    y *= y
    z *= z
    square += y
    square += z
    straight: NDArray[np.float64] = np.sqrt(square)
    square *= _CURVE
    square += 1.0
    straight *= square
    straight *= UNIT_M
    return straight


def _axes(a: Spots, b: Spots) -> tuple[tuple[NDArray[np.int32], NDArray[np.int32]], ...]:
    return (a.x, b.x), (a.y, b.y), (a.z, b.z)
