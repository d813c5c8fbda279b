"""A driver answers OUI or NON to a question, by the link of the SMS or of a call."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, url_for
from sqlalchemy.orm import Session

from lotocar import clock
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach, ApproachLeg
from lotocar.carpool.rides.rules import APPROACH, WAITING
from lotocar.carpool.rides.texts import title_and_initial
from lotocar.errors import NotFound, Refused
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.days import local
from lotocar.values.steps import allows
from lotocar.values.wording import day_words, detour_words, hour_words
from lotocar.web.driver.forms import AnswerForm
from lotocar.web.edge import outside, policy, session
from lotocar.web.render import page, see_other

THANKS = "Merci ! Le passager va être prévenu."
TOO_LATE = "Merci beaucoup, mais un autre conducteur a déjà répondu. Ce sera pour une prochaine fois."
NOTED = "C'est noté. Merci d'avoir répondu."
OVER = "Cette demande n'attend plus de réponse"
ENDED = {
    "accepted": "Vous avez dit OUI, merci",
    "declined": "Vous avez dit NON",
    "expired": "Le délai pour répondre est passé",
}


def question(token: str) -> Response:
    """What is asked, with two buttons; opening it says nothing."""
    _driver, approach = asked_by(session(), token)
    return _page(approach, token, AnswerForm())


def say_yes(token: str) -> Response:
    """The driver takes the passenger."""
    notice, kind = take(*asked_by(session(), token))
    return see_other("driver.question", token=token, notice=notice, kind=kind)


def say_no(token: str) -> Response:
    """The driver does not; why is welcome."""
    driver, approach = asked_by(session(), token)
    form = AnswerForm()
    if not form.validate():
        return _page(approach, token, form, status=422)
    leave_it(driver, approach, form)
    return see_other("driver.question", token=token, notice=NOTED)


def take(driver: Person, approach: Approach) -> tuple[str, str]:
    """The driver says yes; what to show: a sentence and its kind."""
    try:
        agreed = rides.accept(
            session(),
            approach,
            through="link",
            actor=Actor(ActorKind.PERSON, driver.id),
            now=clock.now(),
            policy=policy(),
            roads=outside().roads,
        )
    except Refused:
        return TOO_LATE, "info"
    return (THANKS, "success") if agreed else (TOO_LATE, "info")


def leave_it(driver: Person, approach: Approach, form: AnswerForm) -> None:
    """The driver says no, with the reason of the form; a no that changes nothing any more is taken politely."""
    if allows(APPROACH, approach.status, "decline"):
        rides.decline(
            session(),
            approach,
            reason=form.reason.clean,
            through="link",
            actor=Actor(ActorKind.PERSON, driver.id),
            now=clock.now(),
            policy=policy(),
        )


def asked_by(session: Session, token: str) -> tuple[Person, Approach]:
    """Who is asked, and what.

    Raises:
        NotFound: link.dead.
    """
    driver, link = people.person_of_link(session, token, purpose="approach", now=clock.now())
    approach = session.get(Approach, link.subject_id) if link.subject_id else None
    if approach is None or approach.driver_id != driver.id:
        raise NotFound("link.dead")
    return driver, approach


def _page(approach: Approach, token: str, form: AnswerForm, *, status: int = 200) -> Response:
    yes, no = url_for("driver.say_yes", token=token), url_for("driver.say_no", token=token)
    return question_page(approach, form, yes=yes, no=no, status=status)


def question_page(
    approach: Approach,
    form: AnswerForm,
    *,
    yes: str,
    no: str,
    title: str = "Pouvez-vous prendre un passager ?",
    status: int = 200,
) -> Response:
    """The question in full; `yes` and `no` are the addresses of its two buttons."""
    may_accept = approach.status in WAITING
    return page(
        "driver/question.html",
        form=form,
        title=title,
        yes=yes,
        no=no,
        heading="Pouvez-vous prendre un passager ?" if may_accept else ENDED.get(approach.status, OVER),
        parts=[_part(leg) for leg in approach.legs],
        passenger_name=title_and_initial(approach.ride_request.passenger),
        seats=approach.ride_request.seats,
        wish=approach.ride_request.wish,
        may_accept=may_accept,
        may_decline=allows(APPROACH, approach.status, "decline"),
        status=status,
    )


def _part(asked: ApproachLeg) -> dict[str, str]:
    """One way of the question in words; its places are shown as the SMS says them."""
    return {
        "day": day_words(local(asked.pickup_at).date()),
        "origin": asked.leg.origin_label,
        "destination": asked.leg.destination_label,
        "pickup": hour_words(local(asked.pickup_at).time()),
        "dropoff": hour_words(local(asked.dropoff_at).time()),
        "detour": detour_words(timedelta(seconds=asked.detour_seconds)),
    }
