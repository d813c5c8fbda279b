"""Which zone a département belongs to, and the days on which a trip that follows a calendar does not run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lotocar.errors import Invalid

# académies by zone, decree of 2015 (service-public.fr/particuliers/vosdroits/F31952)
_ZONE_A = "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90"
_ZONE_B = (
    "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 "
    "76 80 83 84 85 88"
)
_ZONE_C = "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95"
_ZONES = {
    departement: zone
    for zone, departements in (("A", _ZONE_A), ("B", _ZONE_B), ("C", _ZONE_C))
    for departement in departements.split()
}
LIBRARY_ZONES = ("A", "B", "C")
CORSICA = "corse"
WARN_BEFORE = timedelta(days=183)
LONGEST_NAME = 60


def zone_of(departement: str) -> str:
    """ "A", "B" or "C"; Corsica and each département overseas are zones of their own, filled by hand."""
    if departement in {"2A", "2B"}:
        return CORSICA
    return _ZONES.get(departement, departement)


class Closure(NamedTuple):
    """Days without the trip, both included; `why` is "school", "term" or "holiday"."""

    first: date
    last: date
    why: str


class Break(NamedTuple):
    """Days without school, both included."""

    first: date
    last: date
    name: str


class Holiday(NamedTuple):
    """A public holiday; `departement` is empty for the whole country."""

    day: date
    name: str
    departement: str


@dataclass(frozen=True)
class Calendar:
    """Breaks by zone, each in order, and public holidays by département ("" for everywhere)."""

    breaks: Mapping[str, Sequence[Break]]
    holidays: Mapping[str, Sequence[date]]

    def closures(self, departement: str, *, school_terms: str, skips_holidays: bool) -> tuple[Closure, ...]:
        """When a trip of this département does not run. `school_terms`: "term", "break" or "" (all the year).

        Past what is known of a zone, school is taken to go on.
        """
        known = self.breaks.get(zone_of(departement), ())
        found: list[Closure] = []
        if school_terms == "term":
            found += (Closure(one.first, one.last, "school") for one in known)
        elif school_terms == "break":
            found += _between(known)
        if skips_holidays:
            days = {*self.holidays.get("", ()), *self.holidays.get(departement, ())}
            found += (Closure(day, day, "holiday") for day in sorted(days))
        return tuple(found)


def _between(breaks: Iterable[Break]) -> list[Closure]:
    """The days outside these breaks, from the first day of all to the last."""
    found, start = [], date.min
    for one in sorted(breaks):
        if start < one.first:
            found.append(Closure(start, one.first - timedelta(days=1), "term"))
        start = max(start, one.last + timedelta(days=1))
    return [*found, Closure(start, date.max, "term")]


def check_break(zone: str, name: str, first_day: date, last_day: date) -> None:
    """Refuse a break that nobody could have.

    Raises:
        Invalid: calendar.zone, calendar.name or calendar.order.
    """
    if not zone or len(zone) > 5:
        raise Invalid("calendar.zone", field="zone")
    check_name(name)
    if last_day < first_day:
        raise Invalid("calendar.order", field="last_day")


def check_name(name: str) -> None:
    """Refuse a name that is empty or too long.

    Raises:
        Invalid: calendar.name.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("calendar.name", field="name", most=LONGEST_NAME)


def ends_soon(last_known: date | None, today: date) -> bool:
    """Whether a zone's data stop within six months, or are missing."""
    return last_known is None or last_known < today + WARN_BEFORE
