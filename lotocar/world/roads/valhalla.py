"""Valhalla as a server: its route and matrix services (https://valhalla.github.io/valhalla/api/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Pair, by_one_table
from lotocar.world.roads.http import TIMEOUT_S, Service
from lotocar.world.roads.router import Leg
from lotocar.world.roads.tables import as_table, whole

LARGEST_TABLE = 2_500  # service_limits.auto.max_matrix_location_pairs, as delivered


class Valhalla:
    """An Engine. `largest_table` follows the server's service_limits."""

    goes_by_rows = False
    is_quick = True

    def __init__(
        self, base_url: str, *, timeout_s: float = TIMEOUT_S, largest_table: int = LARGEST_TABLE
    ) -> None:
        self._service = Service(base_url, timeout_s=timeout_s)
        self.largest_table = largest_table

    def leg(self, a: Point, b: Point) -> Leg:
        """The fastest route; lengths come in kilometres."""
        body = {"locations": [_place(a), _place(b)], "costing": "auto", "units": "kilometers"}
        answer = self._service.post("/route", body | {"directions_type": "none"})
        try:
            said = answer["trip"]["summary"]
            return Leg(whole(said["time"]), whole(1000 * said["length"]), exact=True)
        except (KeyError, TypeError, ValueError):
            raise Unavailable("roads.nonsense") from None

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """One question to the matrix service."""
        body = {
            "sources": [_place(point) for point in sources],
            "targets": [_place(point) for point in targets],
            "costing": "auto",
        }
        answer = self._service.post("/sources_to_targets", body)
        try:
            rows = [[cell["time"] for cell in row] for row in answer["sources_to_targets"]]
        except (KeyError, TypeError):
            raise Unavailable("roads.nonsense") from None
        return as_table(rows, len(sources), len(targets))

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        """All in one question."""
        yield by_one_table(self, pairs)


def _place(point: Point) -> dict[str, Any]:
    return {"lat": point.lat, "lon": point.lon}
