"""The hours at which somebody may be rung: « après 18 h », « le matin sauf mercredi », « entre 12h et 14h ».

What is written stays what people read; here is only what can be understood of it. Nobody is rung before 8:00
or after 20:30 anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lotocar.errors import Invalid
from lotocar.values.days import DAY_NAMES, PARIS
from lotocar.values.hours import local_instant_lenient, read_hour
from lotocar.values.spoken import plain

EARLIEST, LATEST = time(8), time(20, 30)
PARTS = {
    "apres-midi": (time(13, 30), time(18)),
    "apres midi": (time(13, 30), time(18)),
    "matin": (EARLIEST, time(12)),
    "midi": (time(12), time(14)),
    "soir": (time(18), LATEST),
}
LOOK_AHEAD = 8  # days: a week, whatever weekday it begins on
CLOCK = r"(\d{1,2}\s*(?:h|:)\s*(?:\d{2})?|\d{1,2}\s*heures?)"
BETWEEN = re.compile(rf"(?:entre|de|d')?\s*{CLOCK}\s*(?:et|a|-|jusqu'a)\s*{CLOCK}")
AFTER = re.compile(rf"(?:apres|a partir de|des|pas avant)\s*{CLOCK}")
BEFORE = re.compile(rf"(?:jusqu'a|avant|pas apres)\s*{CLOCK}")
WEEKDAY = "|".join(DAY_NAMES)
RANGE = re.compile(rf"(?:du )?({WEEKDAY})s? (?:au|a) ({WEEKDAY})s?")
EXCEPT = re.compile(
    rf"(?:sauf|pas|hors)(?: le| les| l')? ?((?:(?:{WEEKDAY}|week-end)s?(?:,| et| ou| le)* ?)+)"
)
NAMED = re.compile(rf"\b({WEEKDAY})s?\b")
ALL_WEEK = frozenset(range(7))
WEEK_END = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class CallHours:
    """Windows of the local clock, and the weekdays they hold on (0 is Monday)."""

    windows: tuple[tuple[time, time], ...] = ((EARLIEST, LATEST),)
    days: frozenset[int] = ALL_WEEK

    def opens_at(self, now: datetime) -> datetime:
        """`now` when the person may be rung now, else the next instant at which they may. Aware, in UTC."""
        today = now.astimezone(PARIS).date()
        for ahead in range(LOOK_AHEAD):
            for first, last in self._on(today + timedelta(days=ahead)):
                if now < last:
                    return max(now, first)
        return now  # hours that never come hold nobody back

    def _on(self, day: date) -> list[tuple[datetime, datetime]]:
        if day.weekday() not in self.days:
            return []
        return [
            (local_instant_lenient(day, first), local_instant_lenient(day, last))
            for first, last in sorted(self.windows)
        ]


def read_call_hours(text: str) -> CallHours:
    """What can be understood of these words; the general hours when nothing can."""
    said = plain(text)
    days, rest = _days(said)
    return CallHours(_windows(rest) or ((EARLIEST, LATEST),), days)


def _days(said: str) -> tuple[frozenset[int], str]:
    """The weekdays said, and the text without them."""
    refused: set[int] = set()
    for found in EXCEPT.finditer(said):
        refused |= _named(found[1])
    rest = EXCEPT.sub(" ", said)
    wanted: set[int] = set()
    for found in RANGE.finditer(rest):
        first, last = DAY_NAMES.index(found[1]), DAY_NAMES.index(found[2])
        wanted |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    wanted |= _named(RANGE.sub(" ", rest))
    if "en semaine" in rest:
        wanted |= ALL_WEEK - WEEK_END
    left = (wanted or ALL_WEEK) - refused
    return frozenset(left or ALL_WEEK), NAMED.sub(" ", RANGE.sub(" ", rest))


def _named(said: str) -> set[int]:
    days = {DAY_NAMES.index(name) for name in NAMED.findall(said)}
    return days | (WEEK_END if re.search(r"week-?end", said) else frozenset())


def _windows(said: str) -> tuple[tuple[time, time], ...]:
    found: list[tuple[time, time]] = []
    for first, last in BETWEEN.findall(said):
        found += _window(_hour(first), _hour(last))
    rest = BETWEEN.sub(" ", said)
    after, rest = AFTER.findall(rest), AFTER.sub(" ", rest)  # « pas avant 10h » also holds « avant 10h »
    before = BEFORE.findall(rest)
    if after or before:
        found += _window(_hour(after[0]) if after else EARLIEST, _hour(before[0]) if before else LATEST)
    for part, hours in PARTS.items():
        if re.search(rf"\b{part}\b", rest):
            found.append(hours)
            rest = rest.replace(part, " ")
    return tuple(found)


def _window(first: time | None, last: time | None) -> list[tuple[time, time]]:
    """The window within decent hours; none when it is empty there, or was not understood."""
    if first is None or last is None:
        return []
    first, last = max(first, EARLIEST), min(last, LATEST)
    return [(first, last)] if first < last else []


def _hour(said: str) -> time | None:
    try:
        return read_hour(said)
    except Invalid:
        return None
