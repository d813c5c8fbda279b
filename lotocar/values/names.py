"""People's names: what we accept, how we show them, how we find them again."""

from __future__ import annotations

import unicodedata
from typing import Literal

from lotocar.errors import Invalid

Civility = Literal["mme", "m"]

NAME_MAX = 80  # the longest surname we know of in use in France is half of that
# letters that no Unicode decomposition opens
OPENED = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
TITLES: dict[str, str] = {"mme": "Mme", "m": "M."}


def fold(text: str) -> str:
    """The text as we search it: lower case, no accents, words of letters and digits parted by one space.

    The one folding function of the house: `fold(fold(x)) == fold(x)`.
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(OPENED)
    # folding the case may bring new marks (İ), hence the second decomposition
    bare = unicodedata.normalize("NFKD", decomposed).translate(OPENED)
    kept = (char for char in bare if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in kept).split())


def clean_name(text: str, *, field: str | None = None, max_length: int = NAME_MAX) -> str:
    """The name as typed, composed (NFC), with single plain spaces. Cleaning twice changes nothing.

    Raises:
        Invalid: name_empty; name_control (NUL, line break, invisible direction marks); name_too_long.
    """
    composed = unicodedata.normalize("NFC", text).strip()
    if any(_is_forbidden(char) for char in composed):
        raise Invalid("name_control", field=field)
    name = " ".join(composed.split())
    if not name:
        raise Invalid("name_empty", field=field)
    if len(name) > max_length:
        raise Invalid("name_too_long", field=field, limit=max_length)
    return name


def initial_name(first: str, last: str) -> str:
    """What others may read of a person: « Odile D. », or the first name alone when the surname has no letter."""
    initial = _initial(last)
    return f"{first} {initial}".strip() if initial else first


def polite(civility: Civility | None, first: str, last: str) -> str:
    """What an SMS says of a person: « Mme D. », « M. R. »; « Odile D. » when nobody told us the title."""
    initial = _initial(last)
    if civility is None or not initial:
        return initial_name(first, last)
    return f"{TITLES[civility]} {initial}"


def sort_key(last: str, first: str) -> str:
    """A key of small letters and digits, so that SQLite and any PostgreSQL collation order people alike.

    Spaces become « 0 », which every collation puts before letters, where some ignore spaces.
    """
    return "00".join(fold(part).replace(" ", "0") for part in (last, first))


def _initial(last: str) -> str:
    letter = next((char for char in last if char.isalpha()), "")
    return f"{letter.upper()}." if letter else ""


def _is_forbidden(char: str) -> bool:
    # joiners (U+200C, U+200D) stay: emoji and some scripts need them
    category = unicodedata.category(char)
    return (
        category in {"Cc", "Cs", "Zl", "Zp"} or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
    )
