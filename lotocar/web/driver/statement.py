"""A person's own rides of a year, on screen and on paper, behind the private link they hold.

Drivers come from their page, passengers from the link that asks whether a ride took place, or from the one that the
team sends for this.
"""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.civic.registry.papers import cars, statements
from lotocar.errors import NotFound
from lotocar.web.driver.space import KEPT, PURPOSE, acting
from lotocar.web.edge import outside, session
from lotocar.web.render import page, see_other

OPENS = (PURPOSE, "ride_happened", "statement")


def own_statement(token: str) -> Response:
    """The rides of the year asked for, this one by default."""
    person, purpose = _whose(token)
    shown = statements.shown(session(), person.id, request.args.get("annee", type=int), now=clock.now())
    return page(
        "driver/statement.html",
        found=person,
        token=token,
        is_driver=purpose == PURPOSE,
        statement=shown.statement,
        years=shown.years,
        asks_car=shown.asks_car,
        has_car=shown.has_car,
        gazetteer=outside().gazetteer,
        today=clock.now(),
    )


def tell_car(token: str) -> Response:
    """The person says whether they had a car for their rides as a passenger."""
    person, _ = _whose(token)
    answer = request.form.get("has_car")
    if answer in {"yes", "no"}:
        cars.hear_car(
            session(), person, answer == "yes", through="link", actor=acting(person), now=clock.now()
        )
        return see_other("driver.own_statement", token=token, notice=KEPT)
    return see_other("driver.own_statement", token=token, notice="Choisissez oui ou non.", kind="error")


def _whose(token: str) -> tuple[Person, str]:
    for purpose in OPENS:
        try:
            return people.person_of_link(session(), token, purpose=purpose, now=clock.now())[0], purpose
        except NotFound:
            continue
    raise NotFound("link.dead")
