"""The one box in the header: it answers while one types, and what is typed stands in no address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from tests.scenarios.conftest import PASSWORD, sign_in
from tests.support.chromium import axe
from tests.support.doors import PageClient
from tests.support.factories import make_account, make_organisation, make_passenger, make_request

BOX = "/bureau/recherche/choix"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_box_answers_letters_digits_places_and_numbers_of_requests(nadia: PageClient, session: Session):
    asked = make_request(session, passenger=make_passenger(session, phone="+33536490112"))
    session.commit()
    for typed, answer in (
        ("pouj", "Marcel Poujol"),
        ("0112", "05 36 49 01 12"),
        ("figea", "Figeac"),
        (f"n° {asked.id}", f"Demande n° {asked.id}"),
    ):
        assert answer in nadia.post(BOX, {"q": typed}, htmx=True).text, typed


def test_a_file_is_opened_by_a_post_and_a_request_by_its_address(nadia: PageClient, session: Session):
    asked = make_request(session)
    session.commit()
    person = _options(nadia, "pouj")[0]
    assert person["data-opens"] == f"/bureau/personnes/{asked.passenger_id}/ouvrir"
    assert _options(nadia, str(asked.id))[0]["data-href"] == f"/bureau/demandes/{asked.id}"


def test_a_whole_number_that_nobody_has_starts_a_call(nadia: PageClient):
    (answer,) = _options(nadia, "05 36 49 01 12")
    assert answer["data-href"] == "/bureau/appel#tel=0536490112"
    (foreign,) = _options(nadia, "+33 5 36 49 01 12")
    assert foreign["data-href"] == "/bureau/appel#tel=+33536490112"


@on_sqlite
@pytest.mark.parametrize("typed", ["", "\x00", "%", "'", "²", "é" * 5_000, "n° 999999", "zzz"])
def test_nothing_found_is_said(nadia: PageClient, typed: str):
    answer = nadia.post(BOX, {"q": typed}, htmx=True)
    assert answer.status == 200
    assert "aria-disabled" in answer.html


def _options(client: PageClient, typed: str) -> list[dict[str, str]]:
    answer = client.post(BOX, {"q": typed}, htmx=True)
    return [dict(one.items()) for one in answer.root.iter() if one.get("data-value")]


@pytest.mark.browser
@on_sqlite
def test_one_key_from_any_screen_then_letters_then_enter_opens_the_person(
    page: Page, session: Session, account: Account
):
    asked = make_request(session)
    session.commit()
    sign_in(page)
    page.goto("/bureau/appel")
    expect(page.locator("#last_name")).to_be_focused()
    page.keyboard.press("Alt+k")  # while typing in another field
    box, options = page.locator("#recherche"), page.locator("#recherche-list [role=option]")
    expect(box).to_be_focused()
    page.keyboard.type("pouj")
    expect(options.first).to_contain_text("Marcel Poujol")
    expect(options.first).to_have_attribute("aria-selected", "true")
    axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Marcel Poujol")
    assert "pouj" not in page.url

    page.wait_for_load_state()  # keys are heard once the page is whole
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type(str(asked.id))
    expect(options.first).to_contain_text(f"Demande n° {asked.id}")
    page.keyboard.press("Tab")  # leaving the box leads nowhere
    expect(options.first).to_be_hidden()
    expect(page.locator("h1")).to_have_text("Marcel Poujol")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_contain_text(f"Demande n° {asked.id}")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Marcel Poujol, mardi")
    expect(page).to_have_url(f"{page.url.split('/bureau')[0]}/bureau/demandes/{asked.id}")


@pytest.mark.browser
@on_sqlite
def test_without_javascript_the_box_leads_to_the_page(page_without_js: Page, session: Session):
    from lotocar.staff.operations import hasher

    page = page_without_js
    make_organisation(session)
    make_account(session, login="nadia", role="agent", password_hash=hasher.hash(PASSWORD))
    make_passenger(session)
    session.commit()
    sign_in(page)
    page.get_by_label("Chercher une personne").fill("pouj")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Recherche : pouj")
    expect(page.locator("main")).to_contain_text("Marcel Poujol")


def test_nadia_s_colleague_who_may_not_see_numbers_has_no_box(client: PageClient, session: Session):
    make_organisation(session)
    session.commit()
    client.sign_in(role="reader")
    assert "recherche" not in client.get("/bureau").html
    assert client.post(BOX, {"q": "pouj"}, htmx=True).status == 403
