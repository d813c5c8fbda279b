"""Days and weekdays as people type or say them. 0 is Monday everywhere."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lotocar.errors import Invalid
from lotocar.values.spoken import NUMBER, number_of, plain

PARIS = ZoneInfo("Europe/Paris")
DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTH_NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

FARTHEST = timedelta(days=366)
JUST_PAST = timedelta(days=60)  # « 20/11 » typed on the 21st is a slip, « 05/01 » means next January

WEEKDAY = r"(?:lun(?:di)?|mar(?:di)?|mer(?:credi)?|mecredi|jeu(?:di)?|ven(?:dr(?:edi)?)?|sam(?:edi)?|dim(?:anche)?)s?\b\.?"
MONTH = (
    r"(?:janv(?:ier)?|jan|fev(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:l(?:et)?)?|aout|sept(?:embre)?|sep|"
    r"oct(?:obre)?|nov(?:embre)?|dec(?:embre)?)\b\.?"
)
ARTICLES = r"(?:(?:le|pour|du|au|c'est)\s+)*"
NAMED = rf"(?:(?P<weekday>{WEEKDAY}),?\s*(?:le\s+)?)?"
NUMBERED = rf"(?P<day>1er|{NUMBER})"

ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
SLASHED = re.compile(
    rf"{NAMED}(?P<day>\d{{1,2}})\s*(?P<mark>[-/. ])\s*(?P<month>\d{{1,2}})(?:\s*(?P=mark)\s*(?P<year>\d{{4}}|\d{{2}}))?"
)
COMPACT = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})")
WORDED = re.compile(rf"{NAMED}{NUMBERED}\s*(?P<month_name>{MONTH})(?:\s*(?P<year>\d{{4}}|\d{{2}}))?")
IN_MONTH = re.compile(rf"{NAMED}{NUMBERED}")
DATES = (ISO, SLASHED, COMPACT, WORDED, IN_MONTH)

NEXT = r"(?P<next>prochain|suivant|qui vient|en huit|en quinze|(?:de )?la semaine prochaine|dernier|passe)"
BY_NAME = re.compile(
    rf"(?P<this>ce )?(?:(?P<soon>prochain) |(?P<week>la semaine prochaine,? ))?(?P<weekday>{WEEKDAY})(?: {NEXT})?"
)
IN_DAYS = re.compile(rf"(?:dans|d'ici) (?P<count>{NUMBER}) (?P<unit>jours?|semaines?)")
NEAR = {
    "aujourd'hui": 0, "aujourd hui": 0, "aujourdhui": 0, "ce jour": 0,
    "demain": 1, "apres-demain": 2, "apres demain": 2, "hier": -1, "avant-hier": -2, "avant hier": -2,
}  # fmt: skip
IDIOMS = {8: 7, 15: 14}  # « dans huit jours » is said for a week, « dans quinze jours » for two

EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
WEEK_END = frozenset({5, 6})
TWO_LETTERS = r"(?:lu|ma|me|je|ve|sa|di)\b\.?"
ONE_DAY = rf"(?:{WEEKDAY}|{TWO_LETTERS})"
SETS = {
    re.compile(
        r"(?:tous les|chaque) jours?|7 ?j(?:ours)?(?: ?/ ?| sur )7|tlj|quotidien(?:nement)?"
    ): EVERY_DAY,
    re.compile(r"(?:en|la) semaine|(?:les )?jours (?:de semaine|ouvres)"): WORKING_DAYS,
    re.compile(r"(?:les? )?(?:week[- ]?ends?|we)\b"): WEEK_END,
}
RANGE = re.compile(
    rf"(?:du )?(?P<first>{ONE_DAY})\s*(?:au|a|jusqu'au|-)\s*(?P<last>{ONE_DAY})(?!\s*-)(?: inclus)?"
)
SINGLE = re.compile(rf"(?:(?:le|les|chaque|tous les) )?(?P<day>{ONE_DAY})")
ENUMERATION = re.compile(rf"{ONE_DAY}(?:\s*-\s*{ONE_DAY}){{2,}}")  # « lun-mer-ven » lists, « lun-ven » spans
JOINTS = re.compile(r"(?:[\s,;/+&.-]|\bet\b|\bpuis\b|\bainsi que\b)+")
EXCEPT = re.compile(r"\b(?:sauf|hors|excepte)\b(?: (?:le|les)\b)?")


def local(instant: datetime) -> datetime:
    """The aware instant as clocks in metropolitan France show it."""
    return instant.astimezone(PARIS)


def read_day(text: str, today: date, *, field: str | None = None) -> date:
    """The day that this text names, from today to a year ahead.

    A weekday is the first one *after* today: « samedi » said on a Saturday is a week later, since people say
    « aujourd'hui » for today; « ce samedi » may be today. A date without a year is the next one, unless it has
    just gone by. « dans huit jours » is a week, « mardi en huit » a week after the coming Tuesday.

    Raises:
        Invalid: day_empty; day_unreadable; day_impossible (31/02); day_past; day_too_far (over a year);
            day_contradiction (« mardi 25 novembre » when the 25th is a Wednesday: `day`, `said`, 0 is Monday).
    """
    said = re.sub(rf"^{ARTICLES}", "", plain(text).strip(" ,."))
    if not said:
        raise Invalid("day_empty", field=field)
    try:
        return _within_reach(_day_of(said, today), today)
    except Invalid as refusal:
        raise Invalid(refusal.code, field=field, **refusal.details) from None


def read_weekdays(text: str, *, field: str | None = None) -> frozenset[int]:
    """The weekdays that this text names: « lundi au vendredi », « lun. mer. ven », « tous les jours sauf mercredi ».

    « sauf mercredi » alone leaves the six other days; « vendredi au lundi » runs over the week-end.

    Raises:
        Invalid: weekdays_empty; weekdays_unreadable, for a single word too many; weekdays_none (all excepted).
    """
    said = re.sub(r"[()]", " ", plain(text)).strip(" ,.;")
    if not said:
        raise Invalid("weekdays_empty", field=field)
    kept, *excepted = EXCEPT.split(ENUMERATION.sub(lambda found: found[0].replace("-", " "), said))
    try:
        days = _weekdays(kept) if kept.strip(" ,") else EVERY_DAY
        days = days.difference(*map(_weekdays, excepted))
    except Invalid as refusal:
        raise Invalid(refusal.code, field=field) from None
    if not days:
        raise Invalid("weekdays_none", field=field)
    return days


def weekday_number(name: str) -> int:
    """0 for « lundi », « lun. », « lundis »: any spelling that ONE_DAY matches."""
    return ("lu", "ma", "me", "je", "ve", "sa", "di").index(name[:2])


def _within_reach(day: date, today: date) -> date:
    if day < today:
        raise Invalid("day_past", day=day)
    if day > today + FARTHEST:
        raise Invalid("day_too_far", day=day)
    return day


def _day_of(said: str, today: date) -> date:
    if said in NEAR:
        return today + timedelta(days=NEAR[said])
    if found := IN_DAYS.fullmatch(said):
        return today + _ahead(found)
    if found := BY_NAME.fullmatch(said):
        return _named_day(found, today)
    for pattern in DATES:
        if found := pattern.fullmatch(said):
            return _agreeing(_dated(found.groupdict(), today), found.groupdict().get("weekday"))
    raise Invalid("day_unreadable")


def _ahead(found: re.Match[str]) -> timedelta:
    count = number_of(found["count"])
    if found["unit"].startswith("semaine"):
        return timedelta(weeks=count)
    return timedelta(days=IDIOMS.get(count, count))


def _named_day(found: re.Match[str], today: date) -> date:
    weekday, after = weekday_number(found["weekday"]), found["next"] or ""
    if found["week"] or after.endswith("semaine prochaine"):
        return today + timedelta(days=7 - today.weekday() + weekday)
    if after in {"dernier", "passe"}:
        return today - timedelta(days=1)  # whichever it is, it has gone by
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0 and not found["this"]:
        ahead = 7
    return today + timedelta(days=ahead + {"en huit": 7, "en quinze": 14}.get(after, 0))


def _dated(said: dict[str, str | None], today: date) -> date:
    day = 1 if said["day"] == "1er" else number_of(said["day"] or "")
    if said.get("month_name") is None and said.get("month") is None:
        return _next_with_number(day, today)
    month = _month(said["month_name"] or "") if said.get("month_name") else int(said["month"] or 0)
    if year := said.get("year"):
        return _date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    just_past = today - JUST_PAST
    year_meant = just_past.year + ((month, day) < (just_past.month, just_past.day))
    return _date(year_meant, month, day)


def _month(name: str) -> int:
    starts = [plain(month)[:4] for month in MONTH_NAMES]
    bare = name.rstrip(".")[:4]
    return next(number for number, start in enumerate(starts, start=1) if start.startswith(bare))


def _next_with_number(number: int, today: date) -> date:
    """The first day from today on that bears this number in its month."""
    ahead = (today + timedelta(days=more) for more in range(62))
    day = next((day for day in ahead if day.day == number), None)
    if day is None:
        raise Invalid("day_impossible")
    return day


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid("day_impossible") from None


def _agreeing(day: date, weekday_name: str | None) -> date:
    """The day, once the weekday said with it is its own."""
    if weekday_name is not None and (said := weekday_number(weekday_name)) != day.weekday():
        raise Invalid("day_contradiction", day=day, said=said)
    return day


def _weekdays(said: str) -> frozenset[int]:
    days: set[int] = set()
    at = 0
    while at < len(said):
        if joint := JOINTS.match(said, at):
            at = joint.end()
            continue
        found, at = _next_weekdays(said, at)
        days |= found
    if not days:
        raise Invalid("weekdays_unreadable")
    return frozenset(days)


def _next_weekdays(said: str, at: int) -> tuple[frozenset[int], int]:
    """What is named from there on, and where it ends: a set, a range or one day, in that order."""
    for pattern, days in SETS.items():
        if found := pattern.match(said, at):
            return days, found.end()
    if found := RANGE.match(said, at):
        first, last = weekday_number(found["first"]), weekday_number(found["last"])
        return frozenset((first + more) % 7 for more in range((last - first) % 7 + 1)), found.end()
    if found := SINGLE.match(said, at):
        return frozenset({weekday_number(found["day"])}), found.end()
    raise Invalid("weekdays_unreadable")
