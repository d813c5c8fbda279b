"""What somebody of the team, or whoever sits at their screen, must not be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lotocar.messages.models import InboundMessage
from lotocar.staff.models import StaffSession
from lotocar.staff.rules import RIGHTS, ROLES
from tests.house.test_get_never_writes import everything
from tests.support.doors import PageClient
from tests.support.factories import (
    FIGEAC,
    GOURDON,
    SOUILLAC,
    make_account,
    make_driver,
    make_organisation,
    make_trip,
)
from tests.support.village import Village
from tests.web.tidy import TidyClient

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PASSWORD = "une phrase assez longue"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
# what stands for a row of somebody's: the addresses of the installation's own settings are not
OF_PEOPLE = {
    "ride_request_id",
    "person_id",
    "trip_id",
    "approach_id",
    "ride_id",
    "line_id",
    "inbound_id",
    "message_id",
}


@pytest.fixture
def client(app: Flask, session: Session) -> TidyClient:
    return TidyClient(app, session)


@pytest.fixture
def nadia(session: Session) -> Any:
    make_organisation(session)
    account = make_account(session, login="nadia", role="coordinator", password_hash=HASH)
    session.commit()
    return account


def come_in(client: PageClient) -> str:
    """Sign in through the form; the cookie as a thief would copy it."""
    client.get("/connexion").submit("/connexion", login="nadia", password=PASSWORD)
    return cookie_of(client)


def cookie_of(client: PageClient) -> str:
    kept = client.http.get_cookie("lotocar")
    assert kept is not None
    return str(kept.value)


def with_cookie(app: Flask, value: str) -> Any:
    thief = app.test_client()
    thief.set_cookie("lotocar", value)
    return thief


@on_sqlite
def test_threat_9_a_session_has_a_new_secret_at_each_sign_in(client: TidyClient, nadia: Any):
    client.get("/connexion")
    before = cookie_of(client) if client.http.get_cookie("lotocar") else ""
    first = come_in(client)
    client.post("/deconnexion")
    assert len({before, first, come_in(client)}) == 3


@on_sqlite
@pytest.mark.parametrize("end", ["sign_out", "revoked", "closed", "password"])
def test_threat_9_a_stolen_cookie_dies_with_its_session(
    app: Flask, client: TidyClient, session: Session, nadia: Any, end: str
):
    stolen = come_in(client)
    assert with_cookie(app, stolen).get("/bureau").status_code == 200
    if end == "sign_out":
        client.post("/deconnexion")
    elif end == "revoked":
        session.query(StaffSession).delete()
    elif end == "closed":
        nadia.active = False
    else:
        client.get("/mon-compte").submit(
            "/mot-de-passe", password="une autre phrase", again="une autre phrase"
        )
    session.commit()
    assert with_cookie(app, stolen).get("/bureau").status_code == 303


@on_sqlite
def test_threat_9_half_an_hour_without_anybody_signs_out(
    app: Flask, client: TidyClient, clock: Any, nadia: Any
):
    come_in(client)
    clock.shift(timedelta(minutes=29))
    assert client.get("/bureau").path == "/bureau"
    clock.shift(timedelta(minutes=29))
    assert client.get("/bureau").path == "/bureau"
    clock.shift(timedelta(minutes=31))
    assert client.get("/bureau").path.startswith("/connexion")


@on_sqlite
def test_threat_9_an_old_copy_of_the_cookie_is_idle_even_while_its_owner_works(
    app: Flask, client: TidyClient, clock: Any, nadia: Any
):
    copied = come_in(client)
    for _ in range(3):
        clock.shift(timedelta(minutes=15))
        assert client.get("/bureau").path == "/bureau"
    assert with_cookie(app, copied).get("/bureau").status_code == 303


@on_sqlite
def test_threat_9_the_cookie_is_for_this_site_and_no_script(client: TidyClient, nadia: Any):
    answer = client.http.post(
        "/connexion", data={"login": "nadia", "password": PASSWORD, "csrf_token": client.token()}
    )
    told = answer.headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        "/bureau/reglages/equipe",
        "/bureau/reglages/service",
        "/mon-compte",
        "/mon-compte/second-code",
        "/bureau/registre.csv",
    ],
)
def test_threat_9_what_is_grave_asks_for_the_password_again(
    client: TidyClient, clock: Any, nadia: Any, path: str
):
    come_in(client)
    clock.shift(timedelta(minutes=16))
    page = client.get(path)
    assert page.path.startswith("/connexion/confirmer")
    again = page.submit("/connexion/confirmer", password="pas le bon", **_reason(page))
    assert again.path.startswith("/connexion/confirmer")
    assert again.submit("/connexion/confirmer", password=PASSWORD, **_reason(page)).path == path


def _reason(page: Any) -> dict[str, str]:
    return {"reason": "registry"} if "reason" in page.html else {}


@on_sqlite
def test_threat_10_no_form_of_elsewhere_changes_anything(
    client: TidyClient, app: Flask, engine: Engine, village: Village
):
    client.sign_in(role="coordinator")
    before = everything(engine)
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("hooks."):
            answer = client.http.post(village.path(app, rule), data={"act": "accept"})
            assert answer.status_code in {400, 403}, rule.endpoint
    assert everything(engine) == before


def _about_somebody(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route of the desk about a row of somebody's, with each of its methods."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        if rule.endpoint.startswith("desk.") and OF_PEOPLE & set(rule.arguments):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


@on_sqlite
@pytest.mark.parametrize("role", ROLES)
def test_threat_13_nobody_reaches_a_row_outside_their_area(
    client: TidyClient, app: Flask, engine: Engine, session: Session, village: Village, role: str
):
    """Every route of the desk that names a row of people, by every role, limited to communes that it does not touch."""
    session.query(InboundMessage).update({"state": "human"})
    session.commit()
    client.sign_in(role=role, communes=[SOUILLAC.insee])
    before = everything(engine)
    for rule, method in _about_somebody(app):
        path = village.path(app, rule)
        data = {"csrf_token": client.token(), "revision": "1", "act": "accept"} if method == "POST" else None
        status = client.http.open(path, method=method, data=data).status_code
        right = getattr(getattr(app.view_functions[rule.endpoint], "guard", None), "right", None)
        wanted = {403} if right is not None and role not in RIGHTS[right] else {404, 400, 403}
        assert status in wanted, f"{role} {method} {path} answers {status}"
    assert everything(engine) == before


@on_sqlite
def test_threat_13_a_row_that_does_not_exist_is_not_there_for_anybody(
    client: TidyClient, app: Flask, village: Village
):
    client.sign_in(role="coordinator")
    nowhere = Village({name: 999_999 for name in village.values} | {"message_id": "x"}, "x", {})
    for rule, method in _about_somebody(app):
        data = {"csrf_token": client.token(), "revision": "1", "act": "accept"} if method == "POST" else None
        status = client.http.open(nowhere.path(app, rule), method=method, data=data).status_code
        assert status in {404, 400}, f"{method} {rule.rule} answers {status}"


@on_sqlite
def test_threat_13_a_driver_reaches_no_trip_but_theirs(
    client: TidyClient, app: Flask, engine: Engine, session: Session, village: Village
):
    other = make_trip(
        session, driver=make_driver(session, first_name="Yves"), origin=GOURDON, destination=FIGEAC
    )
    session.commit()
    before = everything(engine)
    foreign = Village(
        village.values | {"trip_id": other.id, "pause_id": 999_999}, village.driver_token, village.tokens
    )
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("driver.") and "trip_id" in rule.arguments:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                data = {"csrf_token": client.token()} if method == "POST" else None
                assert (
                    client.http.open(foreign.path(app, rule), method=method, data=data).status_code == 404
                ), rule.rule
    assert everything(engine) == before


@on_sqlite
def test_threat_15_whoever_opens_a_file_is_in_the_log_of_that_file(
    app: Flask, client: TidyClient, session: Session, village: Village
):
    path = f"/bureau/personnes/{village.values['person_id']}"
    curious = TidyClient(app, session)
    curious.sign_in(role="agent", display_name="Paul")
    shut = curious.http.get(path).text
    assert "Ouvrir la fiche" in shut
    assert "Trajets convenus" not in shut
    assert "Trajets faits en" not in curious.http.get(f"{path}/releve").text
    assert "Trajets convenus" in curious.get(path).text
    assert "Trajets convenus" in curious.http.get(path).text  # once a day is enough
    for role in ("coordinator", "referent"):
        watcher = TidyClient(app, session)
        watcher.sign_in(role=role, display_name="Hélène")
        assert "Paul, aujourd'hui" in watcher.get(path).text.replace("\u00a0", " ")
    assert "Qui a ouvert cette fiche" not in curious.get(path).text


@on_sqlite
def test_threat_15_two_letters_find_nobody(client: TidyClient, village: Village):
    client.sign_in(role="agent")
    assert "Poujol" not in client.post("/bureau/recherche", {"q": "po"}).main
    assert "Poujol" in client.post("/bureau/recherche", {"q": "pou"}).main


@on_sqlite
def test_threat_15_taking_data_out_asks_for_the_password_and_the_reason(
    client: TidyClient, session: Session, clock: Any, nadia: Any
):
    come_in(client)
    page = client.get("/bureau/registre.csv")
    assert page.path.startswith("/connexion/confirmer")
    without = page.submit("/connexion/confirmer", password=PASSWORD)
    assert without.status == 422
    client.get("/bureau/registre.csv").submit("/connexion/confirmer", password=PASSWORD, reason="funder")
    assert client.http.get("/bureau/registre.csv").mimetype == "text/csv"
    session.expire_all()
    assert session.query(StaffSession.export_reason).scalar() == "funder"


@on_sqlite
def test_threat_16_a_dismissed_agents_tab_is_sent_away_at_its_next_click(
    app: Flask, client: TidyClient, session: Session, village: Village
):
    paul = TidyClient(app, session)
    number = paul.sign_in(role="agent", display_name="Paul")
    assert paul.get("/bureau").path == "/bureau"
    client.sign_in(role="coordinator")
    client.get(f"/bureau/reglages/equipe/{number}").submit("/fermer")
    answer = paul.http.get("/bureau/a-faire")
    assert answer.status_code == 303
    assert answer.location.startswith("/connexion")
    fragment = paul.http.get("/bureau/candidats", headers={"HX-Request": "true"})
    assert fragment.status_code == 401


@on_sqlite
@pytest.mark.parametrize(
    "header",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example"},
    ],
)
def test_threat_24_no_link_or_redirect_names_a_host_of_elsewhere(
    client: TidyClient, village: Village, header: dict[str, str]
):
    client.sign_in(role="coordinator")
    for path in ("/", "/connexion", "/bureau/reglages/equipe"):
        answer = client.http.get(path, headers=header)
        assert "evil.example" not in answer.text
        assert "evil.example" not in answer.headers.get("Location", "")
    number = village.values["account_id"]
    sent = client.http.post(
        f"/bureau/reglages/equipe/{number}/lien", data={"csrf_token": client.token()}, headers=header
    )
    assert "evil.example" not in sent.text
    if "Host" not in header:  # to another host the browser gives no cookie of ours
        assert "http://localhost/invitation/" in sent.text


@on_sqlite
@pytest.mark.parametrize("door", ["/connexion", "/connexion/confirmer"])
@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_threat_24_the_way_back_never_leads_elsewhere(client: TidyClient, nadia: Any, door: str, target: str):
    if door == "/connexion/confirmer":
        come_in(client)
    fields = {"login": "nadia", "password": PASSWORD, "suite": target, "csrf_token": client.token()}
    answer = client.http.post(door, data=fields)
    assert answer.status_code == 303
    assert answer.location == "/bureau"
