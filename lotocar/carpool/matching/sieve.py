"""Every rule to the second, asked of many departures at once: what `rules.judge` says of one, in columns.

Who may not be put together, who only the team may propose, needs, seats, pauses, full months and validity are all
decided here, on numbers: nobody has to be made into a candidate to be left out, so the count is exact before
anybody is said in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching import rules
from lotocar.carpool.matching.columns import (
    BY_PLACES,
    MINUTES,
    TEAM_ONLY,
    Columns,
    Ints,
    Rows,
    abilities_of,
    code_of_day,
    seats_of,
)
from lotocar.carpool.matching.cut import MARGIN_S, cut
from lotocar.carpool.matching.hits import NO_HITS, Hits
from lotocar.carpool.matching.patterns import PAUSED, TAKEN, Shelf
from lotocar.carpool.matching.routed import Routed
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.matching.table import Table
from lotocar.carpool.matching.times import NO_HOUR, Day, day_of
from lotocar.world.roads.router import Ground

Able = NDArray[np.bool_]
Marks = NDArray[np.uint32]

_FAR_S = 1 << 40
_NONE: Rows = np.zeros(0, dtype=np.intp)


class Sieve:
    """A leg, ready to be asked of columns on one ground."""

    def __init__(self, ground: Ground, need: Need, shelf: Shelf, routed: Routed) -> None:
        self.ground = ground
        self.need = need
        self.shelf = shelf
        self.routed = routed
        self.days = tuple(day_of(day) for day in rules.days_of(need))
        self.ends = ground.locate((need.leg.pickup, need.leg.dropoff))
        self.pickup, self.dropoff = self.ends.only(0), self.ends.only(1)
        self.ride = need.ride.seconds
        self.extra = need.extra_detour_seconds
        fastest, slowest = ground.paces
        # at one pace everywhere, no way by declared places is shorter than the straight one
        self.leeway = int(MARGIN_S) if fastest == slowest else _FAR_S

    def cut(self, table: Table) -> Iterator[tuple[Day, Rows]]:
        """The rows of a table that may fit, day by day."""
        return cut(table, self.need, self.days, self.ground.paces)

    def on_the_road(self, columns: Columns, day: Day) -> Rows:
        """The rows of unsorted columns that leave on this day and may still be on the road within the window."""
        rows = columns.on_day(day.date)
        leaves = day.instants.take(columns.slot.take(rows) & MINUTES)
        return rows[self._may_be_in_time(columns, rows, leaves, leaves)]

    def sift(self, columns: Columns, rows: Rows, day: Day) -> Hits:
        """Those of these rows that fit when they leave on this day, on which those with a date do."""
        some = self._at_destination(columns, self._at_pickup(columns, rows, day))
        if not len(some.rows):
            return NO_HITS
        some, ride = self._routed(columns, some, day)
        return self._fitting(columns, some, ride, day)

    def _at_pickup(self, columns: Columns, rows: Rows, day: Day) -> _Drives:
        """Those that run that day, pass in time and are not too far away already.

        By declared places one is there later: those are looked at on their own way, afterwards.
        """
        marks = columns.marks.take(rows)
        (leaving,) = ((marks & np.uint32(1 << day.date.weekday())) != 0).nonzero()
        rows, marks = rows.take(leaving), marks.take(leaving)
        to_pickup = self.ground.seconds_between(columns.origin.take(rows), self.pickup)
        spare = columns.budget.take(rows) - (to_pickup + self.ride)
        leaves = day.instants.take(columns.slot.take(rows) & MINUTES)
        some = _Drives(rows, marks, leaves, to_pickup, spare)
        able = self._is_in_time(columns, some, self.ride, day)
        able &= spare >= -self.extra
        return some.keep(self._or_by_places(able, some))

    def _at_destination(self, columns: Columns, some: _Drives) -> _Drives:
        """Those whose whole way with the passenger is not too long."""
        onward = self.ground.seconds_between(self.dropoff, columns.destination.take(some.rows))
        some = _Drives(some.rows, some.marks, some.leaves, some.to_pickup, some.spare - onward)
        return some.keep(self._or_by_places(some.spare >= -self.extra, some))

    def _or_by_places(self, able: Able, some: _Drives) -> Able:
        """Those who are able, and those who pass by declared places unless it is already too far."""
        if len(self.routed):
            by_places = (some.marks & np.uint32(BY_PLACES)) != 0
            by_places &= some.spare >= -self.extra - self.leeway
            able |= by_places
        return able

    def _routed(self, columns: Columns, some: _Drives, day: Day) -> tuple[_Drives, Ints]:
        """The same, those that pass by declared places on their own way and judged by it; and how long all ride."""
        ride, those = np.full(len(some.rows), self.ride), _NONE
        if len(self.routed):
            (those,) = ((some.marks & np.uint32(BY_PLACES)) != 0).nonzero()
        if not len(those):
            return some, ride
        able = np.ones(len(ride), dtype=bool)
        able[those] = False
        few = some.at(those)
        soonest = few.leaves + few.to_pickup - self.leeway
        (likely,) = self._may_be_in_time(columns, few.rows, few.leaves, soonest).nonzero()
        if len(likely):
            those, few = those.take(likely), few.at(likely)
            known = self.routed.rows_of(columns.departure.take(few.rows))
            to_pickup, riding, whole = self.routed.ways(known, self.ground, self.ends, self.ride)
            few = few._replace(to_pickup=to_pickup, spare=columns.budget.take(few.rows) - whole)
            some.to_pickup[those], ride[those], some.spare[those] = to_pickup, riding, few.spare
            able[those] = self._is_in_time(columns, few, riding, day) & (few.spare >= -self.extra)
        return some.keep(able), ride[able]

    def _may_be_in_time(self, columns: Columns, rows: Rows, leaves: Ints, soonest: Ints) -> Able:
        """Whether the window touches the time on the road, from the soonest at the pick-up to the longest way."""
        wish, slack = self.need.wish, 60 * columns.flexibility_minutes.take(rows).astype(np.int64)
        longest = leaves + columns.budget.take(rows) + self.extra
        touches = (soonest - slack <= wish.latest) & (wish.earliest <= longest + slack)
        possible: Able = touches | (leaves == NO_HOUR)
        return possible

    def _fitting(self, columns: Columns, some: _Drives, ride: Ints, day: Day) -> Hits:
        """Those who may and can take this passenger that day, with their figures."""
        able = self._is_valid(columns, some.rows, day) & self._is_allowed(columns, some)
        free = self._free_seats(columns, some, ride, day)
        able &= free >= self.need.leg.seats
        some, ride, free = some.keep(able), ride[able], free[able]
        limit = columns.limit_minutes.take(some.rows)
        return Hits(
            trip=columns.trip.take(some.rows),
            departure=columns.departures_on(some.rows, day.date.weekday()),
            driver=columns.driver.take(some.rows),
            marks=some.marks,
            limit_minutes=limit,
            day=np.full(len(free), day.date.toordinal()),
            leaves=some.leaves,
            to_pickup=some.to_pickup,
            ride=ride,
            detour=np.maximum(60 * limit.astype(np.int64) - some.spare, 0),
            free=free,
        )

    def _is_in_time(self, columns: Columns, some: _Drives, ride: Ints | int, day: Day) -> Able:
        """Whether each passes within the window, its flexibility counted; who gave no hour, on the leg's own day."""
        wish, leg = self.need.wish, self.need.leg
        pickup = some.leaves + some.to_pickup
        anchor = pickup + ride if wish.anchor == "dropoff" else pickup
        # from the middle of the window, whose ends are whole minutes
        away = np.abs(anchor - (wish.earliest + wish.latest) // 2)
        slack = np.multiply(columns.flexibility_minutes.take(some.rows), 60, dtype=np.int64)
        slack += (wish.latest - wish.earliest) // 2
        in_time: Able = away <= slack
        if leg.not_before is not None:
            in_time &= pickup >= leg.not_before.timestamp()
        unknown = some.leaves == NO_HOUR
        if np.count_nonzero(unknown):
            today = rules.first_day(leg)
            in_time[unknown] = day is self.days[0] and (today is None or day.date >= today)
        return in_time

    def _is_valid(self, columns: Columns, rows: Rows, day: Day) -> Able:
        code, last = code_of_day(day.date), columns.last.take(rows)
        valid: Able = last >= code
        valid |= last == 0
        valid &= columns.first.take(rows) <= code
        return valid

    def _is_allowed(self, columns: Columns, some: _Drives) -> Able:
        """Whether the driver may and can take this passenger, and may be shown here."""
        leg = self.need.leg
        allowed = np.ones(len(some.rows), dtype=bool)
        barred = leg.avoid if leg.passenger_id is None else {*leg.avoid, leg.passenger_id}
        driver = columns.driver.take(some.rows) if barred else None
        for one in barred:  # a handful
            allowed &= driver != one
        if leg.is_public:
            allowed &= (some.marks & np.uint32(TEAM_ONLY)) == 0
        if leg.needs:
            allowed &= (leg.needs & ~abilities_of(some.marks.astype(np.int64))) == 0
        return allowed

    def _free_seats(self, columns: Columns, some: _Drives, ride: Ints, day: Day) -> Ints:
        """The seats left on that day and part of the way; none when it does not run."""
        free, extra = seats_of(some.marks.astype(np.int64)), columns.extra.take(some.rows)
        state = self.shelf.on(day.date).take(extra)
        free[state == PAUSED] = 0
        (taken_of,) = (state == TAKEN).nonzero()
        for rank in taken_of.tolist():
            taken = self.shelf[int(extra[rank])].taken(day.date)
            start, end = int(some.to_pickup[rank]), int(some.to_pickup[rank] + ride[rank])
            free[rank] = rules.seats_left(int(free[rank]), taken, start, end)
        return free


class _Drives(NamedTuple):
    """Rows on their way to fitting: when they leave, the seconds to the pick-up, those left within the budget."""

    rows: Rows
    marks: Marks
    leaves: Ints
    to_pickup: Ints
    spare: Ints

    def keep(self, able: Able) -> _Drives:
        """Those that are able."""
        return self.at(able.nonzero()[0])

    def at(self, ranks: Rows) -> _Drives:
        """Those of these ranks."""
        rows, marks, leaves, to_pickup, spare = self
        return _Drives(
            rows.take(ranks), marks.take(ranks), leaves.take(ranks), to_pickup.take(ranks), spare.take(ranks)
        )
