"""What a driver offers besides a seat, how often, and who is not to be proposed with whom: on a person's page."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import operations as trips
from lotocar.errors import Invalid, NotFound
from lotocar.web import guards
from lotocar.web.desk import area, person_page, screens
from lotocar.web.desk.hand_pick_form import NOBODY, SEVERAL
from lotocar.web.desk.person_page import PairForm
from lotocar.web.edge import session
from lotocar.web.forms import row_number
from lotocar.web.render import see_other
from lotocar.web.trip_form import TermsForm


def change_terms(person_id: int) -> Response:
    """What the driver said on the phone."""
    found, form = screens.the_person(person_id), TermsForm()
    if not form.validate():
        return person_page.show(found, status=422, terms_form=form)
    trips.set_terms(session(), found, **form.said(), actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="C'est noté.", person_id=person_id)


def avoid(person_id: int) -> Response:
    """These two are no longer proposed to each other; nobody is told."""
    found, form = screens.the_person(person_id), PairForm()
    other = _meant(form) if form.validate() else None
    if other is None:
        return person_page.show(found, status=422, pair_form=form)
    try:
        people.avoid_pair(session(), found, other, actor=guards.actor(), now=clock.now())
    except Invalid:
        form.other.errors = ["C'est la même personne."]
        return person_page.show(found, status=422, pair_form=form)
    return see_other("desk.person", notice="Ils ne seront plus proposés ensemble.", person_id=person_id)


def forget_pair(person_id: int) -> Response:
    """These two may be proposed to each other again."""
    found = screens.the_person(person_id)
    other = session().get(Person, row_number(request.form.get("other")) or 0)
    if other is None:
        raise NotFound("person")
    people.forget_pair(session(), found, other, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Ils peuvent de nouveau être proposés.", person_id=person_id)


def _meant(form: PairForm) -> Person | None:
    """Whom the name or number says: one chosen from the list, or the only one who may be meant; else the field says why not."""
    known = _known(form)
    if len(known) == 1:
        return known[0]
    names = ", ".join(one.full_name for one in known)
    form.other.errors = [SEVERAL.format(names=names) if known else NOBODY]
    return None


def _known(form: PairForm) -> list[Person]:
    number = row_number(form.other_code.data)
    chosen = session().get(Person, number) if number is not None else None
    if chosen is not None and chosen.erased_at is None and chosen.full_name == form.other.clean:
        return area.known_people(session(), [chosen], screens.area())
    return list(area.find_people(session(), form.other.clean, screens.area(), limit=4))
