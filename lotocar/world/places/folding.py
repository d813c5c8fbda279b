"""Spellings brought to one form, so that « ST-CERE », « St. Céré » and « saint céré » are the same words.

Every function takes one name or many, one a line: the whole of France is folded in one go when it is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SMALL_WORDS = "a au aux d de des du en et l la le les pres sous sur"
CONNECTORS = frozenset(_SMALL_WORDS.split())
ARTICLES = frozenset({"l", "la", "las", "le", "les", "los"})
SAINT_WORDS = frozenset({"saint", "sainte", "saints", "saintes"})
SAINTS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "lez": "les",
    "nd": "notre dame",
}

_LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
_ACCENTS = re.compile("[\u0300-\u036f]+")  # what NFKD sets apart from its letter
_NOT_A_WORD = re.compile(r"[^a-z0-9\n]+")
_ABBREVIATION = re.compile(rf"\b(?:{'|'.join(SAINTS)})\b")
_CONNECTOR = re.compile(rf"\b(?:{'|'.join(sorted(CONNECTORS))})\b")
_LEADING_ARTICLE = re.compile(rf"(?m)^(?:{'|'.join(sorted(ARTICLES | {'aux'}))}) ")


def fold(text: str) -> str:
    """Lower-case ASCII words separated by single spaces: no accent, hyphen, apostrophe or ligature; « st » is saint."""
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()
    words = _NOT_A_WORD.sub(" ", plain).replace("\n ", "\n").replace(" \n", "\n").strip(" ")
    return _ABBREVIATION.sub(lambda match: SAINTS[match[0]], words)


@lru_cache(maxsize=8192)
def compact(text: str) -> str:
    """The folded words without spaces: « Puy l Eveque » and « Puy-l'Évêque » are both puyleveque."""
    return fold(text).replace(" ", "")


def without_article(words: str) -> str:
    """Folded words without the article they begin with: « le vigan » → vigan."""
    return _LEADING_ARTICLE.sub("", words)


def core(words: str) -> str:
    """Folded words without the small ones that people leave out: « bagnac sur cele » → bagnac cele."""
    return re.sub(" +", " ", _CONNECTOR.sub("", words)).replace("\n ", "\n").replace(" \n", "\n").strip(" ")


def telling_letters(words: str) -> int:
    """How many letters tell this name from others: all but the saint it begins with."""
    first, _, rest = words.partition(" ")
    return len((rest if rest and first in SAINT_WORDS else words).replace(" ", ""))


# What French ears hear alike ends as the same letters. Order matters: longer spellings come first.
_SOUNDS = [
    *[("sch", "x"), ("ch", "x"), ("ph", "f"), ("th", "t"), ("h", "")],
    *[("eau", "o"), ("au", "o"), ("oeu", "e"), ("oe", "e"), ("ou", "u"), ("oo", "u")],
    *[("aill", "ai"), ("eill", "ei"), ("uill", "ui"), ("ill", "il")],
    *[("gea", "ja"), ("geo", "jo"), ("ge", "je"), ("gi", "ji"), ("gy", "ji"), ("gue", "ge"), ("gui", "gi")],
    *[("gn", "n"), ("sce", "se"), ("sci", "si"), ("ce", "se"), ("ci", "si"), ("cy", "si")],
    *[("qu", "k"), ("q", "k"), ("c", "k"), ("z", "s"), ("w", "v"), ("y", "i")],
    *[("ai", "e"), ("ei", "e"), ("mb", "nb"), ("mp", "np")],
]
_NASAL_IN = re.compile(r"[ae]i[mn](?![aeioumny])")
_NASAL_AN = re.compile(r"e([mn])(?![aeioumny])")
_FINAL_IL = re.compile(r"(?<=[aeu])il\b")
_SILENT_END = re.compile(r"(?:es?|[dpstx]+)\b")


def sound(words: str) -> str:
    """A rough key of how the folded words sound, spaces kept: « kaor » and « cahors » are both kaor."""
    heard = _NASAL_IN.sub("in", _FINAL_IL.sub("i", _SILENT_END.sub("", words)))
    for spelling, letter in _SOUNDS:
        heard = heard.replace(spelling, letter)
    heard = _NASAL_AN.sub(r"a\1", heard)
    for letter in "abdefijklmnoprstuvx":
        heard = heard.replace(letter * 2, letter)
    return heard
