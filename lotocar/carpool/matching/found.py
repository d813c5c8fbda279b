"""What a search found: counted and in order, each candidate said in full only when somebody looks at it.

A screen shows a count and one page. So who answers through the index knows the exact set and its order as
numbers, and makes a Candidate, with all it takes to word its reasons, for the page asked for and no other.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import overload

from lotocar.carpool.matching.candidate import Candidate

_AT_ONCE = 50  # made together while one goes through all


class Found(Sequence[Candidate]):
    """Candidates in the order of `ranking.rank`. `len` is the exact count and makes nobody; a slice makes those it holds.

    Equal to any sequence of the same candidates in the same order.
    """

    @abstractmethod
    def page(self, start: int, stop: int) -> list[Candidate]:
        """Those from one rank to another; 0 ≤ start ≤ stop ≤ len."""

    @property
    def drivers(self) -> frozenset[int]:
        """Who they are, by number."""
        return frozenset(one.driver_id for one in self)

    @property
    def departures(self) -> frozenset[int]:
        """Their departures, by number."""
        return frozenset(one.departure_id for one in self)

    def least_detours(self) -> Mapping[int, int]:
        """For each driver the least detour, in seconds."""
        least: dict[int, int] = {}
        for one in self:
            least[one.driver_id] = min(least.get(one.driver_id, one.detour_seconds), one.detour_seconds)
        return least

    def of_driver(self, driver_id: int) -> Candidate | None:
        """The first of this driver; None when they are not among them."""
        return next((one for one in self if one.driver_id == driver_id), None)

    def without(self, departures: Collection[int]) -> Found:
        """The same but for these departures."""
        return Listed([one for one in self if one.departure_id not in departures]) if departures else self

    @overload
    def __getitem__(self, rank: int) -> Candidate: ...
    @overload
    def __getitem__(self, rank: slice) -> list[Candidate]: ...
    def __getitem__(self, rank: int | slice) -> Candidate | list[Candidate]:
        ranks = range(len(self))[rank]
        if isinstance(ranks, int):
            return self.page(ranks, ranks + 1)[0]
        if not ranks:
            return []
        first, last = min(ranks), max(ranks)
        return self.page(first, last + 1)[:: ranks.step] if ranks.step > 0 else [self[one] for one in ranks]

    def __iter__(self) -> Iterator[Candidate]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self.page(start, min(start + _AT_ONCE, len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({[*self]!r})"


class Listed(Found):
    """Candidates that are made already, in their order."""

    def __init__(self, candidates: Sequence[Candidate] = ()) -> None:
        self._candidates = candidates

    def __len__(self) -> int:
        return len(self._candidates)

    def page(self, start: int, stop: int) -> list[Candidate]:
        return [*self._candidates[start:stop]]


class Chained(Found):
    """Several answers one after another: those of the day asked for, then of the days that would do as well."""

    def __init__(self, parts: Sequence[Found]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def page(self, start: int, stop: int) -> list[Candidate]:
        shown: list[Candidate] = []
        for part in self._parts:
            shown += part[max(start, 0) : max(stop, 0)]
            start, stop = start - len(part), stop - len(part)
        return shown


NOBODY = Listed()
