"""A background from a tile server, when this installation names one: which squares lie behind a view, and where.

The squares are those of the web's common scheme (Mercator, 256 pixels, zoom 0 is the world in one); each is put
where its corners fall in our own projection, which over one square is the same to the eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import asinh, atan, degrees, log2, pi, radians, sinh, tan

from lotocar.world.places.drawing import View

SIDE = 256
SCREEN = 700  # pixels across which a map is shown, roughly
ZOOMS = range(6, 17)


@dataclass(frozen=True, slots=True)
class Tile:
    """One square: its address, and where it stands in the drawing's units."""

    href: str
    x: int
    y: int
    width: int
    height: int


def tiles(view: View, url: str) -> list[Tile]:
    """The squares behind this view; `url` holds {z}, {x} and {y}. None without an address."""
    return list(_tiles(view, url)) if url else []


def _tiles(view: View, url: str) -> Iterator[Tile]:
    frame = view.drawing.frame
    west, north = frame.degrees(view.left, view.top)
    east, south = frame.degrees(view.left + view.width, view.top + view.height)
    zoom = _zoom(east - west)
    for column in range(int(_column(west, zoom)), int(_column(east, zoom)) + 1):
        for row in range(int(_row(north, zoom)), int(_row(south, zoom)) + 1):
            left, top = frame.place(*_corner(column, row, zoom))
            right, bottom = frame.place(*_corner(column + 1, row + 1, zoom))
            href = url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
            yield Tile(href, left, top, right - left, bottom - top)


def _zoom(across: float) -> int:
    """The zoom at which so many degrees of longitude fill the screen."""
    wanted = round(log2(360 * SCREEN / (SIDE * max(across, 0.001))))
    return min(max(wanted, ZOOMS.start), ZOOMS.stop - 1)


def _column(lon: float, zoom: int) -> float:
    return (lon + 180) / 360 * (1 << zoom)


def _row(lat: float, zoom: int) -> float:
    return (1 - asinh(tan(radians(lat))) / pi) / 2 * (1 << zoom)


def _corner(column: int, row: int, zoom: int) -> tuple[float, float]:
    """Longitude and latitude of a square's upper left corner."""
    return column / (1 << zoom) * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * row / (1 << zoom)))))
