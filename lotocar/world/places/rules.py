"""What counts as likely: how sure each kind of likeness is, and how far a spelling may stray.

A score is the sum of three parts: how the words match, where the place is, how big it is. Their sizes settle the
order that the desk expects:

- a name typed in full beats a mere likeness, wherever they are (100 and more, against some 66 + 34 at most);
- at equal words the territory comes before its neighbours, and they before the rest, whatever the sizes;
- « Lissac » is first of all the territory's Lissac-et-Mouret, even if a far commune is called just so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from lotocar.values.geo import Point, Stop
from lotocar.world.places.home import FAR, INSIDE, NEIGHBOUR


class Exactness(IntEnum):
    """How the typed words stand to the place, from the surest to the least sure."""

    EXACT = 6  # its whole name, accents and hyphens aside
    CODE = 5  # its postcode or INSEE code
    BEGINNING = 4  # its name begins so
    WORDS = 3  # words of its name
    WITHIN = 2  # its name is among other words: « gare de Gourdon »
    NEAR = 1  # spelled or heard nearly so


@dataclass(frozen=True, slots=True)
class Hit:
    """A likely place. `label` stands alone (département or commune added where needed); `detail` helps to choose."""

    kind: Literal["commune", "former", "local", "address"]
    label: str
    detail: str
    stop: Stop
    score: float
    exactness: Exactness


@dataclass(frozen=True, slots=True)
class LocalName:
    """A place kept by the team, as search needs it: what people call it, where it is, its commune's INSEE code."""

    id: int
    name: str
    aliases: tuple[str, ...]
    insee: str
    point: Point
    kind: str = ""
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, the official one first."""
        return (self.name, *self.aliases)


WHOLE_NAME = 100.0
WITHOUT_ARTICLE = 97.0
WITHOUT_SMALL_WORDS = 96.0
OTHER_ARTICLE = 76.0
FIRST_WORDS = 85.0
UNFINISHED = 65.0
BUT_ONE_LETTER = 2.0
UNFINISHED_FAR = 60.0
WORDS_INSIDE = 62.0
UNFINISHED_INSIDE = 50.0
NEARLY = 66.0
AMONG_NOISE = 64.0
AMONG_OTHERS = 38.0
MISSPELT_SAINT = 40.0

FORMER_WHOLE, FORMER_WHOLE_ELSEWHERE, FORMER_PART = 2.0, 8.0, 6.0
PER_EDIT = 16.0
LOCAL_WHOLE, LOCAL_PART = 200.0, 6.0

CLOSENESS = {INSIDE: 34.0, NEIGHBOUR: 16.0, FAR: 0.0}
BIG_TOWN = 30_000
SIZE_WEIGHT = 1.5  # per power of ten of people: about 9.5 points for Paris


# Longest name (without « saint » and small words) up to which so much is forgiven, in edits: (length, edits).
_Edits = tuple[tuple[int, float], ...]
_INSIDE_EDITS: _Edits = ((2, 0.0), (3, 0.5), (4, 1.0), (5, 1.25), (6, 1.5), (9, 2.0), (14, 3.0), (99, 4.0))
_NEIGHBOUR_EDITS: _Edits = ((3, 0.0), (4, 0.5), (7, 1.0), (9, 1.5), (13, 2.0), (99, 3.0))
_FAR_EDITS: _Edits = ((8, 0.0), (10, 0.5), (14, 1.0), (99, 2.0))


def edits_forgiven(letters: int, *, closeness: int, population: int) -> float:
    """How many edits a likeness may have: more at home, where few names compete, than over all of France."""
    if closeness == INSIDE:
        table = _INSIDE_EDITS
    elif closeness == NEIGHBOUR or population >= BIG_TOWN:
        table = _NEIGHBOUR_EDITS
    else:
        table = _FAR_EDITS
    return next(edits for longest, edits in table if letters <= longest)
