"""Columns sorted into runs of trips that are alike, with a directory of the runs.

A run holds some tens of weekly departures (or of one date) that start near one another and end near one another,
sorted by hour. For each run the directory keeps a ball around its origins, one around its destinations, its largest
budget and its largest flexibility: enough to know, without looking at its rows, that none of its drivers could pass
by, or between which minutes they must leave to pass in time. For each block of weekly runs it keeps such balls again,
so that a search looks at some blocks, at the runs of a few, and at the rows of fewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import (
    BY_PLACES,
    MINUTE_BITS,
    MINUTES,
    UNKNOWN_HOUR,
    WEEKLY_CODE,
    Columns,
    Ints,
    Rows,
    narrow,
)
from lotocar.world.roads.spots import UNIT_M

# A run holds this share of the square root of all rows, so that looking at runs and at rows costs alike at any size;
# smaller ones would be quicker still, and cost more memory than they are worth.
_RUN_SHARE, _LEAST_RUN = 0.08, 16
BLOCK = 16  # runs
TICK = 60  # minutes
TICKS = 24 * 60 // TICK + 1  # from midnight to midnight
_ROUNDING_M = 2.0  # centres are kept to the half-metre
_ANY = 1e9  # seconds

Floats = NDArray[np.float32]

# what the directory keeps of each run, in this order: the centres of both balls (metres from the centre of the
# earth: x of the origins, x of the destinations, y, y, z, z), their radii, seconds
RADII, BUDGET, FLEXIBILITY, UNBOUNDED = slice(6, 8), 8, 9, 10
_LINES, _BLOCK_LINES = 11, 9
_RANKS = np.arange(BLOCK)


@dataclass(frozen=True, slots=True)
class Directory:
    """One column per run, in the order of the table.

    `code` is its calendar code. `balls` holds the lines named above; UNBOUNDED is 0 for who goes straight there, and
    without end for who may pass by declared places before the pick-up. `start` is the rank of its first row;
    `before`, TICKS to a run, says how many of its rows leave before each tick of the day, the last being all that have
    an hour; `without_hour` counts the others. Weekly runs come first.
    """

    code: NDArray[np.int32]
    balls: Floats
    start: NDArray[np.int32]
    before: NDArray[np.unsignedinteger[Any]]
    without_hour: NDArray[np.int32]
    weekly: int  # how many runs are
    blocks: Floats  # the first lines of `balls` again, for each BLOCK of weekly runs
    has_unknown_hours: bool

    @property
    def nbytes(self) -> int:
        """The memory held."""
        whole = (self.code, self.balls, self.start, self.before, self.without_hour, self.blocks)
        return sum(one.nbytes for one in whole)


@dataclass(frozen=True, slots=True)
class Table:
    """Sorted columns, whose `slot` starts with the number of the run, and their directory."""

    columns: Columns
    runs: Directory

    @classmethod
    def of(cls, columns: Columns) -> Table:
        """These rows (slots starting with the calendar code), sorted."""
        order, starts = _runs(columns)
        columns = columns.take(order)
        code, minute = columns.slot >> MINUTE_BITS, columns.slot & MINUTES
        run = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
        slot = ((run << MINUTE_BITS) | minute).astype(np.int32)
        return cls(columns.with_slot(slot), _directory(columns, code[starts], starts))

    @property
    def nbytes(self) -> int:
        """The memory held."""
        return self.columns.nbytes + self.runs.nbytes

    def unsorted(self) -> Columns:
        """The rows with slots that start with the calendar code."""
        slot = self.columns.slot
        code = self.runs.code[slot >> MINUTE_BITS]
        return self.columns.with_slot((code << MINUTE_BITS) | (slot & MINUTES))

    def of_dates(self, first: int, last: int) -> Rows:
        """The runs of the dates from one calendar code to another."""
        start, end = self.runs.code.searchsorted(np.array((first, last + 1), dtype=np.int32)).tolist()
        return np.arange(start, end)

    def of_blocks(self, blocks: Rows) -> Rows:
        """The weekly runs of these blocks."""
        runs = (blocks[:, None] * BLOCK + _RANKS).ravel()
        return runs[: runs.searchsorted(self.runs.weekly)]

    def between(self, runs: Rows, earliest: NDArray[np.int32], latest: NDArray[np.int32]) -> Rows:
        """The rows of these runs from one minute of the day to another, each run its own minutes.

        Those of the same ticks come with them: to look at a few more costs less than to search where they start.
        `latest` is not before `earliest`.
        """
        start, ticks = self.runs.start.take(runs), runs * TICKS
        before = self.runs.before.take(ticks + earliest // TICK)
        until = self.runs.before.take(ticks + (latest // TICK + 1))
        return _spread(start + before, until.astype(np.int64) - before)

    def without_hour(self, runs: Rows) -> Rows:
        """The rows of these runs that have no hour."""
        count = self.runs.without_hour[runs]
        (some,) = count.nonzero()
        runs = runs.take(some)
        first = self.runs.start.take(runs) + self.runs.before.take(runs * TICKS + (TICKS - 1))
        return _spread(first, count.take(some).astype(np.int64))


def _spread(first: Rows, count: Ints) -> Rows:
    """All the ranks from each `first` on, `count` of them."""
    end = count.cumsum()
    total = int(end[-1]) if len(end) else 0
    ranks: Rows = (first - end + count).repeat(count) + np.arange(total)
    return ranks


def _runs(columns: Columns) -> tuple[Rows, Rows]:
    """The rows in the order of the table, and the ranks in it at which runs start."""
    most = max(_LEAST_RUN, int(_RUN_SHARE * sqrt(len(columns))))
    minute, places = columns.slot & MINUTES, _places(columns)
    runs = [
        run[minute[run].argsort(kind="stable")]
        for rows in _kinds(columns)
        for run in _cut(places, rows, most)
    ]
    order = np.concatenate(runs) if runs else np.zeros(0, dtype=np.intp)
    ends = np.cumsum([len(one) for one in runs], dtype=np.intp)
    return order, np.concatenate(([0], ends[:-1])).astype(np.intp) if runs else ends


def _kinds(columns: Columns) -> Iterator[Rows]:
    """The rows of each calendar code, those that pass by declared places apart."""
    kind = (columns.slot >> MINUTE_BITS).astype(np.int64) << 1
    kind |= (columns.marks & BY_PLACES) != 0
    order = kind.argsort(kind="stable")
    starts = np.flatnonzero(np.diff(kind[order])) + 1
    return (rows for rows in np.split(order, starts) if len(rows))


def _cut(places: Floats, rows: Rows, most: int) -> Iterator[Rows]:
    """These rows in parts of at most so many, cut in two again and again where they lie farthest apart."""
    left = [rows]
    while left:
        rows = left.pop()
        if len(rows) <= most:
            yield rows
            continue
        here = places[rows]
        widest = int(np.ptp(here, axis=0).argmax())
        halves = here[:, widest].argpartition(len(rows) // 2)
        left += [rows[halves[len(rows) // 2 :]], rows[halves[: len(rows) // 2]]]


def _places(columns: Columns) -> Floats:
    """Both ends of each row, in metres from the centre of the earth (rows, 6), the axes of one next to the other's."""
    places = np.empty((len(columns), 3, 2), dtype=np.float32)
    for end, spots in enumerate((columns.origin, columns.destination)):
        places[:, :, end] = (spots.xyz * UNIT_M).T
    return places.reshape(-1, 6)


def _directory(columns: Columns, code: NDArray[np.int32], starts: Rows) -> Directory:
    count = np.diff(starts, append=len(columns))
    balls = np.empty((_LINES, len(starts)), dtype=np.float32)
    places = _places(columns)
    balls[:6] = ((_by_run(places, starts, np.minimum) + _by_run(places, starts, np.maximum)) / 2).T
    apart = (places.astype(np.float64) - balls[:6].T.repeat(count, axis=0)) ** 2
    away = np.sqrt(apart.reshape(-1, 3, 2).sum(axis=1))
    balls[RADII] = _by_run(away, starts, np.maximum).T + _ROUNDING_M
    balls[BUDGET] = _by_run(columns.budget, starts, np.maximum)
    balls[FLEXIBILITY] = 60.0 * _by_run(columns.flexibility_minutes, starts, np.maximum)
    balls[UNBOUNDED] = np.where((columns.marks[starts] & BY_PLACES) != 0, _ANY, 0.0)
    untimed = (columns.slot & MINUTES) == UNKNOWN_HOUR
    weekly = int(np.searchsorted(code, WEEKLY_CODE, side="right"))
    return Directory(
        code=code.astype(np.int32),
        balls=balls,
        start=starts.astype(np.int32),
        before=_before(columns.slot & MINUTES, starts),
        without_hour=_by_run(untimed.astype(np.int32), starts, np.add),
        weekly=weekly,
        blocks=_blocks(balls[:_BLOCK_LINES, :weekly]),
        has_unknown_hours=bool(untimed.any()),
    )


def _before(minute: NDArray[np.int32], starts: Rows) -> NDArray[np.unsignedinteger[Any]]:
    """For each run and each tick of the day, how many rows leave before it."""
    counts = [_by_run((minute < TICK * tick).astype(np.int64), starts, np.add) for tick in range(TICKS)]
    return narrow(np.stack(counts, axis=1).ravel())


def _blocks(runs: Floats) -> Floats:
    """Balls around the balls of each BLOCK of runs, and their largest budget."""
    starts = np.arange(0, runs.shape[1], BLOCK)
    if not len(starts):
        return runs
    blocks = np.maximum.reduceat(runs, starts, axis=1)
    blocks[:6] = (blocks[:6] + np.minimum.reduceat(runs[:6], starts, axis=1)) / 2
    apart = (runs[:6] - blocks[:6].repeat(np.diff(starts, append=runs.shape[1]), axis=1)) ** 2
    away = np.sqrt(apart.reshape(3, 2, -1).sum(axis=0)) + runs[RADII]
    blocks[RADII] = np.maximum.reduceat(away, starts, axis=1) + _ROUNDING_M
    return blocks


def _by_run(column: NDArray[Any], starts: Rows, extreme: np.ufunc) -> NDArray[Any]:
    # reduceat refuses a table without a row
    return extreme.reduceat(column, starts) if len(starts) else column[:0]
