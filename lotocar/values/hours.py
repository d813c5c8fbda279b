"""Hours as people type or say them, and the instant at which a wall clock shows one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from lotocar.errors import Invalid
from lotocar.values.days import PARIS as PARIS
from lotocar.values.days import local as local
from lotocar.values.spoken import NUMBER, number_of, plain

UNIT = r"(?:heures?|hrs?|hs?)\.?"
HALF = r"(?P<half>(?:et\s*)?demie?)"
QUARTER = r"(?P<quarter>(?:et\s*)?(?:(?:un|le|1)\s+)?quart)"
LESS = rf"moins\s*(?:(?P<quarter_less>(?:(?:un|le|1)\s+)?quart)|(?P<less>{NUMBER})\s*(?:min(?:utes?)?)?)"
PLUS = rf"(?:et\s+)?(?P<plus>{NUMBER})\s*(?:min(?:utes?)?|mn)?"
MORNING = r"(?P<morning>(?:(?:du|le|ce)\s*)?mat(?:in)?)"
AFTERNOON = r"(?P<afternoon>(?:de\s*l'?\s*|l'\s*|cet\s*|d')?(?:apres[- ]?midi|aprem))"
EVENING = r"(?P<evening>(?:(?:du|le|ce)\s*)?soir)"
PART = rf"(?:{MORNING}|{AFTERNOON}|{EVENING})"

# in the middle of a bigger pattern, each name below must stay unique: `HOUR` is one alternative of them
SPOKEN = rf"(?P<hour>{NUMBER})\s*{UNIT}\s*(?:{HALF}|{QUARTER}|{LESS}|{PLUS})?(?:\s*{PART})?"
NAMED = rf"(?P<named>midi|minuit)\s*(?:{HALF}|{QUARTER}|{LESS}|{PLUS})?"
CLOCK = rf"(?P<hour>\d{{1,2}})\s*[:.]\s*(?P<plus>\d{{2}})(?::\d{{2}})?(?:\s*{PART})?"
COMPACT = r"(?P<hour>\d{1,2})(?P<plus>\d{2})"
BARE = rf"(?P<hour>{NUMBER})(?:\s*{PART})?"
PATTERNS = tuple(re.compile(pattern) for pattern in (SPOKEN, NAMED, CLOCK, COMPACT, BARE))
LEADING = re.compile(r"^(?:(?:a|vers|environ|pour)\s+|~\s*)+")


def read_hour(text: str, *, field: str | None = None) -> time:
    """The hour that this text says: « 9h30 », « 0930 », « 10 h moins le quart », « midi et demi », « 5h du soir ».

    A bare number is taken as it stands: « 5 » is five in the morning.

    Raises:
        Invalid: hour_empty; hour_unreadable; hour_impossible (« 25:00 », « 14 h du matin »).
    """
    said = LEADING.sub("", plain(text))
    if not said:
        raise Invalid("hour_empty", field=field)
    for pattern in PATTERNS:
        if found := pattern.fullmatch(said):
            return _time_of(found.groupdict(), field)
    raise Invalid("hour_unreadable", field=field)


def read_minutes(text: str, *, field: str | None = None) -> int:
    """The length of time that this text says, in minutes: « 35 », « 35 min », « 1 h 10 », « une heure et quart ».

    Raises:
        Invalid: minutes_unreadable.
    """
    said = plain(text).strip(" .")
    if found := re.fullmatch(rf"(?P<count>{NUMBER})\s*(?:min(?:utes?)?|mn)?", said):
        return number_of(found["count"])
    found = re.fullmatch(SPOKEN, said)
    if found is None or found["morning"] or found["afternoon"] or found["evening"]:
        raise Invalid("minutes_unreadable", field=field)
    return number_of(found["hour"]) * 60 + _minutes_of(found.groupdict())


def local_instant(day: date, hour: time, tz: ZoneInfo = PARIS, *, fold: int | None = None) -> datetime:
    """The UTC instant at which clocks of `tz` show that hour. `fold` 0 or 1 chooses between two on autumn nights.

    Raises:
        Invalid: hour_missing (spring night: 02:30 is never shown); hour_twice, unless `fold` is given.
    """
    wall = datetime.combine(day, hour.replace(fold=0))
    first = wall.replace(tzinfo=tz).astimezone(UTC)
    second = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if first.astimezone(tz).replace(tzinfo=None, fold=0) != wall:
        raise Invalid("hour_missing")
    if fold is None and first != second:
        raise Invalid("hour_twice")
    return second if fold == 1 else first


def local_instant_lenient(day: date, hour: time, tz: ZoneInfo = PARIS) -> datetime:
    """The UTC instant of a weekly hour, on any night of the year.

    A skipped hour slides past the gap (02:30 becomes 03:30); an hour shown twice is its first showing: better
    to be waited for than to wait.
    """
    return datetime.combine(day, hour.replace(fold=0), tz).astimezone(UTC)


def _time_of(said: dict[str, str | None], field: str | None) -> time:
    base = _base_hour(said)
    minutes = None if base is None else base * 60 + _minutes_of(said)
    if minutes is None or not 0 <= minutes < 24 * 60 or not -59 <= _minutes_of(said) <= 59:
        raise Invalid("hour_impossible", field=field)
    return time(minutes // 60, minutes % 60)


def _base_hour(said: dict[str, str | None]) -> int | None:
    """The hour on 24, or None when the part of the day contradicts it. « minuit moins 10 » counts from 24."""
    if named := said.get("named"):
        before_midnight = named == "minuit" and _minutes_of(said) < 0
        return 12 if named == "midi" else 24 * before_midnight
    hour = number_of(said["hour"] or "")
    if said.get("morning"):
        return hour if hour < 12 else None
    if said.get("afternoon"):
        return {12: 12}.get(hour, hour + 12 if 1 <= hour <= 7 else hour if 12 < hour < 20 else None)
    if said.get("evening"):
        return hour + 12 if 4 <= hour < 12 else hour if 16 <= hour < 24 else None
    return hour


def _minutes_of(said: dict[str, str | None]) -> int:
    if said.get("half"):
        return 30
    if said.get("quarter"):
        return 15
    if said.get("quarter_less"):
        return -15
    if less := said.get("less"):
        return -number_of(less)
    return number_of(said.get("plus") or "0")
