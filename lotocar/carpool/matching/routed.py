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
_RANKS = np.arange(_HOPS)
_NEVER = 1 << 40  # seconds: a way that does not exist


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
        here, onward = stops.take(grid[:, :-1].ravel()), stops.take(grid[:, 1:].ravel())
        hops = ground.seconds_between(here, onward).reshape(-1, _HOPS)
        hops[count[:, None] <= _RANKS] = 0
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
        return Routed(self.columns.take(rows), self._stops(rows), self.hops[rows], self.count[rows])

    def _stops(self, rows: Rows) -> Spots:
        return self.stops.take((rows[:, None] * MAX_STOPS + np.arange(MAX_STOPS)).ravel())

    def joined(self, other: Routed) -> Routed:
        """These rows, then the other's."""
        return Routed(
            Columns.joined((self.columns, other.columns)),
            Spots.joined((self.stops, other.stops)),
            np.concatenate((self.hops, other.hops)),
            np.concatenate((self.count, other.count)),
        )

    def soonest(self, rows: Rows, ground: Ground, pickup: Spots) -> Ints:
        """For each of these rows, the least seconds from any of its stops to the pick-up: no way there is shorter."""
        least: Ints = _grid(ground.seconds_between(self._stops(rows), pickup)).min(axis=1)
        return least

    def ways(
        self, rows: Rows, ground: Ground, pickup: Spots, dropoff: Spots, ride: int
    ) -> tuple[Ints, Ints, Ints]:
        """For each of these rows, the seconds to the pick-up, with the passenger, and of the whole way."""
        stops, count = self._stops(rows), self.count[rows]
        passed = np.zeros((len(rows), MAX_STOPS), dtype=np.int64)
        np.cumsum(self.hops[rows], axis=1, out=passed[:, 1:])
        before = passed[:, :-1] + _grid(ground.seconds_between(stops, pickup))[:, :-1]
        after = _grid(ground.seconds_between(dropoff, stops))[:, 1:] + passed[:, -1:] - passed[:, 1:]
        onward = _grid(ground.seconds_between(pickup, stops))[:, 1:] - passed[:, 1:]
        until = passed[:, :-1] + _grid(ground.seconds_between(stops, dropoff))[:, :-1]
        riding = onward[:, :, None] + until[:, None, :]
        riding[:, _RANKS, _RANKS] = ride
        whole = before[:, :, None] + riding + after[:, None, :]
        whole[(count[:, None] <= _RANKS)[:, None, :] | (_RANKS[:, None] > _RANKS)] = _NEVER
        # of equal ways argmin gives the first: the one that picks up earlier, then drops off earlier
        each, best = np.arange(len(rows)), whole.reshape(-1, _HOPS * _HOPS).argmin(axis=1)
        i, j = best // _HOPS, best % _HOPS
        return before[each, i], riding[each, i, j], whole[each, i, j]

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


def _grid(seconds: Ints) -> Ints:
    return seconds.reshape(-1, MAX_STOPS)
