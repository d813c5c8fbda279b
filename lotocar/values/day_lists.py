"""Several days as people say them in one breath: « du lundi au vendredi, 3 semaines, sauf le 3/12 »."""

from __future__ import annotations

import re
from datetime import date, timedelta

from lotocar.errors import Invalid
from lotocar.values.days import EXCEPT, MONTH, WEEKDAY, read_day, read_weekdays
from lotocar.values.spoken import NUMBER, number_of, plain

MOST_DAYS = 80  # a school term

_NUMBERED = rf"(?:{WEEKDAY}\s*)?(?:le\s+)?(?:1er|\d{{1,2}})(?:\s*(?:[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*\d{{2,4}})?|{MONTH}))"
_DATE = rf"(?:{_NUMBERED}|aujourd'hui|apres-demain|demain)"
_BETWEEN = re.compile(
    rf"(?:du|entre le|de)\s+(?P<first>{_DATE})\s+(?:au|et le|a|jusqu'au)\s+(?P<last>{_DATE})"
)
_FROM = re.compile(
    rf"(?:a partir|a compter)\s+(?:du|de)\s+(?P<first>{_DATE})|des\s+(?:le\s+)?(?P<since>{_DATE})"
)
_UNTIL = re.compile(rf"jusqu'(?:au|a)\s+(?P<last>{_DATE})")
_WEEKS = re.compile(rf"(?:(?:pendant|sur|pour)\s+)?(?P<count>{NUMBER})\s*(?:semaines?|sem\b\.?)")
_ENDLESS = re.compile(r"\b(?:tous les|chaque|toutes les)\b")
_PARTS = re.compile(r"\s*(?:[,;+&]|\bet\b|\bni\b)\s*")
_NOT = re.compile(r"\b(?:mais\s+)?pas(?:\s+(?:le|les))?\b")


def read_days(text: str, today: date, *, field: str | None = None) -> tuple[date, ...]:
    """The days that this text names, in order, each once: one day as `days.read_day` reads it, a list, or a series.

    A series runs from its first day after today for the weeks said, or until the day said; weekdays alone are
    those of one week. « sauf » takes dates or weekdays away.

    Raises:
        Invalid: as `read_day`; days_endless (« tous les mardis » without an end); days_none (all taken away);
            days_too_many (`most`).
    """
    said = plain(text).strip(" ,.;")
    try:
        return (read_day(said, today),)
    except Invalid as refusal:
        if not _is_several(said):
            raise Invalid(refusal.code, field=field, **refusal.details) from None
    try:
        return _several(said, today)
    except Invalid as refusal:
        raise Invalid(_for_days(refusal.code), field=field, **refusal.details) from None


def days_as_typed(days: tuple[date, ...] | list[date]) -> str:
    """The same days as somebody could have typed them: « 24/11/2026, 26/11/2026 »."""
    return ", ".join(f"{day:%d/%m/%Y}" for day in days)


def _is_several(said: str) -> bool:
    if EXCEPT.search(said) or _NOT.search(said) or _WEEKS.search(said) or _UNTIL.search(said):
        return True
    return len(_PARTS.split(said)) > 1 or _BETWEEN.search(said) is not None or _are_weekdays(said)


def _are_weekdays(said: str) -> bool:
    try:
        return bool(read_weekdays(_FROM.sub(" ", said)))
    except Invalid:
        return False


def _for_days(code: str) -> str:
    return "day_unreadable" if code.startswith("weekdays_") else code


def _several(said: str, today: date) -> tuple[date, ...]:
    kept, *taken_away = EXCEPT.split(_NOT.sub(" sauf ", said))
    days = set(_named(kept.strip(" ,;"), today))
    for part in taken_away:
        days -= _excepted(part, days, today)
    if not days:
        raise Invalid("days_none")
    if len(days) > MOST_DAYS:
        raise Invalid("days_too_many", most=MOST_DAYS)
    return tuple(sorted(days))


def _named(said: str, today: date) -> set[date]:
    """Dates one by one, or weekdays over a span."""
    parts = [part for part in _PARTS.split(said) if part]
    if parts and not _WEEKS.search(said) and not _UNTIL.search(said):
        try:
            return {read_day(part, today) for part in parts}
        except Invalid as refusal:
            if refusal.code != "day_unreadable":
                raise
    return _series(said, today)


def _series(said: str, today: date) -> set[date]:
    first, last, weeks, rest = _span(said, today)
    endless = last is None and weeks is None
    if endless and _ENDLESS.search(rest):
        raise Invalid("days_endless")
    weekdays = read_weekdays(rest) if rest.strip(" ,;") else frozenset(range(7))
    start = first or today + timedelta(days=1)
    while start.weekday() not in weekdays:
        start += timedelta(days=1)
    end = last or start + timedelta(weeks=weeks or 1, days=-1)
    span = range(min((end - start).days + 1, 366))
    return {day for more in span if (day := start + timedelta(days=more)).weekday() in weekdays}


def _span(said: str, today: date) -> tuple[date | None, date | None, int | None, str]:
    """From when, until when, for how many weeks; and the words left."""
    first = last = weeks = None
    if found := _BETWEEN.search(said):
        first, last = read_day(found["first"], today), read_day(found["last"], today)
        said = said.replace(found[0], " ")
    if found := _FROM.search(said):
        first = read_day(found["first"] or found["since"], today)
        said = said.replace(found[0], " ")
    if found := _UNTIL.search(said):
        last = read_day(found["last"], today)
        said = said.replace(found[0], " ")
    if found := _WEEKS.search(said):
        weeks = number_of(found["count"])
        said = said.replace(found[0], " ")
    return first, last, weeks, " ".join(said.split()).strip(" ,;")


def _excepted(said: str, days: set[date], today: date) -> set[date]:
    """The dates named, and those of the weekdays named."""
    away: set[date] = set()
    for part in filter(None, _PARTS.split(said.strip(" ,;"))):
        if any(letter.isdigit() for letter in part) or part in {"demain", "apres-demain"}:
            away.add(read_day(part, today))
        else:
            weekdays = read_weekdays(part)
            away |= {day for day in days if day.weekday() in weekdays}
    return away
