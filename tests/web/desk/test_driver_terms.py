"""What a driver offers, and who is not to be proposed together, on a person's page."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries
from tests.support.doors import PageClient
from tests.support.factories import make_driver, make_passenger, make_trip
from tests.web.desk.steps import said_beside, typed_in


def test_what_a_driver_said_on_the_phone_is_noted(nadia: PageClient, session: Session):
    trip = make_trip(session)
    page = nadia.get(f"/bureau/personnes/{trip.driver_id}")
    assert "Jamais demandé" in page.main
    page = page.submit("/possibilites", abilities=["hand"], monthly_limit="2")
    assert "Jamais demandé" not in page.main
    session.expire_all()
    assert (trip.driver.abilities, trip.driver.monthly_limit) == ("hand", 2)


def test_two_people_are_no_longer_proposed_together_then_are_again(nadia: PageClient, session: Session):
    odile, marcel = make_driver(session), make_passenger(session, last_name="Poujolat")
    session.commit()
    page = nadia.get(f"/bureau/personnes/{odile.id}").submit("/a-eviter", other="Poujolat")
    assert "Ils ne seront plus proposés ensemble." in page.text
    assert queries.avoided_with(session, marcel.id) == {odile.id}
    seen_from_the_other = nadia.get(f"/bureau/personnes/{marcel.id}")
    assert "Odile Vernet" in seen_from_the_other.main
    seen_from_the_other.submit("/a-eviter/retirer")
    assert queries.avoided_with(session, marcel.id) == frozenset()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Nemo", "Personne de ce nom"),
        ("Poujolat", "Plusieurs personnes"),
        ("Vernet", "même personne"),
        ("x" * 81, "trop long"),
    ],
)
def test_a_doubt_about_who_is_meant_is_said_beside_what_was_typed(
    nadia: PageClient, session: Session, typed: str, said: str
):
    odile = make_driver(session)
    for first in ("Marcel", "Jeanne"):
        make_passenger(session, first_name=first, last_name="Poujolat")
    session.commit()
    page = nadia.get(f"/bureau/personnes/{odile.id}").submit("/a-eviter", other=typed)
    assert (page.status, page.title.startswith("Erreur")) == (422, True)
    assert said in said_beside(page, "other")
    assert typed_in(page, "other") == typed
    assert queries.avoided_with(session, odile.id) == frozenset()


def test_an_answer_that_is_not_in_the_list_is_said_beside_it(nadia: PageClient, session: Session):
    trip = make_trip(session)
    page = nadia.get(f"/bureau/personnes/{trip.driver_id}").submit("/possibilites", monthly_limit="99")
    assert page.status == 422
    assert said_beside(page, "monthly_limit")
