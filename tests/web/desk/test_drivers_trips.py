"""A driver's trips written down at the desk: what was typed in the call is kept, and done once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.trips.models import Trip
from lotocar.journal.queries import story
from tests.support.doors import PageClient
from tests.support.factories import make_driver, make_trip
from tests.web.desk.steps import typed_in

TRIP: dict[str, Any] = {"origin": "Figeac", "destination": "Cahors", "same_hour": "8h", "monday-on": "y"}
ODILE: dict[str, Any] = TRIP | {"last_name": "Vernet", "first_name": "Odile", "phone": "06 39 98 00 21"}


def how_many(session: Session) -> int | None:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Trip))


@pytest.mark.parametrize(("state", "said"), [("suspended", "a suspendu"), ("refused", "a refusé")])
def test_what_a_closed_driver_said_is_kept_until_the_team_opens_the_file(
    nadia: PageClient, session: Session, state: str, said: str
):
    odile = make_driver(session, phone="+33639980021")
    odile.enrolments[0].status = state
    new = nadia.get("/bureau/conducteurs/nouveau").submit("/conducteurs/nouveau", **ODILE, note="deux sacs")
    more = nadia.get(f"/bureau/personnes/{odile.id}/trajets/nouveau").submit(
        "/trajets/nouveau", **TRIP, note="deux sacs"
    )
    for late in (new, more):
        assert late.status == 409
        assert f"{said} ce conducteur : rouvrez d'abord sa fiche" in late.main
        assert (typed_in(late, "origin"), typed_in(late, "note")) == ("Figeac", "deux sacs")
    assert how_many(session) == 0
    odile.enrolments[0].status = "accepted"
    session.commit()
    assert new.submit("/conducteurs/nouveau").status == 200
    assert how_many(session) == 1


def test_a_driver_s_form_sent_twice_registers_one_trip(nadia: PageClient, session: Session):
    page = nadia.get("/bureau/conducteurs/nouveau")
    first, second = (page.submit("/conducteurs/nouveau", **ODILE) for _ in range(2))
    assert (second.status, second.path) == (200, first.path)
    assert how_many(session) == 1


def test_one_more_trip_sent_twice_is_one_trip(nadia: PageClient, session: Session):
    odile = make_driver(session)
    page = nadia.get(f"/bureau/personnes/{odile.id}/trajets/nouveau")
    first, second = (page.submit("/trajets/nouveau", **TRIP) for _ in range(2))
    assert (second.status, second.path) == (200, first.path)
    assert how_many(session) == 1


@pytest.mark.parametrize(("act", "state"), [("stop", "stopped"), ("resume", "active"), ("delete", "deleted")])
def test_a_key_pressed_twice_is_pressed_once(nadia: PageClient, session: Session, act: str, state: str):
    trip = make_trip(session, status="stopped" if act == "resume" else "active")
    for _ in range(2):
        assert nadia.post(f"/bureau/trajets/{trip.id}", {"act": act}).status == 200
    session.expire_all()
    assert trip.status == state
    assert len(story(session, [("trip", trip.id)])) == 1
