"""Offering trips, changing them, pausing them, and the seats promised in them.

Every act that changes what a search may find begins with `bump_revision`, whose lock orders the commits.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as people_queries
from lotocar.carpool.people import rules as people_rules
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import queries, rules
from lotocar.carpool.trips.models import Departure, Pause, SeatUse, Trip, TripRevision
from lotocar.errors import NotFound, Refused
from lotocar.journal import operations as journal
from lotocar.organisation import queries as organisation
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop
from lotocar.values.tokens import new_hex_id

_CHANGED_IN = "trips changed in"  # the transaction, kept in the session's own notes


def bump_revision(session: Session) -> int:
    """The next revision of the trips. Taken first in a transaction, its lock keeps the others waiting."""
    changed = session.execute(
        update(TripRevision).where(TripRevision.id == 1).values(value=TripRevision.value + 1)
    )
    session.info[_CHANGED_IN] = session.get_transaction()
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.add(TripRevision(id=1, value=1))
        session.flush()
        return 1
    return session.scalars(select(TripRevision.value).where(TripRevision.id == 1)).one()


def has_changed_trips(session: Session) -> bool:
    """Whether this transaction has changed trips: what it reads of them may yet be rolled back."""
    return session.in_transaction() and session.info.get(_CHANGED_IN) is session.get_transaction()


def post_trip(
    session: Session,
    *,
    driver: Person,
    offer: rules.TripOffer,
    confirmed: bool,
    public_id: str | None = None,
    actor: Actor,
    now: datetime,
) -> Trip:
    """A new trip of this driver, whose hour and places hold today when `confirmed`.

    `public_id`, 32 random hex characters, may come from the form, so that a form sent twice clashes with itself.
    It can be found at once when the driver's number is confirmed and the driver accepted; otherwise it is pending.

    Raises:
        Invalid: the offer cannot be driven (codes "trip.…").
        Refused: the driver was refused or suspended.
    """
    revision = bump_revision(session)
    rules.check_offer(offer, today=_today(now))
    enrolment = people.enrol(session, driver, role="driver", act="apply", actor=actor, now=now)
    status = rules.initial_status(line_confirmed=_is_reached(driver), enrolment=enrolment.status)
    trip = Trip(
        public_id=public_id or new_hex_id(),
        driver=driver,
        status=status,
        confirmed_at=now if confirmed else None,
        created_at=now,
        updated_at=now,
        revision=revision,
        **_columns(offer),
        departures=[_departure(one) for one in offer.departures],
    )
    session.add(trip)
    session.flush()  # the journal needs its number
    _note(session, trip, "trip.posted", actor, now, status=status)
    return trip


def change_trip(session: Session, trip: Trip, offer: rules.TripOffer, *, actor: Actor, now: datetime) -> None:
    """The trip as the driver now says it. A departure whose day stays keeps its row, whatever its hour.

    Raises:
        Invalid: the offer cannot be driven.
    """
    revision = bump_revision(session)
    rules.check_offer(offer, today=_today(now))
    for name, value in _columns(offer).items():
        setattr(trip, name, value)
    known = {(one.direction, one.weekday, one.day): one for one in trip.departures}
    wanted = {one.slot: one for one in offer.departures}
    trip.departures = [known.get(slot) or _departure(one) for slot, one in wanted.items()]
    for departure in trip.departures:
        departure.hour = wanted[departure.direction, departure.weekday, departure.day].hour
    trip.base_seconds = None  # measured for the old places
    trip.confirmed_at = now
    _stamp(trip, revision, now)
    _note(session, trip, "trip.changed", actor, now)


def pause(
    session: Session, trip: Trip, first_day: date, last_day: date, *, actor: Actor, now: datetime
) -> Pause:
    """The trip does not run on these days, both included.

    Raises:
        Invalid: pause.order or pause.past.
    """
    revision = bump_revision(session)
    rules.check_pause(first_day, last_day, today=_today(now))
    added = Pause(trip_id=trip.id, first_day=first_day, last_day=last_day)
    trip.pauses.append(added)
    _stamp(trip, revision, now)
    session.flush()
    _note(session, trip, "trip.paused", actor, now, first=first_day.isoformat(), last=last_day.isoformat())
    return added


def remove_pause(session: Session, trip: Trip, pause_id: int, *, actor: Actor, now: datetime) -> None:
    """The trip runs again on those days.

    Raises:
        NotFound: this trip has no such pause.
    """
    revision = bump_revision(session)
    found = next((one for one in trip.pauses if one.id == pause_id), None)
    if found is None:
        raise NotFound("pause")
    trip.pauses.remove(found)
    _stamp(trip, revision, now)
    _note(session, trip, "trip.unpaused", actor, now)


def stop(session: Session, trip: Trip, *, actor: Actor, now: datetime) -> None:
    """No search finds the trip any more, until it resumes."""
    _step(session, trip, "stop", actor, now)


def resume(session: Session, trip: Trip, *, actor: Actor, now: datetime) -> None:
    """Searches find the trip again."""
    _step(session, trip, "resume", actor, now)
    trip.confirmed_at = now


def delete(session: Session, trip: Trip, *, actor: Actor, now: datetime) -> None:
    """The driver takes the trip away; its row stays for what was agreed on it."""
    _step(session, trip, "delete", actor, now)


def confirm_pending(session: Session, driver: Person, *, actor: Actor, now: datetime) -> Person:
    """The driver was reached: pending trips become active, and the person one with who they already were.

    Where drivers need validation, only the team's own act accepts them; the trips wait until then.
    Returns the person who now holds the trips: an older row of the same name on the same number survives.
    """
    revision = bump_revision(session)
    driver = _joined_with_known(session, driver, revision, actor, now)
    enrolment = people.enrol(session, driver, role="driver", act="apply", actor=actor, now=now)
    if enrolment.status == "candidate" and _may_accept(session, actor):
        people.enrol(session, driver, role="driver", act="accept", actor=actor, now=now)
        # whoever comes back brings trips that were active all along
        session.execute(update(Trip).where(Trip.driver_id == driver.id).values(revision=revision))
    if enrolment.status == "accepted" and _is_reached(driver):
        for trip in queries.trips_of(session, driver.id):
            if trip.status == "pending":
                trip.status = rules.trip_after(trip.status, "confirm")
                trip.confirmed_at = now
                _stamp(trip, revision, now)
                _note(session, trip, "trip.confirm", actor, now)
    return driver


def driver_changed(session: Session, driver_id: int) -> None:
    """Tell searches that this driver's standing changed: accepted, suspended, gone."""
    revision = bump_revision(session)
    session.execute(update(Trip).where(Trip.driver_id == driver_id).values(revision=revision))


def take_seats(
    session: Session, *, trip_id: int, direction: str, day: date, seats: int, now: datetime
) -> None:
    """Promise seats on one direction of one day; the database has the last word.

    Raises:
        Refused: seats.none_left.
    """
    revision = bump_revision(session)
    offered = select(Trip.seats).where(Trip.id == trip_id).scalar_subquery()
    use = (SeatUse.trip_id == trip_id, SeatUse.direction == direction, SeatUse.day == day)
    raised = session.execute(
        update(SeatUse)
        .where(*use, SeatUse.taken + seats <= offered)
        .values(taken=SeatUse.taken + seats)
        .execution_options(synchronize_session=False)
    )
    if raised.rowcount == 0:  # type: ignore[attr-defined]
        _first_seats(session, trip_id, direction, day, seats)
    _touch(session, trip_id, revision, now)


def release_seats(
    session: Session, *, trip_id: int, direction: str, day: date, seats: int, now: datetime
) -> None:
    """Give seats back; never below none taken."""
    revision = bump_revision(session)
    use = (SeatUse.trip_id == trip_id, SeatUse.direction == direction, SeatUse.day == day)
    session.execute(
        update(SeatUse)
        .where(*use, SeatUse.taken >= seats)
        .values(taken=SeatUse.taken - seats)
        .execution_options(synchronize_session=False)
    )
    _touch(session, trip_id, revision, now)


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Take away this driver's trips and empty what they wrote in them; the rows stay for the counts."""
    revision = bump_revision(session)
    for trip in session.scalars(select(Trip).where(Trip.driver_id == person_id)):
        trip.status = "deleted"
        trip.precision = trip.note = ""
        trip.origin, trip.destination = _blurred(trip.origin), _blurred(trip.destination)
        _stamp(trip, revision, now)
    session.flush()


def _joined_with_known(
    session: Session, driver: Person, revision: int, actor: Actor, now: datetime
) -> Person:
    known = _known_elsewhere(session, driver)
    # requests, questions and rides of rooms above stay with the row they name: then both rows are kept
    if known is None or people_queries.is_named_elsewhere(session, driver.id, apart_from=Trip.__tablename__):
        return driver
    session.execute(
        update(Trip).where(Trip.driver_id == driver.id).values(driver_id=known.id, revision=revision)
    )
    people.merge_persons(session, kept=known, merged=driver, actor=actor, now=now)
    session.expire_all()  # the trips changed hands behind the session's back
    return known


def _known_elsewhere(session: Session, driver: Person) -> Person | None:
    for line in driver.lines:
        if line.confirmed_at is None:
            continue
        for other in people_queries.confirmed_persons(session, line.e164):
            if other.id < driver.id and people_rules.is_same_person(
                driver.first_name, driver.last_name, other.first_name, other.last_name
            ):
                return other
    return None


def _may_accept(session: Session, actor: Actor) -> bool:
    return actor.kind is ActorKind.STAFF or not organisation.current(session).drivers_need_validation


def _first_seats(session: Session, trip_id: int, direction: str, day: date, seats: int) -> None:
    # bump_revision holds everybody else, so that reading first is safe here; the constraint still stands behind
    use = (SeatUse.trip_id == trip_id, SeatUse.direction == direction, SeatUse.day == day)
    offered = session.scalar(select(Trip.seats).where(Trip.id == trip_id))
    if offered is None or seats > offered or session.scalar(select(SeatUse.id).where(*use)):
        raise Refused("seats.none_left")
    session.add(SeatUse(trip_id=trip_id, direction=direction, day=day, taken=seats))
    session.flush()


def _touch(session: Session, trip_id: int, revision: int, now: datetime) -> None:
    session.execute(update(Trip).where(Trip.id == trip_id).values(revision=revision, updated_at=now))


def _step(session: Session, trip: Trip, act: str, actor: Actor, now: datetime) -> None:
    revision = bump_revision(session)
    trip.status = rules.trip_after(trip.status, act)
    _stamp(trip, revision, now)
    _note(session, trip, f"trip.{act}", actor, now)


def _stamp(trip: Trip, revision: int, now: datetime) -> None:
    trip.revision = revision
    trip.updated_at = now


def _columns(offer: rules.TripOffer) -> dict[str, Any]:
    return {
        "kind": offer.kind,
        "origin": offer.origin,
        "destination": offer.destination,
        "seats": offer.seats,
        "flexibility_minutes": offer.flexibility_minutes,
        "max_detour_minutes": offer.max_detour_minutes,
        "valid_from": offer.valid_from,
        "valid_until": offer.valid_until,
        "precision": offer.precision.strip(),
        "note": offer.note.strip(),
    }


def _blurred(stop: Stop) -> Stop:
    # a hamlet or a doorstep would still tell who it was; the commune, to a kilometre, is enough for the counts
    return Stop("", stop.insee, round(stop.lat, 2), round(stop.lon, 2))


def _departure(offer: rules.DepartureOffer) -> Departure:
    return Departure(direction=offer.direction, weekday=offer.weekday, day=offer.day, hour=offer.hour)


def _is_reached(driver: Person) -> bool:
    return any(line.confirmed_at for line in driver.lines)


def _today(now: datetime) -> date:
    return now.astimezone(PARIS).date()


def _note(session: Session, trip: Trip, verb: str, actor: Actor, now: datetime, **data: Any) -> None:
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=verb,
        subject_kind="trip",
        subject_id=trip.id,
        data=data or None,
    )
