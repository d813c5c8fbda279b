"""The communes of a territory as GeoJSON, for a map that one clicks on."""

from __future__ import annotations

from typing import Any

from lotocar.world.places.drawing import communes_of
from lotocar.world.places.gazetteer import DATA
from lotocar.world.places.home import Home
from lotocar.world.places.outlines import outlines


def communes(home: Home) -> dict[str, Any]:
    """A FeatureCollection: outline and name of each commune of this territory that has an outline."""
    inside = communes_of(home)
    drawn = outlines(DATA, {one.departement for one in inside})
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": one.name},
                "geometry": {"type": "MultiPolygon", "coordinates": drawn[one.insee]},
            }
            for one in inside
            if one.insee in drawn
        ],
    }
