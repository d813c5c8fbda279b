"""Outlines of all communes for offline maps: 4 decimals (about 10 m), not simplified, a file per département."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shapely.geometry import MultiPolygon

from lotocar.world.places.build.sources import Decoupage, Wheels
from lotocar.world.places.build.tables import pack
from lotocar.world.places.outlines import FOLDER, UNITS


def write(out: Path, wheels: Wheels, decoupage: Decoupage) -> Iterator[str]:
    """Write `outlines/<departement>.json.gz` for each that has outlines, and say so, a line each."""
    (out / FOLDER).mkdir(exist_ok=True)
    communes = defaultdict[str, list[dict[str, Any]]](list)
    for row in decoupage.current():
        communes[row["departement"]].append(row)
    for departement, rows in sorted(communes.items()):
        found = {row["code"]: wheels.outline("COM", row["code"]) for row in rows}
        drawn = {code: _parts(shape) for code, shape in sorted(found.items()) if shape is not None}
        if drawn:
            path = out / FOLDER / f"{departement}.json.gz"
            path.write_bytes(pack(json.dumps(drawn, separators=(",", ":")) + "\n"))
            yield f"{FOLDER}/{path.name}: {len(drawn)} communes, {path.stat().st_size} bytes"


def _parts(shape: MultiPolygon) -> list[list[list[int]]]:
    return [[_ring(ring.coords) for ring in (part.exterior, *part.interiors)] for part in shape.geoms]


def _ring(corners: Any) -> list[int]:
    """The first corner, then the step to each next one: longitude, latitude, in 1/UNITS of a degree."""
    flat, at = list[int](), (0, 0)
    for lon, lat in corners:
        now = round(lon * UNITS), round(lat * UNITS)
        flat += (now[0] - at[0], now[1] - at[1])
        at = now
    return flat
