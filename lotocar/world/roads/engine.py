"""What is asked of a road engine: exact durations, by a route or by a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import Point
from lotocar.world.roads.router import Leg


class Engine(Protocol):
    """A service or library that knows the roads. All methods raise Unavailable when it fails or is too slow.

    `permanent` is True when asking the same again is of no use (no such place, a refused key).
    """

    @property
    def largest_table(self) -> int:
        """The most cells (sources × targets) that one table may have."""
        ...

    def leg(self, a: Point, b: Point) -> Leg:
        """The best way by car from a to b."""
        ...

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """Seconds by car, sources × targets; not a number where there is no way."""
        ...
