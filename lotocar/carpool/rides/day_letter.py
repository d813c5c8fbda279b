"""The day sheet as a letter to the team, and when it leaves: at five in the afternoon on French clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lotocar.carpool.people import queries as people
from lotocar.carpool.rides.day_sheet import DaySheet
from lotocar.messages import pages
from lotocar.messages.letters import Letter
from lotocar.messages.texts import SenderPolicy
from lotocar.values.days import PARIS
from lotocar.values.hours import local_instant_lenient

KIND = "day_sheet"
LEAVES_AT = time(17)


def due_day(now: datetime) -> date:
    """The day whose sheet is the latest to have been due: a worker that starts late still sends it."""
    today = now.astimezone(PARIS).date()
    return today if now >= local_instant_lenient(today, LEAVES_AT) else today - timedelta(days=1)


def key_of(day: date) -> str:
    """What makes the letter of a day unique."""
    return f"{KIND}/{day.isoformat()}"


def write(sheet: DaySheet, *, policy: SenderPolicy, now: datetime) -> Letter:
    """The letter that holds this sheet; the page inside needs nothing else to be read or printed."""
    values = {"sheet": sheet, "sender": policy, "now": now, "call_line": people.call_line}
    return Letter(
        key=key_of(due_day(now)),
        subject=pages.text(KIND, "subject.txt", values),
        text=pages.text(KIND, "body.txt", values),
        html=pages.page(KIND, values),
        file_name=f"feuille-du-jour-{sheet.day.isoformat()}.html",
        written_at=now,
    )
