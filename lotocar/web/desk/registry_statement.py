"""A person's rides of a year, on screen and printed: what backs an honour declaration."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries, readings
from lotocar.civic.registry.papers import cars, statements
from lotocar.messages import outbox
from lotocar.values.tokens import hash_token
from lotocar.web import guards
from lotocar.web.desk import screens
from lotocar.web.edge import outside, policy, session
from lotocar.web.render import see_other

LINK_LIVES = timedelta(days=30)
ANSWERS = {"yes": True, "no": False, "": None}


def yearly_statement(person_id: int) -> Response:
    """The statement of the year asked for, this one by default, for whoever said that they open the person's file."""
    person = screens.the_person(person_id)
    if not readings.is_open(session(), person_id, guards.actor(), now=clock.now()):
        return screens.show("desk/file_door.html", screen="people", found=person, to="statement")
    shown = statements.shown(session(), person_id, request.args.get("annee", type=int), now=clock.now())
    return screens.show(
        "desk/registry_statement.html",
        screen="people",
        found=person,
        statement=shown.statement,
        years=shown.years,
        asks_car=shown.asks_car,
        has_car=shown.has_car,
        can_text=queries.sms_line(person) is not None,
        gazetteer=outside().gazetteer,
        today=clock.now(),
    )


def hear_car(person_id: int) -> Response:
    """Write down what a passenger says of their car on the phone."""
    person = screens.the_person(person_id)
    answer = ANSWERS.get(request.form.get("has_car", ""))
    cars.hear_car(session(), person, answer, through="desk", actor=guards.actor(), now=clock.now())
    return see_other("desk.yearly_statement", person_id=person_id, notice="C’est noté.")


def send_statement(person_id: int) -> Response:
    """Send the person a private link to their own statement, good for thirty days."""
    person, now = screens.the_person(person_id), clock.now()
    line = queries.sms_line(person)
    if line is None:
        notice = "Cette personne ne reçoit pas de SMS. Imprimez le relevé."
        return see_other("desk.yearly_statement", person_id=person_id, notice=notice, kind="error")
    token = people.issue_link(
        session(), person, purpose="statement", expires_at=now + LINK_LIVES, actor=guards.actor(), now=now
    )
    outbox.queue(
        session(),
        now=now,
        kind="statement_link",
        dedup_key=f"link/{hash_token(token)[:32]}",
        to=line,
        person_id=person.id,
        subject_kind="person",
        subject_id=person.id,
        values={"link": f"{policy().public_base_url}/mes-trajets/{token}"},
        voice=policy(),
    )
    return see_other("desk.yearly_statement", person_id=person_id, notice="Le lien part par SMS.")
