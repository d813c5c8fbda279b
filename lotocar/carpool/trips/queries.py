"""Reading trips, with their departures and pauses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from lotocar.carpool.people.models import Enrolment, Person, PhoneLine
from lotocar.carpool.trips.models import Departure, Trip
from lotocar.errors import NotFound


def trips_of(session: Session, driver_id: int) -> list[Trip]:
    """All of a driver's trips but the deleted ones, active first, then the newest."""
    mine = _whole().where(Trip.driver_id == driver_id, Trip.status != "deleted")
    return list(session.scalars(mine.order_by(Trip.status, Trip.id.desc())))


def trip_of(session: Session, driver_id: int, public_id: str) -> Trip:
    """One of this driver's own trips.

    Raises:
        NotFound: no such trip, deleted, or somebody else's.
    """
    trip = _by_public_id(session, public_id)
    if trip is None or trip.driver_id != driver_id or trip.status == "deleted":
        raise NotFound("trip")
    return trip


def trip_by_public_id(session: Session, public_id: str) -> Trip:
    """The active trip of an accepted driver known outside by this identifier, with its driver.

    Raises:
        NotFound: no such trip, or no longer offered.
    """
    trip = _by_public_id(session, public_id)
    if trip is None or trip.status != "active" or not _drives(trip.driver):
        raise NotFound("trip")
    return trip


def _drives(person: Person) -> bool:
    return any(one.role == "driver" and one.status == "accepted" for one in person.enrolments)


def posted(session: Session, public_id: str | None) -> Trip | None:
    """The trip known by this identifier, whatever became of it."""
    return _by_public_id(session, public_id or "")


def offered(session: Session, numbers: Collection[int]) -> list[Trip]:
    """Those of these trips that are offered: none that waits to be confirmed, was stopped or deleted."""
    return list(session.scalars(select(Trip).where(Trip.id.in_(numbers), Trip.status == "active")))


def offered_by_commune(session: Session, *, communes: Collection[str] = ()) -> dict[str, int]:
    """How many active trips begin or end in each commune, by INSEE code; `communes` keeps some, empty keeps all."""
    counts: Counter[str] = Counter()
    for end in (Trip.origin_insee, Trip.destination_insee):
        # a trip within one commune is one trip there
        once = true() if end is Trip.origin_insee else Trip.destination_insee != Trip.origin_insee
        found = select(end, func.count()).where(Trip.status == "active", once).group_by(end)
        rows = session.execute(found.where(end.in_(communes)) if communes else found)
        counts.update({insee: count for insee, count in rows})
    return counts


def awaiting_numbers(*, communes: Collection[str] = ()) -> Select[int]:
    """The numbers of pending trips whose driver was never reached, or is still to be accepted; the oldest first.

    `communes` keeps those that begin or end in one of these INSEE codes; empty keeps all.
    """
    reached = Person.lines.any(PhoneLine.confirmed_at.is_not(None))
    candidate = Person.enrolments.any(and_(Enrolment.role == "driver", Enrolment.status == "candidate"))
    waiting = select(Trip.id).where(Trip.status == "pending", Trip.driver.has(or_(~reached, candidate)))
    if communes:
        waiting = waiting.where(or_(Trip.origin_insee.in_(communes), Trip.destination_insee.in_(communes)))
    return waiting.order_by(Trip.created_at, Trip.id)


def read_whole(session: Session, numbers: Collection[int]) -> list[Trip]:
    """These trips with their driver and departures, the oldest first."""
    query = _whole().where(Trip.id.in_(numbers))
    return list(session.scalars(query.order_by(Trip.created_at, Trip.id)))


def _by_public_id(session: Session, public_id: str) -> Trip | None:
    # PostgreSQL refuses to compare with a text that holds a NUL, so anything unlike an identifier stops here
    if not re.fullmatch(r"[0-9a-f]{32}", public_id):
        return None
    return session.scalar(_whole().where(Trip.public_id == public_id))


def _whole() -> Select[Trip]:
    return select(Trip).options(
        selectinload(Trip.departures),
        selectinload(Trip.pauses),
        selectinload(Trip.driver).selectinload(Person.lines),
    )


def listed(
    session: Session,
    *,
    insee: str | None = None,
    weekday: int | None = None,
    communes: Collection[str] = (),
    limit: int = 40,
    offset: int = 0,
) -> list[Trip]:
    """Offers not deleted, newest first; touching a commune, running on a weekday (0 is Monday), within an area."""
    query = _whole().where(Trip.status != "deleted").order_by(Trip.id.desc()).limit(limit).offset(offset)
    if insee is not None:
        query = query.where(or_(Trip.origin_insee == insee, Trip.destination_insee == insee))
    if weekday is not None:
        query = query.where(Trip.departures.any(Departure.weekday == weekday))
    if communes:
        query = query.where(or_(Trip.origin_insee.in_(communes), Trip.destination_insee.in_(communes)))
    return list(session.scalars(query).unique())
