"""Names spelled or heard nearly like what was typed: real distances, after a pre-selection by pairs of letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from lotocar.world.places import folding
from lotocar.world.places.home import FAR, INSIDE
from lotocar.world.places.index import Shares, names
from lotocar.world.places.matching import Match
from lotocar.world.places.reading import Reading
from lotocar.world.places.rules import NEARLY, PER_EDIT, Exactness, edits_forgiven
from lotocar.world.places.scope import View

LEAST_SHARE = 0.36
CLOSEST_FORMS = 45
HEAD_COSTS = 7.0
UNFINISHED_COSTS = 6.0
MOST_EDITS_OF_HEAD = 1.0
OTHER_INITIAL = 1.0  # edits: people rarely miss the first letter
BY_EAR = 0.5  # edits
SHORT_SOUND = 3  # so little sounds alike by chance
SHUFFLED, SHORTEST_SHUFFLE = 1.25, 6
BY_TWIN = 0.25  # edits
TWINS = str.maketrans("kqyzw", "ccisv")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed in the shapes that likeness compares, and how many letters of it tell."""

    core: str
    compact: str
    heard: str
    letters: int
    letters_of_all: int


def nearly(reading: Reading, view: View, *, everywhere_as_inside: bool = False) -> Iterator[Match]:
    """Names spelled or heard nearly like what was typed, within what their closeness and size forgive."""
    typed = _Typed(
        core=reading.core.replace(" ", ""),
        compact=reading.compact,
        heard=folding.sound(reading.core).replace(" ", ""),
        letters=folding.telling_letters(reading.core),
        letters_of_all=folding.telling_letters(reading.words),
    )
    if typed.letters < 3 or any(letter.isdigit() for letter in typed.core) or not typed.heard:
        return
    for form in _closest(typed, view):
        yield from _compared(typed, form, view, everywhere_as_inside)


def _closest(typed: _Typed, view: View) -> Iterable[int]:
    """The forms worth a real distance: those that share most pairs of letters, written or heard."""
    book = names()
    by_letters, held_letters = book.spelled.shared(typed.core)
    by_ear, held_ear = book.heard.shared(typed.heard)
    share, held = np.maximum(by_letters, by_ear), np.maximum(held_letters, held_ear)
    dear = view.forms_worth_more
    chosen = [_best(np.where(mask, share, 0)) for mask in (dear, ~dear)]
    chosen.append(_best(np.where(dear, held, 0) - 0.001 * share))
    return map(int, np.unique(np.concatenate(chosen)))


def _best(share: Shares) -> npt.NDArray[np.intp]:
    best = np.argpartition(-share, CLOSEST_FORMS)[:CLOSEST_FORMS]
    return best[share[best] >= LEAST_SHARE]


def _compared(typed: _Typed, form: int, view: View, as_inside: bool) -> Iterator[Match]:
    book = names()
    line = int(book.spelled.name_of[form])
    closeness = INSIDE if as_inside else int(view.closeness[line])
    is_head = form >= len(book)
    ways = [*_distances(typed, form), *(() if is_head else _whole_distances(typed, line, closeness))]
    people = int(view.people[line])
    fit = [
        edits for edits, told in ways if edits <= edits_forgiven(told, closeness=closeness, population=people)
    ]
    if fit and (not is_head or min(fit) <= MOST_EDITS_OF_HEAD):
        yield Match(line, NEARLY - PER_EDIT * min(fit) - (HEAD_COSTS if is_head else 0.0), Exactness.NEAR)
    elif closeness != FAR and not is_head:
        yield from _unfinished(typed, form, line, closeness)


def _distances(typed: _Typed, form: int) -> Iterator[tuple[float, int]]:
    """Edits between what was typed and a form, each with the number of letters that tell: written, and heard."""
    book = names()
    spelled, heard = book.spelled.forms[form], book.heard.forms[form]
    other_initial = typed.core[0] != spelled[0] and typed.heard[0] != heard[:1]
    letters = min(typed.letters, book.telling[form])
    for edits in (
        float(OSA.distance(typed.core, spelled)),
        BY_TWIN + OSA.distance(typed.core.translate(TWINS), spelled.translate(TWINS)),
        _by_ear(heard) + OSA.distance(typed.heard, heard),
    ):
        yield (edits + OTHER_INITIAL if other_initial and edits > 1 else edits), letters


def _whole_distances(typed: _Typed, line: int, closeness: int) -> Iterator[tuple[float, int]]:
    """Nearby, the same with small words and all (« el roc »); in the territory, with letters out of order (« carjac »)."""
    book = names()
    if closeness == FAR:
        return
    edits = float(OSA.distance(typed.compact, book.compact[line]))
    if closeness != INSIDE:
        yield edits, typed.letters
        return
    yield edits, min(typed.letters_of_all, folding.telling_letters(book.words[line]))
    if _is_shuffled(typed.core, book.spelled.forms[line]):
        yield SHUFFLED, typed.letters


def _is_shuffled(typed: str, spelled: str) -> bool:
    return typed[0] == spelled[0] and len(typed) >= SHORTEST_SHUFFLE and sorted(typed) == sorted(spelled)


def _by_ear(heard: str) -> float:
    return BY_EAR if len(heard) > SHORT_SOUND else 2 * BY_EAR


def _unfinished(typed: _Typed, form: int, line: int, closeness: int) -> Iterator[Match]:
    """A name whose beginning is nearly what was typed: « lacapele mari »."""
    spelled = names().spelled.forms[form]
    long, longer = (8, 12) if closeness == INSIDE else (9, 99)
    allowed = (typed.letters >= long) + (typed.letters >= longer)
    size = len(typed.core)
    if not allowed or len(spelled) <= size or typed.core[0] != spelled[0]:
        return
    edits = min(OSA.distance(typed.core, spelled[:end]) for end in (size - 1, size, size + 1))
    if edits <= allowed:
        yield Match(line, NEARLY - PER_EDIT * edits - UNFINISHED_COSTS, Exactness.NEAR)
