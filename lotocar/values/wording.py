"""How French says dates, hours, durations and lists. Plain spaces: SMS take them as they are, pages pass the
result through `unbreakable`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from lotocar.values.days import DAY_NAMES, MONTH_NAMES, local

NO_BREAK = "\u00a0"
THIN_NO_BREAK = "\u202f"


def day_words(day: date, *, today: date | None = None) -> str:
    """« mardi 24 novembre »; with its year when `today` is known to be in another one."""
    return f"{DAY_NAMES[day.weekday()]} {date_words(day, today=today)}"


def date_words(day: date, *, today: date | None = None) -> str:
    """« 24 novembre », « 1er décembre »; with its year when `today` is known to be in another one."""
    year = f" {day.year}" if today is not None and day.year != today.year else ""
    return f"{_ordinal(day.day)} {MONTH_NAMES[day.month - 1]}{year}"


def full_date(day: date) -> str:
    """« mardi 24 novembre 2026 », for lists kept and printed."""
    return f"{DAY_NAMES[day.weekday()]} {_ordinal(day.day)} {MONTH_NAMES[day.month - 1]} {day.year}"


def near_day(day: date, today: date) -> str:
    """« aujourd'hui », « demain mardi 24 novembre », « hier lundi 23 novembre », else the day in words."""
    if day == today:
        return "aujourd'hui"
    prefix = {1: "demain ", -1: "hier "}.get((day - today).days, "")
    return prefix + day_words(day, today=today)


def hour_words(hour: time) -> str:
    """« 8 h 30 », « 9 h »; midday is « 12 h ». Seconds are dropped."""
    return f"{hour.hour} h {hour.minute:02d}" if hour.minute else f"{hour.hour} h"


def instant_words(instant: datetime, *, today: date | None = None) -> str:
    """« mardi 24 novembre à 8 h 30 » on French clocks, from an aware instant."""
    there = local(instant)
    return f"{day_words(there.date(), today=today)} à {hour_words(there.time())}"


def near_instant(instant: datetime, today: date) -> str:
    """« aujourd'hui à 8 h 30 », « demain mardi 24 novembre à 8 h 30 », else the instant in words."""
    there = local(instant)
    return f"{near_day(there.date(), today)} à {hour_words(there.time())}"


def period_words(first: date, last: date, *, today: date | None = None) -> str:
    """« du 1er au 15 décembre », « du 28 novembre au 3 décembre », « le mardi 1er décembre » for a single day."""
    if first == last:
        return f"le {day_words(first, today=today)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"du {_ordinal(first.day)} au {date_words(last, today=today)}"
    return f"du {date_words(first, today=today)} au {date_words(last, today=today)}"


def duration_words(duration: timedelta) -> str:
    """« 4 min », « 1 h 05 », « 2 h », to the nearest minute; « moins d'une minute » under one. The sign is dropped."""
    if abs(duration) < timedelta(minutes=1):
        return "moins d'une minute"
    hours, minutes = divmod(_minutes(abs(duration)), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


def detour_words(detour: timedelta) -> str:
    """« sur sa route » under a minute, else « détour d'environ 4 min »."""
    if detour < timedelta(minutes=1):
        return "sur sa route"
    return f"détour d'environ {duration_words(detour)}"


def arrival_gap_words(early: timedelta) -> str:
    """« arrive 25 min en avance », « arrive à l'heure », « arrive 10 min trop tard » (negative)."""
    if abs(early) < timedelta(minutes=1):
        return "arrive à l'heure"
    return f"arrive {duration_words(early)} {'en avance' if early > timedelta() else 'trop tard'}"


def distance_words(metres: float) -> str:
    """« 850 m » (to 50 m), « 3,4 km » under ten, « 22 km » beyond."""
    if metres < 975:
        return f"{max(50, 50 * round(metres / 50))} m"
    km = metres / 1000
    if km < 9.95:
        return f"{km:.1f}".replace(".", ",").removesuffix(",0") + " km"
    return f"{round(km)} km"


def listed(items: Sequence[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »; `last` may be « ou »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """« 0 place », « 1 place », « 2 places »: French turns plural at two. `many` defaults to `one` and an s."""
    return f"{count} {one if abs(count) < 2 else many or one + 's'}"


def unbreakable(text: str) -> str:
    """The text with no-break spaces where a French page must not cut: « 8 h 30 », « 24 novembre », « à », ?"""
    text = re.sub(r"(?<=\d) (?=\d|h\b|min\b|km\b|m\b|€)|(?<=\bh) (?=\d)", NO_BREAK, text)
    text = re.sub(rf"(?:(?<=\d)|(?<=1er)) (?=(?:{'|'.join(MONTH_NAMES)})\b)", NO_BREAK, text)
    text = re.sub(r"(?<=«) | (?=[»:])", NO_BREAK, text)
    return re.sub(r" (?=[;?!])", THIN_NO_BREAK, text)


def _ordinal(day: int) -> str:
    return "1er" if day == 1 else str(day)


def _minutes(duration: timedelta) -> int:
    """Whole minutes, halves upwards: people hear « environ »."""
    return int((duration.total_seconds() + 30) // 60)
