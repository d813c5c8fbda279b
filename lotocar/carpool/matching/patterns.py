"""Departures that differ by their weekday only, said once: « Cahors to Figeac, Monday to Friday at 7:30 »."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from lotocar.carpool.matching.facts import DayRange, DepartureFacts
from lotocar.carpool.trips.rules import SeatPart

MAX_STEP = 255

_place_and_hour = attrgetter(
    "trip_id", "direction", "hour", "day", "origin", "destination", "vias", "driver_id", "seats"
)
_terms = attrgetter(
    "flexibility_minutes", "max_detour_minutes", "base_seconds", "valid_from", "valid_until", "pauses"
)
_who = attrgetter("seats_taken", "abilities", "team_only")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Open departures alike but for their weekday.

    `facts` is the first of them. `weekdays` has a bit for each (the lowest is Monday), none for a date. The
    numbers of the departures go up by `step` from one of these weekdays to the next.
    """

    facts: DepartureFacts
    weekdays: int = 0
    step: int = 0


def patterns(departures: Iterable[DepartureFacts]) -> list[Pattern]:
    """The open departures among these; all those of one trip should come together."""
    ordered = sorted((one for one in departures if one.is_open), key=_order)
    return [pattern for _, alike in groupby(ordered, key=_alike) for pattern in _in_steps(alike)]


def _order(one: DepartureFacts) -> tuple[int, str, bool, int, int, int]:
    minute = -1 if one.hour is None else 60 * one.hour.hour + one.hour.minute
    weekday = -1 if one.weekday is None else one.weekday
    return one.trip_id, one.direction, one.day is None, minute, weekday, one.departure_id


def _alike(one: DepartureFacts) -> tuple[object, ...]:
    return _place_and_hour(one), _terms(one), _who(one)


def _in_steps(alike: Iterable[DepartureFacts]) -> Iterator[Pattern]:
    """Cut where the numbers do not go up evenly, or where a weekday comes twice."""
    group: list[DepartureFacts] = []
    for one in alike:
        if group and not _goes_on(group, one):
            yield _pattern(group)
            group = []
        group.append(one)
    yield _pattern(group)


def _goes_on(group: list[DepartureFacts], one: DepartureFacts) -> bool:
    last = group[-1]
    if one.weekday is None or one.weekday == last.weekday:
        return False
    step = one.departure_id - last.departure_id
    usual = group[1].departure_id - group[0].departure_id if len(group) > 1 else step
    return step == usual and 1 <= step <= MAX_STEP


def _pattern(group: list[DepartureFacts]) -> Pattern:
    first = group[0]
    step = group[1].departure_id - first.departure_id if len(group) > 1 else 0
    return Pattern(first, sum(1 << one.weekday for one in group if one.weekday is not None), step)


@dataclass(frozen=True, slots=True)
class Extras:
    """What only some departures have, and often have alike: days off, seats promised."""

    pauses: tuple[DayRange, ...] = ()
    seats_taken: tuple[tuple[date, tuple[SeatPart, ...]], ...] = ()

    @classmethod
    def of(cls, one: DepartureFacts) -> Extras:
        return cls(one.pauses, tuple(sorted(one.seats_taken.items())))

    def is_paused(self, day: date) -> bool:
        return any(pause.first <= day <= pause.last for pause in self.pauses)

    def state(self, day: date) -> int:
        """PAUSED, TAKEN or RUNS."""
        return PAUSED if self.is_paused(day) else TAKEN if self.taken(day) else RUNS

    def taken(self, day: date) -> tuple[SeatPart, ...]:
        return next((parts for when, parts in self.seats_taken if when == day), ())


RUNS, PAUSED, TAKEN = range(3)  # what extras say of a day: nothing, no departure, some seats promised
_DAYS_KEPT = 64


class Shelf:
    """The distinct Extras by number; number 0 is having none. Numbers are never taken back."""

    def __init__(self) -> None:
        self._extras = [Extras()]
        self._numbers = {Extras(): 0}
        self._days: OrderedDict[date, NDArray[np.uint8]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._extras)

    def __getitem__(self, number: int) -> Extras:
        return self._extras[number]

    def on(self, day: date) -> NDArray[np.uint8]:
        """What each number says of this day: RUNS, PAUSED or TAKEN. Worked out once a day and number."""
        known = self._days.get(day)
        if known is not None and len(known) == len(self._extras):
            return known
        with self._lock:
            before = self._days.get(day, np.zeros(0, dtype=np.uint8))
            new = [extras.state(day) for extras in self._extras[len(before) :]]
            known = self._days[day] = np.append(before, np.array(new, dtype=np.uint8))
            while len(self._days) > _DAYS_KEPT:
                self._days.popitem(last=False)
        return known

    def number_of(self, one: DepartureFacts) -> int:
        """The number of this departure's extras."""
        return self.number(Extras.of(one)) if one.pauses or one.seats_taken else 0

    def number(self, extras: Extras) -> int:
        """The number of these extras, a new one when they are new."""
        with self._lock:
            found = self._numbers.setdefault(extras, len(self._extras))
            if found == len(self._extras):
                self._extras.append(extras)
            return found
