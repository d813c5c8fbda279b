"""The territory's communes as a drawing, from the outlines at hand: it prints, and asks no server for tiles.

The one projection of every map that the server draws: north up, a degree of longitude as long as it is in the
middle of the territory.
"""

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
MARGIN = 1.25  # around what a map shows
METRES_A_DEGREE = 111_195
FINEST = 8  # times the width of the whole: outlines say no more

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """One commune: its SVG path, empty when no outline is at hand, where its centre stands, and what it covers."""

    insee: str
    name: str
    path: str
    x: int
    y: int
    box: tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the territory lies, so that a degree becomes user units, north up."""

    west: float
    north: float
    scale: float
    flat: float

    def place(self, lon: float, lat: float) -> Spot:
        return round((lon - self.west) * self.flat * self.scale), round((self.north - lat) * self.scale)

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a spot of the drawing."""
        return self.west + x / (self.flat * self.scale), self.north - y / self.scale


@dataclass(frozen=True, slots=True)
class Drawing:
    """The territory, `width` by `height` user units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    frame: Frame

    def at(self, point: Point) -> Spot:
        """Where this point stands; outside the drawing too."""
        return self.frame.place(point.lon, point.lat)


@dataclass(frozen=True, slots=True)
class View:
    """A part of the drawing: its corner and size in the drawing's units, and the communes that show in it.

    `unit` is how many of those units a line of one unit in a drawing of `WIDTH` takes here.
    """

    drawing: Drawing
    left: int
    top: int
    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def unit(self) -> float:
        return self.width / WIDTH


@lru_cache(maxsize=8)
def drawing(home: Home, times: int = 1) -> Drawing:
    """The communes of this territory, drawn once a process; `times` as wide and as detailed."""
    communes = communes_of(home)
    rings = outlines(DATA, {one.departement for one in communes})
    corners = [spot for one in communes for part in rings.get(one.insee, ()) for spot in part[0]]
    frame, width, height = _frame(corners or [(one.point.lon, one.point.lat) for one in communes], times)
    shapes = tuple(_shape(one, rings.get(one.insee, ()), frame) for one in communes)
    return Drawing(width, height, shapes, frame)


def view(home: Home, points: Sequence[Point], *, least_m: float = 12_000, ratio: float = 1.6) -> View | None:
    """The part of the territory around these points, no narrower than `least_m`, `ratio` as wide as high.

    Drawn as finely as so close a look wants. None without a territory, or without points.
    """
    whole = drawing(home)
    if not whole.shapes or not points:
        return None
    width = _around([whole.at(point) for point in points], whole, least_m, ratio)[2]
    times = 1
    while times < FINEST and width * times <= WIDTH / 2:
        times *= 2
    drawn = drawing(home, times)
    left, top, width, height = _around([drawn.at(point) for point in points], drawn, least_m, ratio)
    shown = (one for one in drawn.shapes if _meets(one.box, (left, top, left + width, top + height)))
    return View(drawn, left, top, width, height, tuple(shown))


def _around(spots: Sequence[Spot], drawn: Drawing, least_m: float, ratio: float) -> tuple[int, int, int, int]:
    """Left, top, width and height of what holds these spots with a margin."""
    left, right = min(x for x, _ in spots), max(x for x, _ in spots)
    top, bottom = min(y for _, y in spots), max(y for _, y in spots)
    least = least_m / METRES_A_DEGREE * drawn.frame.scale
    width = max((right - left) * MARGIN, (bottom - top) * MARGIN * ratio, least)
    middle = (left + right) / 2, (top + bottom) / 2
    return (
        round(middle[0] - width / 2),
        round(middle[1] - width / ratio / 2),
        round(width),
        round(width / ratio),
    )


def _meets(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


@lru_cache(maxsize=8)
def communes_of(home: Home) -> tuple[Commune, ...]:
    """The communes of this territory, in INSEE order."""
    return tuple(one for one in gazetteer() if _is_inside(one, home))


def _is_inside(commune: Commune, home: Home) -> bool:
    return (
        commune.departement in home.departements
        or commune.epci in home.epcis
        or commune.insee in home.communes
    )


def _frame(corners: Sequence[Sequence[float]], times: int) -> tuple[Frame, int, int]:
    wide = WIDTH * times
    if not corners:
        return Frame(0, 0, 1, 1), wide, wide
    west, east = min(spot[0] for spot in corners), max(spot[0] for spot in corners)
    south, north = min(spot[1] for spot in corners), max(spot[1] for spot in corners)
    flat = cos(radians((south + north) / 2))
    scale = wide / max((east - west) * flat, 0.01)
    return Frame(west, north, scale, flat), wide, max(round((north - south) * scale), 1)


def _shape(commune: Commune, parts: Sequence[Sequence[Ring]], frame: Frame) -> Shape:
    centre = frame.place(commune.point.lon, commune.point.lat)
    rings = [[frame.place(spot[0], spot[1]) for spot in ring] for part in parts for ring in part[:1]]
    spots = [spot for ring in rings for spot in ring] or [centre]
    box = (
        min(x for x, _ in spots),
        min(y for _, y in spots),
        max(x for x, _ in spots),
        max(y for _, y in spots),
    )
    return Shape(commune.insee, commune.name, "".join(map(_path, rings)), *centre, box)


def _path(ring: Sequence[Spot]) -> str:
    """The ring in whole units, without the corners that nobody would see."""
    kept: list[Spot] = []
    for x, y in ring:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= STEP:
            kept.append((x, y))
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "z"
