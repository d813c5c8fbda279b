"""Reading trips as departures: what matching knows of the database. Departures come by trip, then number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import DayRange, DepartureFacts
from lotocar.carpool.people.models import Enrolment
from lotocar.carpool.trips.models import Departure, Pause, SeatUse, Trip, TripRevision
from lotocar.errors import NotFound
from lotocar.values.geo import Point

Line = Any  # one joined row: its type grows beyond what a checker follows

_BATCH = 5_000

_REVISION = select(TripRevision.value)  # asked at every search: made once

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
)


def revision(session: Session) -> int:
    """The number of the last change of any trip; 0 before the first."""
    return session.scalar(_REVISION) or 0


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
    after = (0, 0)
    while True:
        rows = _batch(session, which, after)
        yield from _facts(rows, _pauses(session, rows), _seats_taken(session, rows))
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
        .outerjoin(Enrolment, accepted)
        .where(which, Trip.id >= trip, later)
        .order_by(Trip.id, Departure.id)
        .limit(_BATCH)
    ).all()


class _Way(NamedTuple):
    """Seats are promised by direction of a trip, whatever the hour."""

    trip_id: int
    direction: str


def _between(column: Any, rows: Sequence[Line]) -> ColumnElement[bool]:
    """A range rather than a list: a batch holds thousands of trips, in order."""
    return and_(column >= rows[0][0], column <= rows[-1][0])


def _pauses(session: Session, rows: Sequence[Line]) -> Mapping[int, list[DayRange]]:
    found: defaultdict[int, list[DayRange]] = defaultdict(list)
    if rows:
        asked = select(Pause.trip_id, Pause.first_day, Pause.last_day).where(_between(Pause.trip_id, rows))
        for trip_id, first, last in session.execute(asked.order_by(Pause.first_day, Pause.id)):
            found[trip_id].append(DayRange(first, last))
    return found


def _seats_taken(session: Session, rows: Sequence[Line]) -> Mapping[_Way, dict[date, int]]:
    found: defaultdict[_Way, dict[date, int]] = defaultdict(dict)
    if rows:
        asked = select(SeatUse.trip_id, SeatUse.direction, SeatUse.day, SeatUse.taken)
        asked = asked.where(_between(SeatUse.trip_id, rows), SeatUse.taken > 0)
        for trip_id, direction, day, taken in session.execute(asked):
            found[_Way(trip_id, direction)][day] = taken
    return found


def _facts(
    rows: Sequence[Line],
    pauses: Mapping[int, list[DayRange]],
    seats_taken: Mapping[_Way, dict[date, int]],
) -> Iterator[DepartureFacts]:
    for trip_id, number, driver, direction, lat, lon, to_lat, to_lon, *rest in rows:
        weekday, day, hour, seats, flexibility, detour, base, first, last, status, enrolment = rest
        there, back = Point(lat, lon), Point(to_lat, to_lon)
        origin, destination = (there, back) if direction == "out" else (back, there)
        yield DepartureFacts(
            trip_id=trip_id,
            departure_id=number,
            driver_id=driver,
            direction=direction,
            origin=origin,
            destination=destination,
            weekday=weekday,
            day=day,
            hour=hour,
            seats=seats,
            flexibility_minutes=flexibility,
            max_detour_minutes=detour,
            base_seconds=base,
            valid_from=first,
            valid_until=last,
            pauses=tuple(pauses.get(trip_id, ())),
            seats_taken=seats_taken.get(_Way(trip_id, direction), {}),
            is_open=status == "active" and enrolment == "accepted",
        )
