"""The one box over everything: people by number or letters, a request by its number, places by name.

What is looked for goes in the body: neither an address nor a log ever holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request, url_for

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.values import phone, wording
from lotocar.web.desk import area, screens, words
from lotocar.web.edge import session
from lotocar.web.forms import find_places, showable
from lotocar.web.render import page, see_other

MOST_PEOPLE, MOST_PLACES = 6, 3  # what one reads under a box
WHOLE_NUMBER = 10  # digits


@dataclass(frozen=True, slots=True)
class Answer:
    """One line under the box: what it is, and where it leads. `opens` is posted, for a file that keeps who opens it."""

    kind: str
    label: str
    detail: str
    href: str = ""
    opens: str = ""


def search() -> Response:
    """The search page, empty."""
    return _found("")


def find() -> Response:
    """What is found, on a page; the request at once when its number was typed."""
    text = _typed()
    found = _numbered(text)
    if found:
        return see_other("desk.ride_request", ride_request_id=found.id)
    return _found(text)


def search_options() -> Response:
    """The same under the box, while one types."""
    text = _typed()
    return page("desk/_search_options.html", answers=_answers(text) if text else [], text=text)


def _answers(text: str) -> list[Answer]:
    asked = _numbered(text)
    people = area.find_people(session(), text, screens.area(), limit=MOST_PEOPLE)
    places = [] if any(map(str.isdigit, text)) else find_places(text, limit=MOST_PLACES)
    return [
        *([_of_request(asked)] if asked else []),
        *map(_of_person, people),
        *(
            Answer("Lieu", hit.stop.label, hit.detail, href=url_for("desk.trips", lieu=hit.stop.label))
            for hit in places
        ),
        *(_new_call(text) if not people else []),
    ]


def _of_request(found: RideRequest) -> Answer:
    leg = found.legs[0]
    journey = f"{leg.origin_label} → {leg.destination_label}, {wording.day_words(leg.day)}"
    name = found.passenger.full_name or "Personne effacée"
    href = url_for("desk.ride_request", ride_request_id=found.id)
    return Answer(f"Demande n° {found.id}", name, journey, href=href)


def _of_person(person: Person) -> Answer:
    lines = ", ".join(
        phone.display(one.e164) + (f" ({one.label})" if one.label else "") for one in person.lines[:2]
    )
    drives = any(one.role == "driver" for one in person.enrolments)
    kind = "Conducteur" if drives else "Personne"
    return Answer(kind, person.full_name, lines, opens=url_for("desk.open_file", person_id=person.id))


def _new_call(text: str) -> Sequence[Answer]:
    """A whole number that nobody has: somebody new is calling. It travels behind the « # », which no server hears."""
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) < WHOLE_NUMBER or not screens.rights()["act"]:
        return ()
    href = f"{url_for('desk.intake')}#tel={'+' if text.startswith('+') else ''}{digits}"
    return (Answer("Nouvel appel", "Personne n’a ce numéro", "prendre l’appel", href=href),)


def _typed() -> str:
    return showable(request.form.get("q", "")).strip()[:80]


def _numbered(text: str) -> RideRequest | None:
    number = text.lstrip("n°N #")
    if not number.isdecimal() or len(number) > 6:
        return None
    return requests.numbered(session(), int(number), communes=screens.area())


def _found(text: str) -> Response:
    return screens.show(
        "desk/search.html",
        screen="home",
        text=text,
        people=area.find_people(session(), text, screens.area(), limit=20) if text else [],
        places=find_places(text) if text else [],
        words=words,
    )
