"""Taking a call on one screen: the empty form, a call taken up again, and the request it becomes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request
from werkzeug.datastructures import MultiDict

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import readings
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import NewLine
from lotocar.carpool.requests import drafts
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests import queries as request_queries
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import outcomes
from lotocar.errors import Invalid
from lotocar.values.names import fold
from lotocar.values.phone import PhoneNumber
from lotocar.web import guards
from lotocar.web.desk import area, caller, kept_calls, screens, words
from lotocar.web.desk.intake_form import IntakeForm
from lotocar.web.edge import policy, session
from lotocar.web.forms import row_number, showable
from lotocar.web.render import see_other

# where an operation's refusal stands on the form, when it names no field of it
BLAMED = {"": "origin"}
# how a call without any driver may end at once
ENDINGS = frozenset({"unserved_no_driver", "referred_transit"})


def intake() -> Response:
    """The call: an empty form, one taken up again (`reprise`), or one for the person named in `personne`, as in
    their request `comme`, perhaps the other way (`sens`)."""
    form = _taken_up(showable(request.args.get("reprise", ""))) or IntakeForm(formdata=None)
    person = known(request.args.get("personne") or form.passenger_id.data)
    if person is not None and not form.last_name.data:
        form.passenger_id.data = str(person.id)
        form.last_name.data = person.full_name
    caller.fill_again(form, request.args)
    return show_call(form, person)


def take_call() -> Response:
    """Save the request, and go on with it. The same form sent twice leads to the same request."""
    form = IntakeForm()
    already = request_queries.by_form_key(session(), _form_key(form))
    if already is not None:
        return _saved(already)
    person = _chosen(form)
    if not form.validate() or not area.accepts(screens.area(), form.origin, form.destination):
        return show_call(form, person, status=422)
    try:
        return _saved(_submit(form, person))
    except Invalid as error:
        form.blame(error, fields=BLAMED)
        return show_call(form, person, status=422)


def keep_call() -> Response:
    """Keep what is typed so far. A script asks at every pause; the button « Garder » goes back to the bureau."""
    form_key = showable(request.form.get("form_key", ""))[:64]
    person = known(request.form.get("passenger_id"))
    kept = drafts.keep(
        session(),
        form_key=form_key,
        account_id=guards.signed_in_account().id,
        person_id=person.id if person else None,
        content=_content(),
        now=clock.now(),
    )
    if request.headers.get("HX-Request"):
        return Response("kept" if kept else "over", content_type="text/plain")
    return see_other("desk.home", notice="Appel gardé : « Reprendre l'appel » le retrouve.")


def drop_call() -> Response:
    """Give up a call that was kept."""
    form_key = showable(request.form.get("form_key", ""))[:64]
    drafts.forget(session(), form_key, account_id=guards.signed_in_account().id)
    return see_other("desk.home", notice="Appel effacé.")


def show_call(form: IntakeForm, person: Person | None, *, status: int = 200) -> Response:
    """The page of the call; what we know of the person shows to whoever said that they open the file."""
    now, actor = clock.now(), guards.actor()
    closed = person is not None and not readings.is_open(session(), person.id, actor, now=now)
    return screens.show(
        "desk/intake.html",
        screen="home",
        status=status,
        form=form,
        words=words,
        legs=[],
        drafts=_others(form) if status == 200 else [],
        behind_door=person if closed else None,
        **caller.about(None if closed else person),
    )


def _others(form: IntakeForm) -> list[kept_calls.KeptCall]:
    account = guards.signed_in_account()
    return kept_calls.of_account(session(), account.id, apart_from=form.form_key.data)


def _taken_up(form_key: str) -> IntakeForm | None:
    typed = drafts.taken_up(session(), form_key, account_id=guards.signed_in_account().id)
    if typed is None:
        return None
    return IntakeForm(
        formdata=MultiDict({name: value for name, value in typed.items()}), meta={"csrf": False}
    )


def _content() -> dict[str, str | list[str]]:
    """What the form holds, field by field, without its token."""
    known_fields = IntakeForm(formdata=None, meta={"csrf": False}).data
    return {
        name: values if len(values) > 1 else values[0]
        for name, given in request.form.lists()
        if name in known_fields and (values := [showable(one) for one in given])
    }


def _saved(ride_request: RideRequest) -> Response:
    return see_other(
        "desk.ride_request",
        notice=f"Demande n° {ride_request.id} enregistrée.",
        ride_request_id=ride_request.id,
    )


def _form_key(form: IntakeForm) -> str:
    return showable(form.form_key.data or "")[:64]


def known(text: str | None) -> Person | None:
    """The person behind this number of a hidden field or an address, or None."""
    number = row_number(text)
    return screens.the_person(number) if number is not None else None


def _chosen(form: IntakeForm) -> Person | None:
    """The person picked from the list, unless another name was typed since then: that is somebody else."""
    person = known(form.passenger_id.data)
    typed = fold(form.last_name.data or "")
    if person is None or typed in {"", fold(person.full_name), fold(person.last_name)}:
        return person
    form.passenger_id.data = ""
    return None


def _submit(form: IntakeForm, passenger: Person | None) -> RideRequest:
    now, actor, database = clock.now(), guards.actor(), session()
    by = _register_caller(form) if form.somebody_calls else None
    ride_request = requests.submit(
        database,
        form_key=_form_key(form),
        passenger=passenger or _register_passenger(form),
        caller=by,
        caller_relation=form.caller_relation.clean,
        legs=form.wishes(),
        seats=form.seats.data or 1,
        needs=form.needed,
        return_plan=form.return_plan,
        purpose=form.purpose.data,
        wish=form.wish.clean,
        staff_note=form.staff_note.clean,
        source="desk",
        actor=actor,
        now=now,
    )
    if passenger and form.phone.value:
        people.add_line(
            database, passenger, form.phone.value, label=form.phone_label.clean, actor=actor, now=now
        )
    requests.take(database, ride_request, account_id=guards.signed_in_account().id, actor=actor, now=now)
    drafts.forget(database, ride_request.form_key)
    _end_at_once(ride_request, request.form.get("outcome", ""))
    return ride_request


def _end_at_once(ride_request: RideRequest, outcome: str) -> None:
    """Nobody drives there: the request is kept with its reason, and found again when a trip could serve it."""
    if outcome in ENDINGS:
        outcomes.close_request(
            session(),
            ride_request,
            outcome=outcome,
            note="",
            actor=guards.actor(),
            now=clock.now(),
            policy=policy(),
        )


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
    numbers = _numbers(form.phone.value, form.phone_label.clean)
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


def _numbers(number: PhoneNumber | None, label: str = "") -> Sequence[NewLine]:
    return [NewLine(number, label)] if number else []
