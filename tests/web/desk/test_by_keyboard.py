"""A call from its first word to the ride told, in a browser: by keyboard alone, and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Ride
from lotocar.staff.models import Account
from tests.scenarios.conftest import sign_in
from tests.support.chromium import axe
from tests.support.doors import LiveServer
from tests.support.factories import (
    NOW,
    a_mobile,
    make_passenger,
    make_request,
    make_trip,
)

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def the_state(session: Session) -> tuple[str, list[str]]:
    session.rollback()
    session.expire_all()
    asked = session.scalars(select(RideRequest).order_by(RideRequest.id.desc())).first()
    assert asked is not None
    answer = asked.status, list(session.scalars(select(Ride.status)))
    session.rollback()
    return answer


def test_a_call_is_taken_asked_agreed_and_told_by_keyboard_alone(
    page: Page, session: Session, account: Account
):
    make_trip(session)
    marcel = make_passenger(session, phone=a_mobile(), staff_note="Sonner deux fois")
    session.commit()
    sign_in(page)
    keys = page.keyboard
    keys.press("n")
    page.wait_for_url("**/bureau/appel")
    expect(page.locator("#last_name")).to_be_focused()

    # three letters bring the person, with what one must know
    keys.type("pou")
    expect(page.locator("#last_name-list [data-value]")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator(".known")).to_contain_text("Sonner deux fois")
    expect(page.locator("#phone")).to_be_hidden()

    # the drivers come while one types
    keys.press("Alt+d")
    for place in ("Cahors", "Figeac"):
        keys.type(place)
        expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")
        keys.press("Tab")
    keys.type("mardi")
    keys.press("Tab")
    keys.type("10h")
    expect(page.locator("#candidats .candidate")).to_contain_text("Odile Vernet")
    expect(page.locator("#live")).to_contain_text("1 conducteur possible")
    expect(page.locator("#hour")).to_be_focused()
    axe(page)

    # the way back shows when it is wanted
    expect(page.locator("#back_hour")).to_be_hidden()
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(page.locator("#back_hour")).to_be_visible()
    keys.press("ArrowLeft")

    keys.press("Alt+s")
    page.wait_for_url("**/bureau/demandes/*")
    assert the_state(session) == ("searching", [])
    expect(page.locator("#presence")).to_contain_text("En cours par vous")

    # one key for the row, one for the act
    keys.press("1")
    expect(page.locator(".candidate").first).to_be_focused()
    keys.press("s")
    expect(page.locator("main")).to_contain_text("1 conducteur sollicité par SMS")
    page.wait_for_load_state()
    keys.press("1")
    expect(page.locator(".candidate").first).to_be_focused()
    keys.press("o")
    expect(page.locator(".next")).to_contain_text("Prévenir Marcel Poujol")
    expect(page.locator(".read-aloud")).to_contain_text("Odile vous emmène mardi 24 novembre")
    axe(page)
    keys.press("Alt+v")
    expect(page.locator("main")).to_contain_text("Passager prévenu")
    assert the_state(session) == ("confirmed", ["planned"])
    assert marcel.id


def test_as_usual_is_one_key_once_the_person_is_there(page: Page, session: Session, account: Account):
    past = make_request(session, created_at=NOW - timedelta(days=7))
    session.commit()
    sign_in(page)
    page.goto(f"/bureau/personnes/{past.passenger_id}")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    page.get_by_role("link", name="Nouvelle demande").click()
    expect(page.locator(".known")).to_contain_text("Comme mardi")
    page.keyboard.press("Alt+h")
    expect(page.locator("#origin")).to_have_value("Cahors")
    expect(page.locator("#day")).to_be_focused()
    expect(page.locator("#candidats h3")).to_contain_text("Cahors")


def test_the_same_without_javascript(
    page_without_js: Page, live_server: LiveServer, session: Session, account: Account, clock: Any
):
    page = page_without_js
    make_trip(session)
    session.commit()
    sign_in(page)
    page.get_by_role("link", name="Nouvel appel").click()
    for label, words in (("Nom", "Delmas"), ("Téléphone", "05 36 49 01 12"), ("Départ", "Cahors")):
        page.get_by_label(label, exact=False).first.fill(words)
    page.get_by_label("Arrivée").fill("Figeac")
    page.locator("#day").fill("mardi")
    page.locator("#hour").fill("10h")
    page.get_by_role("button", name="Enregistrer la demande").click()
    page.get_by_role("button", name="Appel").click()
    page.get_by_role("button", name="Accepte").click()
    page.get_by_role("button", name="Prévenu par téléphone").click()
    expect(page.locator("main")).to_contain_text("Passager prévenu")
    address = page.url
    clock.move_to(NOW + timedelta(days=4))
    sign_in(page)
    page.goto(address)
    page.get_by_role("button", name="Fait").click()
    assert the_state(session) == ("closed", ["done"])
