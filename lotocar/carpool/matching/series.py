"""Several legs at once: flexible dates, a series of dates, a way out and a way back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.found import Found

Finder = Callable[[LegFacts], Found]
ByDay = Mapping[date, Found]


def on_each_day(leg: LegFacts, days: Iterable[date], find: Finder) -> ByDay:
    """The candidates of each day in order; a day when nobody fits has an empty list."""
    return {day: find(replace(leg, day=day)) for day in sorted({*days})}


@dataclass(frozen=True, slots=True)
class Companion:
    """A driver and the days of a series that they could serve, in order."""

    driver_id: int
    days: tuple[date, ...]


def companions(by_day: ByDay) -> list[Companion]:
    """The drivers of a series, those who serve most days first, then by their mean detour, then by number."""
    days: dict[int, list[date]] = {}
    detours: dict[int, list[int]] = {}
    for day, found in by_day.items():
        for driver, best in found.least_detours().items():
            days.setdefault(driver, []).append(day)
            detours.setdefault(driver, []).append(best)
    order = sorted(days, key=lambda one: (-len(days[one]), sum(detours[one]) / len(days[one]), one))
    return [Companion(driver, tuple(sorted(days[driver]))) for driver in order]


class EachOnce(Found):
    """The drivers of a series in the order of `companions`, each by the candidate of the first day that they serve."""

    def __init__(self, by_day: ByDay) -> None:
        self.companions = companions(by_day)
        self._by_day = by_day

    def __len__(self) -> int:
        return len(self.companions)

    def page(self, start: int, stop: int) -> list[Candidate]:
        firsts = (self._by_day[one.days[0]].of_driver(one.driver_id) for one in self.companions[start:stop])
        return [one for one in firsts if one is not None]

    @property
    def drivers(self) -> frozenset[int]:
        return frozenset(one.driver_id for one in self.companions)


def served_by(driver_id: int, by_day: ByDay) -> Mapping[date, Candidate]:
    """The best candidate of this driver on each day that they serve."""
    found = ((day, found.of_driver(driver_id)) for day, found in by_day.items())
    return {day: one for day, one in found if one is not None}


def both_ways(out: Found, back: Found) -> frozenset[int]:
    """The drivers who could take the passenger there and bring them home."""
    return out.drivers & back.drivers


def unserved(by_day: ByDay) -> tuple[date, ...]:
    """The days on which nobody fits."""
    return tuple(day for day, found in by_day.items() if not found)


def counts(by_day: ByDay) -> Mapping[date, int]:
    """How many drivers fit on each day."""
    return {day: len(found.drivers) for day, found in by_day.items()}
