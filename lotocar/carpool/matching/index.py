"""The same answer as looking at every departure, without looking at every departure. Pure.

An Index is a frozen snapshot: a sorted table, the rows of it that died since, and a short tail of rows added
since, looked at whole. A change gives a new snapshot that shares the table; one thread may search while
another changes. When the tail is long the whole is sorted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import MINUTE_BITS, MINUTES, Columns, Extras, Rows, extras_of
from lotocar.carpool.matching.facts import Candidate, DepartureFacts
from lotocar.carpool.matching.rules import Need, rank
from lotocar.carpool.matching.sieve import Hits, Sieve
from lotocar.carpool.matching.table import Table
from lotocar.world.roads.router import Ground

TAIL_SHARE = 0.05  # a longer tail is sorted in
TAIL_AT_LEAST = 256
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Index:
    """A snapshot of every open departure on one ground. `extras` goes by departure number."""

    ground: Ground
    table: Table
    alive: NDArray[np.bool_]
    tail: Columns
    extras: Mapping[int, Extras]

    @classmethod
    def build(cls, departures: Iterable[DepartureFacts], ground: Ground) -> Index:
        """The index of these departures, read a batch at a time so that a million do not stand in memory."""
        parts, extras = [Columns.of((), ground)], dict[int, Extras]()
        left = iter(departures)
        while batch := list(islice(left, _BATCH)):
            parts.append(Columns.of(batch, ground))
            extras.update(extras_of(batch))
        return _sorted(ground, Columns.joined(parts), extras)

    def __len__(self) -> int:
        return int(self.alive.sum()) + len(self.tail)

    @property
    def nbytes(self) -> int:
        """The memory of the columns."""
        return self.table.columns.nbytes + self.tail.nbytes + self.alive.nbytes

    def replaced(self, trips: Collection[int], departures: Sequence[DepartureFacts]) -> Index:
        """The index in which these trips have these departures and no other (none: they are gone)."""
        changed = np.fromiter(trips, dtype=np.int32)
        columns = self.table.columns
        dead = np.isin(columns.trip, changed) & self.alive
        stale = np.isin(self.tail.trip, changed)
        gone = {*columns.departure[dead].tolist(), *self.tail.departure[stale].tolist()}
        extras = {number: one for number, one in self.extras.items() if number not in gone}
        extras.update(extras_of(departures))
        tail = Columns.joined((self.tail.take(np.flatnonzero(~stale)), Columns.of(departures, self.ground)))
        index = Index(self.ground, self.table, self.alive & ~dead, tail, extras)
        return index._compacted() if index._is_ragged() else index

    def _is_ragged(self) -> bool:
        loose = len(self.tail) + len(self.alive) - int(self.alive.sum())
        return loose > max(TAIL_AT_LEAST, TAIL_SHARE * len(self.alive))

    def _compacted(self) -> Index:
        return _sorted(self.ground, self._living(), self.extras)

    def _living(self) -> Columns:
        """Every open departure once, in no particular order, slots starting with the calendar code."""
        columns = self.table.columns
        code = self.table.runs.code[columns.slot >> MINUTE_BITS]
        unsorted = columns.with_slot((code << MINUTE_BITS) | (columns.slot & MINUTES))
        return Columns.joined((unsorted.take(np.flatnonzero(self.alive)), self.tail))

    def holds_the_same_as(self, other: Index) -> bool:
        """Whether both would answer everything alike: the same rows and extras, however they came."""
        mine, theirs = self._living(), other._living()
        return (
            len(mine) == len(theirs)
            and self.extras == other.extras
            and mine.by_number() == theirs.by_number()
        )

    def candidates(
        self, need: Need, asked_recently: Mapping[int, int], first: int | None = None
    ) -> list[Candidate]:
        """Exactly the departures that `rules.judge` accepts, in the order of `rules.rank`.

        `first` keeps the best ones only, for who shows no more.
        """
        sieve = Sieve(self.ground, need, self.extras)
        rows, days = sieve.cut(self.table)
        alive = self.alive[rows]
        settled = sieve.sift(self.table.columns, rows[alive], days[alive])
        if len(self.tail) == 0:
            return _said(sieve, settled, asked_recently, first)
        recent = sieve.sift(self.tail, *sieve.of_those_days(self.tail))
        both = _said(sieve, settled, asked_recently, first) + _said(sieve, recent, asked_recently, first)
        return sorted(both, key=lambda one: rank(one, asked_recently))[:first]


def _said(sieve: Sieve, hits: Hits, asked_recently: Mapping[int, int], first: int | None) -> list[Candidate]:
    order = sieve.order(hits, asked_recently)[:first]
    return [sieve.candidate(hits, number) for number in order.tolist()]


def _sorted(ground: Ground, columns: Columns, extras: Mapping[int, Extras]) -> Index:
    table = Table.of(columns)
    return Index(ground, table, np.ones(len(columns), dtype=bool), columns.take(_NONE), extras)


_NONE: Rows = np.zeros(0, dtype=np.intp)
