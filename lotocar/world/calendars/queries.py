"""Reading the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.world.calendars.models import PublicHoliday, SchoolBreak
from lotocar.world.calendars.rules import Break, Calendar, ends_soon, zone_of


def calendar(session: Session) -> Calendar:
    """The whole calendar: some dozens of rows."""
    breaks: dict[str, list[Break]] = {}
    for one in session.scalars(select(SchoolBreak).order_by(SchoolBreak.first_day, SchoolBreak.id)):
        breaks.setdefault(one.zone, []).append(Break(one.first_day, one.last_day, one.name))
    holidays: dict[str, list[date]] = {}
    for holiday in session.scalars(select(PublicHoliday).order_by(PublicHoliday.day, PublicHoliday.id)):
        holidays.setdefault(holiday.departement, []).append(holiday.day)
    return Calendar(breaks, holidays)


def school_breaks(session: Session, zone: str, *, since: date) -> Sequence[SchoolBreak]:
    """The breaks of a zone that end on this day or later, in order."""
    mine = select(SchoolBreak).where(SchoolBreak.zone == zone, SchoolBreak.last_day >= since)
    return session.scalars(mine.order_by(SchoolBreak.first_day, SchoolBreak.id)).all()


def public_holidays(session: Session, *, since: date) -> Sequence[PublicHoliday]:
    """The public holidays from this day on, in order."""
    coming = select(PublicHoliday).where(PublicHoliday.day >= since)
    return session.scalars(coming.order_by(PublicHoliday.day, PublicHoliday.id)).all()


def zones_to_fill(
    session: Session, departements: Iterable[str], *, today: date
) -> list[tuple[str, date | None]]:
    """The zones of these départements whose data stop within six months, and the last day known (None: no data)."""
    asked = select(SchoolBreak.zone, func.max(SchoolBreak.last_day)).group_by(SchoolBreak.zone)
    last = {zone: day for zone, day in session.execute(asked)}
    zones = sorted({zone_of(one) for one in departements})
    return [(zone, last.get(zone)) for zone in zones if ends_soon(last.get(zone), today)]
