"""The map beside the candidates: the journey and the ways of the drivers, numbered as in the list, without a name."""

from __future__ import annotations

from datetime import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.trips.models import Trip
from lotocar.staff.models import Account
from lotocar.web.forms import place_code
from tests.scenarios.conftest import sign_in
from tests.support.doors import Page as Read
from tests.support.doors import PageClient
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GOURDON,
    make_driver,
    make_request,
    make_trip,
    weekly,
)

LIVE = "/bureau/candidats?origin=Cahors&destination=Figeac&day=mardi&hour=10h&time_kind=arrive_by&back=no&seats=1"

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def ways(page: Read) -> list[str]:
    """The numbers on the map, in order."""
    numbered = (one for one in page.root.iter() if one.get("data-way") and one.tag != "li")
    return sorted(one.get("data-way") or "" for one in numbered)


def two_drivers(session: Session) -> None:
    make_trip(session)
    make_trip(session, driver=make_driver(session, first_name="Yves", last_name="Bessac"))
    session.commit()


def asked_after(page: Read) -> str:
    """The address of the map, as the list of candidates asks for it."""
    (map_,) = [one for one in page.root.iter() if one.get("data-map") is not None]
    return map_.get("hx-get") or ""


def test_the_candidates_say_where_their_map_is_and_do_not_wait_for_it(nadia: PageClient, session: Session):
    two_drivers(session)
    found = nadia.get(LIVE, htmx=True)
    assert "sketch" not in found.html
    drawn = nadia.get(asked_after(found), htmx=True)
    assert ways(drawn) == ["1", "2"]
    assert "Cahors" in drawn.html
    assert "Carte : Cahors et Figeac, et les trajets de 2 conducteurs." in drawn.html
    for name in ("Odile", "Vernet", "Yves", "Bessac"):
        assert name not in drawn.html


def test_nobody_drives_and_the_journey_is_still_drawn(nadia: PageClient, session: Session):
    drawn = nadia.get(asked_after(nadia.get(LIVE, htmx=True)), htmx=True)
    assert ways(drawn) == []
    assert "Carte : Cahors et Figeac. La liste" in drawn.html


@pytest.mark.parametrize("status", ["pending", "stopped", "deleted"])
def test_a_trip_that_is_not_offered_is_not_drawn(nadia: PageClient, session: Session, status: str):
    two_drivers(session)
    address = asked_after(nadia.get(LIVE, htmx=True))
    assert ways(nadia.get(address, htmx=True)) == ["1", "2"]
    session.scalars(select(Trip)).all()[0].status = status
    assert ways(nadia.get(address, htmx=True)) == ["2"]


def test_a_referent_sees_the_ways_that_touch_the_area_or_serve_a_journey_of_it(
    client: PageClient, organisation: None, session: Session
):
    far = make_trip(session)
    near = make_trip(session, origin=GOURDON)
    client.sign_in(role="referent", communes=[GOURDON.insee])
    for start, drawn in ((CAHORS, ["2"]), (GOURDON, ["1", "2"])):
        query = {"de": place_code(start), "a": place_code(FIGEAC), "trajets": f"{far.id},{near.id}"}
        assert ways(client.get("/bureau/candidats/carte", query_string=query, htmx=True)) == drawn


@on_sqlite
@pytest.mark.parametrize(
    "query",
    ["", "?de=&a=", "?de=x;y;z;t&a=46042;44.4;1.4;Cahors", "?trajets=a,,99999999999&de=%00", "?trajets=1"],
)
def test_half_an_address_draws_nothing(nadia: PageClient, query: str):
    answer = nadia.get(f"/bureau/candidats/carte{query}", htmx=True)
    assert (answer.status, answer.html.strip()) == (200, "")


def test_the_page_of_a_request_holds_the_map_without_any_script(nadia: PageClient, session: Session):
    two_drivers(session)
    asked = make_request(session, status="searching")
    session.commit()
    page = nadia.get(f"/bureau/demandes/{asked.id}")
    assert ways(page) == ["1", "2"]
    rows = [one.get("data-way") for one in page.root.iter("li") if one.get("data-way")]
    assert rows == ["1", "2"]


def test_a_territory_without_communes_has_no_map(nadia: PageClient, session: Session):
    from lotocar.organisation.models import OrganisationRow

    house = session.get(OrganisationRow, 1)
    assert house is not None
    house.departements = []
    two_drivers(session)
    asked = make_request(session, status="searching")
    session.commit()
    assert ways(nadia.get(f"/bureau/demandes/{asked.id}")) == []


@pytest.mark.browser
@on_sqlite
def test_the_row_one_points_at_shows_on_the_map(page: Page, session: Session, account: Account):
    two_drivers(session)
    make_trip(session, origin=GOURDON, departures=[weekly(1, time(8))], max_detour_minutes=60)
    session.commit()
    sign_in(page)
    page.goto("/bureau/appel")
    for field, words in (("origin", "Cahors"), ("destination", "Figeac"), ("day", "mardi")):
        page.locator(f"#{field}").fill(words)
    second = page.locator("#candidats .candidate").nth(1)
    line = page.locator("#carte g[data-way='2']")
    expect(line).to_be_visible()
    second.hover()
    expect(line).to_have_class("sketch__way sketch__way--here")
    page.mouse.move(0, 0)  # leaving the field draws the list anew, under a pointer that would still be there
    page.locator("#candidats .candidate").first.focus()
    expect(line).to_have_class("sketch__way")
    expect(page.locator("#carte g[data-way='1']")).to_have_class("sketch__way sketch__way--here")
    page.locator("#destination").fill("")
    expect(page.locator("#carte")).to_be_hidden()
