"""Points on the earth and the straight line between them."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Point:
    """A position in WGS-84 degrees."""

    lat: float
    lon: float


def distance_m(a: Point, b: Point) -> float:
    """The great-circle distance in metres."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True, slots=True)
class Stop:
    """A place somebody named: what to call it, where it is, and its commune's INSEE code."""

    label: str
    insee: str
    lat: float
    lon: float

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)
