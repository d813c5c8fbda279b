"""Reading trips as departures: what matching knows of the database. Departures come by trip, then number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lotocar.carpool.matching.absences import Absences, between
from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.people.models import Enrolment, Person
from lotocar.carpool.people.rules import bits_of
from lotocar.carpool.trips.models import Departure, SeatUse, Trip, TripRevision
from lotocar.carpool.trips.rules import SeatPart
from lotocar.carpool.trips.seats import parts_of
from lotocar.errors import NotFound
from lotocar.values.geo import Point

Line = Any  # one joined row: its type grows beyond what a checker follows
Taken = dict[date, tuple[SeatPart, ...]]

_BATCH = 5_000

_REVISION = select(TripRevision.value)
_REVISION_SQL = str(_REVISION)  # the same words on both databases

_COLUMNS: tuple[Any, ...] = (
    Trip.id,
    Departure.id,
    Trip.driver_id,
    Departure.direction,
    Trip.origin_lat,
    Trip.origin_lon,
    Trip.destination_lat,
    Trip.destination_lon,
    Departure.weekday,
    Departure.day,
    Departure.hour,
    Trip.seats,
    Trip.flexibility_minutes,
    Trip.max_detour_minutes,
    Trip.base_seconds,
    Trip.valid_from,
    Trip.valid_until,
    Trip.status,
    Enrolment.status,
    Trip.kind,
    Trip.via_stops,
    Trip.team_only,
    Trip.school_terms,
    Trip.skips_holidays,
    Trip.origin_insee,
    Person.abilities,
    Person.monthly_limit,
)


def revision(session: Session) -> int:
    """The number of the last change of any trip; 0 before the first.

    Asked of the driver itself, since every search asks: SQLAlchemy would take many times as long as the question.
    What the driver refuses comes as SQLAlchemy's error, which the house knows.
    """
    connection = session.connection()
    known = connection.dialect.loaded_dbapi.Error
    try:
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(_REVISION_SQL)
            row = cursor.fetchone()
    except known as error:
        raise DBAPIError.instance(_REVISION_SQL, None, error, known, dialect=connection.dialect) from error
    return row[0] if row else 0


def hold_revision(session: Session) -> int:
    """The same, and no trip changes until this transaction ends (PostgreSQL; an SQLite reader sees one state)."""
    return session.scalar(_REVISION.with_for_update(read=True)) or 0


def trips_changed_since(session: Session, since: int) -> list[int]:
    """The trips that changed after this revision, whatever became of them."""
    return list(session.scalars(select(Trip.id).where(Trip.revision > since)))


def every_departure(session: Session) -> Iterator[DepartureFacts]:
    """Each departure of each trip, open or not, in batches."""
    return _departures(session, Trip.id > 0)


def open_departures(session: Session) -> Iterator[DepartureFacts]:
    """Each departure that could be offered today: active trips of accepted drivers."""
    return _departures(session, and_(Trip.status == "active", Enrolment.status == "accepted"))


def departures_of_trips(session: Session, trips: Sequence[int]) -> list[DepartureFacts]:
    """The departures of these trips, open or not."""
    batches = (trips[start : start + 500] for start in range(0, len(trips), 500))
    return [one for batch in batches for one in _departures(session, Trip.id.in_(batch))]


def departures_of_driver(session: Session, driver_id: int) -> list[DepartureFacts]:
    """The departures of this driver's trips, open or not, but for deleted trips."""
    return list(_departures(session, and_(Trip.driver_id == driver_id, Trip.status != "deleted")))


def departure(session: Session, departure_id: int) -> DepartureFacts:
    """One departure.

    Raises:
        NotFound: no such departure.
    """
    found = next(_departures(session, Departure.id == departure_id), None)
    if found is None:
        raise NotFound("departure")
    return found


def _departures(session: Session, which: ColumnElement[bool]) -> Iterator[DepartureFacts]:
    """In batches by number rather than through a server-side cursor, which SQLite does not have."""
    after, absences = (0, 0), Absences(session)
    while True:
        rows = _batch(session, which, after)
        absences.read(rows)
        yield from _facts(rows, absences, _seats_taken(session, rows))
        if len(rows) < _BATCH:
            return
        after = (rows[-1][0], rows[-1][1])


def _batch(session: Session, which: ColumnElement[bool], after: tuple[int, int]) -> Sequence[Line]:
    trip, number = after
    later = or_(Trip.id > trip, and_(Trip.id == trip, Departure.id > number))
    accepted = and_(Enrolment.person_id == Trip.driver_id, Enrolment.role == "driver")
    return session.execute(
        select(*_COLUMNS)
        .join(Departure, Departure.trip_id == Trip.id)
        .join(Person, Person.id == Trip.driver_id)
        .outerjoin(Enrolment, accepted)
        .where(which, Trip.id >= trip, later)
        .order_by(Trip.id, Departure.id)
        .limit(_BATCH)
    ).all()


class _Way(NamedTuple):
    """Seats are promised by direction of a trip, whatever the hour."""

    trip_id: int
    direction: str


def _seats_taken(session: Session, rows: Sequence[Line]) -> Mapping[_Way, Taken]:
    found: defaultdict[_Way, Taken] = defaultdict(dict)
    if rows:
        asked = select(SeatUse.trip_id, SeatUse.direction, SeatUse.day, SeatUse.taken, SeatUse.parts)
        asked = asked.where(between(SeatUse.trip_id, rows), SeatUse.taken > 0)
        for trip_id, direction, day, taken, parts in session.execute(asked):
            found[_Way(trip_id, direction)][day] = parts_of(taken, parts)
    return found


def _facts(
    rows: Sequence[Line], absences: Absences, seats_taken: Mapping[_Way, Taken]
) -> Iterator[DepartureFacts]:
    for row in rows:
        trip_id, number, driver, direction, lat, lon, to_lat, to_lon, *rest = row
        (
            weekday,
            day,
            hour,
            seats,
            flexibility,
            detour,
            base,
            first,
            last,
            status,
            enrolment,
            _,
            vias,
            *more,
        ) = rest
        team_only, _, _, _, abilities, _ = more
        stops = [Point(lat, lon), *(Point(one[2], one[3]) for one in vias), Point(to_lat, to_lon)]
        if direction != "out":
            stops.reverse()
        yield DepartureFacts(
            trip_id=trip_id,
            departure_id=number,
            driver_id=driver,
            direction=direction,
            origin=stops[0],
            destination=stops[-1],
            weekday=weekday,
            day=day,
            hour=hour,
            seats=seats,
            flexibility_minutes=flexibility,
            max_detour_minutes=detour,
            base_seconds=base,
            valid_from=first,
            valid_until=last,
            pauses=absences.of(row),
            seats_taken=seats_taken.get(_Way(trip_id, direction), {}),
            is_open=status == "active" and enrolment == "accepted",
            vias=tuple(stops[1:-1]),
            abilities=None if abilities is None else bits_of(abilities),
            team_only=team_only,
        )
