"""Departures that pass by declared places: where, and the way with a passenger, with the rules' own arithmetic.

With stops s0 … sn the passenger gets in after one stop and out after the same one or a later one; the way
chosen is the shortest in whole, then the one that picks up earlier, then the one that drops off earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import Ints, Rows
from lotocar.carpool.matching.patterns import Pattern
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots

MAX_STOPS = 5  # origin, three places on the way, destination
_HOPS = MAX_STOPS - 1
_RANKS = np.arange(_HOPS)
_IN, _OUT = np.triu_indices(_HOPS)  # after which stop one gets in, and after which one gets out
_AT_ONCE = np.flatnonzero(_IN == _OUT)
_NEVER = 1 << 40  # seconds: a way that does not exist


@dataclass(frozen=True, slots=True)
class Routed:
    """What Columns do not say of the rows that pass by declared places, in the order of their `departure` there.

    `stops` holds MAX_STOPS a row, the destination repeated; `hops` the seconds from each to the next,
    (rows, 4); `count` how many of these there are.
    """

    departure: NDArray[np.int32]
    trip: NDArray[np.int32]
    stops: Spots
    hops: NDArray[np.int32]
    count: NDArray[np.uint8]

    @classmethod
    def of(cls, patterns: Iterable[Pattern], ground: Ground) -> Routed:
        """Those of these patterns that have declared places."""
        rows = sorted((one.facts for one in patterns if one.facts.vias), key=lambda one: one.departure_id)
        padded = [(*one.stops, *[one.destination] * MAX_STOPS)[:MAX_STOPS] for one in rows]
        stops = ground.locate(point for row in padded for point in row)
        count = np.array([len(one.stops) - 1 for one in rows], dtype=np.uint8)
        grid = np.arange(len(rows) * MAX_STOPS, dtype=np.intp).reshape(-1, MAX_STOPS)
        here, onward = stops.take(grid[:, :-1].ravel()), stops.take(grid[:, 1:].ravel())
        hops = ground.seconds_between(here, onward).reshape(-1, _HOPS)
        hops[count[:, None] <= _RANKS] = 0
        return cls(
            departure=np.array([one.departure_id for one in rows], dtype=np.int32),
            trip=np.array([one.trip_id for one in rows], dtype=np.int32),
            stops=stops,
            hops=hops.astype(np.int32),
            count=count,
        )

    def __len__(self) -> int:
        return len(self.count)

    @property
    def nbytes(self) -> int:
        """The memory held."""
        columns = (self.departure, self.trip, self.hops, self.count)
        return self.stops.nbytes + sum(one.nbytes for one in columns)

    def take(self, rows: Rows) -> Routed:
        """The rows of these ranks."""
        return Routed(
            self.departure[rows], self.trip[rows], self._stops(rows), self.hops[rows], self.count[rows]
        )

    def _stops(self, rows: Rows) -> Spots:
        return self.stops.take((rows[:, None] * MAX_STOPS + np.arange(MAX_STOPS)).ravel())

    def joined(self, *others: Routed) -> Routed:
        """These rows and the others', in order."""
        parts = [one for one in (self, *others) if len(one)]
        if len(parts) < 2:
            return parts[0] if parts else self
        whole = Routed(
            np.concatenate([one.departure for one in parts]),
            np.concatenate([one.trip for one in parts]),
            Spots.joined([one.stops for one in parts]),
            np.concatenate([one.hops for one in parts]),
            np.concatenate([one.count for one in parts]),
        )
        return whole.take(whole.departure.argsort(kind="stable"))

    def replaced(self, trips: NDArray[np.int32], added: Routed) -> Routed:
        """The same, in which these trips have the rows added and no other."""
        stale = np.isin(self.trip, trips)
        kept = self.take(np.flatnonzero(~stale)) if stale.any() else self
        return kept.joined(added)

    def rows_of(self, departures: NDArray[np.int32]) -> Rows:
        """The row of each of these departures, which have one."""
        return self.departure.searchsorted(departures)

    def ways(self, rows: Rows, ground: Ground, ends: Spots, ride: int) -> tuple[Ints, Ints, Ints]:
        """For each of these rows, the seconds to the pick-up, with the passenger, and of the whole way."""
        stops, count = self._stops(rows), self.count[rows]
        passed = np.zeros((len(rows), MAX_STOPS), dtype=np.int64)
        np.cumsum(self.hops[rows], axis=1, out=passed[:, 1:])
        to_pickup, to_dropoff, from_pickup, from_dropoff = _between(ground, stops, ends)
        before = passed[:, :-1] + to_pickup[:, :-1]
        after = from_dropoff[:, 1:] + passed[:, -1:] - passed[:, 1:]
        onward = from_pickup[:, 1:] - passed[:, 1:]
        until = passed[:, :-1] + to_dropoff[:, :-1]
        riding = onward[:, _IN] + until[:, _OUT]
        riding[:, _AT_ONCE] = ride
        whole = before[:, _IN] + riding + after[:, _OUT]
        whole[count[:, None] <= _OUT] = _NEVER
        # of equal ways argmin gives the first: the one that picks up earlier, then drops off earlier
        each, best = np.arange(len(rows)), whole.argmin(axis=1)
        return before[each, _IN[best]], riding[each, best], whole[each, best]

    def same_rows(self) -> object:
        """What tells two sets of rows apart."""
        zone = b"" if self.stops.zone is None else self.stops.zone.tobytes()
        return self.departure.tobytes(), self.hops.tobytes(), self.stops.xyz.tobytes(), zone


def _between(ground: Ground, stops: Spots, ends: Spots) -> tuple[Ints, Ints, Ints, Ints]:
    """The seconds from each stop to the pick-up and to the drop-off, then from these to each stop: (rows, stops) each."""
    ends, stops = ends.upright(), stops.lying()
    there = ground.seconds_between(stops, ends).reshape(2, -1, MAX_STOPS)
    onward = ground.seconds_between(ends, stops).reshape(2, -1, MAX_STOPS)
    return there[0], there[1], onward[0], onward[1]
