"""« Pourquoi pas lui ? »: for a driver named by the team, the rule that keeps them off the list."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.matching import search
from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.people.models import Person
from lotocar.errors import Invalid
from lotocar.web.desk import area, screens, words
from lotocar.web.desk.looking import looking_for
from lotocar.web.desk.ride_requests import show_request
from lotocar.web.edge import outside, session
from lotocar.web.forms import row_number, showable
from lotocar.web.render import is_htmx, page

NOT_FOUND = "personne de ce nom ni de ce numéro"
MOST = 3  # namesakes told at once


def why_not(ride_request_id: int) -> Response:
    """Why this driver is not proposed for this leg; nothing is written."""
    found = screens.the_request(ride_request_id)
    leg = next((one for one in found.legs if one.id == row_number(request.form.get("leg"))), found.legs[0])
    typed = showable(request.form.get("who", "")).strip()[:80]
    drivers = area.find_people(session(), typed, screens.area(), limit=MOST) if typed else []
    facts = looking_for(session(), found, now=clock.now()).facts(leg)
    answers = [(driver.full_name, _why(driver, facts)) for driver in drivers] or [(typed or "?", NOT_FOUND)]
    if is_htmx():
        return page("desk/_why_not_answer.html", answers=answers)
    return show_request(found, problem=". ".join(f"{who} : {why}" for who, why in answers))


def _why(driver: Person, facts: LegFacts) -> str:
    try:
        return search.why_not(session(), facts, roads=outside().roads, driver_id=driver.id).words
    except Invalid:
        return words.sentence("")
