"""Counts that tell nothing of anybody: under five people, a figure reads « moins de 5 ».

Five people, not five journeys: the same lady going to market every Tuesday is one person. Where the parts of a known
whole are shown, one hidden part alone could be worked out from the others: a second one is hidden with it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

LEAST_PEOPLE = 5
HIDDEN = f"moins de {LEAST_PEOPLE}"

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of requests or rides, and of how many people it speaks; `withheld` hides it to cover another."""

    count: int = 0
    people: int = 0
    withheld: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether the figure may be read. Nothing at all tells of nobody."""
        return self.count == 0 or (self.people >= LEAST_PEOPLE and not self.withheld)

    @property
    def words(self) -> str:
        """The figure, or that it is small; « non communiqué » when it only covers another."""
        if self.is_shown:
            return str(self.count)
        return HIDDEN if self.people < LEAST_PEOPLE else "non communiqué"


def cell(people: Sequence[int]) -> Cell:
    """The count of these requests or rides, given the number of the person of each."""
    return Cell(len(people), len(set(people)))


def protect(parts: Mapping[Key, Cell], *, spare: Collection[Key] = ()) -> dict[Key, Cell]:
    """The parts of a whole that is shown too, so that no hidden one can be worked out from the rest.

    The smallest one covers, and those to `spare` only when there is no other.
    """
    hidden = [key for key, one in parts.items() if not one.is_shown]
    if len(hidden) != 1:
        return dict(parts)
    shown = [key for key, one in parts.items() if one.is_shown and one.count]
    if not shown:
        return dict(parts)
    cover = min(shown, key=lambda key: (key in spare, parts[key].count))
    return dict(parts) | {cover: replace(parts[cover], withheld=True)}


def protect_table(rows: Mapping[Key, Mapping[str, Cell]]) -> dict[Key, dict[str, Cell]]:
    """The same for a table whose totals are told along both sides: each row, then each column, until nothing moves."""
    now = {key: protect(row) for key, row in rows.items()}
    while True:
        columns = {
            name: protect({key: row[name] for key, row in now.items()})
            for name in next(iter(now.values()), {})
        }
        after = {key: protect({name: columns[name][key] for name in row}) for key, row in now.items()}
        if after == now:
            return now
        now = after


def together(parts: Sequence[Cell], whole: Cell) -> Cell:
    """The sum of some parts, hidden when it would give away the only hidden one among them."""
    covered = sum(not one.is_shown for one in parts) == 1
    return replace(whole, withheld=covered)
