"""Filling the calendar from what the libraries know, and correcting it.

Whoever corrects it goes through `carpool.trips.calendar`, so that searches learn of it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor
from lotocar.world.calendars import library, rules
from lotocar.world.calendars.models import FilledYear, PublicHoliday, SchoolBreak


def fill(session: Session, today: date) -> bool:
    """Fill the years from the last to the next two that nobody filled yet; whether anything was added.

    What the coordinator changed or removed since a year was filled stays so.
    """
    filled = {(kind, year) for kind, year in session.execute(select(FilledYear.kind, FilledYear.year))}
    added = False
    for year in range(today.year - 1, today.year + 3):
        if ("school", year) not in filled and year in library.school_years():
            _fill_school(session, year)
            added = True
        if ("public", year) not in filled:
            _fill_public(session, year)
            added = True
    if added:
        session.flush()  # readers of this transaction count on it
    return added


def _fill_school(session: Session, year: int) -> None:
    session.add(FilledYear(kind="school", year=year))
    session.add_all(
        SchoolBreak(zone=zone, name=one.name, first_day=one.first, last_day=one.last)
        for zone, one in library.school_breaks(year)
    )


def _fill_public(session: Session, year: int) -> None:
    session.add(FilledYear(kind="public", year=year))
    session.add_all(
        PublicHoliday(day=one.day, name=one.name, departement=one.departement)
        for one in library.public_holidays(year)
    )


def add_break(
    session: Session, *, zone: str, name: str, first_day: date, last_day: date, actor: Actor, now: datetime
) -> SchoolBreak:
    """One more break of a zone.

    Raises:
        Invalid: see `rules.check_break`.
    """
    rules.check_break(zone, name, first_day, last_day)
    added = SchoolBreak(zone=zone, name=name.strip(), first_day=first_day, last_day=last_day)
    session.add(added)
    session.flush()  # the journal needs its number
    _note(session, "calendar.break_added", added.id, actor, now)
    return added


def change_break(
    session: Session,
    break_id: int,
    *,
    name: str,
    first_day: date,
    last_day: date,
    actor: Actor,
    now: datetime,
) -> SchoolBreak:
    """The break as it should be.

    Raises:
        NotFound: no such break. Invalid: see `rules.check_break`.
    """
    found = session.get(SchoolBreak, break_id)
    if found is None:
        raise NotFound("calendar")
    rules.check_break(found.zone, name, first_day, last_day)
    found.name, found.first_day, found.last_day = name.strip(), first_day, last_day
    _note(session, "calendar.break_changed", break_id, actor, now)
    return found


def remove_break(session: Session, break_id: int, *, actor: Actor, now: datetime) -> None:
    """School goes on in those days.

    Raises:
        NotFound: no such break.
    """
    found = session.get(SchoolBreak, break_id)
    if found is None:
        raise NotFound("calendar")
    session.delete(found)
    _note(session, "calendar.break_removed", break_id, actor, now)


def add_holiday(
    session: Session, *, day: date, name: str, departement: str = "", actor: Actor, now: datetime
) -> PublicHoliday:
    """One more public holiday, of one département or ("") of all.

    Raises:
        Invalid: calendar.name.
    """
    rules.check_name(name)
    added = PublicHoliday(day=day, name=name.strip(), departement=departement[:3])
    session.add(added)
    session.flush()  # the journal needs its number
    _note(session, "calendar.holiday_added", added.id, actor, now)
    return added


def remove_holiday(session: Session, holiday_id: int, *, actor: Actor, now: datetime) -> None:
    """That day is like any other.

    Raises:
        NotFound: no such holiday.
    """
    found = session.get(PublicHoliday, holiday_id)
    if found is None:
        raise NotFound("calendar")
    session.delete(found)
    _note(session, "calendar.holiday_removed", holiday_id, actor, now)


def _note(session: Session, verb: str, number: int, actor: Actor, now: datetime) -> None:
    journal.note(
        session, actor=actor, now=now, verb=verb, subject_kind="calendar", subject_id=number, data=None
    )
