"""Who calls: finding them by letters or digits, what we remember of them, and their usual journeys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import queries as people
from lotocar.carpool.people import readings
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import queries
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import queries as rides
from lotocar.values.days import local
from lotocar.values.geo import Stop
from lotocar.web import guards
from lotocar.web.desk import area, screens, words
from lotocar.web.desk.intake_form import IntakeForm
from lotocar.web.edge import session
from lotocar.web.forms import place_code, row_number, showable
from lotocar.web.render import page

PAST = 5
USUAL = 4  # places offered by one key each


def people_options() -> Response:
    """Known people for the field of the name, by letters or digits: options of the list."""
    text = showable(request.form.get("q", ""))[:60]
    found = area.find_people(session(), text, screens.area(), limit=8)
    return page("desk/_people_options.html", people=found, text=text)


def caller_card() -> Response:
    """What we know of the person chosen in the call; nothing for somebody new."""
    number = row_number(request.form.get("passenger_id"))
    person = screens.the_person(number) if number is not None else None
    if person is not None:  # their past rides are shown: it opens their file
        readings.open_file(session(), person.id, guards.actor(), now=clock.now())
    return page("desk/_caller.html", words=words, rights=screens.rights(), **about(person))


def usual_journey() -> Response:
    """The fields of the journey as in a past request, for the call in progress."""
    form = IntakeForm(formdata=None)
    fill_again(form, request.args)
    return page("desk/_journey.html", form=form, words=words, refilled=True)


def fill_again(form: IntakeForm, asked: Mapping[str, str]) -> None:
    """Fill the journey as in the request `comme`, the other way when `sens` says « retour »."""
    past = row_number(asked.get("comme"))
    if past is None:
        return
    form.show_again(screens.the_request(past), today=local(clock.now()).date())
    if asked.get("sens") == "retour":
        form.turn_round()


def about(person: Person | None) -> dict[str, Any]:
    """What the card of a person says: lines, flag, notes, past and coming requests, who drove them, their places."""
    if person is None:
        return {"person": None, "past": [], "coming": [], "drivers": {}, "usual": [], "household": []}
    past = queries.of_person(session(), person.id, limit=PAST)
    return {
        "person": person,
        "past": past,
        "coming": [one for one in past if one.is_open],
        "drivers": rides.drivers_of_requests(session(), [one.id for one in past]),
        "usual": usual_places(person, past),
        "household": people.household(session(), person),
    }


def usual_places(person: Person, past: Sequence[RideRequest]) -> list[dict[str, str]]:
    """The places this person keeps going to, under their names, then those of their last journeys."""
    named = people.usual_places(session(), person.id)
    places = [(words.USUAL_PLACE[one.kind], one.stop) for one in named]
    known = {stop.label for _, stop in places}
    often = Counter(stop for one in past for leg in one.legs for stop in (leg.origin, leg.destination))
    places += [("", stop) for stop, _ in often.most_common() if stop.label not in known]
    return [_offered(name, stop) for name, stop in places[:USUAL]]


def _offered(name: str, stop: Stop) -> dict[str, str]:
    return {"name": name or stop.label, "label": stop.label, "code": place_code(stop)}
