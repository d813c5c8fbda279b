"""Several legs at once: flexible dates, a series of dates, a way out and a way back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lotocar.carpool.matching.facts import Candidate, LegFacts

Finder = Callable[[LegFacts], Sequence[Candidate]]
ByDay = Mapping[date, Sequence[Candidate]]


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
        for driver, best in _best_of_each(found).items():
            days.setdefault(driver, []).append(day)
            detours.setdefault(driver, []).append(best)
    order = sorted(days, key=lambda one: (-len(days[one]), sum(detours[one]) / len(days[one]), one))
    return [Companion(driver, tuple(sorted(days[driver]))) for driver in order]


def _best_of_each(found: Sequence[Candidate]) -> dict[int, int]:
    best: dict[int, int] = {}
    for one in found:
        best[one.driver_id] = min(best.get(one.driver_id, one.detour_seconds), one.detour_seconds)
    return best


def both_ways(out: Sequence[Candidate], back: Sequence[Candidate]) -> frozenset[int]:
    """The drivers who could take the passenger there and bring them home."""
    return frozenset({one.driver_id for one in out} & {one.driver_id for one in back})


def unserved(by_day: ByDay) -> tuple[date, ...]:
    """The days on which nobody fits."""
    return tuple(day for day, found in by_day.items() if not found)


def counts(by_day: ByDay) -> Mapping[date, int]:
    """How many drivers fit on each day."""
    return {day: len({one.driver_id for one in found}) for day, found in by_day.items()}
