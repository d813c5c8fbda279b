"""Scenarios of drivers: no password, elderly, rural people."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Consent, Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.db import Base
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.staff.models import Account
from tests.scenarios.conftest import (
    CAHORS,
    FIGEAC,
    GRAMAT,
    Keyboard,
    blocks,
    figures,
    sign_in,
    texts_to,
    words,
)
from tests.support.doors import LiveServer, PageClient
from tests.support.doors import Page as PageRead
from tests.support.factories import (
    NOW,
    a_leg,
    make_approach,
    make_consent,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
    weekly,
)
from tests.web.tidy import TidyClient

pytestmark = pytest.mark.usefixtures("house")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
THURSDAY = 3


@pytest.mark.browser
@on_sqlite
def test_v1_registration_by_phone(page: Page, session: Session, nadia: Account, client: PageClient):
    sign_in(page)
    hands = Keyboard(page)
    hands.press("i")
    page.wait_for_url("**/bureau/conducteurs/nouveau")
    expect(page.locator(".read-aloud")).to_contain_text("Vous pouvez dire non")
    hands.press("Alt+q")
    hands.write("Lacaze")
    hands.press("Tab")
    hands.write("Henri")
    hands.press("Tab")
    hands.write("0639980074")
    _forward_to(page, hands, "origin")
    hands.write("Figeac")
    _forward_to(page, hands, "destination")
    hands.write("Cahors")
    _forward_to(page, hands, "thursday-on")
    hands.press("Space", "Tab")
    hands.write("8h")
    hands.press("Tab")
    hands.write("16h30")
    hands.press("Alt+s")
    page.wait_for_url("**/bureau/personnes/*")
    assert hands.seconds < 4 * 60

    lacaze = session.scalars(select(Person).where(Person.last_name == "Lacaze")).one()
    trip = session.scalars(select(Trip)).one()
    assert (lacaze.email, trip.status) == ("", "active")
    assert (trip.origin.insee, trip.destination.insee) == (FIGEAC.insee, CAHORS.insee)
    assert {(one.weekday, one.direction, one.hour) for one in trip.departures} == {
        (THURSDAY, "out", time(8)),
        (THURSDAY, "back", time(16, 30)),
    }
    _said(session, lacaze, nadia, given=False)  # nothing was ticked
    expect(page.locator("main")).to_contain_text("non, dit aujourd'hui")

    page.locator("#accord-share_phone").check()
    page.get_by_role("button", name="Noter ses réponses").click()
    expect(page.locator("main")).to_contain_text("oui, dit aujourd'hui")
    _said(session, lacaze, nadia, given=True)


def _forward_to(page: Page, hands: Keyboard, name: str) -> None:
    """Press Tab until this field has the focus."""
    for _ in range(40):
        hands.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def _said(session: Session, person: Person, operator: Account, *, given: bool) -> None:
    """The latest word about the number: what, on which day, heard by whom."""
    latest = select(Consent).where(Consent.person_id == person.id, Consent.kind == "share_phone")
    word = session.scalars(latest.order_by(Consent.id.desc())).first()
    assert word is not None
    assert (word.given, word.actor_kind, word.actor_id) == (given, "staff", operator.id)
    assert word.at.date() == NOW.date()
    session.rollback()


@pytest.mark.browser
@on_sqlite
def test_v2_own_page_by_private_link(
    page_without_js: Page, session: Session, live_server: LiveServer, now: datetime
):
    lacaze = make_driver(session, first_name="Henri", last_name="Lacaze")
    make_trip(
        session,
        driver=lacaze,
        origin=FIGEAC,
        destination=CAHORS,
        departures=[weekly(THURSDAY, time(8)), weekly(THURSDAY, time(16, 30), "back")],
    )
    make_trip(session, driver=lacaze, origin=FIGEAC, destination=GRAMAT, status="stopped")
    session.commit()
    desk = TidyClient(live_server.app, session)
    desk.sign_in()
    desk.get(f"/bureau/personnes/{lacaze.id}").submit("/lien")
    [sms] = texts_to(session, lacaze, "driver_link")
    page = page_without_js

    _open(page, _address_in(sms))
    cards = page.locator(".card")
    expect(cards.filter(has_text="Gramat")).to_contain_text("arrêté")
    going = cards.filter(has_text="proposé aux passagers")
    expect(going).to_contain_text("Cahors")
    expect(going).to_contain_text("8 h")

    going.get_by_role("link", name="Modifier").click()
    _asks_no_password(page)
    page.locator("[name=thursday-hour]").fill("8h30")
    page.get_by_role("button", name="Enregistrer").click()
    _asks_no_password(page)
    going.get_by_role("link", name="Mettre en pause").click()
    _asks_no_password(page)
    page.locator("[name=first_day]").fill("1er décembre")
    page.locator("[name=last_day]").fill("15 décembre")
    page.get_by_role("button", name="Mettre en pause").click()
    _asks_no_password(page)
    expect(going).to_contain_text("8 h 30")
    expect(going).to_contain_text("Pas de trajet du 1er au 15 décembre")

    assert "Henri" not in _search(page, "3 décembre")
    for day in ("26 novembre", "17 décembre"):
        seen = _search(page, day)
        assert "Henri" in seen
        assert "8 h 30" in seen


def _open(page: Page, address: str) -> None:
    page.goto(address)
    _asks_no_password(page)


def _asks_no_password(page: Page) -> None:
    assert "/mon-espace/" in page.url
    expect(page.locator("[type=password]")).to_have_count(0)


def _address_in(text: str) -> str:
    found = re.search(r"https?://\S+/mon-espace/\S+", text)
    assert found, text
    return found.group()


def _search(page: Page, day: str) -> str:
    page.goto("/")
    page.locator("[name=origin]").fill("Figeac")
    page.locator("[name=destination]").fill("Cahors")
    page.locator("[name=day]").fill(day)
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("h1")).to_contain_text("Figeac")
    return words(page.locator("main").inner_text())


def test_v3_lost_link(client: PageClient, visitor: PageClient, session: Session):
    lacaze = make_driver(session, first_name="Henri", last_name="Lacaze")
    own = make_trip(session, driver=lacaze, origin=FIGEAC, destination=CAHORS)
    marcel = make_passenger(session)
    asked = make_request(session, passenger=marcel, legs=[a_leg(origin=FIGEAC, destination=CAHORS)])
    make_ride(session, approach=make_approach(session, trip=own, ride_request=asked, status="accepted"))
    other = make_trip(session)  # Odile's
    client.sign_in()
    lost = _link_given(client, lacaze)
    assert visitor.get(lost).status == 200

    found = _link_given(client, lacaze)
    assert visitor.get(lost).status == 404
    page = visitor.get(found)
    assert page.status == 200
    assert "Henri" in page.main
    for somebody in ("Odile", "Vernet", "Marcel", "Poujol", figures(marcel.lines[0].e164)[-8:]):
        assert somebody not in figures(page.html)
    assert visitor.get(f"{found}/trajets/{other.public_id}/modifier").status == 404
    assert visitor.post(f"{found}/trajets/{other.public_id}/arreter").status == 404
    for path in ("/bureau", "/bureau/personnes", "/bureau/feuille-du-jour", f"/bureau/demandes/{asked.id}"):
        assert visitor.get(path).path.startswith("/connexion")


def _link_given(client: PageClient, driver: Person) -> str:
    """The path of a new private link, as the operator sees it."""
    page = client.get(f"/bureau/personnes/{driver.id}").submit("/lien")
    return urlsplit(_address_in(page.text)).path


def test_v5_different_hours_by_weekday(client: PageClient, visitor: PageClient, session: Session):
    driver = make_driver(session, first_name="Henri", last_name="Lacaze")
    client.sign_in()
    own = visitor.get(_link_given(client, driver)).follow("Proposer un autre trajet")
    hours = {"monday": "7h30", "tuesday": "7h30", "friday": "8h"}
    stored = own.submit(
        "/trajets/nouveau",
        origin="Figeac",
        destination="Cahors",
        **{f"{day}-hour": hour for day, hour in hours.items()},
        **{f"{day}-on": "y" for day in hours},
    )
    trip = session.scalars(select(Trip)).one()
    assert {(one.weekday, one.hour) for one in trip.departures} == {
        (0, time(7, 30)),
        (1, time(7, 30)),
        (4, time(8)),
    }
    for shown in (
        words(stored.main).lower(),
        words(client.get(f"/bureau/personnes/{driver.id}").main).lower(),
    ):
        assert re.search(r"lundi 7 h 30\W+mardi 7 h 30\W+vendredi 8 h(?! 30)", shown)

    for day, hour in (("23/11/2026", "7 h 30"), ("24/11/2026", "7 h 30"), ("27/11/2026", "8 h")):
        [ticket] = blocks(_searched(visitor, day), "ticket__hour")
        assert words(ticket) == f"vers {hour}"
    assert not blocks(_searched(visitor, "25/11/2026"), "ticket")


def _searched(visitor: PageClient, day: str, origin: str = "Figeac", destination: str = "Cahors") -> PageRead:
    return visitor.get("/chercher", query_string={"origin": origin, "destination": destination, "day": day})


def test_v7_sms_answers(live_server: LiveServer, session: Session):
    first, second, third, late = [
        make_driver(session, first_name=name, last_name="Vernhet")
        for name in ("Anne", "Bruno", "Chloé", "Denis")
    ]
    for driver in (first, second, third, late):
        make_trip(session, driver=driver, origin=GRAMAT, destination=FIGEAC, departures=[weekly(1, time(9))])
    delmas = make_passenger(session, civility="mme", first_name="Jeanne", last_name="Delmas")
    leg = a_leg(origin=GRAMAT, destination=FIGEAC, time_kind="leave_at", hour=time(9))
    asked = make_request(session, passenger=delmas, legs=[leg])
    desk = TidyClient(live_server.app, session)
    desk.sign_in()
    page = desk.get(f"/bureau/demandes/{asked.id}")
    choices = [str(box.get("value")) for box in page.all("input", type="checkbox", name="choice")]
    assert len(choices) == 4
    desk.post(f"/bureau/demandes/{asked.id}/demander", {"choice": choices, "channel": "sms"})
    live_server.work("send")
    for driver in (first, second, third, late):
        [question] = texts_to(session, driver)
        said = words(question)
        assert "Mme D. cherche" in said
        assert "mardi 24 novembre vers 9 h, de Gramat à Figeac" in said
        assert re.search(r"Répondez OUI \d{4} ou NON \d{4}", said)

    _answers(live_server, second, "peut-être")
    _answers(live_server, third, "oui mais 10h")
    _answers(live_server, first, "OUI")
    _answers(live_server, late, "OUI")

    ride = session.scalars(select(Ride)).one()
    assert ride.driver_id == first.id
    assert "Vous emmenez Jeanne" in words(texts_to(session, first)[-1])
    for driver in (second, third, late):
        assert "n'est plus à pourvoir" in words(" ".join(texts_to(session, driver, "driver_withdrawn")))
    [polite] = texts_to(session, late, "driver_already_found")
    assert "merci beaucoup, mais une voiture était déjà trouvée" in words(polite)
    todo = words(desk.get("/bureau/a-faire").main)
    assert "Messages à lire 2" in todo
    assert "Bruno Vernhet : « peut-être »" in todo
    assert "Chloé Vernhet : « oui mais 10h »" in todo
    states = {one.body: one.state for one in session.scalars(select(InboundMessage))}
    assert states == {"peut-être": "human", "oui mais 10h": "human", "OUI": "acted"}
    session.expire_all()
    assert session.get_one(RideRequest, asked.id).status == "to_confirm"


def _answers(live_server: LiveServer, driver: Person, body: str) -> None:
    assert live_server.receive_sms(driver.lines[0].e164, body) == 200
    live_server.work("read_replies", "send")


@pytest.mark.browser
@on_sqlite
def test_v8_landline_only_driver(
    page: Page, live_server: LiveServer, session: Session, nadia: Account, clock: Any
):
    asked = make_request(session)
    session.commit()
    sign_in(page)
    driver_id = _registers(page)
    page.goto(f"/bureau/demandes/{asked.id}")
    row = page.locator(".candidate")
    expect(row).to_contain_text("Henri Lacaze")
    expect(row).to_contain_text("05 36 49 02 74")
    expect(row).to_contain_text("appel après 18 h")
    expect(row.get_by_role("button", name="SMS")).to_have_count(0)
    page.get_by_label("Cocher Henri Lacaze").check()
    page.get_by_role("button", name="Demander à tous les cochés, par SMS").click()
    expect(page.locator("main")).to_contain_text("Pas de SMS possible pour cette personne")
    row.get_by_role("button", name="Appel").click()
    expect(page.locator("main")).to_contain_text("Appel à faire noté")

    page.locator(".desk-nav").get_by_role("link", name="À faire").click()
    todo = page.locator("main")
    expect(todo).to_contain_text("Rien à faire avant aujourd'hui à 18 h")
    for said in ("Conducteur à appeler", "joindre : après 18 h", "Henri Lacaze", "05 36 49 02 74"):
        expect(todo).to_contain_text(said)
    page.get_by_role("button", name="Accepte").click()
    expect(todo).to_contain_text("Conducteur trouvé")
    page.get_by_role("button", name="Prévenu par téléphone").click()
    expect(todo).to_contain_text("Passager prévenu")
    for later in range(12, 96, 12):  # reminders, questions after the ride
        clock.move_to(NOW + timedelta(hours=later))
        live_server.work()
        if later == 48:
            sign_in(page)
            page.locator(".desk-nav").get_by_role("link", name="À faire").click()
            said = page.locator(".due__item", has_text="05 36 49 02 74")
            expect(said).to_contain_text("À dire au téléphone")
            expect(said).to_contain_text("joindre : après 18 h")
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Ride)) == 1
    to_him = session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == driver_id)).all()
    assert {(one.channel, one.status) for one in to_him} == {("call", "needs_human")}  # somebody rings him


def _registers(page: Page) -> int:
    """M. Lacaze gives his landline, and when he may be rung; his number."""
    page.goto("/bureau/conducteurs/nouveau")
    for name, said in (
        ("last_name", "Lacaze"),
        ("first_name", "Henri"),
        ("phone", "05 36 49 02 74"),
        ("call_hours", "après 18 h"),
        ("origin", "Cahors"),
        ("destination", "Figeac"),
        ("same_hour", "8h30"),
    ):
        page.locator(f"[name={name}]").fill(said)
        page.keyboard.press("Tab")
    page.get_by_role("radio", name="Par téléphone").check()
    page.locator("[name=tuesday-on]").check()
    page.keyboard.press("Alt+s")
    page.wait_for_url(re.compile(r"/bureau/personnes/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


def test_v9_withdrawal_of_consent_and_erasure(client: PageClient, visitor: PageClient, session: Session):
    lacaze = make_driver(session, first_name="Henri", last_name="Lacaze", phone="+33639980274")
    make_consent(session, lacaze, "share_phone")
    trip = make_trip(session, driver=lacaze, origin=FIGEAC, destination=CAHORS)
    ride = make_ride(session, approach=make_approach(session, trip=trip, status="accepted"), status="done")
    client.sign_in(role="coordinator")
    marcel = {"first_name": "Marcel", "last_name": "Poujol", "phone": "05 36 49 01 12"}
    offered = _searched(visitor, "24/11/2026").follow("Avoir le numéro de Henri")
    assert "06 39 98 02 74" in offered.submit("/contacter", **marcel).main

    client.get(f"/bureau/personnes/{lacaze.id}").submit("/accords", share_phone=None)
    for page in (
        _searched(visitor, "24/11/2026"),
        visitor.get(f"/contacter/{trip.public_id}"),
        visitor.post(f"/contacter/{trip.public_id}", marcel),
        offered.submit("/contacter", **marcel),
    ):
        assert "39980274" not in figures(page.html)
        assert "Avoir le numéro" not in page.text
    as_json = visitor.http.get(f"/contacter/{trip.public_id}", headers={"Accept": "application/json"})
    assert "39980274" not in figures(as_json.get_data(as_text=True))

    counted = _counts(session)
    client.get(f"/bureau/personnes/{lacaze.id}").follow("Effacer cette personne").submit("/effacer")
    left = _everything(session)
    for personal in ("Lacaze", "lacaze", "Henri", "henri", "39980274"):
        assert personal not in left
    assert _counts(session) == counted
    assert session.get_one(Ride, ride.id).status == "done"
    assert not blocks(_searched(visitor, "24/11/2026"), "ticket")


def _counts(session: Session) -> list[int]:
    session.expire_all()
    counted = [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Person, Ride, RideRequest, Approach)
    ]
    session.commit()
    return counted


def _everything(session: Session) -> str:
    """Every row of every table, as text."""
    session.expire_all()
    rows = [
        str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
    ]
    session.commit()
    return "\n".join(rows)
