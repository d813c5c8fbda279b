"""Local hours as instants, and the window that a passenger's hour opens.

Instants are whole seconds since 1970 (UTC) here, so that one departure or a million compare alike.

A wall time that a spring night skips (02:30) is read at winter time, so it happens at 03:30; one that an
autumn night holds twice is the first of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.errors import Invalid
from lotocar.values.days import PARIS

USUAL_WINDOW_MINUTES = 90  # after the hour to leave at, or before the hour to be there by
AROUND_MINUTES = 60  # on both sides of « around »
EARLIER_MINUTES = 15  # one can be ready this much before the hour one wished to leave at
MAX_WINDOW_MINUTES = 12 * 60
FAR = 1 << 40  # seconds: beyond any instant
NO_HOUR = -(1 << 45)  # the instant of a departure without an hour
_START = datetime(1970, 1, 1, tzinfo=UTC)


def epoch(day: date, minute: int) -> int:
    """The instant of this minute of the local day (0 to 1439)."""
    local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=PARIS)
    return int(local.timestamp())


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A local day as a sweep reads it: the instants at which it starts and ends, and that of each of its minutes.

    `instants` has an entry more, NO_HOUR, for rows without one. On a regular day minutes follow one another evenly.
    """

    date: date
    start: int
    end: int
    instants: NDArray[np.int64]
    is_regular: bool


@lru_cache(maxsize=64)
def day_of(date: date) -> Day:
    """That day, worked out once."""
    start, end = epoch(date, 0), epoch(date + timedelta(days=1), 0)
    is_regular = end - start == 86_400 and _same_offset(date)
    minutes = start + 60 * np.arange(1440) if is_regular else [epoch(date, one) for one in range(1440)]
    return Day(date, start, end, np.append(minutes, NO_HOUR), is_regular)


def _same_offset(day: date) -> bool:
    first = datetime.combine(day, time(0), tzinfo=PARIS).utcoffset()
    return first == datetime.combine(day, time(23, 59), tzinfo=PARIS).utcoffset()


def minute_of(hour: time) -> int:
    """The minute of the day; seconds are not kept."""
    return hour.hour * 60 + hour.minute


def as_instant(seconds: int) -> datetime:
    """Aware and UTC; in this way, half the time of `fromtimestamp`, which a long list of candidates feels."""
    return _START + timedelta(0, seconds)


@dataclass(frozen=True, slots=True)
class Wish:
    """When the pick-up, or the drop-off, may happen: from `earliest` to `latest`, both included.

    `wanted` is the hour asked for, None when none was, or half a day. The driver's flexibility widens the
    window at both ends.
    """

    anchor: Literal["pickup", "dropoff"]
    wanted: int | None
    earliest: int
    latest: int

    @property
    def is_any_hour(self) -> bool:
        return self.latest == FAR


def wish_of(leg: LegFacts) -> Wish:
    """The window of this leg, widened at both ends by its tolerance.

    - leave at: from 15 minutes before to 90 after, for the pick-up;
    - arrive by: from 90 minutes before to the hour itself, for the drop-off;
    - around: an hour on both sides, for the pick-up;
    - between: from the hour to `until`, for the pick-up (half a day, say);
    - none: whenever the departures of that day pass.

    The leg's own window replaces 90 minutes, or the hour of « around ».

    Raises:
        Invalid: an hour without its meaning or a meaning without its hour ("leg.hour"), an end that is
            missing, needless or before the hour ("leg.until"), a window below zero or above twelve hours
            ("leg.window").
    """
    if (leg.hour is None) != (leg.time_kind is TimeKind.NONE):
        raise Invalid("leg.hour", field="hour")
    if (leg.until is None) != (leg.time_kind is not TimeKind.BETWEEN):
        raise Invalid("leg.until", field="until")
    before, after = _reach(leg)
    if leg.hour is None:
        return Wish("pickup", None, -FAR, FAR)
    hour = int(day_of(leg.day).instants[minute_of(leg.hour)])
    anchor: Literal["pickup", "dropoff"] = "dropoff" if leg.time_kind is TimeKind.ARRIVE_BY else "pickup"
    wanted = None if leg.time_kind is TimeKind.BETWEEN else hour
    return Wish(anchor, wanted, hour - before, hour + after)


def _reach(leg: LegFacts) -> tuple[int, int]:
    """How far the window reaches before and after the hour, in seconds."""
    before, after = _reach_minutes(leg)
    return 60 * (before + leg.tolerance_minutes), 60 * (after + leg.tolerance_minutes)


def _reach_minutes(leg: LegFacts) -> tuple[int, int]:
    usual = _window(leg, AROUND_MINUTES if leg.time_kind is TimeKind.AROUND else USUAL_WINDOW_MINUTES)
    match leg.time_kind:
        case TimeKind.LEAVE_AT:
            return EARLIER_MINUTES, usual
        case TimeKind.ARRIVE_BY:
            return usual, 0
        case TimeKind.AROUND:
            return usual, usual
        case TimeKind.BETWEEN:
            return 0, _length_minutes(leg)
        case TimeKind.NONE:
            return 0, 0


def _window(leg: LegFacts, usual: int) -> int:
    minutes = usual if leg.window_minutes is None else leg.window_minutes
    if not (0 <= minutes <= MAX_WINDOW_MINUTES and 0 <= leg.tolerance_minutes <= MAX_WINDOW_MINUTES):
        raise Invalid("leg.window", field="window")
    return minutes


def _length_minutes(leg: LegFacts) -> int:
    """From the hour to `until`, on the clocks of that day."""
    if leg.hour is None or leg.until is None:
        return 0
    seconds = epoch(leg.day, minute_of(leg.until)) - epoch(leg.day, minute_of(leg.hour))
    if seconds < 0:
        raise Invalid("leg.until", field="until")
    return seconds // 60
