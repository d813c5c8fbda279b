"""Which rows of a table a leg must look at: those that bounds alone cannot exclude, day by day.

No road is faster than the fastest pace of the ground over the straight line: a run whose balls lie too far from
the pick-up and the drop-off for its largest budget has no driver who fits. For the others the same figures say
how soon and how late a driver may be at the pick-up, hence between which minutes of the day to leave. Bounds are widened
by more than any rounding, so that nothing is lost; what they let through is judged to the second by `sieve`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.columns import UNKNOWN_HOUR, WEEKLY_CODE, Ints, Rows, code_of_day
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.matching.table import BUDGET, FLEXIBILITY, RADII, UNBOUNDED, Floats, Table
from lotocar.carpool.matching.times import Day
from lotocar.world.roads.spots import UNIT_M, spot

MARGIN_S = 8.0  # six legs rounded by half a second each, and figures kept in 32 bits
_ARC = 1.01  # a chord is shorter than the ground above it, by less than this up to 3 000 km
_LAST_MINUTE = UNKNOWN_HOUR - 1


class Reach(NamedTuple):
    """Runs from which a driver could pass by at all, in the order of the table.

    `code` is their calendar code, `soonest` and `longest` the seconds from leaving to what the window speaks of (the
    pick-up or the drop-off), `flexible` the seconds by which they may leave otherwise.
    """

    runs: Rows
    code: NDArray[np.int32]
    soonest: Floats
    longest: Floats
    flexible: Floats

    def on(self, day: Day) -> Reach:
        """Those that leave on this day, weekly ones whatever their weekday."""
        those = np.flatnonzero((self.code == WEEKLY_CODE) | (self.code == code_of_day(day.date)))
        if len(those) == len(self.runs):
            return self
        return Reach(
            self.runs[those], self.code[those], self.soonest[those], self.longest[those], self.flexible[those]
        )


def cut(
    table: Table, need: Need, days: tuple[Day, ...], paces: tuple[float, float]
) -> Iterator[tuple[Day, Rows]]:
    """The rows that may fit, for each day on which somebody may leave and pass in time; the leg's own day first.

    A weekly row comes whatever its weekdays.
    """
    reach = _reach(table, need, days, paces)
    if not len(reach.runs):
        return
    first = need.wish.earliest - MARGIN_S - float((reach.flexible + reach.longest).max())
    last = need.wish.latest + MARGIN_S + float((reach.flexible - reach.soonest).max())
    for day in days:
        is_own = day is days[0]  # who gave no hour may leave at any hour of the leg's own day
        if is_own or (day.end > first and day.start <= last):
            there = reach.on(day)
            rows = _timed(table, need, day, there)
            if is_own and table.runs.has_unknown_hours:
                rows = np.concatenate((rows, table.without_hour(there.runs)))
            if len(rows):
                yield day, rows


def _reach(table: Table, need: Need, days: tuple[Day, ...], paces: tuple[float, float]) -> Reach:
    fastest, slowest = paces
    # by declared places, too, nobody gets there faster than at the fastest pace in a straight line
    ride, extra = need.ride.seconds * (fastest / slowest), need.extra_detour_seconds
    least = ride - extra - MARGIN_S
    ends = _ends(need)
    _, near, most = _bounds(table.runs.blocks, ends, fastest)
    blocks = np.flatnonzero(most - near[0] >= least)
    codes = [code_of_day(day.date) for day in days]
    runs = np.concatenate((table.of_blocks(blocks), table.of_dates(min(codes), max(codes))))
    balls = table.runs.balls.take(runs, axis=1)
    away, near, most = _bounds(balls, ends, fastest)
    able = np.flatnonzero(most - near[0] >= least)
    runs, balls, to_pickup, most = runs[able], balls.take(able, axis=1), near[0][able], most[able]
    farthest = (away[0][able] + balls[RADII][0]) * np.float32(_ARC * slowest) + balls[UNBOUNDED]
    to_dropoff = need.wish.anchor == "dropoff"
    return Reach(
        runs=runs,
        code=table.runs.code[runs],
        soonest=to_pickup + np.float32(ride) if to_dropoff else to_pickup,
        longest=np.minimum(farthest + need.ride.seconds, most + extra)
        if to_dropoff
        else np.minimum(farthest, most + np.float32(extra - ride)),
        flexible=balls[FLEXIBILITY],
    )


def _ends(need: Need) -> Floats:
    """The pick-up and the drop-off as the first lines of a directory, in a column."""
    ends = zip(spot(need.leg.pickup), spot(need.leg.dropoff), strict=True)
    return np.array([[UNIT_M * axis] for pair in ends for axis in pair], dtype=np.float32)


def _bounds(balls: Floats, ends: Floats, fastest: float) -> tuple[Floats, Floats, Floats]:
    """Metres from the pick-up to each centre of origins, from the drop-off to each of destinations; the least seconds
    to each ball; and the most from leaving to the drop-off, but for what the leg accepts beyond the budget.
    """
    apart = balls[:6] - ends
    apart *= apart
    x, y, z = apart.reshape(3, 2, -1)
    x += y
    x += z
    away: Floats = np.sqrt(x)
    near = away - balls[RADII]
    np.maximum(near, 0, out=near)
    near *= np.float32(fastest)
    return away, near, balls[BUDGET] - near[1]


def _timed(table: Table, need: Need, day: Day, reach: Reach) -> Rows:
    """The rows with an hour that may pass in time when they leave on this day."""
    if need.wish.is_any_hour or not day.is_regular:
        # on a day of 23 or 25 hours a minute of the clock says little about the instant
        count = len(reach.runs)
        return table.between(reach.runs, np.zeros(count, np.int64), np.full(count, _LAST_MINUTE))
    wish, early, late = need.wish, reach.flexible + reach.longest, reach.flexible - reach.soonest
    earliest = _minutes(wish.earliest - day.start - MARGIN_S - early, 0, UNKNOWN_HOUR)
    latest = _minutes(wish.latest - day.start + MARGIN_S + late, -1, _LAST_MINUTE)
    possible = np.flatnonzero(earliest <= latest)
    return table.between(reach.runs[possible], earliest[possible], latest[possible])


def _minutes(seconds: Floats, least: int, most: int) -> Ints:
    """The last minute that starts by then, within these bounds."""
    minutes: Ints = np.minimum(np.maximum(seconds / np.float32(60), least), most).astype(np.int64)
    return minutes
