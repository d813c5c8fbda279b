"""Persons: one page each, with all that the desk may do for them."""

from __future__ import annotations

from flask import Response, abort, request

from lotocar import clock
from lotocar.carpool.people import consents, readings
from lotocar.carpool.people import operations as acts
from lotocar.carpool.people.models import PhoneLine
from lotocar.carpool.trips import operations as trip_acts
from lotocar.civic.privacy import erasure
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.web import collisions, guards, links
from lotocar.web.desk import area, person_page, screens, words
from lotocar.web.desk.person_page import LineForm, PersonForm
from lotocar.web.edge import policy, session
from lotocar.web.forms import showable
from lotocar.web.render import see_other


def people() -> Response:
    """The box in which to look for a person: what is typed goes in the body, never in an address."""
    return _listed("")


def find_person() -> Response:
    """The people found."""
    return _listed(showable(request.form.get("q", "")).strip()[:80])


def _listed(text: str) -> Response:
    found = area.find_people(session(), text, screens.area(), limit=40) if text else []
    return screens.show("desk/people.html", screen="people", text=text, found=found, words=words)


def person(person_id: int) -> Response:
    """One person's page, for whoever said that they open it; else its door."""
    return person_page.show(screens.the_person(person_id))


def open_file(person_id: int) -> Response:
    """Open a person's file: the log keeps who did, and when."""
    screens.the_person(person_id)
    readings.open_file(session(), person_id, guards.actor(), now=clock.now())
    to = request.form.get("to")
    if to == "call":
        return see_other("desk.intake", personne=person_id)
    return see_other("desk.yearly_statement" if to == "statement" else "desk.person", person_id=person_id)


def change_person(person_id: int) -> Response:
    """Correct a person."""
    found, form = screens.the_person(person_id), PersonForm()
    if not form.validate():
        return person_page.show(found, status=422, form=form)
    if form.revision.data != str(found.revision):
        form.revision.data = str(found.revision)
        clash = collisions.clash(
            session(),
            ("person", person_id),
            PersonForm(formdata=None, obj=found),
            form,
            title="Quelqu’un d’autre a modifié cette fiche pendant que vous écriviez",
        )
        return person_page.show(found, status=409, form=form, clash=clash)
    changes = {
        "civility": form.civility.data,
        "last_name": form.last_name.value,
        "first_name": form.first_name.value or "",
        "contact_preference": form.contact_preference.data,
        "call_hours": form.call_hours.clean,
        "car": form.car.clean,
        "flag": form.flag.clean,
        "staff_note": form.staff_note.clean,
    }
    try:
        acts.change_person(session(), found, actor=guards.actor(), now=clock.now(), **changes)
    except Invalid as error:
        form.blame(error)
        return person_page.show(found, status=422, form=form)
    return see_other("desk.person", notice="Fiche corrigée.", person_id=person_id)


def add_line(person_id: int) -> Response:
    """One number more for this person."""
    found, form = screens.the_person(person_id), LineForm()
    if not form.validate() or form.phone.value is None:
        return person_page.show(found, status=422, line_form=form)
    acts.add_line(
        session(),
        found,
        form.phone.value,
        label=form.label.clean,
        actor=guards.actor(),
        now=clock.now(),
    )
    return see_other("desk.person", notice="Numéro ajouté.", person_id=person_id)


def confirm_line(person_id: int, line_id: int) -> Response:
    """The person was reached at this number: their waiting trips open."""
    found = screens.the_person(person_id)
    line = session().get(PhoneLine, line_id)
    if line is None or line.person_id != found.id:
        raise NotFound("line")
    now, actor = clock.now(), guards.actor()
    acts.confirm_line(session(), line, actor=actor, now=now)
    kept = trip_acts.confirm_pending(session(), found, actor=actor, now=now)
    return see_other("desk.person", notice="Numéro confirmé.", person_id=kept.id)


def remove_line(person_id: int, line_id: int) -> Response:
    """This number is no longer theirs."""
    found = screens.the_person(person_id)
    line = session().get(PhoneLine, line_id)
    if line is None or line.person_id != found.id:
        raise NotFound("line")
    acts.remove_line(session(), line, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Numéro retiré.", person_id=person_id)


def change_consents(person_id: int) -> Response:
    """What the person said aloud of both uses; what is not ticked is a no."""
    found = screens.the_person(person_id)
    now, actor = clock.now(), guards.actor()
    consents.hear(
        session(),
        found,
        share_phone=request.form.get("share_phone") == "yes",
        registry=request.form.get("registry") == "yes",
        actor=actor,
        now=now,
    )
    return see_other("desk.person", notice="Accords notés.", person_id=person_id)


def guardian(person_id: int) -> Response:
    """A parent authorised this minor."""
    acts.record_guardian_consent(
        session(), screens.the_person(person_id), actor=guards.actor(), now=clock.now()
    )
    return see_other("desk.person", notice="Autorisation parentale notée.", person_id=person_id)


def new_link(person_id: int) -> Response:
    """A new private link; the old one dies. It is shown once, and leaves by SMS when there is a mobile."""
    found = screens.the_person(person_id)
    token = links.send_link(session(), found, now=clock.now(), actor=guards.actor())
    return person_page.show(found, address=links.private_address(token))


def enrol(person_id: int) -> Response:
    """Accept, refuse or suspend a driver."""
    found = screens.the_person(person_id)
    act = request.form.get("act", "")
    if act not in {"accept", "refuse", "suspend", "leave"}:
        abort(400)
    try:
        acts.enrol(session(), found, role="driver", act=act, actor=guards.actor(), now=clock.now())
    except Refused as error:
        return see_other("desk.person", notice=words.sentence(error.code), kind="error", person_id=person_id)
    trip_acts.driver_changed(session(), found.id)
    if act == "accept":
        trip_acts.confirm_pending(session(), found, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Inscription mise à jour.", person_id=person_id)


def ask_erase(person_id: int) -> Response:
    """What erasing means, and the button."""
    return screens.show("desk/erase.html", screen="people", found=screens.the_person(person_id))


def erase(person_id: int) -> Response:
    """Forget this person."""
    screens.the_person(person_id)
    erasure.erase(session(), person_id, actor=guards.actor(), now=clock.now(), policy=policy())
    return see_other("desk.people", notice="Personne effacée : il ne reste que les comptes.")
