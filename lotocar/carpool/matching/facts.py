"""What matching speaks of: a driver's departure, a passenger's leg, and the two possible answers.

Frozen and pure. Days and hours are local wall time (Europe/Paris); instants are aware and UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from lotocar.carpool.trips.rules import SeatPart
from lotocar.values.geo import Point


class TimeKind(StrEnum):
    """How the passenger means the hour."""

    LEAVE_AT = "leave_at"
    ARRIVE_BY = "arrive_by"
    AROUND = "around"
    BETWEEN = "between"  # from the hour to `until`: half a day
    NONE = "none"  # any hour of the day


class DayRange(NamedTuple):
    """Days without the trip from `first` to `last`, both included, and why.

    `why`: "pause" (the driver's own), "moved" (that day it runs otherwise), "school" (a break), "term" (outside
    breaks), "holiday", or "month" (the driver has driven as much as they accept that month).
    """

    first: date
    last: date
    why: str = "pause"


@dataclass(frozen=True, slots=True)
class DepartureFacts:
    """One hour at which a driver leaves, one way, on a weekday (0 is Monday) or on a date: exactly one of the two.

    `origin` and `destination` are already those of `direction` ("out" or "back"). `hour` is to the minute;
    None when the driver gave none. `vias` are places that the driver passes by in any case, in the order of
    this direction. `base_seconds` is the whole way by road, vias included, where it was measured.
    `seats_taken` holds the seats already promised, by day. `abilities` are bits of people.rules.ABILITIES, None
    when nobody asked the driver. A `team_only` departure is for the team to propose. `is_open` is False for a
    trip that is stopped or not confirmed, or whose driver is not accepted.
    """

    trip_id: int
    departure_id: int
    driver_id: int
    direction: str
    origin: Point
    destination: Point
    weekday: int | None
    day: date | None
    hour: time | None
    seats: int
    flexibility_minutes: int
    max_detour_minutes: int
    base_seconds: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    pauses: tuple[DayRange, ...] = ()
    seats_taken: Mapping[date, tuple[SeatPart, ...]] = field(default_factory=dict)
    is_open: bool = True
    vias: tuple[Point, ...] = ()
    abilities: int | None = None
    team_only: bool = False

    @property
    def stops(self) -> tuple[Point, ...]:
        """Every place that the driver passes by, in order."""
        return (self.origin, *self.vias, self.destination)


@dataclass(frozen=True, slots=True)
class LegFacts:
    """What a passenger needs, one way, on a day.

    `window_minutes` is how much before an arrival, or after a departure, still suits (None: the usual
    window of `times.wish_of`); `tolerance_minutes` widens the window at both ends. `until` ends a half-day.
    `extra_detour_minutes` also accepts drivers who would have to go that far beyond their own limit. `avoid`
    holds the drivers never to be put with this passenger, whoever of the two asked for it. `not_before`
    leaves out pick-ups already past. `needs` are bits of people.rules.ABILITIES. `is_public` leaves out what
    only the team may propose. `known_drivers` took this passenger the last time: they are marked, no more.
    """

    pickup: Point
    dropoff: Point
    day: date
    time_kind: TimeKind = TimeKind.NONE
    hour: time | None = None
    seats: int = 1
    passenger_id: int | None = None
    window_minutes: int | None = None
    avoid: frozenset[int] = frozenset()
    not_before: datetime | None = None
    until: time | None = None
    tolerance_minutes: int = 0
    extra_detour_minutes: int = 0
    needs: int = 0
    is_public: bool = False
    known_drivers: frozenset[int] = frozenset()


Datum = int | str | bool | datetime | date | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing worth saying about a candidate: a code, and the figures its sentence needs."""

    code: str
    data: Mapping[str, Datum]


class Rule(StrEnum):
    """What can exclude a departure, in the order in which it is looked at; beside each, the unit of `by`."""

    CLOSED = "closed"  # the trip is stopped, or its driver not accepted; by nothing
    HIDDEN = "hidden"  # only the team may propose it; by nothing
    SAME_PERSON = "same_person"  # the passenger is the driver; by nothing
    AVOIDED = "avoided"  # a pair to avoid; by nothing
    NEEDS = "needs"  # abilities missing, counted
    DETOUR = "detour"  # seconds beyond the driver's limit
    DAY = "day"  # days to the nearest day on which the departure runs
    VALIDITY = "validity"  # days before it starts, or after it ended
    PAUSE = "pause"  # days until the trip runs again: a pause, a calendar, or the driver's month is full
    SEATS = "seats"  # seats missing
    HOUR = "hour"  # seconds outside the window, the driver's flexibility counted
    GONE = "gone"  # seconds since the pick-up


@dataclass(frozen=True, slots=True)
class Exclusion:
    """« Pourquoi pas lui ? »: the first rule that excludes a departure, and by how much (unit: see Rule).

    `data` holds what the sentence needs besides.
    """

    trip_id: int
    departure_id: int
    driver_id: int
    direction: str
    rule: Rule
    by: int | None = None
    data: Mapping[str, Datum] = field(default_factory=dict)
