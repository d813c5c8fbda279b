"""Every name of France, ready to be found by its beginning, by a word inside, or by its likeness.

A *form* is one way of saying a place: its whole name, the name without article, the name without small words, its
head (« limogne » for Limogne-en-Quercy). A *name* is a line of the gazetteer: communes first, former names after.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lotocar.world.places import folding
from lotocar.world.places.gazetteer import Gazetteer, gazetteer

Ids = npt.NDArray[np.int32]
Shares = npt.NDArray[np.floating[Any]]

_HEAD = re.compile(rf"(?m)^(\w.*?) (?:{'|'.join(sorted(folding.CONNECTORS))}) .*$")
# heads that say nothing by themselves
_POOR_HEADS = frozenset({"saint", "sainte", "saints", "notre", "mont", "ville"})
_LETTERS = 28


class Names:
    """The folded names of the gazetteer and the indexes over them; built in parts, each at its first use."""

    def __init__(self, book: Gazetteer) -> None:
        self.communes = len(book)
        text = "\n".join(book.column(1)) + "\n" + "\n".join(book.former_column(2))
        self.words_text = folding.fold(text)
        self.words = self.words_text.split("\n")
        self.insee = book.column(0) + book.former_column(4)
        self.commune_line = np.array([book.line_of(code) for code in self.insee], np.int32)
        self.population = np.array([*map(int, book.column(4)), *map(int, book.former_column(5))], np.int32)
        self.own_code = book.column(0) + book.former_column(1)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def bare(self) -> list[str]:
        """Each name without its article."""
        return folding.without_article(self.words_text).split("\n")

    @cached_property
    def cores(self) -> list[str]:
        """Each name without its small words, spaces kept; the whole name when it has no other word."""
        return [
            core or words
            for core, words in zip(folding.core(self.words_text).split("\n"), self.words, strict=True)
        ]

    @cached_property
    def compact(self) -> list[str]:
        """Each name without spaces."""
        return self.words_text.replace(" ", "").split("\n")

    @cached_property
    def beginnings(self) -> Beginnings:
        """The forms in alphabetical order: whole, without article, without small words."""
        bare, cores = _unspaced(self.bare), _unspaced(self.cores)
        forms = [*enumerate(self.compact)]
        forms += [(line, form) for line, form in enumerate(bare) if form != self.compact[line]]
        forms += [
            (line, form) for line, form in enumerate(cores) if form not in {self.compact[line], bare[line]}
        ]
        return Beginnings(sorted((form, line) for line, form in forms))

    @cached_property
    def insides(self) -> Insides:
        """Where each word begins in the names."""
        return Insides(self.words_text)

    @cached_property
    def telling(self) -> list[int]:
        """How many letters tell each form of `spelled` from others."""
        return [*map(folding.telling_letters, self.cores), *(len(head) for head, _ in self.heads)]

    @cached_property
    def heads(self) -> list[tuple[str, int]]:
        """The heads of the names that have one, with their name."""
        bare = "\n".join(self.bare)
        found = _HEAD.sub(r"\1", bare).split("\n")
        return [
            (head.replace(" ", ""), line)
            for line, (head, whole) in enumerate(zip(found, self.bare, strict=True))
            if head != whole and len(head) >= 4 and head not in _POOR_HEADS
        ]

    @cached_property
    def spelled(self) -> Likeness:
        """Forms by the letters they share with what was typed."""
        forms = [*zip(_unspaced(self.cores), range(len(self)), strict=True), *self.heads]
        return Likeness([form for form, _ in forms], np.array([line for _, line in forms], np.int32))

    @cached_property
    def heard(self) -> Likeness:
        """The same forms by how they sound."""
        cores = folding.sound("\n".join(self.cores)).replace(" ", "").split("\n")
        heads = folding.sound("\n".join(head for head, _ in self.heads)).split("\n")
        return Likeness([*cores, *heads], self.spelled.name_of)


class Beginnings:
    """Forms in alphabetical order, so that those that begin alike stand side by side."""

    def __init__(self, forms: list[tuple[str, int]]) -> None:
        self.forms = [form for form, _ in forms]
        self.name_of = np.array([line for _, line in forms], np.int32)

    def equal(self, form: str) -> Ids:
        """The names that have exactly this form."""
        return np.unique(self.name_of[bisect_left(self.forms, form) : bisect_left(self.forms, form + "\0")])

    def starting(self, start: str) -> Ids:
        """The names with a form that starts so."""
        return np.unique(self.name_of[bisect_left(self.forms, start) : bisect_left(self.forms, start + "~")])


class Insides:
    """The words of all names as one text, searched as a whole."""

    def __init__(self, words_text: str) -> None:
        self._text = "\n" + words_text + "\n"
        self._ends = np.flatnonzero(np.frombuffer(self._text.encode(), np.uint8) == ord("\n"))

    def starting(self, words: str) -> Ids:
        """The names where these words come after another word, the last one perhaps unfinished."""
        wanted, places, at = f" {words}", [], -1
        while (at := self._text.find(wanted, at + 1)) >= 0:
            places.append(at)
        lines = np.searchsorted(self._ends, np.array(places, np.int64)) - 1
        return np.unique(lines).astype(np.int32)


class Likeness:
    """Forms by their pairs of letters, beginning and end included: the pre-selection before real distances."""

    def __init__(self, forms: list[str], name_of: Ids) -> None:
        self.forms, self.name_of = forms, name_of
        letters = _numbers("\n" + "\n".join(forms) + "\n")
        pairs = letters[:-1].astype(np.int32) * _LETTERS + letters[1:]
        owner = np.cumsum(letters[:-1] == 0, dtype=np.int32) - 1
        real = pairs != 0
        pairs, owner = pairs[real], owner[real]
        order = np.argsort(pairs.astype(np.uint16), kind="stable")
        self._owner = owner[order].astype(np.int32)
        self._start = np.searchsorted(pairs[order], np.arange(_LETTERS * _LETTERS + 1))
        self._lengths = np.array([len(form) + 1 for form in forms], np.float32)

    def shared(self, form: str) -> tuple[Shares, Shares]:
        """For each form, the share of pairs it has in common with this one (Dice), and how much of this one it holds."""
        letters = _numbers("\n" + form + "\n")
        pairs = np.unique(letters[:-1].astype(np.int32) * _LETTERS + letters[1:])
        owners = [self._owner[self._start[pair] : self._start[pair + 1]] for pair in pairs if pair]
        counts = np.bincount(np.concatenate(owners), minlength=len(self.forms)).astype(np.float32)
        return 2 * counts / (self._lengths + len(form) + 1), counts / (len(form) + 1)


def _numbers(text: str) -> npt.NDArray[np.uint8]:
    """Letters as 1 to 26, digits as 27, line breaks as 0."""
    raw = np.frombuffer(text.encode(), np.uint8)
    return np.where(raw == ord("\n"), 0, np.where(raw < ord("a"), _LETTERS - 1, raw - 96)).astype(np.uint8)


def _unspaced(lines: list[str]) -> list[str]:
    return "\n".join(lines).replace(" ", "").split("\n")


@cache
def names() -> Names:
    """The index over the committed gazetteer, built at the first call of the process."""
    return Names(gazetteer())
