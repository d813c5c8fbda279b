"""The links of the questions asked afterwards: did the ride take place, does the offer still hold.

The first opens for the driver and for the passenger alike.
"""

from __future__ import annotations

from flask import Response

from lotocar import clock
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import confirmations, lessons, queries
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.rides.texts import title_and_initial
from lotocar.carpool.trips.models import Trip
from lotocar.errors import NotFound, Refused
from lotocar.values.days import local
from lotocar.values.wording import day_words
from lotocar.web.driver.forms import TookPlaceForm
from lotocar.web.driver.promises import is_askable
from lotocar.web.edge import policy, session
from lotocar.web.render import page, see_other

THANKS = "Merci, c'est noté."
KNOWN = "On sait déjà ce qu'il en est. Pour corriger, appelez-nous."
STILL_OFFERED = "Merci ! Votre trajet reste proposé."
STOPPED = "C'est noté : votre trajet n'est plus proposé. Merci de l'avoir offert."


def ride_question(token: str) -> Response:
    """Did it take place? Opening the page says nothing."""
    return _asked(token, TookPlaceForm(formdata=None))


def _asked(token: str, form: TookPlaceForm, *, status: int = 200) -> Response:
    person, ride = _ride_of(token)
    other = ride.passenger if person.id == ride.driver_id else ride.driver
    return page(
        "driver/took_place.html",
        form=form,
        status=status,
        token=token,
        day=day_words(local(ride.pickup_at).date()),
        origin=ride.leg.origin_label,
        destination=ride.leg.destination_label,
        other=other.first_name or title_and_initial(other),
        askable=is_askable(ride, person.id, clock.now()),
    )


def ride_yes(token: str) -> Response:
    """This side says it took place, and maybe how long it lasted."""
    form = TookPlaceForm()
    if not form.validate():
        return _asked(token, form, status=422)
    return _tell(token, yes=True, minutes=form.measured_minutes)


def ride_no(token: str) -> Response:
    """This side says it did not: a human hears both."""
    return _tell(token, yes=False)


def offer_question(token: str) -> Response:
    """Is the trip still offered? Opening the page says nothing."""
    _driver, trip = _trip_of(token)
    return page("driver/still_offered.html", token=token, trip=trip)


def offer_yes(token: str) -> Response:
    """It is."""
    return _renew(token, yes=True, notice=STILL_OFFERED)


def offer_no(token: str) -> Response:
    """It is no longer."""
    return _renew(token, yes=False, notice=STOPPED)


def _tell(token: str, *, yes: bool, minutes: int | None = None) -> Response:
    person, ride = _ride_of(token)
    try:
        confirmations.ride_said(session(), ride.id, person.id, yes, now=clock.now(), policy=policy())
    except Refused:
        return see_other("driver.ride_question", token=token, notice=KNOWN, kind="info")
    lessons.note_duration(ride, minutes)
    return see_other("driver.ride_question", token=token, notice=THANKS)


def _renew(token: str, *, yes: bool, notice: str) -> Response:
    driver, trip = _trip_of(token)
    if trip.status == "active":
        confirmations.offer_said(session(), trip.id, driver.id, yes, now=clock.now())
    return see_other("driver.offer_question", token=token, notice=notice)


def _ride_of(token: str) -> tuple[Person, Ride]:
    person, link = people.person_of_link(session(), token, purpose="ride_happened", now=clock.now())
    ride = queries.one_ride(session(), link.subject_id or 0)
    if person.id not in {ride.driver_id, ride.passenger_id}:
        raise NotFound("link.dead")
    return person, ride


def _trip_of(token: str) -> tuple[Person, Trip]:
    driver, link = people.person_of_link(session(), token, purpose="offer_renewal", now=clock.now())
    trip = session().get(Trip, link.subject_id or 0)
    if trip is None or trip.driver_id != driver.id:
        raise NotFound("link.dead")
    return driver, trip
