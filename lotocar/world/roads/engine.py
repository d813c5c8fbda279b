"""What is asked of a road engine: exact durations, by a route or by a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.router import Leg

NO_WAY_S = 10**7  # between two places that no road joins

Pair = tuple[Point, Point]


class Engine(Protocol):
    """A service or library that knows the roads. All methods raise Unavailable when it fails or is too slow.

    `permanent` is True when asking the same again is of no use (no such place, a refused key).
    """

    @property
    def largest_table(self) -> int:
        """The most cells (sources × targets) that one table may have."""
        ...

    @property
    def goes_by_rows(self) -> bool:
        """Whether a table costs by its sources alone, so that few sources and all targets are asked at once."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether it may be asked while somebody waits for a page."""
        ...

    def leg(self, a: Point, b: Point) -> Leg:
        """The best way by car from a to b."""
        ...

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """Seconds by car, sources × targets; not a number where there is no way."""
        ...

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        """Whole seconds of these pairs, some at a time, the first pairs first; NO_WAY_S where there is no way."""
        ...


def by_one_table(engine: Engine, pairs: Sequence[Pair]) -> Mapping[Pair, int]:
    """`Engine.durations` of a service whose answers cost by their number: one table that holds all these pairs.

    Raises:
        Unavailable: the engine failed, or refuses a table of this size ("roads.table_too_large").
    """
    sources, targets = ([*dict.fromkeys(ends)] for ends in zip(*pairs, strict=True))
    if len(sources) * len(targets) > engine.largest_table:
        raise Unavailable("roads.table_too_large", permanent=True)
    table = np.nan_to_num(engine.table(sources, targets), nan=NO_WAY_S)
    rows, columns = ({point: rank for rank, point in enumerate(ends)} for ends in (sources, targets))
    return {(a, b): round(float(table[rows[a], columns[b]])) for a, b in pairs}
