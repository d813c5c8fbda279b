"""Fault 23 in a real browser: double click, back and send again, reload, network lost, a tab left open all night.

One effect each time, and what was typed is never lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from tests.support.doors import PageClient
from tests.support.factories import make_organisation

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = on_sqlite

WANTED = {
    "origin": "Limogne-en-Quercy",
    "destination": "Cahors",
    "day": "mercredi 25 novembre",
    "first_name": "Marcel",
    "last_name": "Poujol",
    "phone": "05 36 49 01 12",
    "wish": "un sac lourd",
}
RECEIVED = "**/demande-recue"


@pytest.fixture(autouse=True)
def house(session: Session) -> None:
    make_organisation(session)
    session.commit()


def fill_in(page: Page) -> Locator:
    """The request typed in; the button that sends it."""
    page.goto("/demander")
    for name, words in WANTED.items():
        page.locator(f"[name={name}]").fill(words)
    return page.get_by_role("button", name="Envoyer ma demande")


def the_request(session: Session) -> RideRequest:
    session.expire_all()
    return session.scalars(select(RideRequest)).one()


@pytest.mark.browser
def test_a_double_click_makes_one_request(page: Page, session: Session) -> None:
    fill_in(page).dblclick()
    page.wait_for_url(RECEIVED)
    assert the_request(session).wish == "un sac lourd"


@pytest.mark.browser
def test_without_javascript_a_double_click_makes_one_request(page_without_js: Page, session: Session) -> None:
    fill_in(page_without_js).dblclick()
    page_without_js.wait_for_url(RECEIVED)
    the_request(session)


@pytest.mark.browser
def test_back_and_sent_again_makes_one_request(page: Page, session: Session) -> None:
    fill_in(page).click()
    page.wait_for_url(RECEIVED)
    page.go_back()
    fill_in(page).click()  # from a new page, with a new key
    page.wait_for_url(RECEIVED)
    expect(page.locator("main")).to_contain_text("Votre demande")
    the_request(session)


@pytest.mark.browser
def test_a_reload_of_the_answer_sends_nothing(page: Page, session: Session) -> None:
    fill_in(page).click()
    page.wait_for_url(RECEIVED)
    page.reload()
    the_request(session)


@pytest.mark.browser
def test_without_a_network_the_page_says_so_and_keeps_what_was_typed(page: Page, session: Session) -> None:
    button = fill_in(page)
    page.context.set_offline(True)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("ce que vous avez écrit reste ici")
    assert session.scalars(select(RideRequest)).all() == []
    session.rollback()  # a reader would hold the house's writers back
    page.context.set_offline(False)
    button.click()
    page.wait_for_url(RECEIVED)
    assert the_request(session).wish == "un sac lourd"


@pytest.mark.browser
def test_an_answer_lost_on_the_way_back_and_sent_again_makes_one_request(
    page: Page, session: Session
) -> None:
    """The request is stored, its answer never arrives, and the browser shows an error of its own."""
    button = fill_in(page)

    def stored_but_unheard(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        route.fetch(max_redirects=0)
        return route.abort("connectionreset")

    page.route("**/demander", stored_but_unheard)
    button.click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/demander")
    fill_in(page).click()  # the typist starts anew
    page.wait_for_url(RECEIVED)
    the_request(session)


@pytest.mark.browser
def test_a_tab_left_open_all_night_loses_nothing(page: Page, session: Session, clock: Any) -> None:
    button = fill_in(page)
    clock.shift(timedelta(hours=14))
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Envoyez encore une fois")
    page.get_by_role("button", name="Envoyer de nouveau").click()
    page.wait_for_url(RECEIVED)
    row = the_request(session)
    assert (row.wish, row.passenger.last_name) == ("un sac lourd", "Poujol")


def test_a_form_of_another_site_gets_no_second_button(client: PageClient) -> None:
    """Threat 10: only what the browser says comes from our own pages is offered again."""
    for site in ("cross-site", "same-site", ""):
        answer = client.http.post("/demander", data=WANTED, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 400
        assert "un sac lourd" not in answer.text
    own = client.http.post("/demander", data=WANTED, headers={"Sec-Fetch-Site": "same-origin"})
    assert (own.status_code, "un sac lourd" in own.text) == (400, True)


def test_a_password_typed_in_an_old_tab_is_never_written_back(client: PageClient) -> None:
    answer = client.http.post(
        "/connexion", data={"login": "nadia", "password": "s3cret"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 400
    assert "s3cret" not in answer.text
