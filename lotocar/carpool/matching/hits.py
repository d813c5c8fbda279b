"""Departures that fit, as columns of numbers: exact and complete, before anything is said of any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.candidate import Asked, Candidate
from lotocar.carpool.matching.columns import BACK, DATED, Ints, Rows, abilities_of
from lotocar.carpool.matching.ranking import GAP_STEP_S
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.matching.times import NO_HOUR


@dataclass(frozen=True, slots=True)
class Hits:
    """One row a departure that fits. Instants and durations in seconds.

    `day` is the local day of leaving (an ordinal), `leaves` the instant of leaving or NO_HOUR, `free` the seats left.
    """

    trip: NDArray[np.int32]
    departure: Ints
    driver: NDArray[np.int32]
    marks: NDArray[np.uint32]
    limit_minutes: NDArray[np.unsignedinteger[Any]]
    day: Ints
    leaves: Ints
    to_pickup: Ints
    ride: Ints
    detour: Ints
    free: Ints

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def joined(cls, parts: Sequence[Hits]) -> Hits:
        """The hits of all the parts."""
        found = [one for one in parts if len(one)]
        if len(found) < 2:
            return found[0] if found else NO_HITS
        return cls(**{name: np.concatenate([getattr(one, name) for one in found]) for name in _NAMES})

    def take(self, ranks: Rows) -> Hits:
        """The hits of these ranks."""
        return Hits(**{name: getattr(self, name).take(ranks) for name in _NAMES})

    def best(self, need: Need, asked_recently: Mapping[int, int], count: int) -> Rows:
        """The ranks of the first hits, so many at most, in the order of `ranking.rank`.

        The coarsest term alone first tells who may be among them; the others are compared in full.
        """
        unknown = self.leaves == NO_HOUR
        gap = self._gap(need, unknown)
        coarse = ((self.detour // 60) << 33) | (unknown.astype(np.int64) << 32) | (gap // GAP_STEP_S)
        ranks = _at_most(coarse, count)
        drivers = self.driver[ranks].tolist() if asked_recently else ()
        fair = np.array([asked_recently.get(one, 0) for one in drivers]) if drivers else np.zeros_like(ranks)
        terms = (self.departure, self.trip, gap, self.detour)
        order = np.lexsort((*(term[ranks] for term in terms), fair, coarse[ranks]))
        return ranks[order[:count]]

    def _gap(self, need: Need, unknown: NDArray[np.bool_]) -> Ints:
        """How far each passes from the hour wished for; 0 without either hour."""
        if need.wish.wanted is None:
            return np.zeros_like(self.leaves)
        anchor = self.leaves + self.to_pickup - need.wish.wanted
        if need.wish.anchor == "dropoff":
            anchor += self.ride
        gap: Ints = np.abs(anchor)
        gap[unknown] = 0
        return gap

    def candidates(self, asked: Asked, ranks: Rows) -> list[Candidate]:
        """The hits of these ranks, said in full."""
        rows = zip(*(getattr(self, name).take(ranks).tolist() for name in _NAMES), strict=True)
        return [_candidate(asked, *row) for row in rows]


_NAMES = tuple(one.name for one in fields(Hits))
_NONE: Any = np.zeros(0, dtype=np.int64)
NO_HITS = Hits(*[_NONE] * len(_NAMES))


def _at_most(key: Ints, count: int) -> Rows:
    """The ranks whose key is not above that of rank `count` in order: all that may be among the first ones."""
    if count >= len(key):
        return np.arange(len(key))
    first: Rows = (key <= np.partition(key, count)[count]).nonzero()[0]
    return first


def _candidate(
    asked: Asked,
    trip: int,
    departure: int,
    driver: int,
    marks: int,
    limit_minutes: int,
    day: int,
    leaves: int,
    to_pickup: int,
    ride: int,
    detour: int,
    free: int,
) -> Candidate:
    return Candidate(
        trip,
        departure,
        driver,
        "back" if marks & BACK else "out",
        date.fromordinal(day),
        not marks & DATED,
        None if leaves == NO_HOUR else leaves,
        to_pickup,
        ride,
        detour,
        False,
        60 * limit_minutes,
        free,
        abilities_of(marks) < 0,
        asked,
    )
