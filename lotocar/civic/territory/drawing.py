"""A small map of the territory's communes, drawn from the outlines at hand: it prints, and asks no server for tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import DATA, Commune, gazetteer
from lotocar.world.places.home import Home
from lotocar.world.places.outlines import Ring, outlines

WIDTH = 600  # user units of the drawing; the screen gives them their size
STEP = 3  # corners nearer than this are one: half a millimetre on paper


@dataclass(frozen=True, slots=True)
class Shape:
    """One commune: its SVG path, empty when no outline is at hand, and where its centre stands."""

    insee: str
    name: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The territory, `width` by `height` user units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the territory lies, so that a degree becomes user units, north up."""

    west: float
    north: float
    scale: float
    flat: float

    def place(self, lon: float, lat: float) -> tuple[int, int]:
        return round((lon - self.west) * self.flat * self.scale), round((self.north - lat) * self.scale)


@lru_cache(maxsize=4)
def drawing(home: Home) -> Drawing:
    """The communes of this territory, drawn once a process."""
    communes = [one for one in gazetteer() if _is_inside(one, home)]
    rings = outlines(DATA)
    corners = [spot for one in communes for part in rings.get(one.insee, ()) for spot in part[0]]
    frame, height = _frame(corners or [(one.point.lon, one.point.lat) for one in communes])
    shapes = tuple(_shape(one, rings.get(one.insee, ()), frame) for one in communes)
    return Drawing(WIDTH, height, shapes)


def _is_inside(commune: Commune, home: Home) -> bool:
    return (
        commune.departement in home.departements
        or commune.epci in home.epcis
        or commune.insee in home.communes
    )


def _frame(corners: Sequence[Sequence[float]]) -> tuple[_Frame, int]:
    if not corners:
        return _Frame(0, 0, 1, 1), WIDTH
    west, east = min(spot[0] for spot in corners), max(spot[0] for spot in corners)
    south, north = min(spot[1] for spot in corners), max(spot[1] for spot in corners)
    flat = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * flat, 0.01)
    return _Frame(west, north, scale, flat), max(round((north - south) * scale), 1)


def _shape(commune: Commune, parts: Sequence[Sequence[Ring]], frame: _Frame) -> Shape:
    x, y = frame.place(*_lon_lat(commune.point))
    path = "".join(_path(ring, frame) for part in parts for ring in part[:1])
    return Shape(commune.insee, commune.name, path, x, y)


def _lon_lat(point: Point) -> tuple[float, float]:
    return point.lon, point.lat


def _path(ring: Ring, frame: _Frame) -> str:
    """The ring in whole units, without the corners that nobody would see."""
    kept: list[tuple[int, int]] = []
    for lon, lat, *_ in ring:
        x, y = frame.place(lon, lat)
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= STEP:
            kept.append((x, y))
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "z"
