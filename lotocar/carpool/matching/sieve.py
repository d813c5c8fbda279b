"""One leg asked of many departures at once: first a cut by bounds, then every rule to the second.

All the days on which a driver may leave are swept together; each row goes with the rank of its day in
`days_of`, the leg's own day being 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching import rules
from lotocar.carpool.matching.columns import (
    BACK,
    MINUTES,
    TEAM_ONLY,
    UNKNOWN_HOUR,
    WEEKDAYS,
    WEEKLY_CODE,
    Columns,
    Ints,
    Rows,
    abilities_of,
    code_of_day,
    seats_of,
)
from lotocar.carpool.matching.facts import Candidate
from lotocar.carpool.matching.patterns import Shelf
from lotocar.carpool.matching.routed import Routed
from lotocar.carpool.matching.rules import Need, Way
from lotocar.carpool.matching.table import Table
from lotocar.carpool.matching.times import epoch, epochs
from lotocar.world.roads.router import Ground
from lotocar.world.roads.spots import spot

_MARGIN_S = 2  # bounds are widened by more than any rounding
# a chord is shorter than the ground above it, by less than this up to 3 000 km
_ARC = 1.01
_ALL_DAY = (0, UNKNOWN_HOUR - 1)


@dataclass(frozen=True, slots=True)
class Hits:
    """Departures that fit, each by its numbers: the rank of its day, seconds, seats left."""

    trip: Ints
    departure: Ints
    driver: Ints
    marks: Ints
    minute: Ints
    limit_minutes: Ints
    days: Rows
    to_pickup: Ints
    ride: Ints
    detour: Ints
    free: Ints

    @classmethod
    def joined(cls, parts: Sequence[Hits]) -> Hits:
        """The hits of all the parts."""
        found = [one for one in parts if len(one.days)] or [parts[0]]
        return found[0] if len(found) == 1 else cls(**{name: _column(found, name) for name in _NAMES})

    def told(self, ranks: NDArray[np.intp]) -> list[list[int]]:
        """The columns at these ranks, as plain numbers."""
        return [getattr(self, name)[ranks].tolist() for name in _NAMES]


_NAMES = tuple(one.name for one in fields(Hits))


def _column(parts: Sequence[Hits], name: str) -> Any:
    return np.concatenate([getattr(part, name) for part in parts])


class Reach(NamedTuple):
    """Runs of a table, and for each the least and the most seconds to the pick-up."""

    runs: Rows
    soonest: NDArray[np.float64]
    longest: NDArray[np.float64]

    def take(self, ranks: Rows) -> Reach:
        return Reach(self.runs[ranks], self.soonest[ranks], self.longest[ranks])


class Sieve:
    """A leg, ready to be asked of columns on one ground."""

    def __init__(self, ground: Ground, need: Need, shelf: Shelf) -> None:
        self.ground = ground
        self.need = need
        self.shelf = shelf
        self.days = rules.days_of(need)
        self.pickup = ground.locate([need.leg.pickup])
        self.dropoff = ground.locate([need.leg.dropoff])
        self.weekdays = np.array([day.weekday() for day in self.days])
        self.ordinals = np.array([code_of_day(day) for day in self.days])

    def cut(self, table: Table) -> tuple[Rows, Rows]:
        """The rows of a table that bounds alone cannot exclude, with their day."""
        reach, days = self._reach(table)
        earliest, latest = self._minutes(table, reach, days)
        possible = earliest <= latest
        timed = table.between(reach.runs[possible], earliest[possible], latest[possible])
        own = days == 0
        untimed = table.without_hour(reach.runs[own])
        rows = np.concatenate((_spread(*timed), _spread(*untimed)))
        return rows, np.concatenate(
            (np.repeat(days[possible], timed[1]), np.zeros(int(untimed[1].sum()), np.intp))
        )

    def _reach(self, table: Table) -> tuple[Reach, Rows]:
        """The runs from which a driver could pass by at all, once for each day, and the rank of that day."""
        weekly, dated = table.of_codes(WEEKLY_CODE), table.of_codes(*self.ordinals.tolist())
        reach = self._within_reach(table, np.concatenate((weekly, dated)))
        count = int(np.searchsorted(reach.runs, len(weekly)))
        dated_days = (table.runs.code[reach.runs[count:]][:, None] == self.ordinals).argmax(axis=1)
        played = self._days_in_play(table, reach)
        ranks = np.concatenate((*[np.arange(count)] * len(played), np.arange(count, len(reach.runs))))
        return reach.take(ranks), np.concatenate((played.repeat(count), dated_days))

    def _days_in_play(self, table: Table, reach: Reach) -> Rows:
        """The ranks of the days on which somebody could leave and pass in time: seldom the eve or the morrow."""
        midnight, end = _midnights(self.days)
        flexible = int(table.runs.flexibility_seconds.max(initial=0)) + _MARGIN_S
        to_anchor = self._to_anchor(self.need.ride.seconds)
        first = self.need.wish.earliest - to_anchor - flexible - reach.longest.max(initial=0)
        played = (end > first) & (midnight <= self.need.wish.latest - to_anchor + flexible)
        played[0] = True  # who gave no hour may leave at any hour of the leg's own day
        return np.flatnonzero(played)

    def _within_reach(self, table: Table, runs: Rows) -> Reach:
        here = spot(self.need.leg.pickup)
        fastest, slowest = self.ground.pace_to(self.pickup)
        nearest, farthest = table.distances_m(runs, here)
        soonest = nearest * fastest - _MARGIN_S
        most = table.runs.budget[runs] + (self.need.extra_detour_seconds - self.need.ride.seconds)
        able = soonest <= most
        longest = np.minimum(farthest[able] * _ARC * slowest, most[able])
        return Reach(runs[able], soonest[able], longest)

    def _minutes(self, table: Table, reach: Reach, days: Rows) -> tuple[Ints, Ints]:
        """Between which minutes of its day a driver of each run must leave to pass in time."""
        midnight, end_of_day = _midnights(self.days)
        regular = end_of_day - midnight == 86_400
        wish, flexible = self.need.wish, table.runs.flexibility_seconds[reach.runs]
        start_of_day = midnight[days] + self._to_anchor(self.need.ride.seconds)
        start = wish.earliest - start_of_day - flexible - reach.longest - _MARGIN_S
        end = wish.latest - start_of_day + flexible - reach.soonest + _MARGIN_S
        first, last = _ALL_DAY
        earliest = np.clip(np.floor(start / 60), first, last + 1).astype(np.int64)
        latest = np.clip(np.ceil(end / 60), first - 1, last).astype(np.int64)
        if regular.all():
            return earliest, latest
        # on a day of 23 or 25 hours a minute of the clock says little about the instant
        return np.where(regular[days], earliest, first), np.where(regular[days], latest, last)

    def _to_anchor(self, ride: Any) -> Any:
        """From the pick-up to what the window speaks of."""
        return ride if self.need.wish.anchor == "dropoff" else 0

    def sift(self, columns: Columns, rows: Rows, days: Rows) -> Hits:
        """Those of these rows that fit."""
        runs = self._runs_that_day(columns, rows, days)
        rows, days = rows[runs], days[runs]
        ride, extra = self.need.ride.seconds, self.need.extra_detour_seconds
        to_pickup = self.ground.seconds_between(columns.origin.take(rows), self.pickup)
        able = to_pickup + ride <= columns.budget[rows].astype(np.int64) + extra
        able &= self._is_in_time(columns, rows, days, to_pickup, ride)
        rows, days, to_pickup = rows[able], days[able], to_pickup[able]
        onward = self.ground.seconds_between(self.dropoff, columns.destination.take(rows))
        return self._hits(columns, rows, days, to_pickup, np.full(len(rows), ride), to_pickup + ride + onward)

    def sift_routed(self, routed: Routed) -> Hits | None:
        """Those of the rows with places on the way that fit; None, sooner, when nobody can."""
        rows, days = routed.columns.on_days(self.days)
        possible = self._may_be_in_time(routed.columns, rows, days)
        rows, days = rows[possible], days[possible]
        longest = routed.columns.budget[rows].astype(np.int64) + self.need.extra_detour_seconds
        near = routed.soonest(rows, self.ground, self.pickup) <= longest
        if not near.any():
            return None
        rows, days = rows[near], days[near]
        to_pickup, ride, whole = routed.ways(
            rows, self.ground, self.pickup, self.dropoff, self.need.ride.seconds
        )
        able = self._is_in_time(routed.columns, rows, days, to_pickup, ride)
        return self._hits(routed.columns, rows[able], days[able], to_pickup[able], ride[able], whole[able])

    def _may_be_in_time(self, columns: Columns, rows: Rows, days: Rows) -> NDArray[np.bool_]:
        """Whether the window touches the time on the road: a driver passes between leaving and the longest way."""
        minute = columns.slot[rows] & MINUTES
        leaves, wish = _instants(self.days)[days, minute], self.need.wish
        slack = 60 * columns.flexibility_minutes[rows].astype(np.int64)
        longest = columns.budget[rows].astype(np.int64) + self.need.extra_detour_seconds
        touches = (leaves - slack <= wish.latest) & (wish.earliest <= leaves + longest + slack)
        possible: NDArray[np.bool_] = touches | (minute == UNKNOWN_HOUR)
        return possible

    def _hits(
        self, columns: Columns, rows: Rows, days: Rows, to_pickup: Ints, ride: Ints, whole: Ints
    ) -> Hits:
        """The rows that pass in time and that also fit otherwise, `whole` being the driver's way in seconds."""
        spare = columns.budget[rows].astype(np.int64) - whole
        able = (spare >= -self.need.extra_detour_seconds) & self._is_valid(columns, rows, days)
        able &= self._is_allowed(columns, rows)
        rows, days, spare, to_pickup, ride = (one[able] for one in (rows, days, spare, to_pickup, ride))
        marks = columns.marks[rows].astype(np.int64)
        free = self._free_seats(columns.extra[rows], seats_of(marks), days, to_pickup, ride)
        able = free >= self.need.leg.seats
        rows, days = rows[able], days[able]
        limit = columns.limit_minutes[rows].astype(np.int64)
        return Hits(
            trip=columns.trip[rows].astype(np.int64),
            departure=columns.departures_on(rows, self.weekdays[days]),
            driver=columns.driver[rows].astype(np.int64),
            marks=marks[able],
            minute=(columns.slot[rows] & MINUTES).astype(np.int64),
            limit_minutes=limit,
            days=days,
            to_pickup=to_pickup[able],
            ride=ride[able],
            detour=np.maximum(0, 60 * limit - spare[able]),
            free=free[able],
        )

    def _runs_that_day(self, columns: Columns, rows: Rows, days: Rows) -> NDArray[np.bool_]:
        """Whether each row leaves on its day: a dated one is here for its date."""
        marks = columns.marks[rows]
        wanted = (1 << self.weekdays).astype(np.uint32)[days]
        runs: NDArray[np.bool_] = ((marks & wanted) != 0) | ((marks & WEEKDAYS) == 0)
        return runs

    def _is_in_time(
        self, columns: Columns, rows: Rows, days: Rows, to_pickup: Ints, ride: Any
    ) -> NDArray[np.bool_]:
        minute = columns.slot[rows] & MINUTES
        pickup = _instants(self.days)[days, minute] + to_pickup
        anchor, wish = pickup + self._to_anchor(ride), self.need.wish
        slack = 60 * columns.flexibility_minutes[rows].astype(np.int64)
        in_time = (wish.earliest - slack <= anchor) & (anchor <= wish.latest + slack)
        if self.need.leg.not_before is not None:
            in_time &= pickup >= self.need.leg.not_before.timestamp()
        today = rules.first_day(self.need.leg)
        to_agree = (days == 0) & (today is None or self.days[0] >= today)
        fits: NDArray[np.bool_] = np.where(minute == UNKNOWN_HOUR, to_agree, in_time)
        return fits

    def _is_valid(self, columns: Columns, rows: Rows, days: Rows) -> NDArray[np.bool_]:
        day, last = self.ordinals[days], columns.last[rows]
        valid: NDArray[np.bool_] = (columns.first[rows] <= day) & ((last == 0) | (day <= last))
        return valid

    def _is_allowed(self, columns: Columns, rows: Rows) -> NDArray[np.bool_]:
        """Whether the driver may and can take this passenger, and may be shown here."""
        leg = self.need.leg
        allowed = np.ones(len(rows), dtype=bool)
        barred = [*leg.avoid, *(() if leg.passenger_id is None else (leg.passenger_id,))]
        if barred:
            allowed &= np.isin(columns.driver[rows], np.array(barred, dtype=np.int64), invert=True)
        marks = columns.marks[rows].astype(np.int64)
        if leg.is_public:
            allowed &= (marks & TEAM_ONLY) == 0
        if leg.needs:
            allowed &= (leg.needs & ~abilities_of(marks)) == 0
        return allowed

    def _free_seats(self, extra: NDArray[Any], seats: Ints, days: Rows, to_pickup: Ints, ride: Ints) -> Ints:
        """The seats left on each row's day and part of the way; none when it does not run."""
        free = seats.copy()
        for rank in np.flatnonzero(extra).tolist():
            day, extras = self.days[days[rank]], self.shelf[int(extra[rank])]
            start, end = int(to_pickup[rank]), int(to_pickup[rank] + ride[rank])
            left = rules.seats_left(int(seats[rank]), extras.taken(day), start, end)
            free[rank] = 0 if extras.is_paused(day) else left
        return free

    def order(self, hits: Hits, asked_recently: Mapping[int, int]) -> NDArray[np.intp]:
        """The ranks of these hits in the order of `rules.rank`."""
        unknown = hits.minute == UNKNOWN_HOUR
        anchor = _instants(self.days)[hits.days, hits.minute] + hits.to_pickup + self._to_anchor(hits.ride)
        wanted = self.need.wish.wanted
        gap = np.zeros_like(anchor) if wanted is None else np.where(unknown, 0, np.abs(anchor - wanted))
        asked = np.zeros_like(anchor)
        if asked_recently:
            asked[:] = [asked_recently.get(driver, 0) for driver in hits.driver.tolist()]
        least = (hits.departure, hits.trip, gap, hits.detour, asked)
        return np.lexsort((*least, gap // rules.GAP_STEP_S, unknown, hits.detour // 60))

    def candidates(self, hits: Hits, ranks: NDArray[np.intp]) -> list[Candidate]:
        """The hits of these ranks, said in full."""
        return [self._candidate(*one) for one in zip(*hits.told(ranks), strict=True)]

    def _candidate(
        self,
        trip: int,
        departure: int,
        driver: int,
        marks: int,
        minute: int,
        limit_minutes: int,
        day: int,
        to_pickup: int,
        ride: int,
        detour: int,
        free: int,
    ) -> Candidate:
        abilities = abilities_of(marks)
        return rules.candidate_of(
            self.need,
            trip_id=trip,
            departure_id=departure,
            driver_id=driver,
            direction="back" if marks & BACK else "out",
            day=self.days[day],
            is_weekly=bool(marks & WEEKDAYS),
            leaves=None if minute == UNKNOWN_HOUR else int(_instants(self.days)[day, minute]),
            drive=Way(to_pickup, ride, detour, exact=False),
            max_detour_minutes=limit_minutes,
            free_seats=free,
            abilities=None if abilities < 0 else abilities,
        )


@lru_cache(maxsize=64)
def _midnights(days: tuple[date, ...]) -> tuple[Ints, Ints]:
    """The instants at which each day starts and ends."""
    starts = np.array([epoch(day, 0) for day in days])
    return starts, np.array([epoch(day + timedelta(days=1), 0) for day in days])


@lru_cache(maxsize=64)
def _instants(days: tuple[date, ...]) -> Ints:
    """The instant of each minute of each day; one column more, for rows without an hour."""
    return np.stack([np.append(epochs(day), 0) for day in days])


def _spread(first: Rows, count: Ints) -> Rows:
    """All the ranks from each `first` on, `count` of them."""
    before = np.cumsum(count) - count
    ranks: Rows = np.repeat(first - before, count) + np.arange(int(count.sum()), dtype=np.intp)
    return ranks
