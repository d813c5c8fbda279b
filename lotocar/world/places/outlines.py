"""Which commune a point lies in, and how communes are drawn (`data/outlines/`, a file per département)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from lotocar.values.geo import Point

Ring = Sequence[Sequence[float]]  # longitude first, as in GeoJSON
Parts = Sequence[Sequence[Ring]]  # each an outer ring and its holes
Box = tuple[float, float, float, float]  # west, south, east, north

FOLDER = "outlines"
UNITS = 10_000  # in a degree
KEPT = 24  # départements a process remembers: a territory and its neighbours


def commune_at(point: Point, folder: Path, departements: Iterable[str]) -> str | None:
    """The INSEE code of the commune of these départements whose outline holds this point, else None."""
    for departement in departements:
        for insee, box, parts in _drawn(folder, departement):
            if box[0] <= point.lon <= box[2] and box[1] <= point.lat <= box[3] and _holds(parts, point):
                return insee
    return None


def outlines(folder: Path, departements: Iterable[str]) -> dict[str, Parts]:
    """The outlines of these départements, by INSEE code; nothing for one that has no file."""
    return {insee: parts for code in sorted(set(departements)) for insee, _box, parts in _drawn(folder, code)}


def _holds(parts: Sequence[Sequence[Ring]], point: Point) -> bool:
    """Odd-even rule over all rings: a hole undoes what its outer ring holds."""
    sides = (side for part in parts for ring in part for side in pairwise(ring))
    return sum(_crosses(start, end, point) for start, end in sides) % 2 == 1


def _crosses(start: Sequence[float], end: Sequence[float], point: Point) -> bool:
    """Whether a line going east from the point crosses this side."""
    if (start[1] > point.lat) == (end[1] > point.lat):
        return False
    return point.lon < start[0] + (point.lat - start[1]) / (end[1] - start[1]) * (end[0] - start[0])


@lru_cache(maxsize=KEPT)
def _drawn(folder: Path, departement: str) -> tuple[tuple[str, Box, Parts], ...]:
    """Code, box and rings of each commune drawn in the département's file."""
    path = folder / FOLDER / f"{departement}.json.gz"
    if not path.is_file():
        return ()
    found = json.loads(gzip.decompress(path.read_bytes()))
    read = ((insee, [[_ring(flat) for flat in part] for part in parts]) for insee, parts in found.items())
    return tuple((insee, _box(parts), parts) for insee, parts in read)


def _ring(flat: Sequence[int]) -> Ring:
    """Steps back into corners (see `build/outlines.py`)."""
    lons, lats = accumulate(flat[::2]), accumulate(flat[1::2])
    return [(lon / UNITS, lat / UNITS) for lon, lat in zip(lons, lats, strict=True)]


def _box(parts: Parts) -> Box:
    lons = [spot[0] for part in parts for spot in part[0]]
    lats = [spot[1] for part in parts for spot in part[0]]
    return min(lons), min(lats), max(lons), max(lats)
