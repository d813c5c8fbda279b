"""One leg asked of many departures at once: first a cut by bounds, then every rule to the second.

All the days on which a driver may leave are swept together; each row goes with the rank of its day in
`days_of`, the leg's own day being 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

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
)
from lotocar.carpool.matching.facts import Candidate
from lotocar.carpool.matching.rules import Need, Way
from lotocar.carpool.matching.table import Ints, Table
from lotocar.carpool.matching.times import epoch, epochs
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import spot

_MARGIN_S = 2  # bounds are widened by more than any rounding
# a chord is shorter than the ground above it, by less than this up to 3 000 km
_ARC = 1.01
_ALL_DAY = (0, UNKNOWN_HOUR - 1)


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows that fit: the rank of their day, seconds to the pick-up, seconds of detour, seats left."""

    columns: Columns
    rows: Rows
    days: Rows
    to_pickup: Ints
    detour: Ints
    free: Ints


class Sieve:
    """A leg, ready to be asked of columns on one ground."""

    def __init__(self, ground: Ground, need: Need, extras: Mapping[int, Extras]) -> None:
        self.ground = ground
        self.need = need
        self.extras = extras
        self.days = rules.days_of(need)
        self.pickup = ground.locate([need.leg.pickup])
        self.dropoff = ground.locate([need.leg.dropoff])
        # from the pick-up to what the window speaks of
        self.to_anchor = need.ride.seconds if need.wish.anchor == "dropoff" else 0

    def of_those_days(self, columns: Columns) -> tuple[Rows, Rows]:
        """The rows of unsorted columns that leave on one of the days, with their day."""
        code = columns.slot >> MINUTE_BITS
        found = [
            np.flatnonzero((code == code_of_weekday(day.weekday())) | (code == code_of_day(day)))
            for day in self.days
        ]
        return np.concatenate(found), np.repeat(np.arange(len(found)), [len(rows) for rows in found])

    def cut(self, table: Table) -> tuple[Rows, Rows]:
        """The rows of a table that bounds alone cannot exclude, with their day."""
        runs, days = self._runs(table)
        here = spot(self.need.leg.pickup)
        fastest, slowest = self.ground.pace_to(self.pickup)
        soonest = table.nearest_m(runs, here) * fastest - _MARGIN_S
        able = soonest + self.need.ride.seconds <= table.runs.budget[runs] + self.need.extra_detour_seconds
        runs, days, soonest = runs[able], days[able], soonest[able]
        longest = table.farthest_m(runs, here) * _ARC * slowest
        earliest, latest = self._minutes(table.runs.flexibility_seconds[runs], days, soonest, longest)
        own = runs[days == 0]
        unknown = np.full(len(own), UNKNOWN_HOUR)
        first, count = table.between(
            np.concatenate((runs, own)),
            np.concatenate((earliest, unknown)),
            np.concatenate((latest, unknown)),
        )
        return _spread(first, count), np.repeat(np.concatenate((days, np.zeros_like(own))), count)

    def _runs(self, table: Table) -> tuple[Rows, Rows]:
        found = [
            (rank, table.of_code(code))
            for rank, day in enumerate(self.days)
            for code in (code_of_weekday(day.weekday()), code_of_day(day))
        ]
        runs = np.concatenate([np.arange(one.start, one.stop, dtype=np.intp) for _, one in found])
        return runs, np.repeat([rank for rank, _ in found], [len(one) for _, one in found])

    def _minutes(
        self, flexible: Ints, days: Rows, soonest: NDArray[np.float64], longest: NDArray[np.float64]
    ) -> tuple[Ints, Ints]:
        """Between which minutes of its day a driver of each run must leave to pass in time."""
        midnight, regular = _midnights(self.days)
        wish = self.need.wish
        start = wish.earliest - self.to_anchor - midnight[days] - flexible - longest - _MARGIN_S
        end = wish.latest - self.to_anchor - midnight[days] + flexible - soonest + _MARGIN_S
        first, last = _ALL_DAY
        earliest = np.clip(np.floor(start / 60), first, last + 1).astype(np.int64)
        latest = np.clip(np.ceil(end / 60), first - 1, last).astype(np.int64)
        # on a day of 23 or 25 hours a minute of the clock says little about the instant
        return np.where(regular[days], earliest, first), np.where(regular[days], latest, last)

    def sift(self, columns: Columns, rows: Rows, days: Rows) -> Hits:
        """Those of these rows that fit."""
        to_pickup = self.ground.seconds_between(columns.origin.take(rows), self.pickup)
        extra = self.need.extra_detour_seconds
        able = to_pickup + self.need.ride.seconds <= columns.budget[rows] + extra
        able &= self._is_in_time(columns, rows, days, to_pickup)
        rows, days, to_pickup = rows[able], days[able], to_pickup[able]
        onward = self.ground.seconds_between(self.dropoff, columns.destination.take(rows))
        spare = columns.budget[rows] - to_pickup - self.need.ride.seconds - onward
        free = self._free_seats(columns, rows, days)
        able = (spare >= -extra) & (free >= self.need.leg.seats) & self._is_valid(columns, rows, days)
        able &= self._is_allowed(columns.driver[rows])
        detour = np.maximum(0, 60 * columns.limit_minutes[rows].astype(np.int64) - spare)
        return Hits(columns, rows[able], days[able], to_pickup[able], detour[able], free[able])

    def _is_in_time(self, columns: Columns, rows: Rows, days: Rows, to_pickup: Ints) -> NDArray[np.bool_]:
        minute = columns.slot[rows] & MINUTES
        pickup = _instants(self.days)[days, minute] + to_pickup
        anchor, wish = pickup + self.to_anchor, self.need.wish
        slack = 60 * columns.flexibility_minutes[rows].astype(np.int64)
        in_time = (wish.earliest - slack <= anchor) & (anchor <= wish.latest + slack)
        if self.need.leg.not_before is not None:
            in_time &= pickup >= self.need.leg.not_before.timestamp()
        today = rules.first_day(self.need.leg)
        to_agree = (days == 0) & (today is None or self.days[0] >= today)
        fits: NDArray[np.bool_] = np.where(minute == UNKNOWN_HOUR, to_agree, in_time)
        return fits

    def _is_valid(self, columns: Columns, rows: Rows, days: Rows) -> NDArray[np.bool_]:
        ordinal = np.array([day.toordinal() for day in self.days])[days]
        valid: NDArray[np.bool_] = (columns.first[rows] <= ordinal) & (ordinal <= columns.last[rows])
        return valid

    def _is_allowed(self, drivers: NDArray[np.int32]) -> NDArray[np.bool_]:
        leg = self.need.leg
        barred = [*leg.avoid, *(() if leg.passenger_id is None else (leg.passenger_id,))]
        return np.isin(drivers, np.array(barred, dtype=np.int64), invert=True) if barred else drivers >= 0

    def _free_seats(self, columns: Columns, rows: Rows, days: Rows) -> Ints:
        """The seats left on each row's day; none when it is paused."""
        free = columns.seats[rows].astype(np.int64)
        for rank in np.flatnonzero(columns.flags[rows] & SPECIAL).tolist():
            day, extras = self.days[days[rank]], self.extras[int(columns.departure[rows[rank]])]
            free[rank] = 0 if extras.is_paused(day) else free[rank] - extras.seats_taken.get(day, 0)
        return free

    def order(self, hits: Hits, asked_recently: Mapping[int, int]) -> NDArray[np.intp]:
        """The ranks of these hits in the order of `rules.rank`."""
        columns, rows = hits.columns, hits.rows
        minute = columns.slot[rows] & MINUTES
        unknown = minute == UNKNOWN_HOUR
        anchor = _instants(self.days)[hits.days, minute] + hits.to_pickup + self.to_anchor
        wanted = self.need.wish.wanted
        gap = np.zeros_like(anchor) if wanted is None else np.where(unknown, 0, np.abs(anchor - wanted))
        asked = np.zeros_like(anchor)
        if asked_recently:
            asked[:] = [asked_recently.get(driver, 0) for driver in columns.driver[rows].tolist()]
        keys = (columns.departure[rows], columns.trip[rows], asked, gap, unknown, hits.detour)
        return np.lexsort([key.astype(np.int64) for key in keys])

    def candidate(self, hits: Hits, rank: int) -> Candidate:
        """The hit of this rank, said in full."""
        columns, row, day = hits.columns, hits.rows[rank], int(hits.days[rank])
        minute = int(columns.slot[row]) & MINUTES
        flags = int(columns.flags[row])
        return rules.candidate_of(
            self.need,
            trip_id=int(columns.trip[row]),
            departure_id=int(columns.departure[row]),
            driver_id=int(columns.driver[row]),
            direction="back" if flags & BACK else "out",
            day=self.days[day],
            is_weekly=bool(flags & WEEKLY),
            leaves=None if minute == UNKNOWN_HOUR else int(_instants(self.days)[day, minute]),
            way=Way(int(hits.to_pickup[rank]), int(hits.detour[rank]), exact=False),
            max_detour_minutes=int(columns.limit_minutes[row]),
            free_seats=int(hits.free[rank]),
        )


@lru_cache(maxsize=64)
def _midnights(days: tuple[date, ...]) -> tuple[Ints, NDArray[np.bool_]]:
    """The instant at which each day starts, and whether it lasts 24 hours."""
    starts = np.array([epoch(day, 0) for day in days])
    ends = np.array([epoch(day + timedelta(days=1), 0) for day in days])
    return starts, ends - starts == 86_400


@lru_cache(maxsize=64)
def _instants(days: tuple[date, ...]) -> Ints:
    """The instant of each minute of each day; one column more, for rows without an hour."""
    return np.stack([np.append(epochs(day), 0) for day in days])


def _spread(first: Rows, count: Ints) -> Rows:
    """All the ranks from each `first` on, `count` of them."""
    before = np.cumsum(count) - count
    ranks: Rows = np.repeat(first - before, count) + np.arange(int(count.sum()), dtype=np.intp)
    return ranks
