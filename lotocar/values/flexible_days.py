"""How firm a day is, as a caller says it: « mardi à un jour près », « plutôt mardi », « mardi ou mercredi »."""

from __future__ import annotations

import re
from datetime import date

from lotocar.errors import Invalid
from lotocar.values.days import read_day
from lotocar.values.spoken import NUMBER, number_of, plain

MOST_DAYS_OFF = 3

_WITHIN = re.compile(rf"[,(]?\s*\b(?:a|plus ou moins|\+/-)\s*(?P<count>{NUMBER})\s*jours?(?:\s*pres)?\)?")
_RATHER = re.compile(
    r"[,(]?\s*\b(?:plutot|de preference|si possible|idealement|vers|autour)\b\)?(?:\s+(?:le|du)\b)?"
)
_BESIDE = re.compile(
    r"[,(]?\s*\b(?:ou|voire)\s+(?:bien\s+)?(?:le lendemain|le jour (?:d'apres|suivant|d'avant)|la veille)\)?"
)
_OR = re.compile(r"\s*,?\s*\b(?:ou bien|ou|sinon)\b\s*|\s*,\s*")
_HAS_OR = re.compile(r"\b(?:ou|sinon)\b")


def read_flexibility(text: str) -> tuple[str, int]:
    """The text without what says how firm it is, and how many days it may move either way.

    « mardi à deux jours près » gives « mardi » and 2. The text is as typed when nothing was said.

    Raises:
        Invalid: days_loose (`most`), beyond what may be searched.
    """
    said, most = plain(text), 0
    for found in _WITHIN.finditer(said):
        most = max(most, number_of(found["count"]))
    bare = _BESIDE.sub(" ", _RATHER.sub(" ", _WITHIN.sub(" ", said)))
    if bare == said:
        return text, 0
    return " ".join(bare.split()).strip(" ,"), _within_reach(most or 1)


def read_either_day(text: str, today: date) -> tuple[date, int] | None:
    """The first of several days that would all do, and how far the others are; None when no « ou » is said.

    Raises:
        Invalid: as `days.read_day`; days_loose (`most`), when they are far apart.
    """
    said = plain(text).strip(" ,.")
    if not _HAS_OR.search(said):
        return None
    days = [read_day(part, today) for part in _OR.split(said) if part]
    return days[0], _within_reach(max(abs((day - days[0]).days) for day in days))


def flexible_words(count: int) -> str:
    """« à un jour près »; nothing when the day is firm."""
    return {0: "", 1: "à un jour près", 2: "à deux jours près", 3: "à trois jours près"}[count]


def _within_reach(count: int) -> int:
    if count > MOST_DAYS_OFF:
        raise Invalid("days_loose", most=MOST_DAYS_OFF)
    return count
