"""A driver's trips written down at the desk: what was typed in the call is kept, and done once."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people
from lotocar.carpool.trips.models import Trip
from lotocar.journal.queries import story
from lotocar.values.actor import SYSTEM
from tests.support.doors import Page, PageClient
from tests.support.factories import NOW, make_driver, make_trip, weekly
from tests.support.pages import text_of
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


def row_of(page: Page, label: str) -> list[str]:
    """The saved and the typed version of this field, as the page lays them side by side."""
    [row] = [one for one in page.root.iter("tr") if text_of(next(iter(one), one)) == label]
    return [text_of(cell) for cell in list(row)[1:]]


def test_a_trip_changed_meanwhile_by_its_driver_is_not_written_over(nadia: PageClient, session: Session):
    trip = make_trip(session, departures=[weekly(3, time(8)), weekly(3, time(16), "back")], seats=3)
    own = people.issue_link(session, trip.driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    desk = nadia.get(f"/bureau/trajets/{trip.id}/modifier")
    driver = nadia.get(f"/mon-espace/{own}/trajets/{trip.public_id}/modifier")
    driver.submit("/modifier", seats="2", **{"thursday-hour": "9h"})
    late = desk.submit("/modifier", max_detour_minutes="20", destination="Gourdon")
    assert late.status == 409
    assert "Ce trajet a changé pendant que vous écriviez" in late.main
    assert "L’autre version est celle" not in late.main  # the driver's own
    assert row_of(late, "Combien de places offrez-vous ?") == ["2 places", "3 places"]
    assert row_of(late, "jeudi, départ") == ["9 h", "8 h"]
    assert row_of(late, "Où allez-vous ?")[1] == "Gourdon"
    assert "code" not in " ".join(text_of(one) for one in late.root.iter("tr")).lower()
    session.expire_all()
    assert (trip.seats, trip.max_detour_minutes) == (2, 10)
    session.rollback()
    assert "Trajet modifié" in late.submit("/modifier").text  # having read both
    session.expire_all()
    assert (trip.seats, trip.max_detour_minutes) == (3, 20)


def test_a_trip_changed_meanwhile_by_the_desk_is_shown_to_its_driver(nadia: PageClient, session: Session):
    trip = make_trip(session, departures=[weekly(3, time(8))], seats=3)
    own = people.issue_link(session, trip.driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    driver = nadia.get(f"/mon-espace/{own}/trajets/{trip.public_id}/modifier")
    nadia.get(f"/bureau/trajets/{trip.id}/modifier").submit("/modifier", seats="1")
    late = driver.submit("/modifier", note="deux sacs")
    assert late.status == 409
    assert row_of(late, "Combien de places offrez-vous ?") == ["1 place", "3 places"]
    assert row_of(late, "Autre chose à nous dire ?") == ["(vide)", "deux sacs"]
    assert "Nadia" not in late.main
    session.expire_all()
    assert (trip.seats, trip.note) == (1, "")
    session.rollback()
    kept = late.follow("Garder ce qui est enregistré")
    assert "Modifier mon trajet" in kept.main
