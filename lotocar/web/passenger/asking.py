"""A passenger leaves a request for the team."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests import queries
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.queries import trip_by_public_id
from lotocar.errors import Invalid, NotFound
from lotocar.values.actor import PUBLIC
from lotocar.values.tokens import new_hex_id
from lotocar.web.edge import session
from lotocar.web.forms import showable
from lotocar.web.passenger.forms import Identity, RequestForm
from lotocar.web.passenger.searching import hidden_from_robots
from lotocar.web.passenger.showing import ends_of
from lotocar.web.render import page, see_other

PREFILLED = (
    "origin",
    "origin_code",
    "destination",
    "destination_code",
    "day",
    "time_kind",
    "hour",
    "flexible",
    "trip",
)
MOST_IN_A_DAY = 5
TOO_MANY = (
    "Vous avez déjà laissé plusieurs demandes aujourd'hui. Appelez-nous : nous ferons le point ensemble."
)


def ask() -> Response:
    """The form, filled in with what the search knew."""
    return _page(RequestForm(formdata=None, data=prefilled(), form_key=new_hex_id()))


def prefilled() -> dict[str, str]:
    """What the address says of the journey; nothing else of it is looked at."""
    return {name: showable(request.args[name][:200]) for name in PREFILLED if name in request.args}


def leave_request() -> Response:
    """The request arrives at the desk; the same form sent twice makes one."""
    form = RequestForm()
    if not form.validate():
        return _page(form, status=422)
    now, form_key = clock.now(), _form_key(form)
    try:
        passenger = register(session(), form, now)
        if (before := _asked_before(session(), passenger, form)) is not None:
            return _received(before)
        if _asks_too_often(session(), passenger, now):
            raise Invalid("request.too_many", field="phone")
        submitted = requests.submit(
            session(),
            form_key=form_key,
            passenger=passenger,
            legs=form.wishes(),
            seats=form.seats.data,
            wish=form.wish.clean,
            source="web",
            trip_id=trip.id if (trip := pointed_at(form.trip.data)) else None,
            actor=PUBLIC,
            now=now,
        )
    except Invalid as refusal:
        form.blame(refusal)
        return _page(form, status=422)
    except IntegrityError:  # the same form, sent at the same instant, was kept first
        session().rollback()
        if (before := queries.by_form_key(session(), form_key)) is None:
            raise
        return _received(before)
    return _received(submitted)


def request_received() -> Response:
    """What happens now."""
    return page("passenger/request_received.html")


def register(session: Session, form: Identity, now: datetime) -> Person:
    """Whoever left a name and a number, and a guardian's word for a minor. A known person is left as they are."""
    assert form.phone.value is not None  # a needed field
    person = people.find_or_register(
        session,
        first_name=form.first_name.value or "",
        last_name=form.last_name.value or "",
        numbers=[NewLine(form.phone.value)],
        contact_preference="sms" if form.phone.value.can_receive_sms else "call",
        minor=bool(form.minor.data),
        actor=PUBLIC,
        now=now,
    )
    people.enrol(session, person, role="passenger", act="apply", actor=PUBLIC, now=now)
    newcomer = person.created_at == now
    if newcomer and form.minor.data and form.guardian.data:  # nobody says this online of somebody we know
        people.record_guardian_consent(session, person, actor=PUBLIC, now=now)
    return person


def pointed_at(public_id: str | None) -> Trip | None:
    """The offer that the passenger chose before asking, while it still stands."""
    try:
        return trip_by_public_id(session(), public_id or "")
    except NotFound:
        return None


def _asked_before(session: Session, passenger: Person, form: RequestForm) -> RideRequest | None:
    """The open request that says the same: the page was gone back to and sent again, from a new form."""
    wanted = [_journey(wish) for wish in form.wishes()]
    for one in queries.of_person(session, passenger.id, limit=MOST_IN_A_DAY):
        if one.is_open and one.source == "web" and [_journey(leg) for leg in one.legs] == wanted:
            return one
    return None


def _journey(leg: Leg | LegWish) -> tuple[object, ...]:
    where = leg.direction, leg.origin, leg.destination
    return *where, leg.day, leg.flexible_days, leg.time_kind, leg.hour, leg.until


def _received(ride_request: RideRequest) -> Response:
    return see_other("passenger.request_received", notice=f"Votre demande porte le n° {ride_request.id}.")


def _asks_too_often(session: Session, passenger: Person, now: datetime) -> bool:
    latest = queries.of_person(session, passenger.id, limit=MOST_IN_A_DAY)
    return len(latest) == MOST_IN_A_DAY and all(
        one.source == "web" and one.created_at > now - timedelta(days=1) for one in latest
    )


def _form_key(form: RequestForm) -> str:
    key = form.form_key.data or ""
    return key if re.fullmatch(r"[0-9a-f]{32}", key) else new_hex_id()


def _page(form: RequestForm, *, status: int = 200) -> Response:
    trip = pointed_at(form.trip.data)
    return hidden_from_robots(
        page(
            "passenger/ask.html",
            form=form,
            trip=trip,
            driver_first_name=trip.driver.first_name if trip else "",
            ends=ends_of(trip, "out") if trip else (),
            status=status,
        )
    )
