"""The land of French communes as one shape: the union of every outline, today's and former.

A commune re-made since the outlines were drawn leaves a hole; France surrounds one foreign town only, so every other
hole is filled. Islands that no package draws are given as circles.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from math import cos, radians
from pathlib import Path

import shapely
from shapely.affinity import scale
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry import Point as Dot
from shapely.geometry.base import BaseGeometry

from lotocar.world.places.build.former import KINDS
from lotocar.world.places.build.positions import Positions
from lotocar.world.places.build.sources import Decoupage, Wheels

LLIVIA = Dot(1.98, 42.463)  # the Spanish town in the Pyrénées-Orientales
METRES_A_DEGREE = 111_195
# how far the land of these islands reaches from the point written by hand, in metres
ISLANDS = {"97501": 25_000, "97502": 6_000, "97701": 8_000, "97801": 8_000}
DECIMALS = 4


def write(out: Path, now: Decoupage, positions: Positions) -> str:
    """Write `land.geojson.gz` and say so in one line."""
    land = _filled(shapely.union_all([*_outlines(now, positions.wheels), *_islands(now, positions)]))
    parts = [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in land.geoms]
    path = out / "land.geojson.gz"
    shape = {"type": "MultiPolygon", "coordinates": sorted(parts)}
    packed = io.BytesIO()
    # no date and no file name inside, else every run would give other bytes
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0, filename="") as archive:
        archive.write(json.dumps(shape, separators=(",", ":")).encode())
    path.write_bytes(packed.getvalue())
    points = sum(len(ring) for part in parts for ring in part)
    return f"{path.name}: {len(parts)} parts, {points} points, {path.stat().st_size} bytes"


def _outlines(now: Decoupage, wheels: Wheels) -> Iterator[MultiPolygon]:
    for row in now.records("communes"):
        outline = wheels.outline(KINDS[row["type"]], row["code"], row["nom"])
        if outline is not None:
            yield outline


def _islands(now: Decoupage, positions: Positions) -> Iterator[Polygon]:
    for row in now.current():
        if row["code"] in ISLANDS:
            point = positions.find("COM", row["code"], row["nom"]).point
            disc = Dot(point.lon, point.lat).buffer(ISLANDS[row["code"]] / METRES_A_DEGREE)
            yield scale(disc, xfact=1 / cos(radians(point.lat)))


def _filled(land: BaseGeometry) -> MultiPolygon:
    parts = land.geoms if isinstance(land, MultiPolygon) else [land]
    return MultiPolygon([_without_holes(part) for part in parts if isinstance(part, Polygon)])


def _without_holes(part: Polygon) -> Polygon:
    return Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).contains(LLIVIA)])


def _ring(ring: shapely.LinearRing) -> list[list[float]]:
    return [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in ring.coords]
