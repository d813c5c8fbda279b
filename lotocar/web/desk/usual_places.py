"""The places a person keeps going to: « Maison », « Courses »… under names that say nothing of why."""

from __future__ import annotations

from flask import Response

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people.rules import USUAL_PLACES
from lotocar.errors import NotFound
from lotocar.web import guards
from lotocar.web.desk import person_page, screens
from lotocar.web.edge import session
from lotocar.web.render import see_other


def keep_place(person_id: int) -> Response:
    """Keep it: the next call offers it by its name."""
    person, form = screens.the_person(person_id), person_page.UsualPlaceForm()
    if not form.validate() or form.place.stop is None:
        return person_page.show(person, status=422, place_form=form)
    people.keep_place(
        session(), person, form.kind.data, form.place.stop, actor=guards.actor(), now=clock.now()
    )
    return see_other("desk.person", notice="Lieu gardé.", person_id=person_id)


def forget_place(person_id: int, usual_kind: str) -> Response:
    """Forget it."""
    person = screens.the_person(person_id)
    if usual_kind not in USUAL_PLACES:
        raise NotFound("place")
    people.forget_place(session(), person, usual_kind, actor=guards.actor(), now=clock.now())
    return see_other("desk.person", notice="Lieu oublié.", person_id=person_id)
