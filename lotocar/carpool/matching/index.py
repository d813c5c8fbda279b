"""The same answer as looking at every departure, without looking at every departure. Pure.

An Index is a frozen snapshot: a sorted table, the rows of it that died since, and a short tail of rows added
since, looked at whole. A change gives a new snapshot that shares the table; one thread may search while
another changes. When the tail is long the whole is sorted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching import rules
from lotocar.carpool.matching.columns import (
    BACK,
    MINUTE_BITS,
    MINUTES,
    SPECIAL,
    UNKNOWN_HOUR,
    WEEKLY,
    Columns,
    Extras,
    Rows,
    code_of_day,
    code_of_weekday,
    extras_of,
)
from lotocar.carpool.matching.facts import Candidate, DepartureFacts
from lotocar.carpool.matching.rules import Need, Way
from lotocar.carpool.matching.table import Ints, Table
from lotocar.carpool.matching.times import epoch, epochs
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import Spots

TAIL_SHARE = 0.05  # a longer tail is sorted in
TAIL_AT_LEAST = 256
_BATCH = 20_000
_MARGIN_S = 2  # bounds are widened by more than any rounding


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
    def bytes(self) -> int:
        """The memory of the columns."""
        return self.table.columns.bytes + self.tail.bytes + self.alive.nbytes

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
        columns = self.table.columns
        code = self.table.runs.code[columns.slot >> MINUTE_BITS]
        unsorted = columns.with_slot((code << MINUTE_BITS) | (columns.slot & MINUTES))
        living = Columns.joined((unsorted.take(np.flatnonzero(self.alive)), self.tail))
        return _sorted(self.ground, living, self.extras)

    def candidates(self, need: Need) -> Iterator[Candidate]:
        """Every departure that fits, in no particular order: exactly those that `rules.judge` accepts."""
        pickup, dropoff = Spots.of([need.leg.pickup]), Spots.of([need.leg.dropoff])
        for day in rules.days_of(need):
            sieve = _Sieve(self.ground, need, day, pickup, dropoff, self.extras)
            for code in (code_of_weekday(day.weekday()), code_of_day(day)):
                rows = sieve.cut(self.table, code)
                yield from sieve.sift(self.table.columns, rows[self.alive[rows]])
                yield from sieve.sift(self.tail, np.flatnonzero(self.tail.slot >> MINUTE_BITS == code))


def _sorted(ground: Ground, columns: Columns, extras: Mapping[int, Extras]) -> Index:
    table = Table.of(columns)
    return Index(ground, table, np.ones(len(columns), dtype=bool), columns.take(_NONE), extras)


_NONE: Rows = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Sieve:
    """One leg asked of one day's departures: a cut by bounds, then every rule to the second."""

    ground: Ground
    need: Need
    day: date
    pickup: Spots
    dropoff: Spots
    extras: Mapping[int, Extras]

    @property
    def _is_own_day(self) -> bool:
        return self.day == self.need.leg.day

    @property
    def _to_anchor(self) -> int:
        """From the pick-up to what the window speaks of."""
        return self.need.ride.seconds if self.need.wish.anchor == "dropoff" else 0

    def cut(self, table: Table, code: int) -> Rows:
        """The rows of this calendar code that bounds alone cannot exclude."""
        found = table.of_code(code)
        if not found:
            return _NONE
        runs = np.arange(found.start, found.stop, dtype=np.intp)
        near, far = table.distances_m(runs, self.pickup)
        soonest = near * self.ground.fastest - _MARGIN_S
        able = soonest + self.need.ride.seconds <= table.runs.budget[runs]
        runs, soonest, far = runs[able], soonest[able], far[able]
        if len(runs) == 0:
            return _NONE
        # through the ground the far corner is a little nearer than over it, by a thousandth at 1 000 km
        earliest, latest = self._minutes(table, runs, soonest, far * 1.01 * self.ground.slowest)
        timed = table.rows_between(runs, earliest, latest)
        if not self._is_own_day:
            return timed
        return np.concatenate((timed, table.rows_without_hour(runs)))

    def _minutes(
        self, table: Table, runs: Rows, soonest: NDArray[np.float64], longest: NDArray[np.float64]
    ) -> tuple[Ints, Ints]:
        """Between which minutes of the day a driver of each run must leave; all, on a day of 23 or 25 hours."""
        midnight = epoch(self.day, 0)
        if self.need.wish.wanted is None or epoch(self.day + timedelta(days=1), 0) - midnight != 86_400:
            return np.zeros(len(runs), dtype=np.int64), np.full(len(runs), UNKNOWN_HOUR - 1, dtype=np.int64)
        flexible = table.runs.flexibility_seconds[runs]
        start = self.need.wish.earliest - self._to_anchor - midnight
        end = self.need.wish.latest - self._to_anchor - midnight
        earliest = np.floor((start - flexible - longest - _MARGIN_S) / 60).astype(np.int64)
        latest = np.ceil((end + flexible - soonest + _MARGIN_S) / 60).astype(np.int64)
        return np.clip(earliest, 0, UNKNOWN_HOUR), np.clip(latest, -1, UNKNOWN_HOUR - 1)

    def sift(self, columns: Columns, rows: Rows) -> Iterator[Candidate]:
        """The candidates among these rows of this day."""
        need, day = self.need, self.day.toordinal()
        rows = rows[(columns.seats[rows] >= need.leg.seats) & self._is_allowed(columns.driver[rows])]
        rows = rows[(columns.first[rows] <= day) & (day <= columns.last[rows])]
        to_pickup = self.ground.seconds_between(columns.origin.take(rows), self.pickup)
        able = to_pickup + need.ride.seconds <= columns.budget[rows]
        able &= self._is_in_time(columns, rows, to_pickup)
        rows, to_pickup = rows[able], to_pickup[able]
        onward = self.ground.seconds_between(self.dropoff, columns.destination.take(rows))
        whole = to_pickup + need.ride.seconds + onward
        able = whole <= columns.budget[rows]
        rows, to_pickup, whole = rows[able], to_pickup[able], whole[able]
        base = columns.budget[rows] - 60 * columns.limit_minutes[rows].astype(np.int64)
        return self._said(columns, rows, to_pickup, np.maximum(0, whole - base))

    def _is_allowed(self, drivers: NDArray[np.int32]) -> NDArray[np.bool_]:
        leg = self.need.leg
        barred = [*leg.avoid, *(() if leg.passenger_id is None else (leg.passenger_id,))]
        return np.isin(drivers, np.array(barred, dtype=np.int64), invert=True)

    def _is_in_time(self, columns: Columns, rows: Rows, to_pickup: Ints) -> NDArray[np.bool_]:
        minute = columns.slot[rows] & MINUTES
        unknown = minute == UNKNOWN_HOUR
        pickup = epochs(self.day)[np.where(unknown, 0, minute)] + to_pickup
        anchor, wish = pickup + self._to_anchor, self.need.wish
        slack = 60 * columns.flexibility_minutes[rows].astype(np.int64)
        in_time = (wish.earliest - slack <= anchor) & (anchor <= wish.latest + slack)
        if self.need.leg.not_before is not None:
            in_time &= pickup >= self.need.leg.not_before.timestamp()
        today = rules.first_day(self.need.leg)
        to_agree = self._is_own_day and (today is None or self.day >= today)
        return np.where(unknown, to_agree, in_time)

    def _said(self, columns: Columns, rows: Rows, to_pickup: Ints, detour: Ints) -> Iterator[Candidate]:
        instants = epochs(self.day)
        for row, before, added in zip(rows.tolist(), to_pickup.tolist(), detour.tolist(), strict=True):
            free = self._free_seats(columns, row)
            if free < self.need.leg.seats:
                continue
            minute = int(columns.slot[row]) & MINUTES
            flags = int(columns.flags[row])
            yield rules.candidate_of(
                self.need,
                trip_id=int(columns.trip[row]),
                departure_id=int(columns.departure[row]),
                driver_id=int(columns.driver[row]),
                direction="back" if flags & BACK else "out",
                day=self.day,
                is_weekly=bool(flags & WEEKLY),
                leaves=None if minute == UNKNOWN_HOUR else int(instants[minute]),
                way=Way(before, added, exact=False),
                max_detour_minutes=int(columns.limit_minutes[row]),
                free_seats=free,
            )

    def _free_seats(self, columns: Columns, row: int) -> int:
        """The seats left on this day; none when it is paused."""
        seats = int(columns.seats[row])
        if not columns.flags[row] & SPECIAL:
            return seats
        extras = self.extras[int(columns.departure[row])]
        return 0 if extras.is_paused(self.day) else seats - extras.seats_taken.get(self.day, 0)
