"""OSRM as a server: its route and table services (https://project-osrm.org/docs/v5.24.0/api/)."""

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

LARGEST_TABLE = 10_000  # osrm-routed refuses more than 100 × 100 unless told otherwise


class Osrm:
    """An Engine. `largest_table` follows the server's --max-table-size, squared."""

    goes_by_rows = False
    is_quick = True

    def __init__(
        self, base_url: str, *, timeout_s: float = TIMEOUT_S, largest_table: int = LARGEST_TABLE
    ) -> None:
        self._service = Service(base_url, timeout_s=timeout_s)
        self.largest_table = largest_table

    def leg(self, a: Point, b: Point) -> Leg:
        """The fastest route."""
        answer = self._ask("route", [a, b], {"overview": "false"})
        try:
            best = answer["routes"][0]
            return Leg(whole(best["duration"]), whole(best["distance"]), exact=True)
        except (KeyError, IndexError, TypeError, ValueError):
            raise Unavailable("roads.nonsense") from None

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """One question to the table service."""
        split = len(sources)
        fields = {
            "sources": ";".join(map(str, range(split))),
            "destinations": ";".join(map(str, range(split, split + len(targets)))),
            "annotations": "duration",
        }
        answer = self._ask("table", [*sources, *targets], fields)
        try:
            return as_table(answer["durations"], len(sources), len(targets))
        except (KeyError, TypeError):
            raise Unavailable("roads.nonsense") from None

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        """All in one question."""
        yield by_one_table(self, pairs)

    def _ask(self, service: str, points: Sequence[Point], fields: dict[str, str]) -> Any:
        places = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
        answer = self._service.get(f"/{service}/v1/driving/{places}", fields)
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            raise Unavailable("roads.nonsense")
        return answer
