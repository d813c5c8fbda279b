"""The whole promise once through: a driver's form, a call, candidates, a question by SMS, OUI, the passenger told,
the ride done, a proof ready. Then once more for somebody with a landline only, without JavaScript."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.files.export import export
from lotocar.messages.models import OutboxMessage
from tests.journeys.conftest import figures, sign_in, texts_to
from tests.support.doors import LiveServer

pytestmark = pytest.mark.browser

ODILE = "+33639980011"
AFTER_THE_RIDE = datetime(2026, 11, 24, 12, tzinfo=UTC)


def post_a_trip(page: Page, session: Session) -> None:
    """Odile offers Cahors – Souillac on Tuesdays and Thursdays, and confirms her number with the code."""
    page.goto("/proposer-un-trajet")
    page.locator("[name=origin]").fill("Cahors")
    page.locator("[name=destination]").fill("Souillac")
    page.locator("[name=same_hour]").fill("8h30")
    page.locator("[name=same_back]").fill("17h")
    page.get_by_role("checkbox", name="Mardi").check()
    page.get_by_role("checkbox", name="Jeudi").check()
    page.locator("[name=first_name]").fill("Odile")
    page.locator("[name=last_name]").fill("Vernhet")
    page.locator("[name=phone]").fill("06 39 98 00 11")
    page.locator("[name=registry]").check()
    page.get_by_role("button", name="Proposer ce trajet").click()
    page.wait_for_url("**/confirmer")
    page.locator("[name=code]").fill(figures(texts_to(session, ODILE)[-1], 6))
    page.locator("main form button").first.click()
    page.wait_for_url("**/mon-espace/*")
    expect(page.locator("main")).to_contain_text("Souillac")


def take_the_call(page: Page, *, phone: str) -> None:
    """Mme Delmas, Pradines – Gourdon on Tuesday, to be there at ten."""
    page.goto("/bureau/appel")
    page.locator("[name=civility]").select_option("mme")
    page.locator("[name=last_name]").fill("Delmas")
    page.locator("[name=first_name]").fill("Jeanne")
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=origin]").fill("Pradines")
    page.locator("[name=destination]").fill("Gourdon")
    page.locator("[name=day]").fill("mardi")
    page.locator("[name=hour]").fill("10h")


def consent_aloud(page: Page) -> None:
    """On the person's page: asked aloud, she agrees to the registry."""
    page.get_by_role("link", name="Sa fiche").click()
    page.locator("#accord-registry").check()
    page.get_by_role("button", name="Noter ses réponses").click()
    page.wait_for_load_state()


def the_couple(session: Session, live_server: LiveServer) -> dict[str, Any]:
    """The one proof that would be sent."""
    roads = live_server.app.extensions["lotocar.outside"].roads
    text = export(session, since=date(2026, 11, 23), now=AFTER_THE_RIDE, fmt="json", roads=roads)
    session.rollback()
    found = json.loads(text)
    assert found["refused"] == []
    (journey,) = found["journeys"]
    return dict(journey)


def settle(page: Page, clock: Any) -> None:
    """On Tuesday at noon, Nadia signs in again, writes down that the ride took place, and rings both sides."""
    clock.move_to(AFTER_THE_RIDE)
    sign_in(page)
    page.goto("/bureau/feuille-du-jour")
    page.get_by_role("button", name="Fait").first.click()
    expect(page.locator("main")).to_contain_text("fait")
    for missing in (1, 0):
        page.get_by_role("button", name="l’a confirmé au téléphone").first.click()
        expect(page.get_by_role("button", name="l’a confirmé au téléphone")).to_have_count(missing)


def test_the_whole_loop_from_the_drivers_form_to_the_proof(
    page: Page, live_server: LiveServer, session: Session, desk: None, clock: Any
):
    post_a_trip(page, session)
    sign_in(page)
    take_the_call(page, phone="06 39 98 00 22")
    expect(page.locator("#candidats")).to_contain_text("Odile Vernhet")  # while the call goes on
    expect(page.locator("#candidats")).to_contain_text("min")
    page.get_by_role("button", name="Enregistrer la demande").click()
    page.wait_for_url("**/bureau/demandes/*")
    address = page.url
    expect(page.locator("main")).to_contain_text("8 h 30")
    page.get_by_role("button", name="SMS").first.click()
    expect(page.locator("main")).to_contain_text("SMS envoyé")
    question = texts_to(session, ODILE)[-1]
    assert "Mme D." in question
    assert "Pradines" in question
    assert "Delmas" not in question

    assert live_server.receive_sms(ODILE, "OUI") == 200
    live_server.work("read_replies", "send")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("a accepté")
    page.get_by_role("button", name="Envoyer le SMS").click()
    expect(page.locator("main")).to_contain_text("passager prévenu")
    told = texts_to(session, "+33639980022")[-1]
    assert "Odile vous emm" in told
    assert "Vernhet" not in told

    consent_aloud(page)
    settle(page, clock)
    couple = the_couple(session, live_server)
    assert couple["driver"]["identity"]["phone_trunc"] == "+336399800"
    assert couple["operator_class"] == "A"
    assert couple["distance"] > 20_000
    ride = session.scalars(select(Ride)).one()
    assert couple["operator_journey_id"] == ride.journey_key


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_whole_loop_with_a_landline_only_and_without_javascript(
    page_without_js: Page, live_server: LiveServer, session: Session, desk: None, clock: Any
):
    page = page_without_js
    post_a_trip(page, session)
    sign_in(page)
    take_the_call(page, phone="05 36 49 01 12")
    page.get_by_role("button", name="Enregistrer la demande").click()
    page.wait_for_url("**/bureau/demandes/*")
    expect(page.locator("main")).to_contain_text("Odile Vernhet")
    page.get_by_role("button", name="Appel").first.click()
    expect(page.locator("main")).to_contain_text("à appeler")
    page.get_by_role("button", name="Accepte").first.click()
    expect(page.locator(".read-aloud")).to_contain_text("Odile")
    expect(page.locator("main")).to_contain_text("à confirmer au passager")
    page.get_by_role("button", name="Prévenu par téléphone").click()
    expect(page.locator("main")).to_contain_text("passager prévenu")

    consent_aloud(page)
    settle(page, clock)
    assert the_couple(session, live_server)["passenger"]["identity"]["phone_trunc"] == "+335364901"
    landline = session.scalars(select(OutboxMessage).where(OutboxMessage.to_number == "+33536490112")).all()
    assert landline == []  # no SMS was ever written to a landline
