"""The seats promised in a trip, on the part of the way where each passenger sits.

`bump_revision` comes first: its lock holds everybody else, so that reading before writing is safe; the
conditional update still stands behind, as the database's last word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.carpool.trips.rules import SeatPart, load
from lotocar.errors import Refused

Span = tuple[int, int]  # seconds since the departure


def take_seats(
    session: Session,
    *,
    trip_id: int,
    direction: str,
    day: date,
    seats: int,
    now: datetime,
    holder: int | None = None,
    span: Span | None = None,
) -> None:
    """Promise seats on one direction of one day, all along `span` (None: the whole way).

    `holder` is the leg that they are for, by which they are given back.

    Raises:
        Refused: seats.none_left.
    """
    revision = bump_revision(session)
    use = _use(session, trip_id, direction, day)
    start, end = span if span is not None else (0, None)
    parts = [*_parts_as_stored(use), [holder, seats, start, end]]
    (mine,) = parts_of(seats, [parts[-1]])
    _write(session, use, trip_id, parts, needed=load(parts_of(0, parts), mine.start_s, mine.end_s))
    _touch(session, trip_id, revision, now)


def release_seats(
    session: Session,
    *,
    trip_id: int,
    direction: str,
    day: date,
    seats: int,
    now: datetime,
    holder: int | None = None,
) -> None:
    """Give back the seats of this holder; never below none taken.

    `day` is that of the ride: the driver may leave on the evening before, or in the night after. Seats promised
    before holders were kept are those of the day itself.
    """
    revision = bump_revision(session)
    use = _held_near(session, trip_id, direction, day, holder) or _use(session, trip_id, direction, day)
    _write(session, use, trip_id, _without(_parts_as_stored(use), holder, seats))
    _touch(session, trip_id, revision, now)


def parts_of(taken: int, stored: Iterable[Any]) -> tuple[SeatPart, ...]:
    """The parts of a row of SeatUse; seats taken before parts were kept are taken all the way."""
    found = tuple(
        SeatPart(seats, start) if end is None else SeatPart(seats, start, end)
        for _, seats, start, end in stored
    )
    return found if found or not taken else (SeatPart(taken),)


def _use(session: Session, trip_id: int, direction: str, day: date) -> SeatUse:
    mine = (SeatUse.trip_id == trip_id, SeatUse.direction == direction, SeatUse.day == day)
    found = session.scalar(select(SeatUse).where(*mine).execution_options(populate_existing=True))
    if found is None:
        found = SeatUse(trip_id=trip_id, direction=direction, day=day, taken=0, parts=[])
        session.add(found)
        session.flush()
    return found


def _held_near(
    session: Session, trip_id: int, direction: str, day: date, holder: int | None
) -> SeatUse | None:
    """The seats of this day, the eve or the next in which the holder has a part."""
    near = SeatUse.day.between(day - timedelta(days=1), day + timedelta(days=1))
    mine = (SeatUse.trip_id == trip_id, SeatUse.direction == direction, near)
    uses = session.scalars(select(SeatUse).where(*mine).execution_options(populate_existing=True))
    return next((use for use in uses if holder is not None and _holds(use, holder)), None)


def _holds(use: SeatUse, holder: int) -> bool:
    return any(one[0] == holder for one in use.parts)


def _parts_as_stored(use: SeatUse) -> list[Any]:
    return list(use.parts) if use.parts or not use.taken else [[None, use.taken, 0, None]]


def _without(parts: list[Any], holder: int | None, seats: int) -> list[Any]:
    mine = [one for one in parts if one[0] == holder]
    if holder is not None and mine:
        return [one for one in parts if one[0] != holder]
    # promised before holders were kept, or by nobody in particular
    kept = []
    for whose, count, start, end in parts:
        given = min(count, seats) if whose is None else 0
        seats -= given
        if count > given:
            kept.append([whose, count - given, start, end])
    return kept


def _write(session: Session, use: SeatUse, trip_id: int, parts: list[Any], *, needed: int = 0) -> None:
    """Keep these parts, provided that the trip offers the seats `needed` where somebody gets in."""
    taken = load(parts_of(0, parts))
    offered = select(Trip.seats).where(Trip.id == trip_id).scalar_subquery()
    changed = session.execute(
        update(SeatUse)
        .where(SeatUse.id == use.id, SeatUse.taken == use.taken, offered >= needed)
        .values(taken=taken, parts=parts)
        .execution_options(synchronize_session=False)
    )
    session.expire(use)
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Refused("seats.none_left")


def _touch(session: Session, trip_id: int, revision: int, now: datetime) -> None:
    """The trip changed; so did the driver's others, when a month may now be full."""
    session.execute(update(Trip).where(Trip.id == trip_id).values(revision=revision, updated_at=now))
    limited = (
        select(Trip.driver_id)
        .join(Person, Person.id == Trip.driver_id)
        .where(Trip.id == trip_id, Person.monthly_limit.is_not(None))
    )
    driver_id = session.scalar(limited)
    if driver_id is not None:
        session.execute(update(Trip).where(Trip.driver_id == driver_id).values(revision=revision))
