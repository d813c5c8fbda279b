"""IGN's itinerary service of the Géoplateforme: free, one route at a time, a few a second.

Good for a driver's own route, and slowly for a small matrix. When it says that it is asked too much (429),
one waits as long as it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import NO_WAY_S, Pair
from lotocar.world.roads.http import TIMEOUT_S, Service
from lotocar.world.roads.router import Leg
from lotocar.world.roads.tables import whole

BASE_URL = "https://data.geopf.fr/navigation"
RESOURCE = "bdtopo-osrm"
PAUSE_S = 0.25  # four questions a second, below what is allowed
LONGEST_WAIT_S = 60.0
TRIES = 5


class Ign:
    """An Engine that takes its time for tables: `wait` sleeps between two questions."""

    largest_table = 100
    goes_by_rows = True
    is_quick = False

    def __init__(
        self,
        base_url: str = BASE_URL,
        *,
        timeout_s: float = TIMEOUT_S,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = Service(base_url, timeout_s=timeout_s)
        self._wait = wait

    def leg(self, a: Point, b: Point) -> Leg:
        """The fastest route, asked once."""
        answer = self._service.get("/itineraire", _fields(a, b))
        try:
            return Leg(whole(answer["duration"]), whole(answer["distance"]), exact=True)
        except (KeyError, TypeError, ValueError):
            raise Unavailable("roads.nonsense") from None

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """One route after another, within the limits of the service."""
        return np.array([[self._patiently(a, b) for b in targets] for a in sources], dtype=np.float64)

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        """One after another; gives up when told to wait."""
        for rank, (a, b) in enumerate(pairs):
            if rank:
                self._wait(PAUSE_S)
            try:
                yield {(a, b): self.leg(a, b).seconds}
            except Unavailable as refusal:
                if refusal.code != "roads.refused":
                    raise
                yield {(a, b): NO_WAY_S}

    def _patiently(self, a: Point, b: Point) -> float:
        if a == b:
            return 0.0
        for _ in range(TRIES):
            self._wait(PAUSE_S)
            try:
                return float(self.leg(a, b).seconds)
            except Unavailable as refusal:
                if refusal.code == "roads.refused":
                    return float("nan")  # no road near that point
                self._wait(_pause_after(refusal))
        raise Unavailable("roads.busy")


def _pause_after(refusal: Unavailable) -> float:
    said = refusal.details.get("retry_after_s", 1.0)
    return min(LONGEST_WAIT_S, float(str(said)))


def _fields(a: Point, b: Point) -> dict[str, Any]:
    return {
        "resource": RESOURCE,
        "profile": "car",
        "optimization": "fastest",
        "start": f"{a.lon:.6f},{a.lat:.6f}",
        "end": f"{b.lon:.6f},{b.lat:.6f}",
        "getSteps": "false",
        "getBbox": "false",
        "distanceUnit": "meter",
        "timeUnit": "second",
    }
