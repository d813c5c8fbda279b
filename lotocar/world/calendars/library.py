"""What two libraries know of French calendars, as our own types. They only pre-fill our tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from holidays import country_holidays
from vacances_scolaires_france import SchoolHolidayDates

from lotocar.world.calendars.rules import LIBRARY_ZONES, Break, Holiday

# départements whose holidays differ, by the name that the library gives them: droit local of Alsace-Moselle, overseas
SPECIAL = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
}


@cache
def _known() -> Any:
    """The library reads its file each time it is made: once is enough."""
    return SchoolHolidayDates()


def school_years() -> range:
    """The years in which breaks known to the library begin."""
    known = _known()
    return range(known.min_year, known.max_year + 1)


def school_breaks(year: int) -> Iterator[tuple[str, Break]]:
    """(zone, break) for each break that begins in this year; none when the library does not know it."""
    known = _known()
    if year not in school_years():
        return
    after = known.holidays_for_year(year + 1) if year + 1 in school_years() else {}
    days = {**known.holidays_for_year(year), **after}
    for zone in LIBRARY_ZONES:
        mine = sorted(day for day, said in days.items() if said[f"vacances_zone_{zone.lower()}"])
        for first, last in _runs(mine):
            # what began the year before came with that year, unless the library does not go so far back
            began_before = first == date(year, 1, 1) and year - 1 in school_years()
            if first.year == year and not began_before:
                yield zone, Break(first, last, str(days[first]["nom_vacances"]))


def _runs(days: list[date]) -> Iterator[tuple[date, date]]:
    first = previous = None
    for day in days:
        if first is None or previous is None:
            first = day
        elif day - previous > timedelta(days=1):
            yield first, previous
            first = day
        previous = day
    if first is not None and previous is not None:
        yield first, previous


def public_holidays(year: int) -> Iterator[Holiday]:
    """Those of the whole country, then what some départements add."""
    everywhere = dict(country_holidays("FR", years=year, language="fr"))
    for day, name in sorted(everywhere.items()):
        yield Holiday(day, name, "")
    for departement, subdivision in SPECIAL.items():
        own = country_holidays("FR", subdiv=subdivision, years=year, language="fr")
        for day in sorted(own.keys() - everywhere.keys()):
            yield Holiday(day, own[day], departement)
