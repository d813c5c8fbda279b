"""French as it is typed in a hurry: plain letters, and numbers in words up to fifty-nine."""

from __future__ import annotations

import re
import unicodedata

UNITS = (
    "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
TENS = ("vingt", "trente", "quarante", "cinquante")


def plain(text: str) -> str:
    """Lower case without accents, typographic apostrophes and dashes made plain, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", bare).replace("œ", "oe").split())


def _named() -> dict[str, int]:
    named = {word: number for number, word in enumerate(UNITS)} | {"une": 1}
    for ten, word in enumerate(TENS, start=2):
        named[word] = 10 * ten
        named |= {f"{word}-et-un": 10 * ten + 1, f"{word}-et-une": 10 * ten + 1, f"{word}-une": 10 * ten + 1}
        named |= {f"{word}-{UNITS[unit]}": 10 * ten + unit for unit in range(1, 10)}
    return named


NUMBERS = _named()
_LONGEST_FIRST = sorted(NUMBERS, key=len, reverse=True)
# for the middle of a bigger pattern, over plain text
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(word.replace('-', '[- ]') for word in _LONGEST_FIRST)})"


def number_of(word: str) -> int:
    """The number that text matched by NUMBER stands for."""
    return int(word) if word.isdecimal() else NUMBERS[word.replace(" ", "-")]
