"""An hour with what is meant by it, as a caller says it: « avant 10h », « après 11h30, pas sûre », « le matin »."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from lotocar.errors import Invalid
from lotocar.values.hours import read_hour
from lotocar.values.spoken import plain
from lotocar.values.wording import hour_words


@dataclass(frozen=True, slots=True)
class WishedHour:
    """`kind` is leave_at, arrive_by, around, between or none, and None when nothing was said of it.

    `until` ends « between »; `unsure` is « pas sûre ».
    """

    kind: str | None
    hour: time | None
    until: time | None = None
    unsure: bool = False


_UNSURE = re.compile(
    r"[(,]?\s*\b(?:(?:c'est )?pas (?:tout a fait )?(?:sure?|certaine?)|peut-etre|je crois|a confirmer)\b\)?|\?"
)
_ANY = re.compile(
    r"(?:n'importe(?: quand)?|peu importe|toute la journee|quand (?:vous|on) (?:voulez|veut)|-)"
)
_MEANT = (
    (
        "leave_at",
        re.compile(r"(?:pas avant|(?:partir |depart )?(?:apres|a partir de)|des|partir a|depart(?: a)?)\s+"),
    ),
    (
        "arrive_by",
        re.compile(
            r"(?:(?:y etre |arriver |arrivee )?(?:avant|pour|au plus tard a?)|y etre a|arriver a|arrivee(?: a)?)\s+"
        ),
    ),
    ("around", re.compile(r"(?:vers|autour de|aux alentours de|environ|~)\s*")),
)
_BETWEEN = re.compile(r"(?:entre|de)\s+(?P<first>.+?)\s+(?:et|a)\s+(?P<last>.+)")
_HALF_DAYS = (
    (re.compile(r"(?:le |dans la |en )?mat(?:in|inee)"), time(8), time(12)),
    (re.compile(r"(?:l'|dans l'|en )?apres[- ]?midi|aprem"), time(13, 30), time(18)),
    (re.compile(r"(?:le |en |dans la )?soir(?:ee)?"), time(18), time(21)),
)


def read_wished_hour(text: str, *, field: str | None = None) -> WishedHour:
    """What this text says of the hour.

    Raises:
        Invalid: as `hours.read_hour`; hours_crossed (« entre 12h et 8h »).
    """
    said = plain(text)
    bare = _UNSURE.sub(" ", said).strip(" ,.")
    unsure = bare != said.strip(" ,.")
    if not bare:
        raise Invalid("hour_empty", field=field)
    if _ANY.fullmatch(bare):
        return WishedHour("none", None, unsure=unsure)
    return _half_day(bare, unsure) or _between(bare, unsure, field) or _one_hour(bare, unsure, field)


def hour_as_typed(kind: str, hour: time | None, until: time | None = None, *, unsure: bool = False) -> str:
    """The same as somebody could have typed it; « arriver avant » and « partir après » are said beside."""
    if hour is None:
        return ""
    words = f"entre {hour_words(hour)} et {hour_words(until)}" if until else hour_words(hour)
    if kind == "around":
        words = f"vers {words}"
    return f"{words}, pas sûr" if unsure else words


def _half_day(said: str, unsure: bool) -> WishedHour | None:
    for pattern, start, end in _HALF_DAYS:
        if pattern.fullmatch(said):
            return WishedHour("between", start, end, unsure)
    return None


def _between(said: str, unsure: bool, field: str | None) -> WishedHour | None:
    found = _BETWEEN.fullmatch(said)
    if found is None:
        return None
    start, end = read_hour(found["first"], field=field), read_hour(found["last"], field=field)
    if end <= start:
        raise Invalid("hours_crossed", field=field)
    return WishedHour("between", start, end, unsure)


def _one_hour(said: str, unsure: bool, field: str | None) -> WishedHour:
    for kind, pattern in _MEANT:
        if found := pattern.match(said):
            return WishedHour(kind, read_hour(said[found.end() :], field=field), unsure=unsure)
    return WishedHour(None, read_hour(said, field=field), unsure=unsure)
