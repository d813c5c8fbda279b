"""Which commune a point lies in, where outlines are at hand (`data/outlines-*.geojson`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from lotocar.values.geo import Point

Ring = Sequence[Sequence[float]]  # longitude first, as in GeoJSON


def commune_at(point: Point, folder: Path) -> str | None:
    """The INSEE code of the commune whose outline holds this point, or None where no outline does."""
    for insee, box, parts in _outlines(folder):
        if box[0] <= point.lon <= box[2] and box[1] <= point.lat <= box[3] and _holds(parts, point):
            return insee
    return None


def _holds(parts: Sequence[Sequence[Ring]], point: Point) -> bool:
    """Odd-even rule over all rings: a hole undoes what its outer ring holds."""
    sides = (side for part in parts for ring in part for side in pairwise(ring))
    return sum(_crosses(start, end, point) for start, end in sides) % 2 == 1


def _crosses(start: Sequence[float], end: Sequence[float], point: Point) -> bool:
    """Whether a line going east from the point crosses this side."""
    if (start[1] > point.lat) == (end[1] > point.lat):
        return False
    return point.lon < start[0] + (point.lat - start[1]) / (end[1] - start[1]) * (end[0] - start[0])


@cache
def _outlines(folder: Path) -> list[tuple[str, tuple[float, float, float, float], Sequence[Sequence[Ring]]]]:
    """Code, box (west, south, east, north) and rings of each commune drawn in the files."""
    found = []
    for path in sorted(folder.glob("outlines-*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            parts = feature["geometry"]["coordinates"]
            lons = [spot[0] for part in parts for spot in part[0]]
            lats = [spot[1] for part in parts for spot in part[0]]
            box = (min(lons), min(lats), max(lons), max(lats))
            found.append((feature["properties"]["insee"], box, parts))
    return found


def outlines(folder: Path) -> dict[str, Sequence[Sequence[Ring]]]:
    """The outlines at hand, by INSEE code: parts, each an outer ring and its holes, longitude first."""
    return {insee: parts for insee, _box, parts in _outlines(folder)}
