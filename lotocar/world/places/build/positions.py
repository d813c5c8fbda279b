"""Where a commune is: its town hall when that lies in its outline, else a point inside the outline.

About one town-hall point in eighteen of the source lies outside its own commune, some by 100 km; the outlines
are right. So a point is kept only within 200 m of the outline, which is simplified by about that much.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry import Point as Dot
from shapely.ops import nearest_points

from lotocar.values.geo import Point, distance_m
from lotocar.world.places.build.sources import Row, Wheels

TOLERANCE_M = 200
CENTRE_PRECISION_DEGREES = 0.001
BY_HAND = Path(__file__).parent / "by_hand.tsv"


@dataclass(frozen=True, slots=True)
class Position:
    """A point and how we know it: "mairie", "outline" or "approximate"."""

    point: Point
    source: str


class Positions:
    """Positions by kind (COM, COMD, COMA, ARM) and code."""

    def __init__(self, wheels: Wheels) -> None:
        self.wheels = wheels
        self._by_hand = _by_hand()

    def find(self, kind: str, code: str, name: str, parent: Row | None = None) -> Position:
        """The position of this commune, or that of `parent` (a record of today's communes) called approximate.

        Raises:
            KeyError: nothing is known and no parent helps: a line is missing in by_hand.tsv.
        """
        outline, town_hall = self.wheels.outline(kind, code, name), self.wheels.town_hall(kind, code, name)
        if town_hall is not None and (outline is None or _metres_outside(town_hall, outline) <= TOLERANCE_M):
            return Position(_point(town_hall), "mairie")
        if outline is not None:
            return Position(_point(_centre(outline)), "outline")
        if parent is not None:
            return Position(self.find("COM", parent["code"], parent["nom"]).point, "approximate")
        return Position(self._by_hand[code], "approximate")


def _metres_outside(dot: Dot, outline: MultiPolygon) -> float:
    if outline.covers(dot):
        return 0.0
    return distance_m(_point(dot), _point(nearest_points(outline, dot)[0]))


def _centre(outline: MultiPolygon) -> Dot:
    """The middle of the widest circle that fits in: where a human would put the label."""
    circle = shapely.maximum_inscribed_circle(outline, tolerance=CENTRE_PRECISION_DEGREES)
    return Dot(circle.coords[0])


def _point(dot: Dot) -> Point:
    return Point(lat=round(dot.y, 4), lon=round(dot.x, 4))


def _by_hand() -> dict[str, Point]:
    lines = BY_HAND.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {code: Point(float(lat), float(lon)) for code, _name, lat, lon in rows}
