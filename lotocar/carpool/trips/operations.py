"""Offering trips, changing them, pausing them.

Every act that changes what a search may find begins with `bump_revision`, whose lock orders the commits.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.carpool.people import erasing
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as people_queries
from lotocar.carpool.people import rules as people_rules
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import queries, rules
from lotocar.carpool.trips.models import Departure, Pause, Trip, TripRevision
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.journal import operations as journal
from lotocar.organisation import queries as organisation
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop
from lotocar.values.tokens import new_hex_id
from lotocar.world.calendars import operations as calendars

_CHANGED_IN = "trips changed in"  # the transaction, kept in the session's own notes


def bump_revision(session: Session) -> int:
    """The next revision of the trips. Taken first in a transaction, its lock keeps the others waiting."""
    if not _raise_revision(session):
        with suppress(IntegrityError), session.begin_nested():  # somebody else posts the first one now
            session.add(TripRevision(id=1, value=0))
        _raise_revision(session)
    session.info[_CHANGED_IN] = session.get_transaction()
    return session.scalars(select(TripRevision.value).where(TripRevision.id == 1)).one()


def _raise_revision(session: Session) -> bool:
    one_more = update(TripRevision).where(TripRevision.id == 1).values(value=TripRevision.value + 1)
    return bool(session.execute(one_more).rowcount)  # type: ignore[attr-defined]


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
    _have_calendar(session, offer, revision, now)
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


def change_trip(
    session: Session,
    trip: Trip,
    offer: rules.TripOffer,
    *,
    expected_revision: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The trip as the driver now says it. A departure whose day stays keeps its row, whatever its hour.

    The days of a weekly trip that were moved stay moved. `expected_revision` is what whoever changes it had read;
    None when it was read in this very transaction.

    Raises:
        Invalid: the offer cannot be driven. Refused: "stale" when the trip changed since it was read.
    """
    revision = bump_revision(session)
    kept = session.scalar(select(Trip.revision).where(Trip.id == trip.id))
    if expected_revision not in {None, kept}:
        raise Refused("stale")
    rules.check_offer(offer, today=_today(now))
    _have_calendar(session, offer, revision, now)
    for name, value in _columns(offer).items():
        setattr(trip, name, value)
    known = {(one.direction, one.weekday, one.day): one for one in trip.departures}
    wanted = {one.slot: one for one in offer.departures}
    moved = [one for one in trip.departures if offer.kind == "regular" and one.day is not None]
    said = [known.get(slot) or _departure(one) for slot, one in wanted.items()]
    for departure in said:
        departure.hour = wanted[departure.direction, departure.weekday, departure.day].hour
    trip.departures = [*said, *moved]
    trip.base_seconds = None  # measured for the old places
    trip.confirmed_at = now
    _stamp(trip, revision, now)
    _note(session, trip, "trip.changed", actor, now)


def pause(
    session: Session, trip: Trip, first_day: date, last_day: date, *, actor: Actor, now: datetime
) -> Pause:
    """The trip does not run on these days, both included; pauses that touch become one.

    Raises:
        Invalid: pause.order or pause.past.
    """
    revision = bump_revision(session)
    rules.check_pause(first_day, last_day, today=_today(now))
    known = {(one.first_day, one.last_day): one for one in trip.pauses}
    first_day, last_day, touched = rules.with_pause(known, first_day, last_day)
    if touched == [(first_day, last_day)]:
        return known[first_day, last_day]
    added = Pause(trip_id=trip.id, first_day=first_day, last_day=last_day)
    trip.pauses = [one for days, one in known.items() if days not in touched] + [added]
    _stamp(trip, revision, now)
    session.flush()
    _note(session, trip, "trip.paused", actor, now, first=first_day.isoformat(), last=last_day.isoformat())
    return added


def move_day(
    session: Session,
    trip: Trip,
    day: date,
    *,
    to: date,
    hour: time | None,
    back_hour: time | None,
    actor: Actor,
    now: datetime,
) -> None:
    """A weekly trip runs on `to` instead of `day`, at these hours; the same day means at other hours only.

    `hour` None takes the hour of the way out of `day`; `back_hour` None means no way back. A pause ends for `to`:
    the driver says that they drive.

    Raises:
        Invalid: "trip.not_that_day" when it does not run on `day`; or see `rules.check_moved`.
    """
    revision = bump_revision(session)
    usual = {one.direction: one.hour for one in trip.departures if one.weekday == day.weekday()}
    if "out" not in usual:
        raise Invalid("trip.not_that_day", field="day")
    hour = hour or usual["out"]
    rules.check_moved(day, to, hour=hour, back_hour=back_hour, today=_today(now))
    hours = {"out": hour} | ({"back": back_hour} if back_hour else {})
    kept = [one for one in trip.departures if one.day not in {day, to}]
    trip.departures = kept + [
        Departure(direction=direction, day=to, hour=at) for direction, at in hours.items()
    ]
    _end_pause_for(trip, to)
    _stamp(trip, revision, now)
    session.flush()
    _note(session, trip, "trip.day_moved", actor, now, day=day.isoformat(), to=to.isoformat())
    if to != day:
        pause(session, trip, day, day, actor=actor, now=now)


def restore_day(session: Session, trip: Trip, day: date, *, actor: Actor, now: datetime) -> None:
    """The weekly trip runs on this day as on any other of its weekday.

    Raises:
        NotFound: nothing was moved to that day.
    """
    revision = bump_revision(session)
    kept = [one for one in trip.departures if one.day != day]
    if trip.kind != "regular" or len(kept) == len(trip.departures):
        raise NotFound("departure")
    trip.departures = kept
    _stamp(trip, revision, now)
    _note(session, trip, "trip.day_restored", actor, now, day=day.isoformat())


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


def stamp_followers(session: Session, revision: int) -> None:
    """Every trip that follows a calendar is read again at this revision: the calendar changed."""
    follows = or_(Trip.school_terms != "", Trip.skips_holidays.is_(True))
    session.execute(update(Trip).where(follows).values(revision=revision))


def set_terms(
    session: Session,
    driver: Person,
    *,
    abilities: str | None,
    monthly_limit: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """What the driver offers besides a seat (codes of people.rules.ABILITIES; None: nobody asked), and on how many
    days a month at most (None: no limit). Searches learn of it.

    Raises:
        Invalid: see `people.operations.set_terms`.
    """
    driver_changed(session, driver.id)
    people.set_terms(session, driver, abilities=abilities, monthly_limit=monthly_limit, actor=actor, now=now)


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Take away this driver's trips and empty what they wrote in them; the rows stay for the counts."""
    revision = bump_revision(session)
    for trip in session.scalars(select(Trip).where(Trip.driver_id == person_id)):
        trip.status = "deleted"
        trip.precision = trip.note = ""
        trip.via_stops = []
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
    # what one row offers besides a seat becomes the other's too: the trips of both are read again
    theirs = Trip.driver_id.in_((driver.id, known.id))
    session.execute(update(Trip).where(theirs).values(driver_id=known.id, revision=revision))
    erasing.merge_persons(session, kept=known, merged=driver, actor=actor, now=now)
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


def _end_pause_for(trip: Trip, day: date) -> None:
    for one in [one for one in trip.pauses if one.first_day <= day <= one.last_day]:
        trip.pauses.remove(one)
        left = rules.without_day(one.first_day, one.last_day, day)
        trip.pauses += [Pause(first_day=first, last_day=last) for first, last in left]


def _may_accept(session: Session, actor: Actor) -> bool:
    return actor.kind is ActorKind.STAFF or not organisation.current(session).drivers_need_validation


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
        "via_stops": [[one.label, one.insee, one.lat, one.lon] for one in offer.vias],
        "school_terms": offer.school_terms,
        "skips_holidays": offer.skips_holidays,
        "team_only": offer.team_only,
        "stated_minutes": offer.stated_minutes,
        "precision": offer.precision.strip(),
        "note": offer.note.strip(),
    }


def _blurred(stop: Stop) -> Stop:
    # a hamlet or a doorstep would still tell who it was; the commune, to a kilometre, is enough for the counts
    return Stop("", stop.insee, round(stop.lat, 2), round(stop.lon, 2))


def _have_calendar(session: Session, offer: rules.TripOffer, revision: int, now: datetime) -> None:
    """A trip that follows a calendar finds one, even if the nightly job never ran."""
    if (offer.school_terms or offer.skips_holidays) and calendars.fill(session, _today(now)):
        stamp_followers(session, revision)


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
