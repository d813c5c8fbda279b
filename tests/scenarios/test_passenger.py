"""Scenarios of passengers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import ContactReveal, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.journal.models import Entry
from lotocar.messages.models import OutboxMessage
from lotocar.staff.models import Account
from lotocar.values.actor import SYSTEM
from lotocar.world.transit import operations as transit
from lotocar.world.transit.rules import ContactFacts
from tests.scenarios.conftest import (
    CAHORS,
    FIGEAC,
    LALBENQUE,
    LIMOGNE,
    Keyboard,
    blocks,
    figures,
    sign_in,
    words,
)
from tests.support.chromium import PATIENCE_MS, axe, watch
from tests.support.doors import LiveServer, PageClient
from tests.support.doors import Page as PageRead
from tests.support.factories import (
    NOW,
    TUESDAY,
    make_consent,
    make_driver,
    make_passenger,
    make_request,
    make_trip,
    once,
    weekly,
)
from tests.support.village import FRAGMENTS, Village, readable

pytestmark = pytest.mark.usefixtures("house")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WEDNESDAY = date(2026, 11, 25)
HOW_ONE_TYPES_IT = ("24/11/2026", "mardi 24 novembre", "le 24 novembre 2026", "mardi")


@pytest.mark.browser
@on_sqlite
def test_p1_landline_only(page: Page, live_server: LiveServer, session: Session, nadia: Account):
    driver = make_driver(session, first_name="Odile", last_name="Vernhet", car="Clio grise")
    make_trip(session, driver=driver, origin=LIMOGNE, destination=CAHORS, departures=[weekly(2, time(8, 30))])
    session.commit()
    sign_in(page)
    page.keyboard.press("n")
    page.wait_for_url("**/bureau/appel")
    for name, said in (
        ("last_name", "Delmas"),
        ("phone", "05 36 49 01 12"),
        ("origin", "Limogne-en-Quercy"),
        ("destination", "Cahors"),
        ("day", "mercredi 25 novembre"),
    ):
        page.locator(f"#{name}").fill(said)
        page.keyboard.press("Tab")
    expect(page.locator("#candidats .candidate")).to_contain_text("Odile Vernhet")
    expect(page.get_by_label("Courriel")).to_have_count(0)
    expect(page.locator("form[data-draft] [required]")).to_have_count(0)
    page.keyboard.press("Alt+s")
    page.wait_for_url("**/bureau/demandes/*")
    asked = session.scalars(select(RideRequest)).one()
    assert (asked.legs[0].origin.insee, asked.legs[0].day) == (LIMOGNE.insee, WEDNESDAY)
    assert asked.passenger.email == ""
    assert [line.kind for line in asked.passenger.lines] == ["landline"]
    session.commit()

    page.get_by_role("button", name="Appel").click()
    page.get_by_role("button", name="Accepte").click()
    aloud = page.locator(".next .read-aloud")
    expect(aloud).to_contain_text("Odile vous emmène mercredi 25 novembre")
    said_aloud = words(aloud.inner_text())
    for said in ("Clio grise", "Limogne", "8 h 30", "05 36 49 00 00"):
        assert said in said_aloud
    live_server.work()
    page.reload()
    expect(page.locator("main")).to_contain_text("à confirmer au passager")
    page.locator(".desk-nav").get_by_role("link", name="À faire").click()
    expect(page.locator(".due__item")).to_contain_text("Passager à prévenir")
    page.get_by_role("button", name="Prévenu par téléphone").click()
    expect(page.locator("main")).to_contain_text("Passager prévenu")
    expect(page.locator("main")).to_contain_text("Rien n’attend")
    session.expire_all()
    ride = session.scalars(select(Ride)).one()
    assert ride.passenger_told_through == "phone"
    sent = select(OutboxMessage).where(OutboxMessage.person_id == asked.passenger_id)
    assert [one for one in session.scalars(sent) if one.channel == "sms"] == []


@pytest.mark.browser
@on_sqlite
def test_p3_accessibility(browser: Browser, live_server: LiveServer, session: Session):
    for name, hour in (("Odile", time(8, 30)), ("Henri", time(14, 0))):
        driver = make_driver(session, first_name=name)
        make_trip(session, driver=driver, origin=LALBENQUE, destination=CAHORS, departures=[weekly(1, hour)])
    session.commit()
    with _library_computer(browser, live_server, java_script_enabled=False) as page:
        for typed in HOW_ONE_TYPES_IT:
            _search_by_keyboard(page, typed)
            _results_are_readable(page)
        address = page.url
    with _library_computer(browser, live_server) as page:
        page.goto(address)
        axe(page)  # contrast and names; its own script could not run above


@contextmanager
def _library_computer(browser: Browser, live_server: LiveServer, **options: Any) -> Iterator[Page]:
    """A screen of 1280 points at 200 %."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="fr-FR",
        viewport={"width": 640, "height": 480},
        device_scale_factor=2,
        **options,
    )
    context.set_default_timeout(PATIENCE_MS)
    troubles = watch(context)
    yield context.new_page()
    context.close()
    assert not troubles


def _search_by_keyboard(page: Page, day: str) -> None:
    page.goto("/")
    hands = Keyboard(page)
    hands.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    for name, text in (("origin", "Lalbenque"), ("destination", "Cahors"), ("day", day)):
        _forward_to(page, hands, name)
        expect(page.locator(":focus")).to_be_in_viewport()
        hands.write(text)
    hands.press("Enter")
    page.wait_for_url("**/chercher?*")


def _forward_to(page: Page, hands: Keyboard, name: str) -> None:
    for _ in range(30):
        hands.press("Tab")
        if page.locator(":focus").get_attribute("name") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def _results_are_readable(page: Page) -> None:
    """Seen, and heard: a title, the day in full, one heading and one link per driver, nothing cut off."""
    expect(page).to_have_title("Lalbenque – Cahors, mardi 24 novembre – Covoiturage solidaire du Lot")
    expect(page.get_by_role("main")).to_contain_text("Mardi 24 novembre")
    for name, hour in (("Odile", "8 h 30"), ("Henri", "14 h")):
        article = page.get_by_role("article").filter(has=page.get_by_role("heading", name=name))
        expect(article).to_be_visible()
        assert hour in words(article.inner_text())
        expect(article.get_by_role("link", name=name)).to_be_visible()
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen


MARCEL = {"first_name": "Marcel", "last_name": "Poujol", "phone": "05 36 49 01 12"}


def test_p4_seeing_a_drivers_number(visitor: PageClient, session: Session):
    sharing = make_driver(session, first_name="Odile", last_name="Vernhet", phone="+33639980011")
    make_consent(session, sharing, "share_phone")
    discreet = make_driver(session, first_name="Henri", last_name="Lacaze", phone="+33639980274")
    for driver, hour in ((sharing, time(8, 30)), (discreet, time(9))):
        make_trip(session, driver=driver, origin=CAHORS, destination=FIGEAC, departures=[weekly(1, hour)])
    results = _search(visitor)

    form = results.follow("Avoir le numéro de Odile")
    for lacking in MARCEL:
        refused = form.submit("/contacter", **(MARCEL | {lacking: ""}))
        assert refused.status == 422
        assert "39980011" not in figures(refused.html)
    assert session.scalar(select(func.count()).select_from(ContactReveal)) == 0
    assert "06 39 98 00 11" in form.submit("/contacter", **MARCEL).main
    reveal = session.scalars(select(ContactReveal)).one()
    assert (reveal.driver_id, session.get_one(Person, reveal.passenger_id).last_name) == (
        sharing.id,
        "Poujol",
    )
    logged = session.scalars(select(Entry).where(Entry.verb == "contact.revealed")).one()
    assert logged.subject_id == sharing.id

    team = results.follow("Demander à l’équipe de joindre Henri")
    assert team.path.startswith("/demander")
    chosen = session.scalars(select(Trip).where(Trip.driver_id == discreet.id)).one()
    filled = {e.get("name"): e.get("value") for e in team.form("/demander").iter("input")}
    assert (filled["origin"], filled["destination"], filled["day"]) == ("Cahors", "Figeac", "24/11/2026")
    assert filled["trip"] == chosen.public_id
    assert "Vous avez choisi le trajet de Henri" in team.main
    team.submit("/demander", **MARCEL)
    asked = session.scalars(select(RideRequest)).one()
    assert (asked.trip_id, asked.legs[0].day) == (chosen.id, TUESDAY)

    for path in ("/chercher", f"/contacter/{chosen.public_id}", "/demander", "/lieux", "/sante", "/metrics"):
        for accepted in ("application/json", "text/html"):
            scraped = visitor.http.get(
                path, query_string=SEARCH, headers={"Accept": accepted}, follow_redirects=True
            )
            found = figures(scraped.get_data(as_text=True))
            assert "39980011" not in found
            assert "39980274" not in found


SEARCH = {"origin": "Cahors", "destination": "Figeac", "day": "24/11/2026", "q": "Cahors"}


def _search(visitor: PageClient) -> PageRead:
    return visitor.get("/chercher", query_string=SEARCH)


ONE_OFF = "Trajet ponctuel : gratuit"
REGULAR = "Trajet régulier : frais partagés. Les deux personnes se mettent d'accord"
INSURANCE = "Assurance : l'assurance obligatoire de la voiture couvre les passagers"


CONTACTS = (
    ContactFacts(kind="bus", name="Ligne 874", phone="+33536490051", communes=(CAHORS.insee, FIGEAC.insee)),
    ContactFacts(
        kind="train", name="Gare de Cahors", phone="+33536490052", communes=(CAHORS.insee, FIGEAC.insee)
    ),
    ContactFacts(
        kind="on_demand", name="TAD du Grand-Figeac", phone="+33536490053", note="Réserver la veille"
    ),
    ContactFacts(kind="atchoum", name="Atchoum", address="https://exemple.fr/atchoum"),
    ContactFacts(
        kind="bus", name="Ligne d'ailleurs", phone="+33536490054", communes=(CAHORS.insee, LALBENQUE.insee)
    ),
)


@pytest.mark.browser
@on_sqlite
def test_p6_nobody_found(page: Page, session: Session, nadia: Account):
    for contact in CONTACTS:
        transit.add(session, contact, actor=SYSTEM, now=NOW)
    session.commit()
    page.goto("/")
    _type_the_journey(page)
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_url("**/chercher?*")
    _are_given(page.locator("main"))
    axe(page)

    sign_in(page)
    page.goto("/bureau/appel")
    _type_the_journey(page)
    _are_given(page.locator("#candidats"))


def _type_the_journey(page: Page) -> None:
    for name, said in (("origin", "Cahors"), ("destination", "Figeac"), ("day", "mardi 24 novembre")):
        page.locator(f"[name={name}]").fill(said)
        page.keyboard.press("Tab")


def _are_given(shown: Locator) -> None:
    """The four services of these two communes, how each is reached, and no other."""
    for said in (*(one.name for one in CONTACTS[:4]), "05 36 49 00 53", "Réserver la veille"):
        expect(shown).to_contain_text(said)
    expect(shown.locator("a[href='https://exemple.fr/atchoum']")).to_be_visible()
    expect(shown).not_to_contain_text("Ligne d'ailleurs")


def test_p7_cost_and_insurance(visitor: PageClient, village: Village, session: Session):
    driver = make_driver(session, first_name="Henri")
    make_consent(session, driver, "share_phone")
    make_trip(session, driver=driver, kind="one_off", departures=[once(TUESDAY, time(9))])
    results = _search(visitor)
    assert len(blocks(results, "ticket")) == 2
    _states(results, ONE_OFF, REGULAR)
    contact = results.follow("Avoir le numéro de Henri")
    _states(contact, ONE_OFF)
    _states(contact.submit("/contacter", **MARCEL), ONE_OFF)
    _states(visitor.get("/reponse/" + village.tokens["reponse"]), ONE_OFF, REGULAR)
    _states(visitor.get(f"/mon-espace/{village.driver_token}"), ONE_OFF, REGULAR)

    proposing = 0
    for rule in readable(visitor.app):
        if rule.endpoint.startswith("passenger.") and rule.endpoint not in FRAGMENTS:
            page = visitor.get(village.path(visitor.app, rule), query_string=SEARCH)
            if "html" in page.response.mimetype and (blocks(page, "ticket") or blocks(page, "route")):
                _states(page, INSURANCE)
                assert ONE_OFF in words(page.text) or REGULAR in words(page.text), page.path
                proposing += 1
    assert proposing >= 2


def _states(page: PageRead, *rules: str) -> None:
    said = words(page.text)
    for rule in (*rules, INSURANCE):
        assert rule in said, (page.path, rule)


@pytest.mark.browser
@on_sqlite
def test_p8_minor(page: Page, session: Session, nadia: Account):
    driver = make_driver(session, first_name="Odile", last_name="Vernhet", phone="+33639980011")
    make_consent(session, driver, "share_phone")
    make_trip(session, driver=driver)
    lea = make_passenger(session, first_name="Léa", last_name="Roux", phone="+33639980317", minor=True)
    asked = make_request(session, passenger=lea)
    session.commit()
    _online(page, session)
    _at_the_desk(page, session, asked.id, lea, nadia)


def _online(page: Page, session: Session) -> None:
    """A minor sees the number once they say that a parent agrees."""
    page.goto("/chercher?" + urlencode(SEARCH))
    page.get_by_role("link", name="Avoir le numéro de Odile").click()
    for name, said in MARCEL.items():
        page.locator(f"[name={name}]").fill(said)
    page.locator("[name=minor]").check()
    page.get_by_role("button", name="Voir le numéro").click()
    expect(page.locator("[name=guardian]")).to_have_attribute("aria-invalid", "true")
    assert "39980011" not in figures(page.content())
    assert session.scalar(select(func.count()).select_from(ContactReveal)) == 0
    session.commit()
    page.locator("[name=guardian]").check()
    page.get_by_role("button", name="Voir le numéro").click()
    expect(page.locator("main")).to_contain_text("06 39 98 00 11")
    marcel = session.scalars(select(Person).where(Person.last_name == "Poujol")).one()
    assert marcel.minor
    assert marcel.guardian_consent_at is not None
    session.commit()


def _at_the_desk(page: Page, session: Session, number: int, lea: Person, operator: Account) -> None:
    """The driver agreed: nobody is told of the other before the authorisation is written down."""
    sign_in(page)
    page.goto(f"/bureau/demandes/{number}")
    page.get_by_role("button", name="Appel").click()
    page.get_by_role("button", name="Accepte").click()
    for through in ("Prévenu par téléphone", "Envoyer le SMS"):
        page.get_by_role("button", name=through).click()
        expect(page.locator("main")).to_contain_text("notez d'abord l'autorisation parentale")
        page.goto(f"/bureau/demandes/{number}")
    assert _sent_to(session, lea) == []

    page.goto(f"/bureau/personnes/{lea.id}")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    page.get_by_role("button", name="Autorisation reçue").click()
    expect(page.locator("main")).to_contain_text("Autorisation parentale notée")
    session.expire_all()
    assert session.get_one(Person, lea.id).guardian_consent_at is not None
    recorded = session.scalars(
        select(Entry).where(Entry.subject_kind == "person", Entry.subject_id == lea.id)
    ).all()
    assert ("staff", operator.id) in {(one.actor_kind, one.actor_id) for one in recorded}
    session.commit()
    page.goto(f"/bureau/demandes/{number}")
    page.get_by_role("button", name="Envoyer le SMS").click()
    expect(page.locator("main")).to_contain_text("Passager prévenu")
    [sms] = _sent_to(session, lea)
    assert "Odile vous emmène" in sms


def _sent_to(session: Session, person: Person) -> list[str]:
    found = select(OutboxMessage.body).where(OutboxMessage.person_id == person.id)
    texts = list(session.scalars(found))
    session.commit()  # an open reading would keep the product from writing on SQLite
    return texts
