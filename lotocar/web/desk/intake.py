"""Taking a call on one screen; candidates appear beside as soon as both places are known."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests import queries as request_queries
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.errors import Invalid
from lotocar.values.names import fold
from lotocar.values.phone import PhoneNumber
from lotocar.web import guards
from lotocar.web.desk import area, candidates, screens, words
from lotocar.web.desk.intake_form import IntakeForm, JourneyForm
from lotocar.web.edge import session
from lotocar.web.forms import row_number, showable
from lotocar.web.render import page, see_other

# where an operation's refusal stands on the form, when it names no field of it
BLAMED = {"": "origin"}


def intake() -> Response:
    """The call: an empty form, or one for the person named in `personne`, as in their request `comme`."""
    form = IntakeForm(formdata=None)
    person = _known(request.args.get("personne"))
    if person is not None:
        form.passenger_id.data = str(person.id)
        form.last_name.data = person.full_name
    past = row_number(request.args.get("comme"))
    if past is not None:
        form.show_again(screens.the_request(past))
    return _page(form, person)


def take_call() -> Response:
    """Save the request, and go on with it. The same form sent twice leads to the same request."""
    form = IntakeForm()
    already = request_queries.by_form_key(session(), _form_key(form))
    if already is not None:
        return _saved(already)
    person = _chosen(form)
    if not form.validate() or not area.accepts(screens.area(), form.origin, form.destination):
        return _page(form, person, status=422)
    try:
        return _saved(_submit(form, person))
    except Invalid as error:
        form.blame(error, fields=BLAMED)
        return _page(form, person, status=422)


def live_candidates() -> Response:
    """Who could drive what is typed so far; nothing is written, and the passenger's name never travels."""
    form = JourneyForm(formdata=request.args, meta={"csrf": False})
    form.validate()
    known = form.origin.stop and form.destination.stop and form.day.value
    legs = []
    if known and form.origin.stop != form.destination.stop:
        wishes = form.wishes()
        outside_area = not area.holds(screens.area(), wishes)
        legs = [] if outside_area else [_leg_found(wish, form.seats.data or 1) for wish in wishes]
    return page("desk/_live.html", legs=legs, form=form, words=words, rights=screens.rights())


def people_options() -> Response:
    """Known people for the field of the name: options of the list."""
    known = area.find_people(session(), request.args.get("q", "")[:60], screens.area(), limit=8)
    return page("desk/_people_options.html", people=known)


def caller_card() -> Response:
    """What we know of the person chosen in the call: numbers, notes, last requests; nothing for somebody new."""
    person = _known(request.args.get("passenger_id"))
    return page("desk/_caller.html", words=words, rights=screens.rights(), **_about(person))


def _leg_found(wish: LegWish, seats: int) -> dict[str, object]:
    now = clock.now()
    facts = candidates.facts_of_wish(wish, seats=seats, passenger_id=None, now=now)
    try:
        found = candidates.search(session(), facts, now=now)
        ways_out = [] if found else candidates.ways_out(session(), facts)
    except Invalid:
        found, ways_out = [], []
    rows = candidates.rows(
        session(), found, pickup=wish.origin.label, sees_numbers=screens.rights()["numbers"]
    )
    return {"wish": wish, "rows": rows, "count": len(found), "ways_out": ways_out}


def _page(form: IntakeForm, person: Person | None, *, status: int = 200) -> Response:
    return screens.show(
        "desk/intake.html", screen="home", status=status, form=form, words=words, legs=[], **_about(person)
    )


def _about(person: Person | None) -> dict[str, Any]:
    past = request_queries.of_person(session(), person.id, limit=5) if person else []
    return {"person": person, "past": past, "coming": [one for one in past if one.is_open]}


def _saved(ride_request: RideRequest) -> Response:
    return see_other(
        "desk.ride_request",
        notice=f"Demande n° {ride_request.id} enregistrée.",
        ride_request_id=ride_request.id,
    )


def _form_key(form: IntakeForm) -> str:
    return showable(form.form_key.data or "")[:64]


def _chosen(form: IntakeForm) -> Person | None:
    """The person picked from the list, unless another name was typed since then: that is somebody else."""
    person = _known(form.passenger_id.data)
    typed = fold(form.last_name.data or "")
    if person is None or typed in {"", fold(person.full_name), fold(person.last_name)}:
        return person
    form.passenger_id.data = ""
    return None


def _known(text: str | None) -> Person | None:
    number = row_number(text)
    return screens.the_person(number) if number is not None else None


def _submit(form: IntakeForm, known: Person | None) -> RideRequest:
    now, actor, database = clock.now(), guards.actor(), session()
    caller = _register_caller(form) if form.somebody_calls else None
    ride_request = requests.submit(
        database,
        form_key=_form_key(form),
        passenger=known or _register_passenger(form),
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
    if known and form.phone.value:
        people.add_line(database, known, form.phone.value, actor=actor, now=now)
    requests.take(database, ride_request, account_id=guards.signed_in_account().id, actor=actor, now=now)
    return ride_request


def _register_caller(form: IntakeForm) -> Person:
    return people.find_or_register(
        session(),
        first_name=form.caller_first_name.value or "",
        last_name=form.caller_last_name.value or "",
        numbers=_numbers(form.caller_phone.value),
        actor=guards.actor(),
        now=clock.now(),
    )


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
