"""The desk's pages ask the database a fixed number of questions, however much they show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from lotocar.db import db
from tests.support.doors import PageClient
from tests.support.factories import NOW, make_approach, make_request, make_ride, make_trip
from tests.web.desk.test_todo_list import a_busy_morning


@contextmanager
def asked_of(app: Flask) -> Iterator[list[str]]:
    """What is asked of the app's database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def questions(app: Flask, client: PageClient, path: str) -> int:
    client.get(path)  # what is read once for all is not counted
    with asked_of(app) as asked:
        assert client.get(path).status == 200
    return len([one for one in asked if not one.startswith(("BEGIN", "PRAGMA"))])


def fill(session: Session, asked_id: int | None, count: int) -> None:
    for _ in range(count):
        a_busy_morning(session)
        trip = make_trip(session)
        if asked_id is not None:
            asked = make_request(session)
            make_approach(session, ride_request=asked, trip=trip)
    session.commit()


# tabs count with one question; « À faire » reads each kind with its people by two to four
MOST = {"/bureau": 20, "/bureau/a-faire": 60, "/bureau/feuille-du-jour": 24, "/bureau/appel": 14}


@pytest.mark.parametrize("path", sorted(MOST))
def test_a_page_asks_no_more_when_there_is_more_to_show(
    app: Flask, nadia: PageClient, session: Session, path: str
):
    fill(session, None, 1)
    few = questions(app, nadia, path)
    fill(session, None, 4)
    many = questions(app, nadia, path)
    assert many <= few + SOME
    assert many <= MOST[path]


SOME = 0


def test_a_request_asks_no_more_with_more_candidates_and_drivers_asked(
    app: Flask, nadia: PageClient, session: Session
):
    asked = make_request(session, status="searching")
    path = f"/bureau/demandes/{asked.id}"
    make_approach(session, ride_request=asked)
    make_trip(session)
    session.commit()
    few = questions(app, nadia, path)
    for _ in range(8):
        make_approach(session, ride_request=asked)
        make_trip(session)
    session.commit()
    many = questions(app, nadia, path)
    assert many <= few
    assert many <= 30


def test_a_ride_agreed_on_adds_a_fixed_number_of_questions(app: Flask, nadia: PageClient, session: Session):
    asked = make_request(session, status="to_confirm")
    asked.legs[0].status = "agreed"
    ride = make_ride(
        session, approach=make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
    )
    session.commit()
    assert questions(app, nadia, f"/bureau/demandes/{ride.leg.ride_request_id}") <= 40
