"""« Pourquoi pas lui ? »: for a driver named by the team, the rule that keeps each of their trips off the list."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.matching import wording
from lotocar.carpool.matching.facts import Candidate, Exclusion, LegFacts
from lotocar.carpool.matching.search import explain_driver
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid
from lotocar.web.desk import area, candidates, screens, words
from lotocar.web.desk.ride_requests import show_request
from lotocar.web.edge import outside, session
from lotocar.web.forms import row_number, showable
from lotocar.web.render import is_htmx, page

NOT_FOUND = "personne de ce nom ni de ce numéro"
NO_TRIP = "ne propose aucun trajet"
MOST = 3  # namesakes told at once


def why_not(ride_request_id: int) -> Response:
    """Why this driver is not proposed for this leg, trip by trip; nothing is written."""
    found = screens.the_request(ride_request_id)
    leg = next((one for one in found.legs if one.id == row_number(request.form.get("leg"))), found.legs[0])
    typed = showable(request.form.get("driver", "")).strip()[:80]
    drivers = area.find_people(session(), typed, screens.area(), limit=MOST) if typed else []
    facts = candidates.facts(leg, candidates.of_request(found, clock.now()))
    answers = [line for driver in drivers for line in _about(driver, leg, facts)] or [(typed or "?", NOT_FOUND)]
    if is_htmx():
        return page("desk/_why_not_answer.html", answers=answers)
    return show_request(found, problem=". ".join(f"{who} : {why}" for who, why in answers))


def _about(driver: Person, leg: Leg, facts: LegFacts) -> list[tuple[str, str]]:
    try:
        answers = explain_driver(session(), driver.id, facts, roads=outside().roads)
    except Invalid:
        return [(driver.full_name, words.sentence(""))]
    if not answers:
        return [(driver.full_name, NO_TRIP)]
    return [(f"{driver.full_name}, {_trip_words(one)}", _why(one, leg)) for one in answers[:MOST]]


def _trip_words(one: Candidate | Exclusion) -> str:
    trip = session().get(Trip, one.trip_id)
    if trip is None:
        return "trajet"
    ends = (trip.origin_label, trip.destination_label)
    return " → ".join(ends if one.direction == "out" else reversed(ends))


def _why(one: Candidate | Exclusion, leg: Leg) -> str:
    if isinstance(one, Exclusion):
        return wording.exclusion_words(one)
    return f"convient : {wording.candidate_words(one, pickup=leg.origin_label)}"
