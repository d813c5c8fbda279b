"""The registry's screen, the joining kit and the yearly statement, as a coordinator uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.models import PassengerCar, Proof, RegistryDesk, RideDetail
from lotocar.messages.models import OutboxMessage
from lotocar.organisation.models import OrganisationRow
from lotocar.staff.operations import hasher
from tests.support.chromium import axe
from tests.support.doors import LiveServer, PageClient
from tests.support.factories import make_account, make_consent, make_organisation, make_ride
from tests.support.fake_registry import ACCESS, SECRET, FakeRegistry

EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
PASSWORD = "une phrase de passe pour Nadia"
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def now() -> datetime:
    return EVENING


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with FakeRegistry(lambda: EVENING) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, registry: FakeRegistry) -> Settings:
    """An installation with both pairs of keys, whose demonstration registry is ours."""
    return replace(
        settings,
        registry_demo_access_key=ACCESS,
        registry_demo_secret_key=SECRET,
        registry_demo_url=registry.url,
        registry_access_key="real",
        registry_secret_key="real too",
        registry_url=registry.url,
    )


def a_ride(session: Session, **changes: Any) -> Ride:
    ride = make_ride(session, **({"status": "done"} | changes))
    for person in (ride.driver, ride.passenger):
        make_consent(session, person, "registry")
    return ride


@pytest.fixture
def house(session: Session) -> Ride:
    if session.get(OrganisationRow, 1) is None:
        make_organisation(session)
    ride = a_ride(session)
    session.commit()
    return ride


def work(client: PageClient) -> None:
    from lotocar.jobs.running import rim_of
    from lotocar.jobs.work import registry_send

    rim = rim_of(client.app)
    registry_send(rim)
    rim.factory.kw["bind"].dispose()


def the_proof(session: Session) -> Proof:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Proof)).one()


def test_a_coordinator_switches_it_on_and_proofs_go(
    client: PageClient, session: Session, house: Ride, registry: FakeRegistry
) -> None:
    client.sign_in(role="coordinator")
    page = client.get("/bureau/registre")
    assert "Rien n’est envoyé" in page.main
    page = page.submit("/bureau/registre/milieu", environment="demo")
    assert "registre d’essai" in page.main
    work(client)
    assert list(registry.journal) == [house.journey_key]
    page = client.get("/bureau/registre")
    assert "Envoyés, sort attendu : 1" in page.main
    assert "Odile V." in page.main
    assert the_proof(session).driver_key not in page.html


def test_the_national_registry_asks_to_be_sure(client: PageClient, session: Session, house: Ride) -> None:
    client.sign_in(role="coordinator")
    page = client.get("/bureau/registre")
    page = page.submit("/bureau/registre/milieu", environment="production")
    assert "Cochez la case" in page.text
    page = page.submit("/bureau/registre/milieu", environment="production", sure="yes")
    assert "registre national" in page.text
    session.rollback()
    assert session.get_one(RegistryDesk, 1).environment == "production"


@pytest.mark.parametrize("role", ["reader", "referent", "agent"])
@only_sqlite
def test_nobody_else_switches_or_acts(client: PageClient, house: Ride, role: str) -> None:
    client.sign_in(role=role)
    for path in ("/bureau/registre/milieu", "/bureau/registre/preuves/1"):
        assert client.post(path, {"environment": "demo"}).status == 403


def test_a_demonstration_database_cannot_be_switched_on(
    client: PageClient, session: Session, house: Ride
) -> None:
    session.get_one(OrganisationRow, 1).is_demonstration = True
    session.commit()
    client.sign_in(role="coordinator")
    page = client.get("/bureau/registre")
    assert "démonstration" in page.main
    page = client.post("/bureau/registre/milieu", {"environment": "demo"})
    assert "Cette base est une démonstration" in page.text
    session.rollback()
    assert session.scalar(select(RegistryDesk.environment)) in {None, "off"}


def test_what_is_held_says_why_and_what_to_do(client: PageClient, session: Session, house: Ride) -> None:
    make_consent(session, house.passenger, "registry", given=False)
    session.commit()
    client.sign_in(role="coordinator")
    client.get("/bureau/registre").submit("/bureau/registre/milieu", environment="demo")
    work(client)
    page = client.get("/bureau/registre")
    assert "À regarder : 1" in page.main
    assert "L’accord du passager" in page.main
    assert "À envoyer avant" in page.main


def test_a_proof_is_cancelled_with_a_reason(
    client: PageClient, session: Session, house: Ride, registry: FakeRegistry
) -> None:
    client.sign_in(role="coordinator")
    client.get("/bureau/registre").submit("/bureau/registre/milieu", environment="demo")
    work(client)
    page = client.get("/bureau/registre")
    path = f"/bureau/registre/preuves/{the_proof(session).id}"
    page = client.post(path, {"act": "cancel", "code": ""})
    assert "Choisissez pourquoi" in page.text
    page = client.post(path, {"act": "cancel", "code": "DUPLICATE"})
    assert "L’annulation part" in page.text
    work(client)
    assert registry.journal[house.journey_key].cancel_code == "DUPLICATE"
    assert the_proof(session).status == "cancelled"
    for act in ("correct", "withdraw", "nonsense"):
        assert client.post(path, {"act": act}).status == 200  # said in words, nothing done
    assert the_proof(session).status == "cancelled"


def test_the_month_compares_and_explains(client: PageClient, house: Ride) -> None:
    client.sign_in(role="coordinator")
    client.get("/bureau/registre").submit("/bureau/registre/milieu", environment="demo")
    work(client)
    page = client.get("/bureau/registre").follow("Le mois")
    assert "Le registre en novembre 2026" in page.main
    assert "moins de six fois" in page.main
    assert "0 sur 1" in page.main
    assert "Figeac" in page.main
    assert "13 kg" in page.main  # 68 km at 0,195 kg
    for odd in ("2026-13", "abc", "2026-1", "1999-01"):
        assert client.get(f"/bureau/registre/mois?mois={odd}").status == 200


def test_both_tables_are_downloaded(client: PageClient, house: Ride) -> None:
    client.sign_in(role="coordinator")
    page = client.get("/bureau/registre")
    assert page.follow("Télécharger le tableau").response.text.startswith("etat;raison;")
    assert page.follow("Colonnes des partenaires").response.text.startswith("journey_id;operator_trip_id;")


def test_the_kit_keeps_steps_and_shows_what_is_wrong(client: PageClient, house: Ride) -> None:
    client.sign_in(role="coordinator")
    page = client.get("/bureau/registre").follow("Dossier d’adhésion")
    assert "Il reste 10 étapes sur 10" in page.main
    page = page.submit("/adhesion/identity", legal_name="Covoit 46", siret="12", done="yes")
    assert page.status == 422
    assert "14 chiffres" in page.main
    page = page.submit("/adhesion/identity", siret="12345678900011", address="Cahors", done="yes")
    assert "Il reste 9 étapes" in page.main
    page = page.follow("Lire et imprimer le dossier technique")
    assert "Covoit 46" in page.main
    assert "classe A" in page.main


def test_a_person_s_year_is_stated(client: PageClient, house: Ride) -> None:
    client.sign_in(role="agent")
    page = client.get(f"/bureau/personnes/{house.driver_id}").follow("Relevé de ses trajets")
    assert "Trajets faits en 2026" in page.main
    assert "Cahors" in page.main
    assert "68 km" in page.main
    assert "Marcel" not in page.main  # whom Odile drove is nobody's business
    assert client.get("/bureau/personnes/9999/releve").status == 404
    assert client.get(f"/bureau/personnes/{house.driver_id}/releve?annee=1066").status == 200


def test_a_passenger_s_car_is_asked_on_the_phone_and_the_list_sent(
    client: PageClient, session: Session, house: Ride
) -> None:
    client.sign_in(role="agent")
    path = f"/bureau/personnes/{house.passenger_id}/releve"
    page = client.get(path)
    assert "Nous ne savons pas pour 1 trajet" in page.main
    for value, kept in (("yes", [True]), ("no", [False]), ("", [])):
        page = page.submit("/voiture", has_car=value)
        session.expire_all()
        assert [row.has_car for row in session.scalars(select(PassengerCar))] == kept
        session.rollback()
    assert "Envoyer le lien par SMS" not in page.main  # Marcel has a landline
    assert "ne reçoit pas de SMS" in client.post(f"{path}/lien", {}).text
    page = client.get(f"/bureau/personnes/{house.driver_id}/releve").submit("/releve/lien")
    assert "part par SMS" in page.text
    (message,) = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "statement_link"))
    address = re.search(r"/mes-trajets/\S+", message.body)
    assert address is not None
    assert "Mes trajets faits en 2026" in client.get(address[0]).main


def test_the_desk_adds_a_plate_and_money_to_a_ride(
    client: PageClient, session: Session, house: Ride, registry: FakeRegistry
) -> None:
    house.contribution_cents = 200
    make_consent(session, house.passenger, "registry", given=False)
    session.commit()
    client.sign_in(role="coordinator")
    client.get("/bureau/registre").submit("/bureau/registre/milieu", environment="demo")
    work(client)
    page = client.get("/bureau/registre").follow("Plaque et aides")
    right = {
        "plate": "AB-123-CD",
        "siret_0": "123 456 789 00011",
        "amount_0": "1,50",
        "siret_2": "98765432100022",
        "amount_2": "0,50 €",
        "payment_siret": "98765432100022",
        "payment_amount": "2",
        "adult": "yes",
    }
    wrong = {
        "plate": "A" * 33,
        "siret_0": "12",
        "amount_0": "beaucoup",
        "amount_2": "",
        "payment_amount": "2,01",
        "fee": "90",
    }
    for name, value in wrong.items():
        again = page.submit("/details", **(right | {name: value}))
        assert (again.status, f'href="#{name}"' in again.html) == (422, True), name
    session.rollback()
    assert session.scalars(select(RideDetail)).all() == []
    page = page.submit("/details", **right)
    assert f"Noté pour le trajet n° {house.id}" in page.text
    shown = page.follow("Plaque et aides").html
    for kept in ("AB-123-CD", "12345678900011", "1,50", "0,50", "2,00"):
        assert f'value="{kept}"' in shown
    make_consent(session, house.passenger, "registry")
    session.commit()
    work(client)
    body = registry.journal[house.journey_key].body
    assert (body["licence_plate"], body["driver"]["revenue"]) == ("AB-123-CD", 400)
    assert [(each["index"], each["amount"]) for each in body["incentives"]] == [(0, 150), (2, 50)]
    assert body["passenger"]["payments"][0]["amount"] == 200
    assert body["passenger"]["identity"]["over_18"] is True


def test_a_side_that_nobody_heard_is_rung_from_the_registry_s_screen(
    client: PageClient, session: Session, house: Ride, registry: FakeRegistry
) -> None:
    house.passenger_says, house.passenger_said_through = None, ""
    session.commit()
    client.sign_in(role="coordinator")
    client.get("/bureau/registre").submit("/bureau/registre/milieu", environment="demo")
    work(client)
    page = client.get("/bureau/registre")
    assert "Le passager n’a pas encore confirmé ce trajet" in page.main
    assert "Confirmé par le conducteur : lui-même." in page.main
    page = client.post(f"/bureau/registre/preuves/{the_proof(session).id}", {"act": "heard_passenger"})
    assert "le passager l’a confirmé" in page.text
    work(client)
    page = client.get("/bureau/registre")
    assert "le passager : au téléphone, noté par l’équipe" in page.main
    assert list(registry.journal) == [house.journey_key]


def test_after_fait_the_desk_is_told_whose_word_is_missing(
    client: PageClient, session: Session, house: Ride
) -> None:
    house.status, house.driver_says, house.passenger_says = "planned", None, None
    house.leg.status = "confirmed"
    session.add(RegistryDesk(id=1, environment="demo"))
    session.commit()
    client.sign_in(role="coordinator")
    path = f"/bureau/trajets-convenus/{house.id}"
    assert "il reste à entendre Odile V. et Marcel P." in client.post(path, {"act": "done"}).text
    page = client.post(path, {"act": "heard_driver"})
    assert "il reste à entendre Marcel P." in page.text
    assert "il reste à entendre" not in client.post(path, {"act": "heard_passenger"}).text


@pytest.mark.browser
@only_sqlite
def test_the_screen_and_the_kit_in_a_browser(
    page: Page, live_server: LiveServer, session: Session, house: Ride, registry: FakeRegistry
) -> None:
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    session.commit()
    page.goto("/connexion?suite=/bureau/registre")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_label("Au registre d’essai").check()
    page.get_by_role("button", name="Changer").click()
    expect(page.get_by_role("heading", name="Les preuves partent vers le registre d’essai.")).to_be_visible()
    live_server.work("registry_send")
    page.reload()
    expect(page.get_by_role("heading", name="Envoyés, sort attendu : 1")).to_be_visible()
    axe(page)
    page.get_by_label("Pourquoi annuler").select_option("TEST")
    page.get_by_role("button", name="Annuler au registre").click()
    expect(page.get_by_text("L’annulation part dans la minute.")).to_be_visible()
    live_server.work("registry_send")
    assert [stored.status for stored in registry.journal.values()] == ["canceled"]
    page.get_by_role("link", name="Dossier d’adhésion").click()
    page.get_by_label("Qui a écrit").fill("La présidente, pour l’association")
    page.get_by_label("Le courriel d’acceptation est parti.").check()
    page.locator("#etape-terms").get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Il reste 9 étapes")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Lire et imprimer").click()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    axe(page)
    page.goto(f"/bureau/personnes/{house.driver_id}/releve")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    axe(page)


@pytest.mark.browser
@only_sqlite
def test_the_kit_without_javascript(page_without_js: Page, session: Session, house: Ride) -> None:
    page = page_without_js
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    session.commit()
    page.goto("/connexion?suite=/bureau/registre/adhesion")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    step = page.locator("#etape-identity")
    step.get_by_label("SIRET").fill("12")
    step.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#siret-erreur")).to_have_text("Un SIRET a 14 chiffres.")
    page.locator("#siret").fill("12345678900011")
    page.locator("#etape-identity").get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#siret")).to_have_value("12345678900011")


@pytest.mark.browser
@only_sqlite
def test_its_pages_fit_a_telephone(
    page: Page, live_server: LiveServer, session: Session, house: Ride
) -> None:
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    session.add(RegistryDesk(id=1, environment="demo"))
    session.commit()
    live_server.work("registry_send")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")
    pages = ("registre", "registre/mois", "registre/adhesion", "registre/dossier-technique")
    page.goto(f"/bureau/personnes/{house.driver_id}/releve")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    for path in (*pages, f"personnes/{house.driver_id}/releve"):
        page.goto(f"/bureau/{path}")
        axe(page)
        width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"{path} scrolls sideways: {width}"


@pytest.mark.browser
@only_sqlite
def test_the_kit_and_a_ride_s_details_by_keyboard_alone_on_a_telephone(
    page: Page, live_server: LiveServer, session: Session, house: Ride
) -> None:
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    make_consent(session, house.passenger, "registry", given=False)
    session.add(RegistryDesk(id=1, environment="demo"))
    session.commit()
    live_server.work("registry_send")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/connexion?suite=/bureau/registre/adhesion")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Qui a écrit").focus()
    page.keyboard.type("La présidente")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Il reste 9 étapes")
    page.goto("/bureau/registre")
    page.get_by_role("link", name=f"Plaque et aides du trajet n° {house.id}").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Plaque de la voiture").focus()
    page.keyboard.type("AB-123-CD")
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator("#siret_0-erreur")).to_have_text("Un SIRET a 14 chiffres.")
    axe(page)
    page.locator("#siret_0").fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#probleme")).to_contain_text(f"Noté pour le trajet n° {house.id}")
