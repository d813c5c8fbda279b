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
_CURVE_M = UNIT_M * UNIT_M * UNIT_M / (24 * EARTH_RADIUS_M * EARTH_RADIUS_M)

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
    return sqrt(square) * (UNIT_M + square * _CURVE_M)


@dataclass(frozen=True, slots=True)
class Spots:
    """Many spots in columns: three 32-bit coordinates, and the zone they lie in where their ground has zones.

    `xyz` has a line for each axis: a search looks at few spots of many, and pays for each line that it takes. A zone
    is a number that only the ground that located the points understands.
    """

    xyz: NDArray[np.int32]
    zone: NDArray[np.uint16] | None = None

    @classmethod
    def of(cls, points: Iterable[Point], zone: NDArray[np.uint16] | None = None) -> Spots:
        """These points, in their order."""
        rows = np.array([spot(point) for point in points], dtype=np.int32).reshape(-1, 3)
        return cls(np.ascontiguousarray(rows.T), zone)

    def __len__(self) -> int:
        return int(self.xyz.shape[-1])

    @property
    def nbytes(self) -> int:
        return self.xyz.nbytes + (0 if self.zone is None else self.zone.nbytes)

    def take(self, rows: NDArray[np.intp]) -> Spots:
        """The spots at these ranks."""
        return Spots(self.xyz.take(rows, axis=1), None if self.zone is None else self.zone.take(rows))

    def only(self, rank: int) -> Spots:
        """The spot of this rank alone."""
        one = slice(rank, rank + 1)
        return Spots(self.xyz[:, one], None if self.zone is None else self.zone[one])

    def upright(self) -> Spots:
        """The same, one below another: durations between some that lie and some that stand are a table of both."""
        return Spots(self.xyz[:, :, None], None if self.zone is None else self.zone[:, None])

    def lying(self) -> Spots:
        """The same, one beside another, to go with some that stand (see `upright`)."""
        return Spots(self.xyz[:, None, :], None if self.zone is None else self.zone[None, :])

    @classmethod
    def joined(cls, parts: Sequence[Spots]) -> Spots:
        """The spots of all the parts, at least one, one after another; all of one ground."""
        zones = [part.zone for part in parts if part.zone is not None]
        return cls(
            np.concatenate([part.xyz for part in parts], axis=1), np.concatenate(zones) if zones else None
        )


def crow_many_m(a: Spots, b: Spots) -> NDArray[np.float64]:
    """`crow_m`, rank by rank; either side may hold one spot only."""
    # in place: on long columns half of the time goes into fetching new memory
    apart = np.subtract(a.xyz, b.xyz, dtype=np.float64)
    apart *= apart
    square: NDArray[np.float64] = apart[0]
    square += apart[1]
    square += apart[2]
    straight: NDArray[np.float64] = np.sqrt(square)
    square *= _CURVE_M
    square += UNIT_M
    straight *= square
    return straight
