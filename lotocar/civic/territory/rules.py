"""The figures of a period, from plain facts: who asked, what became of it, who drove."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from lotocar.carpool.requests.rules import OUTCOMES, SERVED
from lotocar.civic.territory.protection import LEAST_PEOPLE, Cell, cell, protect, protect_table, together

OPEN = "open"
FATES = (*OUTCOMES, OPEN)
UNSERVED = ("unserved_no_driver", "unserved_declined", "unserved_late")
KINDS = ("served", "unserved", "other")
LINES_SHOWN = 12

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: communes are those of its first leg, `outcome` is None while it is open."""

    passenger_id: int
    source: str
    outcome: str | None
    created_at: datetime
    answered_at: datetime | None
    origin: str
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """One ride that took place."""

    driver_id: int
    passenger_id: int
    distance_m: int
    seats: int


@dataclass(frozen=True, slots=True)
class Delays:
    """How long people waited for an answer: half of them less than `half`; shares from 0 to 1."""

    half: timedelta
    within_a_day: float
    within_two_days: float


@dataclass(frozen=True, slots=True)
class CommuneFigures:
    """What was asked from one commune, from the small ones of an intercommunalité, or (code empty) from the rest."""

    code: str
    asked: Cell
    served: Cell
    unserved: Cell


@dataclass(frozen=True, slots=True)
class Line:
    """A journey for which drivers are missing, either way: two communes, or two intercommunalités."""

    ends: tuple[str, str]
    unserved: Cell


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole of a period. `delays` and `km` are None when they would tell of too few people."""

    asked: Cell
    sources: dict[str, Cell]
    fates: dict[str, Cell]
    served: Cell
    unserved: Cell
    delays: Delays | None
    rides: Cell
    drivers: Cell
    passengers: Cell
    km: int | None
    communes: tuple[CommuneFigures, ...]

    @property
    def served_share(self) -> float | None:
        """Served requests among all, or None when one of the two figures is hidden."""
        if not (self.asked.count and self.asked.is_shown and self.served.is_shown):
            return None
        return self.served.count / self.asked.count


def figures(asked: Sequence[Asked], driven: Sequence[Driven], *, epci_of: Callable[[str], str]) -> Figures:
    """All the figures of a period, protected."""
    fates = protect(_counted(asked, _fate, FATES), spare=SERVED)
    rides = cell([one.passenger_id for one in driven])
    return Figures(
        asked=_cell(asked),
        sources=protect(_counted(asked, lambda one: one.source, ("desk", "web"))),
        fates=fates,
        served=together([fates[code] for code in FATES if code in SERVED], _cell(filter(_is_served, asked))),
        unserved=together([fates[code] for code in UNSERVED], _cell(filter(_is_unserved, asked))),
        delays=delays(asked),
        rides=rides,
        drivers=_heads(one.driver_id for one in driven),
        passengers=_heads(one.passenger_id for one in driven),
        km=round(sum(one.distance_m for one in driven) / 1000) if rides.is_shown else None,
        communes=by_commune(asked, epci_of=epci_of),
    )


def delays(asked: Sequence[Asked]) -> Delays | None:
    """How long it took to answer, among the requests that have an answer; None under five people."""
    answered = [(one.passenger_id, one.answered_at - one.created_at) for one in asked if one.answered_at]
    if len({person for person, _ in answered}) < LEAST_PEOPLE:
        return None
    waits = [wait for _, wait in answered]
    return Delays(
        half=timedelta(seconds=median(wait.total_seconds() for wait in waits)),
        within_a_day=_share(waits, timedelta(days=1)),
        within_two_days=_share(waits, timedelta(days=2)),
    )


def by_commune(asked: Sequence[Asked], *, epci_of: Callable[[str], str]) -> tuple[CommuneFigures, ...]:
    """Where people leave from, the most asked first.

    Communes of too few people stand together by intercommunalité (its SIREN), and the rest of the rest at the end.
    """
    grouped = _large(asked, (lambda one: one.origin, lambda one: epci_of(one.origin), lambda one: ""))
    whole = protect({code: _cell(group) for code, group in grouped.items()})
    rows = {code: _counted(group, _kind_of_end, KINDS) for code, group in grouped.items()}
    for code, cell_ in whole.items():
        if not cell_.is_shown:
            rows[code] = {kind: replace(one, withheld=True) for kind, one in rows[code].items()}
    rows = protect_table(rows)
    order = sorted(grouped, key=lambda code: (code == "", len(code) > 5, -whole[code].count, code))
    return tuple(
        CommuneFigures(code, whole[code], rows[code]["served"], rows[code]["unserved"]) for code in order
    )


def _large(asked: Sequence[Asked], keys: Sequence[Callable[[Asked], str]]) -> dict[str, list[Asked]]:
    """Groups of enough people by the first key; what is too small is grouped by the next, and so on to the last."""
    grouped = _grouped(asked, keys[0])
    if len(keys) == 1:
        return grouped
    kept = {code: group for code, group in grouped.items() if _cell(group).is_shown}
    small = [one for code, group in grouped.items() if code not in kept for one in group]
    return kept | _large(small, keys[1:])


def missing_lines(
    asked: Sequence[Asked], *, epci_of: Callable[[str], str]
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Where to look for drivers: between communes, then, for what is left, between intercommunalités."""
    unserved = [one for one in asked if _is_unserved(one)]
    by_pair = _grouped(unserved, lambda one: _ends(one.origin, one.destination))
    lines = _lines(by_pair)
    named = {line.ends for line in lines}
    rest = [one for ends, group in by_pair.items() if ends not in named for one in group]
    wider = _grouped(rest, lambda one: _ends(epci_of(one.origin), epci_of(one.destination)))
    return lines, tuple(line for line in _lines(wider) if all(line.ends))


def unserved_from(asked: Sequence[Asked]) -> dict[str, Cell]:
    """Unserved requests by the commune they leave from, for the map."""
    grouped = _grouped([one for one in asked if _is_unserved(one)], lambda one: one.origin)
    return {insee: _cell(group) for insee, group in grouped.items()}


def _lines(grouped: Mapping[tuple[str, str], Sequence[Asked]]) -> tuple[Line, ...]:
    found = [Line(ends, _cell(group)) for ends, group in grouped.items()]
    shown = [line for line in found if line.unserved.is_shown]
    return tuple(sorted(shown, key=lambda line: (-line.unserved.count, line.ends))[:LINES_SHOWN])


def _kind_of_end(one: Asked) -> str:
    if _is_served(one):
        return "served"
    return "unserved" if _is_unserved(one) else "other"


def _fate(one: Asked) -> str:
    return one.outcome or OPEN


def _is_served(one: Asked) -> bool:
    return one.outcome in SERVED


def _is_unserved(one: Asked) -> bool:
    return one.outcome in UNSERVED


def _ends(one: str, other: str) -> tuple[str, str]:
    first, last = sorted((one, other))
    return first, last


def _cell(asked: Iterable[Asked]) -> Cell:
    return cell([one.passenger_id for one in asked])


def _heads(people: Iterable[int]) -> Cell:
    count = len(set(people))
    return Cell(count, count)


def _counted(asked: Sequence[Asked], key: Callable[[Asked], str], known: Sequence[str]) -> dict[str, Cell]:
    grouped = _grouped(asked, key)
    return {name: _cell(grouped.get(name, [])) for name in known}


def _grouped(asked: Iterable[Asked], key: Callable[[Asked], Key]) -> dict[Key, list[Asked]]:
    found: dict[Key, list[Asked]] = defaultdict(list)
    for one in asked:
        found[key(one)].append(one)
    return dict(found)


def _share(waits: Sequence[timedelta], limit: timedelta) -> float:
    return sum(wait <= limit for wait in waits) / len(waits)
