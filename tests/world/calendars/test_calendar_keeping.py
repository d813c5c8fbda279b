"""The calendar in our own tables: filled once, then corrected by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.values.actor import SYSTEM
from lotocar.world.calendars import operations, queries
from lotocar.world.calendars.models import PublicHoliday, SchoolBreak
from tests.support.factories import NOW

TODAY = date(2026, 11, 21)


def rows(session: Session) -> int:
    counts = (select(func.count()).select_from(table) for table in (SchoolBreak, PublicHoliday))
    return sum(session.scalar(one) or 0 for one in counts)


def test_it_is_filled_once(session: Session) -> None:
    assert operations.fill(session, TODAY)
    before = rows(session)
    assert not operations.fill(session, TODAY)
    assert rows(session) == before > 60


def test_what_was_removed_or_changed_by_hand_stays_so(session: Session) -> None:
    operations.fill(session, TODAY)
    first, second, *_ = queries.school_breaks(session, "C", since=TODAY)
    operations.remove_break(session, first.id, actor=SYSTEM, now=NOW)
    operations.change_break(
        session,
        second.id,
        name="Hiver",
        first_day=date(2027, 2, 1),
        last_day=date(2027, 2, 2),
        actor=SYSTEM,
        now=NOW,
    )
    operations.fill(session, date(2027, 1, 10))  # a year more, and nothing of those before
    kept = [(one.name, one.first_day) for one in queries.school_breaks(session, "C", since=TODAY)]
    assert kept[0] == ("Hiver", date(2027, 2, 1))


def test_corsica_is_filled_by_hand(session: Session) -> None:
    operations.fill(session, TODAY)
    assert queries.zones_to_fill(session, ["2A", "46"], today=TODAY) == [("corse", None)]
    operations.add_break(
        session,
        zone="corse",
        name="Hiver",
        first_day=date(2027, 6, 1),
        last_day=date(2027, 6, 9),
        actor=SYSTEM,
        now=NOW,
    )
    assert queries.zones_to_fill(session, ["2A", "46"], today=TODAY) == []


def test_the_team_is_warned_six_months_before_the_data_end(session: Session) -> None:
    operations.fill(session, date(2027, 11, 1))
    last = date(2028, 8, 31)
    assert queries.zones_to_fill(session, ["46"], today=date(2028, 2, 29)) == []
    assert queries.zones_to_fill(session, ["46"], today=date(2028, 3, 2)) == [("C", last)]


def test_holidays_are_added_and_removed(session: Session) -> None:
    added = operations.add_holiday(session, day=date(2026, 12, 24), name="Fête locale", actor=SYSTEM, now=NOW)
    assert [one.name for one in queries.public_holidays(session, since=TODAY)] == ["Fête locale"]
    operations.remove_holiday(session, added.id, actor=SYSTEM, now=NOW)
    assert queries.public_holidays(session, since=TODAY) == []


def test_what_does_not_exist_cannot_be_corrected(session: Session) -> None:
    for act in (operations.remove_break, operations.remove_holiday):
        with pytest.raises(NotFound):
            act(session, 999, actor=SYSTEM, now=NOW)
