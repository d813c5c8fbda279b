"""A person's rides of a year, on screen and printed: what backs an honour declaration."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.civic.registry.papers import statements
from lotocar.values.days import PARIS
from lotocar.web.desk import screens
from lotocar.web.edge import outside, session


def yearly_statement(person_id: int) -> Response:
    """The statement of the year asked for, this one by default."""
    person = screens.the_person(person_id)
    years = statements.years_of(session(), person_id, now=clock.now())
    asked = request.args.get("annee", type=int)
    year = asked if asked in years else clock.now().astimezone(PARIS).year
    return screens.show(
        "desk/registry_statement.html",
        screen="people",
        found=person,
        statement=statements.statement(session(), person_id, year),
        years=years,
        gazetteer=outside().gazetteer,
        today=clock.now(),
    )
