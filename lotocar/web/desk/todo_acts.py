"""What is settled from « À faire » alone: a call taken over, a driver reached, a request that is over."""

from __future__ import annotations

from flask import Response, abort, request

from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import drafts
from lotocar.carpool.rides import outcomes
from lotocar.carpool.trips import operations as trips
from lotocar.errors import Refused
from lotocar.web import guards
from lotocar.web.desk import screens, todo_list, todo_words, words
from lotocar.web.desk.todo_action import Action
from lotocar.web.edge import policy, session
from lotocar.web.render import see_other


def take_over_call() -> Response:
    """A colleague's call that was left becomes ours, and goes on where it stopped."""
    call = _action("draft").row.call
    drafts.take_over(session(), call.id, account_id=guards.signed_in_account().id)
    return see_other("desk.intake", reprise=call.form_key)


def answer_driver() -> Response:
    """Somebody who offered a trip was reached at their number, or is accepted or refused by the team."""
    driver, act = _action("number").row.driver, request.form.get("act", "")
    if act == "reached":
        _reached(driver)
    elif act in {"accept", "refuse"}:
        people.enrol(session(), driver, role="driver", act=act, actor=guards.actor(), now=screens.ask().now)
        trips.driver_changed(session(), driver.id)
    else:
        abort(400)
    if act != "refuse":
        trips.confirm_pending(session(), driver, actor=guards.actor(), now=screens.ask().now)
    return see_other("desk.todo", notice=todo_words.DRIVER[act])


def _reached(driver: Person) -> None:
    for line in driver.lines[:1]:
        people.confirm_line(session(), line, actor=guards.actor(), now=screens.ask().now)


def end_request() -> Response:
    """A request that is over ends with what became of it."""
    kind = request.form.get("kind", "")
    asked = _action(kind if kind in todo_words.MAY_BE_OVER else "close").row
    try:
        outcomes.close_request(
            session(),
            asked,
            outcome=request.form.get("outcome", ""),
            actor=guards.actor(),
            now=screens.ask().now,
            policy=policy(),
        )
    except Refused as error:
        session().rollback()
        return see_other("desk.todo", notice=words.sentence(error.code), kind="warning")
    return see_other("desk.todo", notice=f"Demande n° {asked.id} close.", fait=asked.id)


def _action(kind: str) -> Action:
    return todo_list.the_action(session(), screens.ask(), kind, request.form.get("subject", ""))
