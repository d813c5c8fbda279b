"""« Carte »: offers, requests that wait and demand left unserved by commune, each also as a list."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.support.doors import Page, PageClient
from tests.support.factories import CAHORS, FIGEAC, GOURDON, a_leg, make_passenger, make_request, make_trip


def listed(page: Page) -> list[str]:
    """What the list says, line by line."""
    return [
        " ".join(" ".join(one.itertext()).split())
        for one in page.root.iter("li")
        if one.get("class") == "due__item"
    ]


def test_offers_are_counted_at_both_ends_and_lead_to_the_list(nadia: PageClient, session: Session):
    make_trip(session)
    make_trip(session, destination=GOURDON)
    make_trip(session, origin=CAHORS, destination=CAHORS)
    make_trip(session, origin=GOURDON, status="stopped")
    session.commit()
    page = nadia.get("/bureau/carte")
    assert listed(page) == ["Cahors 3", "Figeac 1", "Gourdon 1"]
    assert "sketch__commune--4" in page.html
    assert "Odile" in page.follow("Figeac").main


def test_requests_that_wait_are_counted_where_they_start(nadia: PageClient, session: Session):
    make_request(session, status="searching")
    make_request(session, status="to_confirm", legs=[a_leg(origin=GOURDON, status="agreed")])
    session.commit()
    assert listed(nadia.get("/bureau/carte?voir=demandes")) == ["Cahors 1"]


@pytest.mark.parametrize(("people", "said"), [(4, "moins de 5"), (5, "5")])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_few_people_left_without_a_driver_are_not_counted_aloud(
    nadia: PageClient, session: Session, people: int, said: str
):
    for _ in range(people):
        legs = [a_leg(status="failed")]
        make_request(
            session,
            passenger=make_passenger(session),
            status="closed",
            outcome="unserved_no_driver",
            legs=legs,
        )
    session.commit()
    assert listed(nadia.get("/bureau/carte?voir=manques")) == [f"Cahors {said}"]


def test_a_referent_sees_the_communes_of_the_area_alone(
    client: PageClient, organisation: None, session: Session
):
    make_trip(session)
    make_request(session, status="searching")
    session.commit()
    client.sign_in(role="referent", communes=[FIGEAC.insee])
    assert listed(client.get("/bureau/carte")) == ["Figeac 1"]
    assert listed(client.get("/bureau/carte?voir=demandes")) == []


def test_an_unknown_view_is_the_first_one(nadia: PageClient):
    assert "Rien à montrer" in nadia.get("/bureau/carte?voir=zzz").main
