"""Outlines of one département as GeoJSON, for the offline map: 4 decimals (about 10 m), not simplified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from lotocar.world.places.build.sources import Decoupage, Wheels


def write(out: Path, departement: str, wheels: Wheels, decoupage: Decoupage) -> str:
    """Write `outlines-<departement>.geojson` and say so in one line."""
    communes = [row for row in decoupage.current() if row["departement"] == departement]
    features = [_feature(wheels, row) for row in sorted(communes, key=lambda row: str(row["code"]))]
    collection = {"type": "FeatureCollection", "features": [one for one in features if one]}
    path = out / f"outlines-{departement}.geojson"
    path.write_text(
        json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    return f"{path.name}: {len(collection['features'])} communes, {path.stat().st_size} bytes"


def _feature(wheels: Wheels, row: dict[str, Any]) -> dict[str, Any] | None:
    outline = wheels.outline("COM", row["code"])
    if outline is None:
        return None
    return {
        "type": "Feature",
        "properties": {"insee": row["code"], "name": row["nom"]},
        "geometry": _rounded(mapping(outline)),
    }


def _rounded(geometry: Any) -> Any:
    def walk(node: Any) -> Any:
        if isinstance(node, float):
            return round(node, 4)
        return [walk(part) for part in node]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
