"""A passenger leaves a name and a number, and sees the number of a driver who agreed to that."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import outcomes
from lotocar.carpool.rides import queries as rides
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.queries import trip_by_public_id
from lotocar.errors import Refused
from lotocar.values.actor import PUBLIC
from lotocar.values.tokens import hash_code
from lotocar.values.wording import day_words
from lotocar.web.edge import outside, session
from lotocar.web.passenger.asking import prefilled, register
from lotocar.web.passenger.forms import GUARDIAN_NEEDED, ContactForm
from lotocar.web.passenger.searching import hidden_from_robots
from lotocar.web.passenger.showing import ends_of, usual_hours
from lotocar.web.render import page, see_other

# numbers shown in a day: to one telephone, to one network (a library has many people behind one)
MOST_PER_NUMBER = 5
MOST_PER_NETWORK = 20
TOO_MANY = "Vous avez déjà vu plusieurs numéros aujourd'hui. Appelez-nous : nous vous aiderons à choisir."


def contact(public_id: str) -> Response:
    """Leave a name and a number; without the driver's consent, the request form instead."""
    trip = trip_by_public_id(session(), public_id)
    if not _may_be_called(session(), trip):
        return see_other("passenger.ask", **{**prefilled(), "trip": public_id})
    return _page(trip, ContactForm())


def reveal(public_id: str) -> Response:
    """The driver's number, on this answer only; who saw it is recorded."""
    trip = trip_by_public_id(session(), public_id)
    if not _may_be_called(session(), trip):
        return see_other("passenger.ask", trip=public_id)
    form, now = ContactForm(), clock.now()
    if not form.validate() or form.needs_guardian():
        return _page(trip, form, status=422)
    if _sees_too_many(session(), form, now):
        form.phone.errors = [TOO_MANY]
        return _page(trip, form, status=422)
    passenger = register(session(), form, now)
    try:
        _record(session(), trip, passenger, now)
    except Refused:
        form.guardian.errors = [GUARDIAN_NEEDED]
        return _page(trip, form, status=422)
    g.private_page = True  # no cache keeps the number
    line = people.call_line(trip.driver)
    assert line is not None  # _may_be_called looked
    return hidden_from_robots(page("passenger/revealed.html", line=line, driver=trip.driver, **_about(trip)))


def _may_be_called(session: Session, trip: Trip) -> bool:
    reached = people.call_line(trip.driver)
    return reached is not None and trip.driver_id in people.shares_phone(session, [trip.driver_id])


def _sees_too_many(session: Session, form: ContactForm, now: datetime) -> bool:
    assert form.phone.value is not None  # a needed field
    by_number, by_network = rides.reveals_since(
        session, now - timedelta(days=1), e164=form.phone.value.e164, network_hash=_network()
    )
    return by_number >= MOST_PER_NUMBER or by_network >= MOST_PER_NETWORK


def _record(session: Session, trip: Trip, passenger: Person, now: datetime) -> None:
    outcomes.reveal_contact(
        session,
        driver=trip.driver,
        passenger=passenger,
        trip_id=trip.id,
        network_hash=_network(),
        actor=PUBLIC,
        now=now,
    )


def _network() -> str:
    return hash_code(request.remote_addr or "", key=outside().settings.secret_key)


def _page(trip: Trip, form: ContactForm, *, status: int = 200) -> Response:
    return hidden_from_robots(
        page("passenger/contact.html", form=form, driver=trip.driver, status=status, **_about(trip))
    )


def _about(trip: Trip) -> dict[str, Any]:
    """The trip in public words, in the direction and on the day that the search had found."""
    direction = "back" if request.args.get("direction") == "back" else "out"
    return {
        "trip": trip,
        "ends": ends_of(trip, direction),
        "hours": usual_hours(trip, direction),
        "day": _asked_day(),
        "values": {name: request.args[name][:10] for name in ("direction", "jour") if name in request.args},
    }


def _asked_day() -> str:
    try:
        return day_words(date.fromisoformat(request.args.get("jour", "")))
    except ValueError:
        return ""
