"""The places kept by the team, compared with what was typed; a few hundred, looked at one by one at each search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from lotocar.world.places import folding
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.home import INSIDE
from lotocar.world.places.reading import Reading
from lotocar.world.places.rules import (
    CLOSENESS,
    FIRST_WORDS,
    LOCAL_PART,
    LOCAL_WHOLE,
    NEARLY,
    PER_EDIT,
    UNFINISHED,
    WORDS_INSIDE,
    Exactness,
    LocalName,
    edits_forgiven,
)

Fit = tuple[float, Exactness]


@dataclass(frozen=True, slots=True)
class _Folded:
    words: str
    compact: str
    bare: str
    core: str
    core_words: str


@lru_cache(maxsize=8192)
def _folded(name: str) -> _Folded:
    """A pure function of the name: a renamed place is another key, so nothing here goes stale."""
    words = folding.fold(name)
    core = folding.core(words) or words
    compact, bare = words.replace(" ", ""), folding.without_article(words)
    return _Folded(words, compact, bare, core.replace(" ", ""), core)


def local_fits(reading: Reading, places: Iterable[LocalName]) -> Iterator[tuple[LocalName, Fit]]:
    """The team's places that the words may mean, each with its best score (preference included)."""
    if len(reading.compact) < 2:
        return
    for place in places:
        fits = [fit for name in place.names if (fit := _fit(reading, _folded(name)))]
        if fits and _allowed(reading, place):
            score, exactness = max(fits)
            yield place, (score + CLOSENESS[INSIDE], exactness)


def _allowed(reading: Reading, place: LocalName) -> bool:
    commune = gazetteer().commune(place.insee)
    return not reading.is_narrowed or (
        commune is not None
        and (not reading.departement or reading.departement == commune.departement)
        and (not reading.postcode or reading.postcode in commune.postcodes)
        and not reading.parent
    )


def _fit(reading: Reading, name: _Folded) -> Fit | None:
    core = reading.core.replace(" ", "")
    if reading.compact == name.compact or reading.bare == name.bare or core == name.core:
        return LOCAL_WHOLE, Exactness.EXACT
    if name.bare.startswith(reading.bare + " "):
        return FIRST_WORDS + LOCAL_PART, Exactness.BEGINNING
    if name.compact.startswith(reading.compact) or name.core.startswith(core):
        return UNFINISHED + LOCAL_PART, Exactness.BEGINNING
    if _holds(name.words, reading.core):
        return WORDS_INSIDE + LOCAL_PART, Exactness.WORDS
    return _near(reading, core, name)


def _holds(name: str, words: str) -> bool:
    parts = name.split()
    return len(words) >= 3 and all(any(part.startswith(word) for part in parts) for word in words.split())


def _near(reading: Reading, core: str, name: _Folded) -> Fit | None:
    letters = min(folding.telling_letters(reading.core), folding.telling_letters(name.core_words))
    edits = OSA.distance(core, name.core)
    if edits > edits_forgiven(letters, closeness=INSIDE, population=0):
        return None
    return NEARLY + LOCAL_PART - PER_EDIT * edits, Exactness.NEAR
