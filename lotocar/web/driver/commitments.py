"""Answering from the private page: a question, a promise that cannot be kept, a ride that took place or not.

The same acts as by SMS, for whoever lost the message or would rather read a page.
"""

from __future__ import annotations

from flask import Response, url_for

from lotocar import clock
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import confirmations, outcomes, queries
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.errors import NotFound, Refused
from lotocar.web.driver import answers
from lotocar.web.driver.afterwards import KNOWN, THANKS
from lotocar.web.driver.forms import AnswerForm
from lotocar.web.driver.promises import ride_shown
from lotocar.web.driver.space import acting, driver_of
from lotocar.web.edge import policy, session
from lotocar.web.render import page, see_other

FREED = "C'est noté : le passager est prévenu et nous cherchons quelqu'un d'autre."
CALLED_OFF = "cancelled_driver"
TOO_LATE = "Ce trajet ne peut plus être annulé ici. Appelez-nous."


def own_question(token: str, approach_id: int) -> Response:
    """What is asked, in full; opening it says nothing."""
    _driver, approach = _asked(token, approach_id)
    return _question(token, approach, AnswerForm())


def own_yes(token: str, approach_id: int) -> Response:
    """The driver takes the passenger."""
    notice, kind = answers.take(*_asked(token, approach_id))
    return see_other("driver.space", token=token, notice=notice, kind=kind)


def own_no(token: str, approach_id: int) -> Response:
    """The driver does not; why is welcome."""
    driver, approach = _asked(token, approach_id)
    form = AnswerForm()
    if not form.validate():
        return _question(token, approach, form, status=422)
    answers.leave_it(driver, approach, form)
    return see_other("driver.space", token=token, notice=answers.NOTED)


def cannot_come(token: str, ride_id: int) -> Response:
    """Sure?"""
    _driver, ride = _promised(token, ride_id, or_called_off=True)
    if ride.status == CALLED_OFF:
        return see_other("driver.space", token=token, notice=FREED)
    return page("driver/cannot_come.html", token=token, ride=ride_shown(ride))


def call_off(token: str, ride_id: int) -> Response:
    """The driver cannot keep the promise: the passenger is told, and the search starts again."""
    driver, ride = _promised(token, ride_id, or_called_off=True)
    now = clock.now()
    if ride.status == CALLED_OFF:
        return see_other("driver.space", token=token, notice=FREED)
    if ride.pickup_at <= now:
        return see_other("driver.space", token=token, notice=TOO_LATE, kind="warning")
    try:
        outcomes.finish(session(), ride, "cancel_by_driver", actor=acting(driver), now=now, policy=policy())
    except Refused:  # confirmed twice at the same instant
        session().rollback()
        if ride.status != CALLED_OFF:
            raise
    return see_other("driver.space", token=token, notice=FREED)


def took_place(token: str, ride_id: int) -> Response:
    """The driver says that the ride took place."""
    return _tell(token, ride_id, yes=True)


def did_not_take_place(token: str, ride_id: int) -> Response:
    """The driver says that it did not: a human hears both sides."""
    return _tell(token, ride_id, yes=False)


def _tell(token: str, ride_id: int, *, yes: bool) -> Response:
    driver, ride = _promised(token, ride_id)
    try:
        confirmations.ride_said(session(), ride.id, driver.id, yes, now=clock.now(), policy=policy())
    except Refused:
        return see_other("driver.space", token=token, notice=KNOWN, kind="info")
    return see_other("driver.space", token=token, notice=THANKS)


def _asked(token: str, approach_id: int) -> tuple[Person, Approach]:
    driver = driver_of(token)
    approach = session().get(Approach, approach_id)
    if approach is None or approach.driver_id != driver.id:
        raise NotFound("approach")
    return driver, approach


def _promised(token: str, ride_id: int, *, or_called_off: bool = False) -> tuple[Person, Ride]:
    """The driver and their ride that stands, or that they have called off already."""
    driver = driver_of(token)
    ride = queries.one_ride(session(), ride_id)
    stands = ride.live_leg_id is not None or (or_called_off and ride.status == CALLED_OFF)
    if ride.driver_id != driver.id or not stands:
        raise NotFound("ride")
    return driver, ride


def _question(token: str, approach: Approach, form: AnswerForm, *, status: int = 200) -> Response:
    yes = url_for("driver.own_yes", token=token, approach_id=approach.id)
    no = url_for("driver.own_no", token=token, approach_id=approach.id)
    return answers.question_page(
        approach, form, yes=yes, no=no, title="Ma page : on me demande", status=status
    )
