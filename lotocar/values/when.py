"""« demain 9h », « mardi avant 10h », « après 11h30, pas sûre »: a day and an hour in one breath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from lotocar.errors import Invalid
from lotocar.values.days import MONTH, read_day
from lotocar.values.hours import NAMED, SPOKEN, read_hour
from lotocar.values.spoken import NUMBER, plain

Relation = Literal["leave_at", "arrive_by"]
Part = Literal["morning", "afternoon", "evening"]


@dataclass(frozen=True, slots=True)
class When:
    """What was said of a moment; None for what was not.

    `relation` tells whether the hour is that of leaving or the latest of arriving; `around` that it is not
    exact (« vers 9h »); `unsure` that the caller hesitates; `part` the half-day said without an hour.
    """

    day: date | None = None
    hour: time | None = None
    relation: Relation | None = None
    unsure: bool = False
    around: bool = False
    part: Part | None = None


def _unnamed(pattern: str) -> str:
    return re.sub(r"\?P<\w+>", "?:", pattern)


UNSURE = re.compile(
    r"\b(?:(?:(?:je|elle|il) (?:ne |n')?(?:suis|est) )?pas (?:tres |trop |encore |vraiment )*(?:sur|certain)e?s?(?: de l'heure| du jour)?"
    r"|(?:je|elle|il) (?:crois|croit|pense)|peut[- ]etre|a confirmer|a voir|sans doute|normalement)\b|\?"
)
PLACES = r"(?:la-bas|la|rendue?|sur place|arrivee?)"
ARRIVING = rf"(?:arriver|arrivee|arrive|y etre|etre(?: {PLACES})?|rdv|rendez-vous)"
LEAVING = r"(?:partir|depart|part)"
LEAVE_AT = rf"(?:{LEAVING}|pas avant|au plus tot|apres|a partir de|des)"
ARRIVE_BY = rf"(?:{ARRIVING}|pas apres|au plus tard|avant|pour)"
AROUND = r"(?:vers|environ|aux alentours de|autour de|aux environs de)"
AROUND_WORD = re.compile(rf"\b{AROUND}\b")
VERB = re.compile(rf"\b(?:{ARRIVING}|{LEAVING})\b")
LEAD_WORD = rf"\b(?:{LEAVE_AT}|{ARRIVE_BY}|{AROUND}|a|les)\b[\s:,]*"
CLOCK_HOUR = rf"(?:{_unnamed(SPOKEN)}|{_unnamed(NAMED)}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?)"
NO_DATE = rf"(?![\w/.]|-\d|\s*{MONTH})"
HOUR = re.compile(rf"(?<![\w/:-])(?P<lead>(?:{LEAD_WORD})*)(?P<said>{CLOCK_HOUR}){NO_DATE}")
# a number without « h » is an hour only after « à », « avant » and the like, or after « demain »
BARE_HOUR = re.compile(
    rf"(?<![\w/])(?P<lead>(?:{LEAD_WORD})+|(?<=demain )|(?<=d'hui ))(?P<said>\d{{3,4}}|{NUMBER}){NO_DATE}$"
)
PART = re.compile(
    r"(?:\b(?P<this>cet?(?:te)?) |\b(?:(?:dans|en|de|du|le|la|d'une?) )*(?:d'|l')?)"
    r"\b(?:(?P<morning>matin(?:ee)?)|(?P<afternoon>apres-midi|aprem)|(?P<evening>soir(?:ee)?))\b"
)
PART_WORDS = {"morning": "du matin", "afternoon": "de l'apres-midi", "evening": "du soir"}
EDGES = re.compile(r"^(?:[\s,;.()-]|\b(?:a|et|les)\b)+|(?:[\s,;.()-]|\b(?:a|et|le|les)\b)+$")


def read_when(text: str, today: date, *, field: str | None = None) -> When:
    """The day, the hour and what the hour is for, as the desk types them; an empty text says nothing.

    « avant », « pour », « rdv », « arriver » make an hour to be there by; « après », « dès », « départ » an hour
    to leave at; « à » and « vers » choose neither.

    Raises:
        Invalid: several_hours; when_unreadable; any refusal of `read_day` or `read_hour`.
    """
    try:
        return _when(plain(text).replace("apres midi", "apres-midi"), today)
    except Invalid as refusal:
        raise Invalid(refusal.code, field=field, **refusal.details) from None


def _when(said: str, today: date) -> When:
    rest, unsure = _without(UNSURE, said)
    found = HOUR.search(rest) or BARE_HOUR.search(rest)
    hour_text, lead = (found["said"], found["lead"]) if found else ("", "")
    if found:
        rest = f"{rest[: found.start()]} {rest[found.end() :]}".strip()
    if HOUR.search(rest):
        raise Invalid("several_hours")
    rest, part, this = _without_part(rest)
    rest, around = _without(AROUND_WORD, rest)
    relation = _relation(lead, rest)
    rest, _ = _without(VERB, rest)
    return When(
        day=_day(rest, today, this=this),
        hour=_hour(hour_text, part),
        relation=relation,
        unsure=unsure,
        around=around or AROUND_WORD.search(lead) is not None,
        part=None if hour_text else part,
    )


def _without(pattern: re.Pattern[str], said: str) -> tuple[str, bool]:
    rest, count = pattern.subn(" ", said)
    return (" ".join(rest.split()), True) if count else (said, False)


def _without_part(said: str) -> tuple[str, Part | None, bool]:
    """The text without its half-day, that half-day, and whether « ce » made it today's."""
    found = PART.search(said)
    if found is None:
        return said, None, False
    part: Part = "morning" if found["morning"] else "afternoon" if found["afternoon"] else "evening"
    return f"{said[: found.start()]} {said[found.end() :]}", part, found["this"] is not None


def _relation(lead: str, rest: str) -> Relation | None:
    """What the words before the hour, then the verbs elsewhere, say that it is for."""
    if re.search(rf"\b{LEAVE_AT}\b", lead) or re.search(rf"\b{LEAVING}\b", rest):
        return "leave_at"
    if re.search(rf"\b{ARRIVE_BY}\b", lead) or re.search(rf"\b{ARRIVING}\b", rest):
        return "arrive_by"
    return None


def _hour(said: str, part: Part | None) -> time | None:
    if not said:
        return None
    told = part is not None and not PART.search(said) and not said.startswith("mi")
    return read_hour(f"{said} {PART_WORDS[part]}" if told and part else said)


def _day(rest: str, today: date, *, this: bool) -> date | None:
    said = EDGES.sub("", " ".join(rest.split()))
    if not said:
        return today if this else None
    try:
        return read_day(said, today)
    except Invalid as refusal:
        code = "when_unreadable" if refusal.code == "day_unreadable" else refusal.code
        raise Invalid(code, field=None, **refusal.details) from None
