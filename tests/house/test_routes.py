"""Every route has a guard, and the guard holds."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lotocar.staff.rules import RIGHTS, ROLES
from tests.support.doors import PageClient
from tests.support.village import Village

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUBLIC_DOORS = ("passenger.", "driver.", "account.", "hooks.")


def _routes(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def _guard(app: Flask, rule: Rule) -> object:
    return getattr(app.view_functions[rule.endpoint], "guard", None)


def _right(app: Flask, rule: Rule) -> str | None:
    return getattr(_guard(app, rule), "right", None)


def _knock(client: PageClient, method: str, path: str) -> int:
    if method == "GET":
        return client.http.get(path).status_code
    return client.http.post(path, data={"csrf_token": client.token()}).status_code


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


@only_sqlite
def test_every_route_carries_a_guard(app: Flask):
    assert [rule.rule for rule in _routes(app) if _guard(app, rule) is None] == []


@only_sqlite
def test_whatever_is_not_a_public_door_asks_for_a_right(app: Flask):
    open_doors = [
        rule.rule
        for rule in _routes(app)
        if _right(app, rule) is None and not rule.endpoint.startswith(PUBLIC_DOORS)
    ]
    assert open_doors == []


@only_sqlite
def test_addresses_are_in_small_letters_and_hyphens(app: Flask):
    fixed = {rule.rule: re.sub(r"<[^>]+>", "x", rule.rule) for rule in _routes(app)}
    assert [rule for rule, words in fixed.items() if not re.fullmatch(r"/[a-z0-9./-]*", words)] == []


@only_sqlite
def test_no_route_both_shows_and_acts(app: Flask):
    assert [rule.rule for rule in _routes(app) if {"GET", "POST"} <= _methods(rule)] == []


@only_sqlite
@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_refused_what_it_has_no_right_to(client: PageClient, village: Village, role: str):
    client.sign_in(role=role)
    kept_out = {
        (rule.endpoint, method)
        for rule in _routes(client.app)
        for method in _methods(rule)
        if (right := _right(client.app, rule)) is not None and role not in RIGHTS[right]
    }
    for rule in _routes(client.app):
        for method in _methods(rule):
            if (rule.endpoint, method) in kept_out:
                assert _knock(client, method, village.path(client.app, rule)) == 403, (role, rule.endpoint)


@only_sqlite
def test_sami_who_has_no_account_is_sent_to_sign_in(client: PageClient, village: Village):
    for rule in _routes(client.app):
        if _right(client.app, rule) is None:
            continue
        for method in _methods(rule):
            path = village.path(client.app, rule)
            data = {"csrf_token": client.token()} if method == "POST" else None
            answer = client.http.open(path, method=method, data=data)
            assert answer.status_code == 303, (rule.endpoint, answer.status_code)
            assert answer.location.startswith("/connexion"), rule.endpoint


@only_sqlite
def test_a_closed_account_is_out_at_its_next_click(client: PageClient, village: Village, session: Session):
    from lotocar.staff.models import Account

    account_id = client.sign_in(role="agent")
    assert client.get("/bureau").path == "/bureau"
    session.get_one(Account, account_id).active = False
    session.commit()
    assert client.get("/bureau").path.startswith("/connexion")


@only_sqlite
def test_nothing_is_done_without_the_token_of_our_own_forms(client: PageClient, village: Village):
    client.sign_in(role="coordinator")
    for rule in _routes(client.app):
        if "POST" in _methods(rule) and not rule.endpoint.startswith("hooks."):
            answer = client.http.post(village.path(client.app, rule), data={})
            assert answer.status_code == 400, (rule.endpoint, answer.status_code)


@only_sqlite
def test_machines_without_a_signature_are_refused(client: PageClient, village: Village):
    for rule in _routes(client.app):
        if "POST" in _methods(rule) and rule.endpoint.startswith("hooks."):
            assert (
                client.http.post(village.path(client.app, rule), data={"MessageSid": "SM1"}).status_code
                == 403
            )


@only_sqlite
@pytest.mark.parametrize("token", ["x", "é", "a" * 43, "%00", "../../bureau"])
def test_a_private_page_with_a_wrong_link_is_not_there(client: PageClient, village: Village, token: str):
    for rule in _routes(client.app):
        if "token" in rule.arguments and "GET" in _methods(rule):
            wrong = Village(village.values, token, dict.fromkeys(village.tokens, token))
            assert client.http.get(wrong.path(client.app, rule)).status_code == 404, rule.endpoint
