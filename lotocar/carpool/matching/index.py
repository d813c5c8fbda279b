"""The same answer as looking at every departure, without looking at every departure. Pure.

An Index is a frozen snapshot: a sorted table, the rows of it that died since, a short tail of rows added
since, looked at whole, and the places declared by the few who declare some. A change gives a new snapshot
that shares the table; one thread may search while another changes. When the tail is long the whole is sorted
anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.answer import Answer
from lotocar.carpool.matching.columns import Columns, Rows
from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.matching.hits import Hits
from lotocar.carpool.matching.patterns import Pattern, Shelf, patterns
from lotocar.carpool.matching.routed import Routed
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.matching.sieve import Sieve
from lotocar.carpool.matching.table import Table
from lotocar.world.roads.router import Ground

TAIL_SHARE = 0.05  # a longer tail is sorted in
TAIL_AT_LEAST = 256
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Index:
    """A snapshot of every open departure on one ground.

    `alive` has a bit for each row of the table. `routed` holds the declared places of the rows that have some, in
    the table or in the tail. `shelved` is how much stood on the shelf when the table was sorted.
    """

    ground: Ground
    table: Table
    alive: NDArray[np.uint8]
    dead: int
    tail: Columns
    routed: Routed
    shelf: Shelf
    shelved: int

    @classmethod
    def build(cls, departures: Iterable[DepartureFacts], ground: Ground) -> Index:
        """The index of these departures, read a batch at a time so that a million do not stand in memory."""
        shelf = Shelf()
        parts, routed = [Columns.of((), ground, shelf)], [Routed.of((), ground)]
        for batch in _batches(departures):
            found = patterns(batch)
            parts.append(Columns.of(found, ground, shelf))
            routed.append(Routed.of(found, ground))
        return _sorted(ground, Columns.joined(parts), routed[0].joined(*routed[1:]), shelf)

    def __len__(self) -> int:
        """How many departures."""
        return self._living().departures

    @property
    def rows(self) -> int:
        """How many rows stand for them."""
        return len(self.table.columns) - self.dead + len(self.tail)

    @property
    def nbytes(self) -> int:
        """The memory of the columns; the shelf comes on top."""
        return self.table.nbytes + self.tail.nbytes + self.alive.nbytes + self.routed.nbytes

    def replaced(self, trips: Collection[int], departures: Sequence[DepartureFacts]) -> Index:
        """The index in which these trips have these departures and no other (none: they are gone)."""
        changed, added = np.fromiter(trips, dtype=np.int32), patterns(departures)
        gone = np.flatnonzero(_are_among(self.table.columns.trip, changed))
        gone = gone[_is_alive(self.alive, gone)]
        index = replace(
            self,
            alive=_without(self.alive, gone),
            dead=self.dead + len(gone),
            tail=self._tail(changed, added),
            routed=self.routed.replaced(changed, Routed.of(added, self.ground)),
        )
        return index._compacted() if index._is_ragged() else index

    def _tail(self, changed: NDArray[np.int32], added: Sequence[Pattern]) -> Columns:
        kept = self.tail.take(np.flatnonzero(~_are_among(self.tail.trip, changed)))
        return Columns.joined((kept, Columns.of(added, self.ground, self.shelf)))

    def _is_ragged(self) -> bool:
        loose = len(self.tail) + self.dead + len(self.shelf) - self.shelved
        return loose > max(TAIL_AT_LEAST, TAIL_SHARE * len(self.table.columns))

    def _compacted(self) -> Index:
        """The same, sorted, with a shelf that holds no more than what is used."""
        living, shelf = self._living(), Shelf()
        numbers = {number: shelf.number(self.shelf[number]) for number in np.unique(living.extra).tolist()}
        return _sorted(self.ground, _renumbered(living, numbers), self.routed, shelf)

    def _living(self) -> Columns:
        """Every row, in no particular order, slots starting with the calendar code."""
        rows = np.arange(len(self.table.columns))
        kept = self.table.unsorted().take(rows[_is_alive(self.alive, rows)])
        return Columns.joined((kept, self.tail))

    def holds_the_same_as(self, other: Index) -> bool:
        """Whether both would answer everything alike: the same departures and extras, however they came."""
        return self._told_apart() == other._told_apart()

    def _told_apart(self) -> tuple[object, object]:
        return self._living().by_departure(self.shelf), self.routed.same_rows()

    def answer(self, need: Need, asked_recently: Mapping[int, int]) -> Answer:
        """Exactly the departures that `rules.judge` accepts, in the order of `ranking.rank`."""
        sieve = Sieve(self.ground, need, self.shelf, self.routed)
        return Answer(need, Hits.joined([*self._hits(sieve)]), asked_recently)

    def _hits(self, sieve: Sieve) -> Iterator[Hits]:
        for day, rows in sieve.cut(self.table):
            living = rows[_is_alive(self.alive, rows)] if self.dead else rows
            yield sieve.sift(self.table.columns, living, day)
        if len(self.tail):
            for day in sieve.days:
                if len(rows := sieve.on_the_road(self.tail, day)):
                    yield sieve.sift(self.tail, rows, day)


def _batches(departures: Iterable[DepartureFacts]) -> Iterator[list[DepartureFacts]]:
    """About _BATCH at a time, departures of one trip that come together staying together."""
    batch: list[DepartureFacts] = []
    for _, together in groupby(departures, key=lambda one: one.trip_id):
        batch.extend(together)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _renumbered(columns: Columns, numbers: Mapping[int, int]) -> Columns:
    old, which = np.unique(columns.extra, return_inverse=True)
    new = np.array([numbers[number] for number in old.tolist()], dtype=np.int64)
    return columns.renumbered(new[which])


def _are_among(trips: NDArray[np.int32], changed: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether each of these trips is one of the changed ones, mostly one alone."""
    return trips == changed[0] if len(changed) == 1 else np.isin(trips, changed)


def _is_alive(alive: NDArray[np.uint8], rows: Rows) -> NDArray[np.bool_]:
    bits = alive[rows >> 3] >> (rows & 7).astype(np.uint8)
    is_alive: NDArray[np.bool_] = (bits & 1).astype(bool)
    return is_alive


def _without(alive: NDArray[np.uint8], rows: Rows) -> NDArray[np.uint8]:
    left = alive.copy()
    np.bitwise_and.at(left, rows >> 3, ~(1 << (rows & 7)).astype(np.uint8))
    return left


def _sorted(ground: Ground, columns: Columns, routed: Routed, shelf: Shelf) -> Index:
    everyone = np.full((len(columns) + 7) // 8, 255, dtype=np.uint8)
    return Index(ground, Table.of(columns), everyone, 0, columns.take(_NONE), routed, shelf, len(shelf))


_NONE: Rows = np.zeros(0, dtype=np.intp)
