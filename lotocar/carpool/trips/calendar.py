"""Correcting the calendar of school breaks and public holidays: searches learn of it at once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from lotocar.carpool.trips.operations import bump_revision, stamp_followers
from lotocar.values.actor import Actor
from lotocar.world.calendars import operations as calendars
from lotocar.world.calendars.models import PublicHoliday, SchoolBreak


def fill(session: Session, today: date) -> None:
    """Fill the coming years from what the libraries know; nothing that was corrected changes."""
    if calendars.fill(session, today):
        calendar_changed(session)


def add_break(
    session: Session, *, zone: str, name: str, first_day: date, last_day: date, actor: Actor, now: datetime
) -> SchoolBreak:
    """See `world.calendars.operations.add_break`, as for the others below."""
    added = calendars.add_break(
        session, zone=zone, name=name, first_day=first_day, last_day=last_day, actor=actor, now=now
    )
    calendar_changed(session)
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
    changed = calendars.change_break(
        session, break_id, name=name, first_day=first_day, last_day=last_day, actor=actor, now=now
    )
    calendar_changed(session)
    return changed


def remove_break(session: Session, break_id: int, *, actor: Actor, now: datetime) -> None:
    calendars.remove_break(session, break_id, actor=actor, now=now)
    calendar_changed(session)


def add_holiday(
    session: Session, *, day: date, name: str, departement: str = "", actor: Actor, now: datetime
) -> PublicHoliday:
    added = calendars.add_holiday(session, day=day, name=name, departement=departement, actor=actor, now=now)
    calendar_changed(session)
    return added


def remove_holiday(session: Session, holiday_id: int, *, actor: Actor, now: datetime) -> None:
    calendars.remove_holiday(session, holiday_id, actor=actor, now=now)
    calendar_changed(session)


def calendar_changed(session: Session) -> None:
    """Every trip that follows a calendar is read again."""
    stamp_followers(session, bump_revision(session))
