"""Columns sorted by calendar, block of origins, length and hour, with a directory of their runs.

A run holds the weekly departures (or those of one date) whose origins lie in one block of ground and whose
budgets are alike. For each run the directory keeps a box around its origins, its largest budget and its
largest flexibility: enough to know, without looking at its rows, between which hours a driver must leave to
pass in time, or that none can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import MINUTE_BITS, MINUTES, UNKNOWN_HOUR, Columns, Ints, Rows
from lotocar.world.roads.spots import UNIT_M, Spot, Spots

_BLOCK_SHIFT = 23  # blocks of 2**23 steps of 3 mm: 25 km
_CROWDED = 300_000  # from so many rows on, blocks of half that size
_RUN_WORTH_CUTTING = 2048  # below, a calendar code stays in one run
_LENGTHS_S = (1200, 2400, 4800)  # where budgets are told apart: a short trip is out of reach of most requests


Axes = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Directory:
    """One row per run, in the order of the table. Boxes are in steps of the spots."""

    code: NDArray[np.int32]
    low: Axes
    high: Axes
    budget: NDArray[np.int32]
    flexibility_seconds: NDArray[np.int32]
    without_hour: NDArray[np.int32]  # how many of its rows

    @property
    def nbytes(self) -> int:
        """The memory held."""
        whole = (self.code, *self.low, *self.high, self.budget, self.flexibility_seconds, self.without_hour)
        return sum(int(one.nbytes) for one in whole)


@dataclass(frozen=True, slots=True)
class Table:
    """Sorted columns, whose `slot` starts with the number of the run, and their directory."""

    columns: Columns
    runs: Directory

    @classmethod
    def of(cls, columns: Columns) -> Table:
        """These rows (slots starting with the calendar code), sorted."""
        code, minute = columns.slot >> MINUTE_BITS, columns.slot & MINUTES
        block = _blocks(columns, code)
        order = np.lexsort((minute, block, code))
        columns, code, minute, block = columns.take(order), code[order], minute[order], block[order]
        starts = np.ones(len(code), dtype=bool)
        starts[1:] = (code[1:] != code[:-1]) | (block[1:] != block[:-1])
        run = np.cumsum(starts) - 1
        slot = ((run << MINUTE_BITS) | minute).astype(np.int32)
        return cls(columns.with_slot(slot), _directory(columns, code, np.flatnonzero(starts)))

    @property
    def nbytes(self) -> int:
        """The memory held."""
        return self.columns.nbytes + self.runs.nbytes

    def unsorted(self) -> Columns:
        """The rows with slots that start with the calendar code."""
        slot = self.columns.slot
        code = self.runs.code[slot >> MINUTE_BITS]
        return self.columns.with_slot((code << MINUTE_BITS) | (slot & MINUTES))

    def of_codes(self, *codes: int) -> Rows:
        """The runs of these calendar codes, which are consecutive."""
        first, last = np.searchsorted(self.runs.code, (min(codes), max(codes) + 1))
        return np.arange(first, last)

    def between(self, runs: Rows, earliest: Ints, latest: Ints) -> tuple[Rows, Ints]:
        """For each of these runs, its first row from one minute of the day to another, and how many there are.

        Both minutes are included, and in order.
        """
        base = runs << MINUTE_BITS
        wanted = np.concatenate((base + earliest, base + latest + 1)).astype(np.int32)
        first, last = np.searchsorted(self.columns.slot, wanted).reshape(2, -1)
        return first, last - first

    def without_hour(self, runs: Rows) -> tuple[Rows, Ints]:
        """For each of these runs that has some, its first row without an hour, and how many there are."""
        count = self.runs.without_hour[runs]
        some = np.flatnonzero(count)
        first = np.searchsorted(self.columns.slot, (runs[some] << MINUTE_BITS) + UNKNOWN_HOUR)
        return first, count[some].astype(np.int64)

    def distances_m(self, runs: Rows, spot: Spot) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """No origin of a run is nearer to this spot than the first, or farther than the second, straight through."""
        nearest, farthest = np.zeros(len(runs)), np.zeros(len(runs))
        for low, high, here in zip(self.runs.low, self.runs.high, spot, strict=True):
            below, above = float(here) - low[runs], high[runs] - float(here)
            gap = np.maximum(-np.minimum(below, above), 0.0)
            nearest += gap * gap
            widest = np.maximum(below, above)
            farthest += widest * widest
        return np.sqrt(nearest) * UNIT_M, np.sqrt(farthest) * UNIT_M


def _blocks(columns: Columns, code: NDArray[np.int32]) -> Ints:
    """The block and length of each row, 0 for the calendar codes that have few rows."""
    origin = columns.origin
    shift = _BLOCK_SHIFT - (len(code) >= _CROWDED)
    x, y, z = (axis.astype(np.int64) >> shift for axis in (origin.x, origin.y, origin.z))
    length = np.searchsorted(_LENGTHS_S, columns.budget)
    block = ((x & 1023) << 22) | ((y & 1023) << 12) | ((z & 1023) << 2) | length
    _, which, count = np.unique(code, return_inverse=True, return_counts=True)
    return np.where(count[which] < _RUN_WORTH_CUTTING, 0, block)


def _directory(columns: Columns, code: NDArray[np.int32], starts: Rows) -> Directory:
    untimed = (columns.slot & MINUTES) == UNKNOWN_HOUR
    flexibility = _by_run(columns.flexibility_minutes, starts, np.maximum).astype(np.int32)
    return Directory(
        code=code[starts].astype(np.int32),
        low=_box(columns.origin, starts, np.minimum),
        high=_box(columns.origin, starts, np.maximum),
        budget=_by_run(columns.budget, starts, np.maximum).astype(np.int32),
        flexibility_seconds=60 * flexibility,
        without_hour=_by_run(untimed.astype(np.int32), starts, np.add),
    )


def _box(spots: Spots, starts: Rows, extreme: np.ufunc) -> Axes:
    x, y, z = (_by_run(axis, starts, extreme) for axis in (spots.x, spots.y, spots.z))
    return x, y, z


def _by_run(column: NDArray[Any], starts: Rows, extreme: np.ufunc) -> NDArray[Any]:
    # reduceat refuses a table without a row
    return extreme.reduceat(column, starts) if len(starts) else column[:0]
