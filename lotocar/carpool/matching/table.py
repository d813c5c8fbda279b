"""Columns sorted by calendar, then by block of origins, then by hour, with a directory of their runs.

A run holds the departures of one weekday (or date) whose origins lie in one block of ground. For each run
the directory keeps a box around its origins, its largest budget and its largest flexibility: enough to know,
without looking at its rows, between which hours a driver must leave to pass in time, or that none can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import MINUTE_BITS, MINUTES, UNKNOWN_HOUR, Columns, Rows
from lotocar.world.roads.spots import UNIT_M, Spots

_BLOCK_SHIFT = 22  # blocks of 2**22 steps of 3 mm: 12.6 km
_RUN_WORTH_CUTTING = 512  # below, a calendar code stays in one run

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Directory:
    """One row per run, in the order of the table. Boxes are in steps of the spots."""

    code: NDArray[np.int32]
    low: NDArray[np.float64]  # runs × 3
    high: NDArray[np.float64]
    budget: Ints
    flexibility_seconds: Ints


@dataclass(frozen=True, slots=True)
class Table:
    """Sorted columns, whose `slot` starts with the number of the run, and their directory."""

    columns: Columns
    runs: Directory

    @classmethod
    def of(cls, columns: Columns) -> Table:
        """These rows (slots starting with the calendar code), sorted."""
        code, minute = columns.slot >> MINUTE_BITS, columns.slot & MINUTES
        block = _blocks(columns.origin, code)
        order = np.lexsort((minute, block, code))
        columns, code, minute, block = columns.take(order), code[order], minute[order], block[order]
        starts = np.ones(len(code), dtype=bool)
        starts[1:] = (code[1:] != code[:-1]) | (block[1:] != block[:-1])
        run = np.cumsum(starts) - 1
        slot = ((run << MINUTE_BITS) | minute).astype(np.int32)
        return cls(columns.with_slot(slot), _directory(columns, code, np.flatnonzero(starts)))

    def of_code(self, code: int) -> range:
        """The runs of this calendar code."""
        first, last = np.searchsorted(self.runs.code, (code, code + 1))
        return range(int(first), int(last))

    def rows_between(self, runs: Rows, earliest: Ints, latest: Ints) -> Rows:
        """The rows of these runs from one minute of the day to another, both included, run by run."""
        base = runs << MINUTE_BITS
        wanted = np.concatenate((base + earliest, base + latest + 1)).astype(np.int32)
        first, last = np.searchsorted(self.columns.slot, wanted).reshape(2, -1)
        return _spread(first, np.maximum(last - first, 0))

    def rows_without_hour(self, runs: Rows) -> Rows:
        """The rows of these runs whose driver gave no hour."""
        unknown = np.full(len(runs), UNKNOWN_HOUR)
        return self.rows_between(runs, unknown, unknown)

    def distances_m(self, runs: Rows, spot: Spots) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The nearest and the farthest that an origin of each run can be from this spot, straight through."""
        low, high = self.runs.low[runs], self.runs.high[runs]
        here = np.array([spot.x[0], spot.y[0], spot.z[0]], dtype=np.float64)
        near = np.maximum(np.maximum(low - here, here - high), 0.0)
        far = np.maximum(np.abs(low - here), np.abs(high - here))
        return _length(near), _length(far)


def _length(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    length: NDArray[np.float64] = np.sqrt((steps * steps).sum(axis=1)) * UNIT_M
    return length


def _blocks(origin: Spots, code: NDArray[np.int32]) -> Ints:
    """The block of each origin, 0 for the calendar codes that have few departures."""
    x, y, z = (axis.astype(np.int64) >> _BLOCK_SHIFT for axis in (origin.x, origin.y, origin.z))
    block = ((x & 1023) << 20) | ((y & 1023) << 10) | (z & 1023)
    _, which, count = np.unique(code, return_inverse=True, return_counts=True)
    return np.where(count[which] < _RUN_WORTH_CUTTING, 0, block)


def _directory(columns: Columns, code: NDArray[np.int32], starts: Rows) -> Directory:
    if len(columns) == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return Directory(nothing.astype(np.int32), np.zeros((0, 3)), np.zeros((0, 3)), nothing, nothing)
    axes = (columns.origin.x, columns.origin.y, columns.origin.z)
    return Directory(
        code=code[starts],
        low=np.stack([np.minimum.reduceat(axis, starts) for axis in axes], axis=1).astype(np.float64),
        high=np.stack([np.maximum.reduceat(axis, starts) for axis in axes], axis=1).astype(np.float64),
        budget=np.maximum.reduceat(columns.budget, starts).astype(np.int64),
        flexibility_seconds=60 * np.maximum.reduceat(columns.flexibility_minutes, starts).astype(np.int64),
    )


def _spread(first: Rows, count: Rows) -> Rows:
    """All the ranks from each `first` on, `count` of them."""
    total = int(count.sum())
    before = np.cumsum(count) - count
    return np.repeat(first - before, count) + np.arange(total, dtype=np.intp)
