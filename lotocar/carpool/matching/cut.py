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

from lotocar.carpool.matching.columns import UNKNOWN_HOUR, WEEKLY_CODE, Rows, code_of_day
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.matching.table import BUDGET, FLEXIBILITY, RADII, UNBOUNDED, Floats, Table
from lotocar.carpool.matching.times import Day
from lotocar.world.roads.spots import UNIT_M, spot

MARGIN_S = 8.0  # six legs rounded by half a second each, and figures kept in 32 bits
_ARC = 1.01  # a chord is shorter than the ground above it, by less than this up to 3 000 km
_LAST_MINUTE = UNKNOWN_HOUR - 1


class Reach(NamedTuple):
    """Runs from which a driver could pass by at all, in the order of the table.

    `code` is their calendar code. `before` and `after` are the seconds by which a driver may leave before the window
    opens, and after it closed, and still pass in time: on the way to what it speaks of (the pick-up or the
    drop-off) for so long at most, or so little at least, and leaving otherwise if need be.
    """

    runs: Rows
    code: NDArray[np.int32]
    before: Floats
    after: Floats

    def leaves_on(self, day: Day) -> NDArray[np.bool_]:
        """Which of them leave on this day, weekly ones whatever their weekday."""
        leaves: NDArray[np.bool_] = self.code == code_of_day(day.date)
        leaves |= self.code == WEEKLY_CODE
        return leaves


def cut(
    table: Table, need: Need, days: tuple[Day, ...], paces: tuple[float, float]
) -> Iterator[tuple[Day, Rows]]:
    """The rows that may fit, for each day on which somebody may leave and pass in time; the leg's own day first.

    A weekly row comes whatever its weekdays.
    """
    reach = _reach(table, need, days, paces)
    if not len(reach.runs):
        return
    first = need.wish.earliest - MARGIN_S - float(reach.before.max())
    last = need.wish.latest + MARGIN_S + float(reach.after.max())
    for day in days:
        is_own = day is days[0]  # who gave no hour may leave at any hour of the leg's own day
        if is_own or (day.end > first and day.start <= last):
            leaves = reach.leaves_on(day)
            rows = _timed(table, need, day, reach, leaves)
            if is_own and table.runs.has_unknown_hours:
                rows = np.concatenate((rows, table.without_hour(reach.runs[leaves])))
            if len(rows):
                yield day, rows


def _reach(table: Table, need: Need, days: tuple[Day, ...], paces: tuple[float, float]) -> Reach:
    fastest, slowest = paces
    # by declared places, too, nobody gets there faster than at the fastest pace in a straight line
    ride, extra = need.ride.seconds * (fastest / slowest), need.extra_detour_seconds
    least = ride - extra - MARGIN_S
    ends = _ends(need)
    _, near, most = _bounds(table.runs.blocks, ends, fastest)
    (blocks,) = (most - near[0] >= least).nonzero()
    codes = [code_of_day(day.date) for day in days]
    runs = np.concatenate((table.of_blocks(blocks), table.of_dates(min(codes), max(codes))))
    balls = table.runs.balls.take(runs, axis=1)
    away, near, most = _bounds(balls, ends, fastest)
    (able,) = (most - near[0] >= least).nonzero()
    runs = runs.take(able)
    longest = (away[0] + balls[RADII][0]) * np.float32(_ARC * slowest)
    longest += balls[UNBOUNDED]
    most += np.float32(extra)
    soonest = near[0]
    if need.wish.anchor == "dropoff":
        longest += need.ride.seconds
        soonest += np.float32(ride)
    else:
        most -= np.float32(ride)
    before = np.minimum(longest, most) + balls[FLEXIBILITY]
    after = balls[FLEXIBILITY] - soonest
    return Reach(runs, table.runs.code.take(runs), before.take(able), after.take(able))


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


def _timed(table: Table, need: Need, day: Day, reach: Reach, leaves: NDArray[np.bool_]) -> Rows:
    """The rows with an hour that may pass in time when they leave on this day, among the runs that do."""
    if need.wish.is_any_hour or not day.is_regular:
        # on a day of 23 or 25 hours a minute of the clock says little about the instant
        runs = reach.runs[leaves]
        count = len(runs)
        return table.between(runs, np.zeros(count, np.int32), np.full(count, _LAST_MINUTE, np.int32))
    wish = need.wish
    earliest = _minutes(wish.earliest - day.start - MARGIN_S - reach.before, 0, UNKNOWN_HOUR)
    latest = _minutes(wish.latest - day.start + MARGIN_S + reach.after, -1, _LAST_MINUTE)
    (possible,) = (leaves & (earliest <= latest)).nonzero()
    return table.between(reach.runs.take(possible), earliest.take(possible), latest.take(possible))


def _minutes(seconds: Floats, least: int, most: int) -> NDArray[np.int32]:
    """The last minute that starts by then, within these bounds."""
    seconds *= np.float32(1 / 60)
    np.maximum(seconds, least, out=seconds)
    np.minimum(seconds, most, out=seconds)
    return seconds.astype(np.int32)
