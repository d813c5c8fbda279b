"""Scenarios of the phone desk, and of the service's internal pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from time import perf_counter
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.app import create_app
from lotocar.carpool.people.models import Enrolment, Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.trips.models import Departure, Trip, TripRevision
from lotocar.demonstration import trips
from lotocar.staff.models import Account
from lotocar.world.places.models import LocalPlace
from tests.scenarios.conftest import (
    CAHORS,
    FIGEAC,
    GOURDON,
    GRAMAT,
    LUZECH,
    PRADINES,
    SOUILLAC,
    Keyboard,
    blocks,
    sign_in,
    words,
)
from tests.support.chromium import PATIENCE_MS, axe, watch
from tests.support.doors import LiveServer, PageClient, close_app
from tests.support.factories import (
    NOW,
    TUESDAY,
    a_leg,
    make_account,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
    unique_hex,
    weekly,
)
from tests.support.village import Village, readable

pytestmark = pytest.mark.usefixtures("house")
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.browser
@on_sqlite
def test_o1_taking_a_request_by_phone(page: Page, session: Session, nadia: Account):
    driver = make_driver(session, first_name="Odile", last_name="Vernhet", phone="+33639980011")
    days = [weekly(1, time(8, 30)), weekly(3, time(8, 30))]
    make_trip(session, driver=driver, origin=CAHORS, destination=SOUILLAC, departures=days)
    further = make_driver(session, first_name="Yves", last_name="Bessac")
    make_trip(
        session,
        driver=further,
        origin=LUZECH,
        destination=SOUILLAC,
        departures=[weekly(1, time(8, 0))],
        max_detour_minutes=45,
    )
    session.commit()
    sign_in(page)

    hands = Keyboard(page)
    hands.press("n")
    page.wait_for_url("**/bureau/appel")
    hands.press("Alt+q")
    hands.write("Delmas")
    hands.press("Tab", "Tab")
    hands.write("0536490112")
    hands.press("Alt+d")
    _place(page, hands, "Pradines")
    _place(page, hands, "Gourdon")
    hands.write("mardi")
    hands.press("Tab")
    hands.write("10h")
    hands.press("Tab")

    live = page.locator("#candidats .candidate")
    _is_the_driver(live.first)
    expect(live).to_have_count(2)
    hands.press("Alt+s")
    page.wait_for_url("**/bureau/demandes/*")
    _is_the_driver(page.locator(".candidate").first)
    assert hands.seconds < 90

    saved = session.scalars(select(RideRequest)).one()
    [leg] = saved.legs
    assert (saved.passenger.last_name, saved.passenger.first_name, saved.passenger.email) == (
        "Delmas",
        "",
        "",
    )
    assert [line.e164 for line in saved.passenger.lines] == ["+33536490112"]
    assert (leg.origin.insee, leg.destination.insee, leg.day) == (PRADINES.insee, GOURDON.insee, TUESDAY)
    assert (leg.time_kind, leg.hour) == ("arrive_by", time(10))


def _place(page: Page, hands: Keyboard, name: str) -> None:
    """Type a place, and take the first that is offered by leaving the field."""
    hands.write(name)
    expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")
    hands.press("Tab")


def _is_the_driver(row: Any) -> None:
    expect(row).to_contain_text("Odile Vernhet")
    expect(row).to_contain_text("06 39 98 00 11")
    expect(row).to_contain_text("détour d'environ 4 min")
    expect(row).to_contain_text("le départ de 8 h 30 convient pour arriver à 10 h")


def test_o3_return_leg_of_an_offer(client: PageClient, visitor: PageClient, session: Session):
    driver = make_driver(session, first_name="Odile", last_name="Vernhet")
    make_trip(session, driver=driver, origin=CAHORS, destination=GOURDON, departures=[weekly(1, time(8, 15))])
    client.sign_in()
    asked = {"origin": "Gourdon", "destination": "Cahors", "day": "mardi 24 novembre"}
    before = client.get("/bureau/candidats", htmx=True, query_string=asked)
    assert "Gourdon → Cahors" in before.text
    assert "Odile" not in before.text

    link = client.get(f"/bureau/personnes/{driver.id}").submit("/lien").root
    address = next(e.text for e in link.iter("p") if "/mon-espace/" in (e.text or ""))
    own = visitor.get(str(address).removeprefix("http://localhost")).follow("Modifier")
    own.submit("/modifier", **{"tuesday-back": "17h30"})

    after = client.get("/bureau/candidats", htmx=True, query_string=asked)
    [row] = blocks(after, "candidate")
    assert "Odile Vernhet" in row
    assert "17 h 30" in row
    assert "8 h 15" not in row


HOSPITAL = (44.4497, 1.4347)


@pytest.mark.browser
@on_sqlite
def test_o5_adding_a_local_place(page: Page, session: Session, nadia: Account):
    make_trip(
        session,
        driver=make_driver(session, first_name="Odile", last_name="Vernhet"),
        origin=CAHORS,
        destination=FIGEAC,
        departures=[weekly(1, time(8, 30))],
    )
    session.commit()
    sign_in(page)
    expect(_found_from(page, "Jean Rougier")).to_contain_text("Écrivez les deux lieux")

    page.goto("/bureau/lieux")
    page.locator("[name=name]").fill("Hôpital de Cahors")
    page.locator("[name=aliases]").fill("CH Cahors, Jean Rougier")
    _click_on_the_map(page, *HOSPITAL)
    page.get_by_role("button", name="Ajouter ce lieu").click()
    expect(page.locator("main")).to_contain_text("Jean Rougier")

    for name in ("Hôpital de Cahors", "CH Cahors", "Jean Rougier"):
        said = _found_from(page, name)
        expect(said).to_contain_text("Hôpital de Cahors → Figeac")
        expect(said).to_contain_text("Odile Vernhet")
    place = session.scalars(select(LocalPlace)).one()
    assert place.insee == CAHORS.insee
    assert abs(place.lat - HOSPITAL[0]) < 0.01
    assert abs(place.lon - HOSPITAL[1]) < 0.01


def _found_from(page: Page, origin: str) -> Locator:
    """Where the screen of a call says who leaves from there to Figeac."""
    page.goto("/bureau/appel")
    page.locator("[name=origin]").fill(origin)
    page.locator("[name=destination]").fill("Figeac")
    with page.expect_response(lambda answer: "/candidats" in answer.url and "day=mardi" in answer.url):
        page.locator("[name=day]").fill("mardi")
        page.locator("[name=day]").press("Tab")
    return page.locator("#candidats")


def _click_on_the_map(page: Page, lat: float, lon: float) -> None:
    """Click where this position is drawn: two clicks tell the scale of the map, the third is the right one."""
    chart = page.locator("[data-place-map]")
    expect(chart.locator("path").first).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    seen = []
    for share in (0.4, 0.6):
        at = (box["width"] * share, box["height"] * share)
        chart.click(position={"x": at[0], "y": at[1]})
        seen.append((at, [float(page.locator(f"[name={name}]").input_value()) for name in ("lat", "lon")]))
    (first, (lat1, lon1)), (second, (lat2, lon2)) = seen
    x = first[0] + (second[0] - first[0]) * (lon - lon1) / (lon2 - lon1)
    y = first[1] + (second[1] - first[1]) * (lat - lat1) / (lat2 - lat1)
    chart.click(position={"x": x, "y": y})


@pytest.mark.browser
@on_sqlite
def test_o6_trail_of_calls_to_drivers(
    page: Page,
    browser: Browser,
    live_server: LiveServer,
    session: Session,
    nadia: Account,
    password_hash: str,
    clock: Any,
):
    make_account(session, login="lise", display_name="Lise", role="agent", password_hash=password_hash)
    for name, hour in (("Anne", time(8, 30)), ("Bruno", time(8, 0)), ("Chloé", time(7, 30))):
        driver = make_driver(session, first_name=name, last_name="Vernhet")
        make_trip(session, driver=driver, origin=CAHORS, destination=FIGEAC, departures=[weekly(1, hour)])
    asked = make_request(session, legs=[a_leg(origin=CAHORS, destination=FIGEAC)])
    session.commit()
    clock.move_to(datetime(2026, 11, 21, 8, 55, tzinfo=UTC))
    sign_in(page)
    address = f"/bureau/demandes/{asked.id}"
    page.goto(address)
    page.get_by_role("button", name="Je m’en occupe").click()

    clock.move_to(datetime(2026, 11, 21, 9, 5, tzinfo=UTC))  # 10 h 05 in Paris
    _ring(page, "Anne", "Absent")
    clock.move_to(datetime(2026, 11, 21, 9, 8, tzinfo=UTC))
    _ring(page, "Bruno", "Refuse", reason="au garage")
    refused = page.locator(".candidate", has_text="Bruno Vernhet")
    expect(refused).to_have_class("candidate candidate--out")
    expect(refused).to_contain_text("au garage")
    clock.move_to(datetime(2026, 11, 21, 9, 12, tzinfo=UTC))
    _ring(page, "Chloé", "Accepte")
    expect(page.locator(".timeline__entry", has_text="a accepté")).to_be_visible()

    trail = [words(line) for line in page.locator(".timeline__entry").all_inner_texts()]
    for who, what, at in (
        ("Anne", "pas de réponse", "10 h 05"),
        ("Bruno", "a refusé", "10 h 08"),
        ("Chloé", "a accepté", "10 h 12"),
    ):
        [line] = [line for line in trail if f"{who} Vernhet" in line and what in line]
        assert at in line
        assert "Nadia" in line
    expect(page.locator(".candidate", has_text="Bruno Vernhet")).to_have_class("candidate candidate--out")

    with _another(browser, live_server) as figeac:
        sign_in(figeac, "lise")
        figeac.goto(address)
        expect(figeac.locator("main")).to_contain_text("En cours par Nadia")
        figeac.goto(f"{address}/corriger")
        page.goto(f"{address}/corriger")
        page.locator("[name=wish]").fill("monter devant")
        page.get_by_role("button", name="Enregistrer").click()
        page.wait_for_url(f"**{address}")
        figeac.locator("[name=wish]").fill("monter derrière")
        figeac.get_by_role("button", name="Enregistrer").click()
        expect(figeac.locator("main")).to_contain_text("Quelqu’un d’autre a modifié cette demande")
        expect(figeac.locator("main")).to_contain_text("monter devant")
    session.expire_all()
    assert session.get_one(RideRequest, asked.id).wish == "monter devant"


def _ring(page: Page, first_name: str, outcome: str, *, reason: str = "") -> None:
    """Ring one of the candidates, and write down what came of it."""
    row = page.locator(".candidate", has_text=f"{first_name} Vernhet")
    row.get_by_role("button", name="Appel").click()
    expect(row).to_contain_text("à appeler")
    if reason:
        row.locator("[name=reason]").fill(reason)
    row.get_by_role("button", name=outcome).click()
    expect(row.get_by_role("button", name="Appel")).to_have_count(0)
    page.wait_for_load_state()


@contextmanager
def _another(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The browser of a colleague, at the other end of the département."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(PATIENCE_MS)
    troubles = watch(context)
    yield context.new_page()
    context.close()
    assert not troubles


@pytest.mark.browser
@on_sqlite
def test_o10_the_morning_list(page: Page, session: Session, nadia: Account):
    _a_ride_today(session)
    _promised_and_silent(session)
    session.commit()
    sign_in(page)
    Keyboard(page).press("Alt+j")
    page.wait_for_url("**/feuille-du-jour")
    sheet = page.locator("main")
    for said in (
        "Marcel Poujol",
        "avec Odile Vernhet, Clio grise",
        "À appeler la veille (pas de portable, ou préfère un appel)",
        "Lucette Cassan (passager)",
        "Rappels promis",
        "Jeanne Fabre",
        "Conducteurs sans réponse depuis plus de 24 heures",
        "Yves Bessac",
    ):
        expect(sheet).to_contain_text(said)
    axe(page)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert _is_a4(paper)
    page.emulate_media(media="print")
    expect(page.get_by_role("button").first).to_be_hidden()
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(sheet).to_contain_text("05 36 49")


def _a_ride_today(session: Session) -> None:
    """Odile takes Marcel this afternoon, and Lucette, who has a landline only, tomorrow."""
    odile = make_driver(session, first_name="Odile", last_name="Vernhet", car="Clio grise")
    for first_name, last_name, hours in (("Marcel", "Poujol", 5), ("Lucette", "Cassan", 26)):
        pickup_at = NOW + timedelta(hours=hours)
        leg = a_leg(day=pickup_at.date(), status="confirmed")
        asked = make_request(
            session,
            passenger=make_passenger(session, first_name=first_name, last_name=last_name),
            status="confirmed",
            legs=[leg],
        )
        agreed = make_approach(session, ride_request=asked, driver=odile, status="accepted", answered_at=NOW)
        make_ride(session, approach=agreed, pickup_at=pickup_at, dropoff_at=pickup_at + timedelta(hours=1))


def _promised_and_silent(session: Session) -> None:
    """Jeanne is to be rung back, and Yves was written to yesterday."""
    jeanne = make_passenger(session, first_name="Jeanne", last_name="Fabre")
    make_request(session, passenger=jeanne, status="searching", callback_at=NOW + timedelta(hours=1))
    yves = make_driver(session, first_name="Yves", last_name="Bessac")
    make_approach(session, driver=yves, asked_at=NOW - timedelta(hours=25))


def _is_a4(paper: bytes) -> bool:
    """Whether every page of this PDF measures 210 by 297 mm, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", paper)
    return bool(boxes) and all(abs(float(w) - 595) < 2 and abs(float(h) - 842) < 2 for w, h in boxes)


NOBODY_THERE = "http://127.0.0.1:9"


@pytest.mark.browser
@on_sqlite
def test_o8_repeated_request(page: Page, session: Session, nadia: Account):
    passenger = make_passenger(session, first_name="Karim", last_name="Rouquette")
    session.commit()
    sign_in(page)
    hands = Keyboard(page)
    page.goto(f"/bureau/appel?personne={passenger.id}")
    hands.press("Alt+d")
    _place(page, hands, "Saint-Céré")
    _place(page, hands, "Biars-sur-Cère")
    hands.write("lun-ven 3 semaines")
    hands.press("Tab")
    hands.write("5h30")
    expect(page.locator("#candidats")).to_contain_text("15 dates")
    hands.press("Alt+s")
    page.wait_for_url("**/bureau/demandes/*")
    expect(page.locator("#date-2026-12-03")).to_contain_text("jeudi 3 décembre")
    before = _dates(session)
    assert len(before) == 15

    page.locator("#date-2026-12-03").get_by_role("button", name="Annuler cette date").click()
    expect(page.locator("main")).to_contain_text("Les autres dates ne changent pas")
    after = _dates(session)
    assert {day for day, left in before.items() if after[day] != left} == {date(2026, 12, 3)}
    assert after[date(2026, 12, 3)] == "dropped"


def _dates(session: Session) -> dict[date, str]:
    """The dates of the only request, each with its state."""
    session.rollback()
    session.expire_all()
    dates = {leg.day: leg.status for leg in session.scalars(select(RideRequest)).one().legs}
    session.rollback()
    return dates


def test_o12_outside_services_down(settings: Any, clock: Any, session: Session, now: datetime):
    """No road service is wired in, sockets are closed, and the address service answers nothing."""
    _four_hundred_drivers(session, now)
    app = create_app(replace(settings, addresses_online=True, ban_url=NOBODY_THERE))
    try:
        desk, visitor = PageClient(app, session), PageClient(app, session)
        desk.sign_in()
        leg = {"origin": "Cahors", "destination": "Figeac", "day": "mardi 24 novembre"}
        on_street = leg | {"origin": "12 rue du Président Wilson, Cahors"}
        visitor.get("/chercher", query_string=leg)  # a process reads the communes once
        for asked in (leg, on_street):
            session.commit()
            for door, path, htmx in ((visitor, "/chercher", False), (desk, "/bureau/candidats", True)):
                started = perf_counter()
                answer = door.get(path, query_string=asked, htmx=htmx)
                assert perf_counter() - started < 1
                assert answer.status < 500
                if asked is leg:
                    assert blocks(answer, "ticket") or blocks(answer, "candidate")
                    assert "étour d'environ" in words(answer.text)
    finally:
        close_app(app)


def _four_hundred_drivers(session: Session, now: datetime) -> None:
    """As many drivers and legs as on the demonstration territory, between the same communes."""
    random, country = Random(46), trips.country()
    drivers = [_a_driver(number) for number in range(400)]
    for number in range(500):
        offer = trips.offer(random, country, today=now.date(), with_return=True)
        going = [Departure(direction=way, weekday=number % 5, hour=hour) for way, hour in BOTH_WAYS]
        trip = Trip(driver=drivers[number % 400], kind="regular", departures=going, revision=1, **_made())
        trip.origin, trip.destination = (LUZECH, FIGEAC) if number == 1 else (offer.origin, offer.destination)
        session.add(trip)
    session.add(TripRevision(id=1, value=1))
    session.commit()
    assert session.scalar(select(func.count()).select_from(Person)) == 400
    assert session.scalar(select(func.count()).select_from(Departure)) == 1000


BOTH_WAYS = (("out", time(8, 30)), ("back", time(17)))


def _a_driver(number: int) -> Person:
    accepted = Enrolment(role="driver", status="accepted", since=NOW)
    named = {"first_name": "Odile", "last_name": f"Vernet {number}"}
    return Person(public_id=unique_hex(), created_at=NOW, enrolments=[accepted], **named)


def _made() -> dict[str, Any]:
    return {"public_id": unique_hex(), "created_at": NOW, "updated_at": NOW, "confirmed_at": NOW}


@pytest.mark.browser
@on_sqlite
def test_o14_closed_internal_pages(
    page: Page,
    visitor: PageClient,
    client: PageClient,
    village: Village,
    session: Session,
    password_hash: str,
):
    _are_closed(visitor, village)
    _say_nothing_of_anybody(visitor, village)
    _the_referent_of_figeac_sees_only_figeac(client, session)
    _the_same_in_a_browser(page, session, password_hash)


def _the_same_in_a_browser(page: Page, session: Session, password_hash: str) -> None:
    """A stranger is led to the sign-in page, and somebody of Figeac to the requests of Figeac."""
    rose = {"login": "rose", "display_name": "Rose", "role": "referent", "password_hash": password_hash}
    make_account(session, communes=[FIGEAC.insee], **rose)
    session.commit()
    for path in (
        "/bureau",
        "/bureau/a-faire",
        "/bureau/pilotage",
        "/bureau/reglages/equipe",
        "/bureau/registre.csv",
    ):
        page.goto(path)
        expect(page).to_have_url(re.compile(r"/connexion\?"))
    assert page.request.get("/bureau", headers={"Accept": "application/json"}).status == 401
    sign_in(page, "rose")
    expect(page.locator("main")).to_contain_text("Lucette Cassan")
    expect(page.locator("main")).not_to_contain_text("Ginette")
    expect(page.get_by_role("link", name="Réglages")).to_have_count(0)
    page.locator("#recherche").fill("Malbec")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Recherche")
    expect(page.locator("main")).not_to_contain_text("Ginette")


def _are_closed(visitor: PageClient, village: Village) -> None:
    internal = [rule for rule in visitor.app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]
    assert len(internal) > 40
    for rule in internal:
        path = village.path(visitor.app, rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            form = {"csrf_token": visitor.token()} if method == "POST" else None
            answer = visitor.http.open(path, method=method, data=form)
            assert answer.status_code == 303, (method, path)
            assert answer.headers["Location"].startswith("/connexion"), (method, path)
            asked = {"Accept": "application/json"}
            assert visitor.http.open(path, method=method, data=form, headers=asked).status_code == 401, path
            alone = {"HX-Request": "true"}
            assert visitor.http.open(path, method=method, data=form, headers=alone).status_code == 401, path


def _say_nothing_of_anybody(visitor: PageClient, village: Village) -> None:
    """What is open, asked for as JSON too, holds no name, number or address of anybody."""
    public = ("passenger.", "hooks.", "account.", "driver.offer", "driver.lost_link")
    for rule in readable(visitor.app):
        if not rule.endpoint.startswith(public):
            continue
        for kind in ("text/html", "application/json"):
            path = village.path(visitor.app, rule)
            answer = visitor.http.get(path, headers={"Accept": kind}, query_string=WHOLE_SEARCH)
            for private in ("Vernet", "Poujol", "6399800", "0639980", "06 39 98", "@"):
                assert private not in answer.get_data(as_text=True), (path, private)
            if answer.is_json:
                json.loads(answer.data)


FRAGMENTS = ("/bureau/candidats",)
WHOLE_SEARCH = {"origin": "Cahors", "destination": "Figeac", "day": "mardi 24 novembre", "q": "Cahors"}


def _the_referent_of_figeac_sees_only_figeac(client: PageClient, session: Session) -> None:
    near = make_passenger(session, first_name="Lucette", last_name="Cassan")
    far = make_passenger(session, first_name="Ginette", last_name="Malbec")
    driver = make_driver(session, first_name="Roger", last_name="Lugagne")
    inside = make_request(session, passenger=near, legs=[a_leg(origin=FIGEAC, destination=GRAMAT)])
    outside = make_request(session, passenger=far, legs=[a_leg(origin=CAHORS, destination=PRADINES)])
    trip = make_trip(
        session, driver=driver, origin=CAHORS, destination=PRADINES, departures=[weekly(1, time(9))]
    )
    ride = make_ride(session, passenger=far, driver=driver, trip=trip, leg=outside.legs[0])
    client.sign_in(role="referent", communes=[FIGEAC.insee])
    seen = client.get("/bureau")
    assert "Lucette Cassan" in seen.main
    assert client.get(f"/bureau/demandes/{inside.id}").status == 200
    assert client.get(f"/bureau/demandes/{outside.id}").status == 404
    for path in (
        "/bureau",
        "/bureau/a-faire",
        "/bureau/messages",
        "/bureau/feuille-du-jour?jour=2026-11-24",
        "/bureau/trajets",
        f"/bureau/personnes/{far.id}",
        f"/bureau/personnes/{driver.id}",
        f"/bureau/appel?personne={far.id}",
        "/bureau/candidats?origin=Cahors&destination=Pradines&day=24/11/2026",
    ):
        said = client.get(path, htmx=path.startswith(FRAGMENTS)).text
        assert "Ginette" not in said, path
        assert "Roger" not in said, path
    for path in ("/bureau/recherche", "/bureau/personnes"):
        for words_typed in (str(outside.id), "Malbec", "Lugagne"):
            said = client.post(path, {"q": words_typed}).text
            assert "Ginette" not in said, path
            assert "Roger" not in said, path
    for path, form in (
        (f"/bureau/demandes/{outside.id}/prendre", {}),
        (f"/bureau/personnes/{far.id}", {"last_name": "Autre"}),
        (f"/bureau/trajets/{trip.id}", {"act": "stop"}),
        (f"/bureau/trajets-convenus/{ride.id}", {"act": "cancel_by_driver"}),
    ):
        assert client.post(path, form).status == 404, path
    session.expire_all()
    assert session.get_one(Trip, trip.id).status == "active"
    assert session.get_one(Person, far.id).last_name == "Malbec"
