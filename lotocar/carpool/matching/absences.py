"""The days on which each departure does not run, whatever the reason: pauses, calendars, days moved, full months.

All become plain ranges of days, so that nothing else of matching knows what a school zone is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DayRange
from lotocar.carpool.trips.models import Departure, Pause, SeatUse, Trip
from lotocar.world.calendars import queries as calendars
from lotocar.world.calendars.rules import Calendar
from lotocar.world.places.gazetteer import departement_of

Line = Any  # see matching.queries


class _Follows(NamedTuple):
    """What of the calendar a trip follows."""

    departement: str
    school_terms: str
    skips_holidays: bool


class Absences:
    """What is needed to tell the absences of one batch of departures after another."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._calendar: Calendar | None = None
        self._closures: dict[_Follows, tuple[DayRange, ...]] = {}

    def read(self, rows: Sequence[Line]) -> None:
        """Read what concerns these rows, in the order of matching.queries."""
        self._pauses = _pauses(self._session, rows)
        self._moved = _moved(self._session, rows)
        limits = {row[2]: row[-1] for row in rows if row[-1] is not None}
        self._full = _full_months(self._session, limits)

    def of(self, row: Line) -> tuple[DayRange, ...]:
        """The absences of one departure."""
        trip_id, driver_id, weekday = row[0], row[2], row[8]
        found = (*self._pauses.get(trip_id, ()), *self._full.get(driver_id, ()))
        if weekday is None:  # a date was said on purpose, holiday or not
            return found
        *_, terms, skips, insee, _abilities, _limit = row
        follows = _Follows(departement_of(insee), terms, skips)
        return (*found, *self._moved.get(trip_id, ()), *self._closed(follows))

    def _closed(self, follows: _Follows) -> tuple[DayRange, ...]:
        """Worked out once for all the trips that follow the same calendar."""
        if not follows.school_terms and not follows.skips_holidays:
            return ()
        if follows not in self._closures:
            self._calendar = self._calendar or calendars.calendar(self._session)
            closures = self._calendar.closures(
                follows.departement, school_terms=follows.school_terms, skips_holidays=follows.skips_holidays
            )
            self._closures[follows] = tuple(DayRange(*one) for one in closures)
        return self._closures[follows]


def between(column: Any, rows: Sequence[Line]) -> ColumnElement[bool]:
    """A range of trips rather than a list: a batch holds thousands, in order."""
    return and_(column >= rows[0][0], column <= rows[-1][0])


def _pauses(session: Session, rows: Sequence[Line]) -> dict[int, list[DayRange]]:
    found: defaultdict[int, list[DayRange]] = defaultdict(list)
    if rows:
        asked = select(Pause.trip_id, Pause.first_day, Pause.last_day).where(between(Pause.trip_id, rows))
        for trip_id, first, last in session.execute(asked.order_by(Pause.first_day, Pause.id)):
            found[trip_id].append(DayRange(first, last))
    return found


def _moved(session: Session, rows: Sequence[Line]) -> dict[int, list[DayRange]]:
    """The days on which a weekly trip runs otherwise, both ways: a way that has no hour of its own that day does
    not run at all."""
    found: defaultdict[int, list[DayRange]] = defaultdict(list)
    if rows:
        asked = select(Departure.trip_id, Departure.day).distinct().join(Departure.trip)
        asked = asked.where(
            between(Departure.trip_id, rows), Trip.kind == "regular", Departure.day.is_not(None)
        )
        for trip_id, day in session.execute(asked.order_by(Departure.trip_id, Departure.day)):
            assert day is not None  # asked for above
            found[trip_id].append(DayRange(day, day, "moved"))
    return found


def _full_months(session: Session, limits: dict[int, int]) -> dict[int, list[DayRange]]:
    """The days left of the months in which these drivers have driven as much as they accept.

    A day on which they already drive stays open: one passenger more costs them no day.
    """
    found: dict[int, list[DayRange]] = {}
    if limits:
        asked = select(Trip.driver_id, SeatUse.day).distinct().join(Trip, Trip.id == SeatUse.trip_id)
        asked = asked.where(Trip.driver_id.in_(limits), SeatUse.taken > 0)
        for driver_id, lines in groupby(
            session.execute(asked.order_by(Trip.driver_id, SeatUse.day)), key=lambda line: int(line[0])
        ):
            found[driver_id] = [*_closed_months([day for _, day in lines], limits[driver_id])]
    return found


def _closed_months(days: Iterable[date], limit: int) -> Iterator[DayRange]:
    for (year, month), group in groupby(days, key=lambda day: (day.year, day.month)):
        driven = [*group]
        if len(driven) >= limit:
            after = date(year + month // 12, month % 12 + 1, 1)
            yield from _around(driven, date(year, month, 1), after - timedelta(days=1))


def _around(days: Iterable[date], first: date, last: date) -> Iterator[DayRange]:
    for day in days:
        if first < day:
            yield DayRange(first, day - timedelta(days=1), "month")
        first = day + timedelta(days=1)
    if first <= last:
        yield DayRange(first, last, "month")
