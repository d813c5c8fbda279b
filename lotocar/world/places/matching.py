"""Which names hold the typed words, and how well each one fits before any preference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lotocar.world.places import folding
from lotocar.world.places.home import FAR
from lotocar.world.places.index import names
from lotocar.world.places.reading import NOISE, Reading
from lotocar.world.places.rules import (
    AMONG_OTHERS,
    BIG_TOWN,
    BUT_ONE_LETTER,
    FIRST_WORDS,
    OTHER_ARTICLE,
    UNFINISHED,
    UNFINISHED_FAR,
    UNFINISHED_INSIDE,
    WHOLE_NAME,
    WITHOUT_ARTICLE,
    WITHOUT_SMALL_WORDS,
    WORDS_INSIDE,
    Exactness,
)
from lotocar.world.places.scope import View

MOST = 300  # names looked at closely for one beginning
SHORTEST_BEGINNING = 2
SHORTEST_WORD = 4
FAR_FINISHED, FAR_UNFINISHED = 4, 6
SCATTERED_COSTS = 4.0


@dataclass(frozen=True, slots=True)
class Match:
    """A name (its line in the index), how well it fits before any preference, and in which way."""

    line: int
    score: float
    exactness: Exactness


def whole(reading: Reading) -> Iterator[Match]:
    """Names that are exactly what was typed, but for case, accents, hyphens and small words."""
    book = names()
    bare, core = reading.bare.replace(" ", ""), reading.core.replace(" ", "")
    forms = {form for form in (reading.compact, bare, core) if form}
    for line in {int(line) for form in forms for line in book.beginnings.equal(form)}:
        if book.compact[line] == reading.compact:
            yield Match(line, WHOLE_NAME, Exactness.EXACT)
        elif book.bare[line].replace(" ", "") == bare:
            if reading.words == reading.bare:
                yield Match(line, WITHOUT_ARTICLE, Exactness.EXACT)
            else:
                yield Match(line, OTHER_ARTICLE, Exactness.WORDS)
        elif book.cores[line].replace(" ", "") == core:
            yield Match(line, WITHOUT_SMALL_WORDS, Exactness.EXACT)


def beginnings(reading: Reading, view: View) -> Iterator[Match]:
    """Names that begin with what was typed; a small place far away waits for more letters."""
    book, letters = names(), len(reading.compact)
    if letters < SHORTEST_BEGINNING:
        return
    for start in {reading.compact, reading.core.replace(" ", "")}:
        for line in map(int, view.dearest(book.beginnings.starting(start), MOST)):
            if (
                reading.words != reading.bare
                and book.words[line] == book.bare[line]
                and start != reading.compact
            ):
                continue  # « la lune » is no beginning of Lunegarde
            finished = _starts_with_words(book.words[line], reading.words)
            finished = finished or _starts_with_words(book.cores[line], reading.core)
            if _is_dear(line, view) or letters >= (FAR_FINISHED if finished else FAR_UNFINISHED):
                score = FIRST_WORDS if finished else _unfinished_score(reading, line, view)
                yield Match(line, score, Exactness.BEGINNING)


def _unfinished_score(reading: Reading, line: int, view: View) -> float:
    score = UNFINISHED if view.closeness[line] != FAR else UNFINISHED_FAR
    return score + (BUT_ONE_LETTER if len(names().compact[line]) == len(reading.compact) + 1 else 0.0)


def _starts_with_words(name: str, words: str) -> bool:
    return folding.without_article(name).startswith(folding.without_article(words) + " ")


def words_inside(reading: Reading, view: View) -> Iterator[Match]:
    """Names that hold the typed words further on, the last one perhaps unfinished.

    Far away, only several finished words, or one of a big town's name: « londres » is no village of the Hérault.
    """
    book = names()
    if len(reading.core.replace(" ", "")) < SHORTEST_WORD or reading.core in folding.CONNECTORS:
        return
    for line in view.dearest(book.insides.starting(reading.words), MOST):
        finished = f" {reading.words} " in f"{book.words[line]} "
        if finished and (_is_dear(line, view) or " " in reading.core):
            yield Match(int(line), WORDS_INSIDE, Exactness.WORDS)
        elif view.closeness[line] != FAR:
            yield Match(int(line), UNFINISHED_INSIDE, Exactness.WORDS)
    yield from _scattered(reading, view)


def _is_dear(line: int, view: View) -> bool:
    return bool(view.closeness[line] != FAR or view.people[line] >= BIG_TOWN)


def _scattered(reading: Reading, view: View) -> Iterator[Match]:
    """Names of the territory or around it that hold all the typed words in any order: « germain bel air »."""
    book, words = names(), reading.core.split()
    if len(words) < 2 or all(word in folding.SAINT_WORDS for word in words):
        return
    longest = max(words, key=len)
    lines = np.union1d(book.insides.starting(longest), book.beginnings.starting(longest)).astype(np.int32)
    for line in view.dearest(lines, MOST):
        held = book.words[line].split()
        if _is_dear(line, view) and all(any(part.startswith(word) for part in held) for word in words):
            yield Match(int(line), WORDS_INSIDE - SCATTERED_COSTS, Exactness.WORDS)


def among_others(reading: Reading, view: View, *, big: int) -> Iterator[Match]:
    """A place named at one end of other words: « gare de Gourdon », « 12 rue Gambetta, Cahors ».

    Only places of the territory, its neighbours, or towns of `big` inhabitants: a small name far away is chance.
    """
    words = reading.words.split()
    for size in range(len(words) - 1, 0, -1):
        found = []
        for part in (words[-size:], words[:size]):
            inner = Reading(" ".join(part))
            if len(inner.compact) >= SHORTEST_WORD and not _is_noise(inner):
                found += [match for match in whole(inner) if match.score >= WITHOUT_ARTICLE]
        near = [
            match for match in found if view.closeness[match.line] != FAR or view.people[match.line] >= big
        ]
        if near:
            yield from (Match(match.line, AMONG_OTHERS, Exactness.WITHIN) for match in near)
            return


def _is_noise(reading: Reading) -> bool:
    return all(word in NOISE or word in folding.CONNECTORS for word in reading.words.split())


def is_noise(reading: Reading) -> bool:
    """Whether the words name no place by themselves: « mairie », « rue de la gare »."""
    return bool(reading.words) and _is_noise(reading)


def is_noisy(reading: Reading) -> bool:
    """Whether some of the words are not of a place's name."""
    return any(word in NOISE or word.isdigit() for word in reading.words.split())


def without_noise(reading: Reading) -> str:
    """The words without those around a place: « gare de gourdn » → gourdn."""
    words = reading.words.split()
    loose = NOISE | folding.CONNECTORS
    while words and (words[0] in loose or words[0].isdigit()):
        words.pop(0)
    while words and words[-1] in loose:
        words.pop()
    return " ".join(words)
