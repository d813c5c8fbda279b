"""One person's page as it is drawn: all that the team knows, with every form of it, empty or with what is wrong in it."""

from __future__ import annotations

from typing import Any

from flask import Response
from wtforms import HiddenField, SelectField

from lotocar import clock
from lotocar.carpool.people import queries, readings
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import USUAL_PLACES
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.rides import queries as rides
from lotocar.carpool.trips import queries as trips
from lotocar.web import collisions, guards
from lotocar.web.desk import screens, words
from lotocar.web.desk.intake_form import CIVILITIES
from lotocar.web.edge import session
from lotocar.web.forms import Form, NameField, Needed, PhoneField, PlaceCode, PlaceField, TextField
from lotocar.web.trip_form import PREFERENCES, TermsForm

KINDS: dict[Any, str] = {kind: words.USUAL_PLACE[kind] for kind in USUAL_PLACES}


class PersonForm(Form):
    """What the desk may correct of a person; `revision` is what was seen."""

    revision = HiddenField()
    civility = SelectField("Civilité", choices=CIVILITIES)
    last_name = NameField("Nom", validators=[Needed("Écrivez le nom.")])
    first_name = NameField("Prénom")
    contact_preference = SelectField("Préfère être joint", choices=PREFERENCES)
    call_hours = TextField("Heures où l'appeler", maximum=120)
    car = TextField("Voiture", maximum=80)
    flag = TextField("À savoir en premier", maximum=160)
    staff_note = TextField("Note pour l'équipe", maximum=500, lines=True)


class LineForm(Form):
    """One number more."""

    phone = PhoneField("Numéro", validators=[Needed("Écrivez un numéro.")])
    label = TextField("À qui est-il ?", maximum=40)


class UsualPlaceForm(Form):
    """One place, under one of the names."""

    kind = SelectField("Nom du lieu", choices=KINDS)
    place = PlaceField("Où est-ce ?", code="place_code", validators=[Needed("Écrivez le lieu.")])
    place_code = PlaceCode()


class PairForm(Form):
    """Somebody whom this person is not to be proposed with."""

    other = TextField("Nom ou numéro", maximum=80)
    other_code = HiddenField()


def show(
    found: Person,
    *,
    status: int = 200,
    form: PersonForm | None = None,
    line_form: LineForm | None = None,
    place_form: UsualPlaceForm | None = None,
    terms_form: TermsForm | None = None,
    pair_form: PairForm | None = None,
    address: str = "",
    clash: collisions.Clash | None = None,
) -> Response:
    """The page, for whoever said that they open the file; else its door, whatever was sent."""
    if not readings.is_open(session(), found.id, guards.actor(), now=clock.now()):
        return screens.show("desk/file_door.html", screen="people", status=status, found=found)
    person_form = form or PersonForm(formdata=None, obj=found)
    sent = (line_form, place_form, terms_form, pair_form)
    return screens.show(
        "desk/person.html",
        screen="people",
        status=status,
        found=found,
        form=next((one for one in sent if one is not None), person_form),
        person_form=person_form,
        line_form=line_form or LineForm(formdata=None),
        place_form=place_form or UsualPlaceForm(formdata=None),
        terms_form=terms_form or TermsForm.of(found),
        pair_form=pair_form or PairForm(formdata=None),
        consents=queries.consents(session(), found.id),
        trips=trips.trips_of(session(), found.id),
        requests=requests.of_person(session(), found.id),
        rides=rides.rides_of_person(session(), found.id),
        places=queries.usual_places(session(), found.id),
        household=queries.household(session(), found),
        is_driver=any(one.role == "driver" for one in found.enrolments),
        avoided=_avoided(found),
        address=address,
        clash=clash,
        openings=readings.openings(session(), found.id) if screens.rights()["watch"] else [],
        words=words,
    )


def _avoided(found: Person) -> list[Person]:
    """Who is not proposed with this person, by name."""
    avoided = queries.by_number(session(), queries.avoided_with(session(), found.id))
    return sorted(avoided.values(), key=lambda one: one.sort_key)
