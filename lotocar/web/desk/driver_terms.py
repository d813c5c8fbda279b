"""What a driver offers besides a seat, how often, and who is not to be proposed with whom: on a person's page."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from wtforms import HiddenField

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import operations as trips
from lotocar.errors import Invalid, NotFound
from lotocar.web import guards
from lotocar.web.desk import area, screens
from lotocar.web.desk.hand_pick_form import NOBODY, SEVERAL
from lotocar.web.edge import session
from lotocar.web.forms import Form, TextField, row_number
from lotocar.web.render import see_other
from lotocar.web.trip_form import TermsForm


class PairForm(Form):
    """Somebody whom this person is not to be proposed with."""

    other = TextField("Nom ou numéro", maximum=80)
    other_code = HiddenField()


def shown(found: Person) -> dict[str, Any]:
    """What a person's page draws of it."""
    avoided = queries.by_number(session(), queries.avoided_with(session(), found.id))
    return {
        "is_driver": any(one.role == "driver" for one in found.enrolments),
        "terms_form": TermsForm.of(found),
        "pair_form": PairForm(formdata=None),
        "avoided": sorted(avoided.values(), key=lambda one: one.sort_key),
    }


def change_terms(person_id: int) -> Response:
    """What the driver said on the phone."""
    found, form = screens.the_person(person_id), TermsForm()
    if not form.validate():
        return see_other("desk.person", notice="Choisissez dans la liste.", kind="error", person_id=person_id)
    trips.set_terms(session(), found, **form.said(), actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="C'est noté.", person_id=person_id)


def avoid(person_id: int) -> Response:
    """These two are no longer proposed to each other; nobody is told."""
    found, form = screens.the_person(person_id), PairForm()
    form.validate()
    known = _meant(form)
    if len(known) != 1:
        names = ", ".join(one.full_name for one in known)
        said = SEVERAL.format(names=names) if known else NOBODY
        return see_other("desk.person", notice=said, kind="error", person_id=person_id)
    try:
        people.avoid_pair(session(), found, known[0], actor=guards.actor(), now=clock.now())
    except Invalid:
        return see_other("desk.person", notice="C'est la même personne.", kind="error", person_id=person_id)
    return see_other("desk.person", notice="Ils ne seront plus proposés ensemble.", person_id=person_id)


def forget_pair(person_id: int) -> Response:
    """These two may be proposed to each other again."""
    found = screens.the_person(person_id)
    other = session().get(Person, row_number(request.form.get("other")) or 0)
    if other is None:
        raise NotFound("person")
    people.forget_pair(session(), found, other, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Ils peuvent de nouveau être proposés.", person_id=person_id)


def _meant(form: PairForm) -> list[Person]:
    """Whom the name or number says: one chosen from the list, or all who may be meant."""
    number = row_number(form.other_code.data)
    chosen = session().get(Person, number) if number is not None else None
    if chosen is not None and chosen.erased_at is None and chosen.full_name == form.other.clean:
        return area.known_people(session(), [chosen], screens.area())
    return list(area.find_people(session(), form.other.clean, screens.area(), limit=4))
