"""Departures that pass by declared places: few, so each is looked at, all at once, with the rules' own arithmetic.

With stops s0 … sn the passenger gets in after one stop and out after the same one or a later one; the way
chosen is the shortest in whole, then the one that picks up earlier, then the one that drops off earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import Columns, Ints, Rows
from lotocar.carpool.matching.patterns import Pattern, Shelf
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots

MAX_STOPS = 5  # origin, three places on the way, destination
_HOPS = MAX_STOPS - 1


@dataclass(frozen=True, slots=True)
class Routed:
    """Rows as in Columns (their slots start with the calendar code), and beside each its stops in order.

    `stops` holds MAX_STOPS a row, the destination repeated; `hops` the seconds from each to the next,
    (rows, 4); `count` how many of these there are.
    """

    columns: Columns
    stops: Spots
    hops: NDArray[np.int32]
    count: NDArray[np.uint8]

    @classmethod
    def of(cls, patterns: Sequence[Pattern], ground: Ground, shelf: Shelf) -> Routed:
        """These patterns, in their order."""
        padded = [(*one.facts.stops, *[one.facts.destination] * MAX_STOPS)[:MAX_STOPS] for one in patterns]
        stops = ground.locate(point for row in padded for point in row)
        count = np.array([len(one.facts.stops) - 1 for one in patterns], dtype=np.uint8)
        grid = np.arange(len(patterns) * MAX_STOPS, dtype=np.intp).reshape(-1, MAX_STOPS)
        hops = _seconds(ground, stops.take(grid[:, :-1].ravel()), stops.take(grid[:, 1:].ravel()))
        hops[np.arange(_HOPS) >= count[:, None]] = 0
        columns = Columns.of(patterns, ground, shelf, usual=hops.sum(axis=1))
        return cls(columns, stops, hops.astype(np.int32), count)

    def __len__(self) -> int:
        return len(self.count)

    @property
    def nbytes(self) -> int:
        """The memory held."""
        return self.columns.nbytes + self.stops.nbytes + self.hops.nbytes + self.count.nbytes

    def take(self, rows: Rows) -> Routed:
        """The rows of these ranks."""
        flat = (rows[:, None] * MAX_STOPS + np.arange(MAX_STOPS)).ravel()
        return Routed(self.columns.take(rows), self.stops.take(flat), self.hops[rows], self.count[rows])

    def joined(self, other: Routed) -> Routed:
        """These rows, then the other's."""
        return Routed(
            Columns.joined((self.columns, other.columns)),
            Spots.joined((self.stops, other.stops)),
            np.concatenate((self.hops, other.hops)),
            np.concatenate((self.count, other.count)),
        )

    def ways(self, ground: Ground, pickup: Spots, dropoff: Spots, ride: int) -> tuple[Ints, Ints, Ints]:
        """For each row, the seconds to the pick-up, with the passenger, and of the whole way."""
        legs = _Legs.of(self, ground, pickup, dropoff)
        before, riding, whole = (np.full(len(self), _NEVER, dtype=np.int64) for _ in range(3))
        for i in range(_HOPS):
            for j in range(i, _HOPS):
                own = legs.between(i, j, ride)
                total = legs.before(i) + own + legs.after(j)
                better = (j < self.count) & (total < whole)
                before[better], riding[better] = legs.before(i)[better], own[better]
                whole[better] = total[better]
        return before, riding, whole

    def same_rows(self, shelf: Shelf) -> object:
        """What tells two sets of rows apart, whatever their order."""
        rows = self.take(np.argsort(self.columns.departure, kind="stable"))
        spots = (rows.stops.x, rows.stops.y, rows.stops.z, rows.stops.zone)
        return (
            self.columns.by_departure(shelf),
            rows.hops.tobytes(),
            rows.columns.departure.tobytes(),
            [axis.tobytes() for axis in spots],
        )


_NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class _Legs:
    """Seconds between the stops of each row and the passenger's two places, (rows, MAX_STOPS)."""

    to_pickup: Ints
    from_pickup: Ints
    to_dropoff: Ints
    from_dropoff: Ints
    passed: Ints

    @classmethod
    def of(cls, routed: Routed, ground: Ground, pickup: Spots, dropoff: Spots) -> _Legs:
        passed = np.zeros((len(routed), MAX_STOPS), dtype=np.int64)
        np.cumsum(routed.hops, axis=1, out=passed[:, 1:])
        return cls(
            to_pickup=_seconds(ground, routed.stops, pickup, MAX_STOPS),
            from_pickup=_seconds(ground, pickup, routed.stops, MAX_STOPS),
            to_dropoff=_seconds(ground, routed.stops, dropoff, MAX_STOPS),
            from_dropoff=_seconds(ground, dropoff, routed.stops, MAX_STOPS),
            passed=passed,
        )

    def before(self, i: int) -> Ints:
        """To the pick-up, reached from stop i."""
        return self.passed[:, i] + self.to_pickup[:, i]

    def between(self, i: int, j: int, ride: int) -> Ints:
        """From the pick-up, after stop i, to the drop-off, after stop j: straight there when they are the same."""
        if i == j:
            return np.full(len(self.passed), ride, dtype=np.int64)
        kept = self.passed[:, j] - self.passed[:, i + 1]
        return self.from_pickup[:, i + 1] + kept + self.to_dropoff[:, j]

    def after(self, j: int) -> Ints:
        """From the drop-off, after stop j, to the end."""
        return self.from_dropoff[:, j + 1] + self.passed[:, -1] - self.passed[:, j + 1]


def _seconds(ground: Ground, a: Spots, b: Spots, width: int = _HOPS) -> Ints:
    return ground.seconds_between(a, b).reshape(-1, width)
