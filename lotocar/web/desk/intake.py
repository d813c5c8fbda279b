"""Taking a call on one screen; candidates appear beside as soon as both places are known."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as persons
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests import queries as request_queries
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.errors import Invalid, NotFound
from lotocar.values.phone import PhoneNumber
from lotocar.web import guards
from lotocar.web.desk import candidates, screens, words
from lotocar.web.desk.intake_form import IntakeForm, JourneyForm
from lotocar.web.edge import session
from lotocar.web.render import page, see_other

BLAMED = {"leg": "origin", "seats": "seats", "destination": "destination", "day": "day", "hour": "hour"}


def intake() -> Response:
    """The call: an empty form, or one for the person named in `personne`."""
    form = IntakeForm(formdata=None)
    person = _known(request.args.get("personne", ""))
    if person is not None:
        form.passenger_id.data = str(person.id)
    return _page(form, person)


def take_call() -> Response:
    """Save the request, and go on with it."""
    form = IntakeForm()
    person = _known(form.passenger_id.data or "")
    if not form.validate():
        return _page(form, person, status=422)
    try:
        ride_request = _submit(form, person)
    except Invalid as error:
        form.blame(error, fields=BLAMED)
        return _page(form, person, status=422)
    return see_other(
        "desk.ride_request",
        notice=f"Demande n° {ride_request.id} enregistrée.",
        ride_request_id=ride_request.id,
    )


def live_candidates() -> Response:
    """Who could drive what is typed so far; nothing is written, and no name or number is sent here."""
    form = JourneyForm(formdata=request.args, meta={"csrf": False})
    form.validate()
    legs = []
    if (
        form.origin.stop
        and form.destination.stop
        and form.day.value
        and form.origin.stop != form.destination.stop
    ):
        legs = [_leg_found(wish, form.seats.data or 1) for wish in form.wishes()]
    return page("desk/_live.html", legs=legs, form=form, words=words, rights=screens.rights())


def people_options() -> Response:
    """Known people for the field of the name: options of the list."""
    found = persons.find_people(session(), request.args.get("q", "")[:60], limit=8)
    return page("desk/_people_options.html", people=found)


def _leg_found(wish: LegWish, seats: int) -> dict[str, object]:
    now = clock.now()
    facts = candidates.facts_of_wish(wish, seats=seats, passenger_id=None, now=now)
    try:
        found = candidates.search(session(), facts, now=now)
    except Invalid:
        found = []
    rows = candidates.rows(session(), found, sees_numbers=screens.rights()["numbers"])
    return {"wish": wish, "rows": rows, "count": len(found)}


def _page(form: IntakeForm, person: Person | None, *, status: int = 200) -> Response:
    past = request_queries.of_person(session(), person.id, limit=5) if person else []
    return screens.show(
        "desk/intake.html",
        screen="home",
        status=status,
        form=form,
        person=person,
        past=past,
        words=words,
        legs=[],
    )


def _known(text: str) -> Person | None:
    if not text.isdigit():
        return None
    person = session().get(Person, int(text[:9]))
    if person is None or person.erased_at is not None:
        raise NotFound("person")
    return person


def _submit(form: IntakeForm, known: Person | None) -> RideRequest:
    now, actor, database = clock.now(), guards.actor(), session()
    caller = None
    if form.caller_last_name.value:
        caller = people.find_or_register(
            database,
            first_name=form.caller_first_name.value or "",
            last_name=form.caller_last_name.value,
            numbers=_numbers(form.caller_phone.value),
            actor=actor,
            now=now,
        )
    passenger = known or _register_passenger(form)
    ride_request = requests.submit(
        database,
        form_key=(form.form_key.data or "")[:64],
        passenger=passenger,
        caller=caller,
        caller_relation=form.caller_relation.clean,
        legs=form.wishes(),
        seats=form.seats.data or 1,
        purpose=form.purpose.data,
        wish=form.wish.clean,
        staff_note=form.staff_note.clean,
        source="desk",
        actor=actor,
        now=now,
    )
    requests.take(database, ride_request, account_id=guards.signed_in_account().id, actor=actor, now=now)
    return ride_request


def _register_passenger(form: IntakeForm) -> Person:
    numbers = _numbers(form.phone.value)
    if not numbers and form.caller_phone.value:
        # somebody without a telephone is reached through whoever called for them
        label = form.caller_relation.clean or "par qui a appelé"
        numbers = [NewLine(form.caller_phone.value, label[:40])]
    return people.find_or_register(
        session(),
        civility=form.civility.data,
        first_name=form.first_name.value or "",
        last_name=form.last_name.value or "",
        numbers=numbers,
        minor=form.minor.data == "yes",
        actor=guards.actor(),
        now=clock.now(),
    )


def _numbers(number: PhoneNumber | None) -> list[NewLine]:
    return [NewLine(number)] if number else []
