"""What a search may look at and what it prefers: the territory's view on every name of France."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from lotocar.world.places import folding
from lotocar.world.places.gazetteer import Commune, departement_of, gazetteer
from lotocar.world.places.home import FAR, INSIDE, Home, closeness
from lotocar.world.places.index import names
from lotocar.world.places.reading import Reading
from lotocar.world.places.rules import BIG_TOWN, CLOSENESS, SIZE_WEIGHT

Lines = npt.NDArray[np.int32]
# of its commune's people, how many a former commune of unknown size is taken to hold
SHARE_OF_FORMER = 0.2


class View:
    """Closeness, size and preference of each name, seen from one territory."""

    def __init__(self, home: Home) -> None:
        book = names()
        own = book.population
        parents = own[book.commune_line]
        # an earlier name (same code) is as big as its commune
        share = np.where(np.array(book.own_code) == np.array(book.insee), 1.0, SHARE_OF_FORMER)
        self.people = np.where(own > 0, own, parents * share)
        self.closeness = closeness(home)[book.commune_line]
        bonus = np.array([CLOSENESS[level] for level in sorted(CLOSENESS)])
        self.preference = bonus[self.closeness] + SIZE_WEIGHT * np.log10(self.people + 1)
        self.is_former = np.arange(len(book)) >= book.communes

    @cached_property
    def forms_worth_more(self) -> npt.NDArray[np.bool_]:
        """Forms that stand for a name of the territory, of its neighbours, or of a big town."""
        of = names().spelled.name_of
        return np.asarray((self.closeness[of] != FAR) | (self.people[of] >= BIG_TOWN))

    def dearest(self, lines: Lines, count: int) -> Lines:
        """The `count` preferred ones of these names."""
        if len(lines) <= count:
            return lines
        return lines[np.argpartition(-self.preference[lines], count)[:count]]

    def is_inside(self, line: int) -> bool:
        """Whether this name belongs to the territory."""
        return bool(self.closeness[line] == INSIDE)


@lru_cache(maxsize=16)
def view(home: Home) -> View:
    """The view of a territory, made at its first search."""
    return View(home)


def allows(reading: Reading, line: int) -> bool:
    """Whether this name fits the postcode, département or commune that came with the words."""
    if not reading.is_narrowed:
        return True
    commune = gazetteer().at(int(names().commune_line[line]))
    return (
        (not reading.departement or commune.departement == reading.departement)
        and (not reading.postcode or reading.postcode in commune.postcodes)
        and (not reading.parent or (_is_former(line) and _is_called(commune, reading.parent)))
    )


def _is_former(line: int) -> bool:
    """A label that names a commune beside a name speaks of a former one."""
    return line >= names().communes


def _is_called(commune: Commune, name: str) -> bool:
    return folding.core(folding.fold(commune.name)) == name


def departement_of_postcode(postcode: str) -> str:
    """The département that most places with this postcode belong to; none for Corsica, split in two."""
    code = departement_of(postcode)
    return code if code in gazetteer().departement_names else ""
