"""Two colleagues at the same thing, in two browsers: nothing is overwritten, and both versions are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.staff.operations import hasher
from tests.support.chromium import axe, watch
from tests.support.doors import LiveServer
from tests.support.factories import make_account, make_driver, make_request

PASSWORD = "une phrase de passe pour deux"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("organisation"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def colleagues(session: Session) -> None:
    """Nadia in Cahors, Lise in Figeac."""
    password_hash = hasher.hash(PASSWORD)
    for login in ("nadia", "lise"):
        make_account(session, login=login, display_name=login.title(), password_hash=password_hash)
    session.commit()


@pytest.fixture
def figeac(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Lise's browser."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    troubles = watch(context)
    yield context.new_page()
    context.close()
    assert not troubles


def sign_in(page: Page, login: str) -> None:
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")


def test_two_corrections_of_one_request_meet_and_the_second_chooses(
    page: Page, figeac: Page, session: Session, colleagues: None
):
    asked = make_request(session)
    session.commit()
    path = f"/bureau/demandes/{asked.id}/corriger"
    sign_in(page, "nadia")
    sign_in(figeac, "lise")
    figeac.goto(path)
    page.goto(path)
    page.locator("[name=wish]").fill("monter devant")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("A corrigé la demande")

    figeac.locator("[name=wish]").fill("monter derrière")
    figeac.get_by_role("button", name="Enregistrer").click()
    row = figeac.get_by_role("row", name="Souhaits, lisibles par le conducteur")
    expect(row).to_contain_text("monter devant")
    expect(row).to_contain_text("monter derrière")
    expect(figeac.locator("main")).to_contain_text("L’autre version est celle de Nadia")
    expect(figeac.locator("[name=wish]")).to_have_value("monter derrière")
    axe(figeac)
    session.expire_all()
    assert session.get_one(RideRequest, asked.id).wish == "monter devant"
    session.commit()

    figeac.get_by_role("button", name="Mettre ma version à la place").click()
    expect(figeac.locator("main")).to_contain_text("A corrigé la demande")
    session.expire_all()
    assert session.get_one(RideRequest, asked.id).wish == "monter derrière"


def test_two_corrections_of_one_person_meet_and_the_saved_one_is_kept(
    page: Page, figeac: Page, session: Session, colleagues: None
):
    odile = make_driver(session)
    session.commit()
    sign_in(page, "nadia")
    sign_in(figeac, "lise")
    for one in (figeac, page):
        one.goto(f"/bureau/personnes/{odile.id}")
        one.get_by_role("button", name="Ouvrir la fiche").click()
    for one, hours in ((page, "après 18 h"), (figeac, "le matin")):
        one.locator("[name=call_hours]").fill(hours)
        one.locator("#fiche button").first.click()
    expect(page.locator("main")).to_contain_text("Fiche corrigée")
    row = figeac.get_by_role("row", name="Heures où l'appeler")
    expect(row).to_contain_text("après 18 h")
    expect(row).to_contain_text("le matin")
    figeac.get_by_role("link", name="Garder ce qui est enregistré").click()
    expect(figeac.locator("[name=call_hours]")).to_have_value("après 18 h")
    session.expire_all()
    assert session.get_one(Person, odile.id).call_hours == "après 18 h"


def test_who_is_on_a_request_is_seen_by_the_other(
    page: Page, figeac: Page, session: Session, colleagues: None
):
    asked = make_request(session)
    session.commit()
    sign_in(page, "nadia")
    sign_in(figeac, "lise")
    page.goto(f"/bureau/demandes/{asked.id}")
    expect(page.locator("#presence")).to_contain_text("En cours par vous")
    figeac.goto(f"/bureau/demandes/{asked.id}")
    expect(figeac.locator("#presence")).to_contain_text("En cours par Nadia")
    figeac.goto("/bureau/a-faire")
    expect(figeac.locator(".due__item")).to_contain_text("En cours par Nadia")
