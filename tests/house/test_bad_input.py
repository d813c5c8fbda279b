"""Whatever is typed in whatever form: a page with a sentence, what was typed kept, never a 500.

Every form of every page is found by itself, so that a new one is tried the day it appears.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from tests.support.doors import Page, PageClient, _as_found
from tests.support.village import FRAGMENTS, Village, readable

NASTY = [
    "31/02/2027",
    "28/03/2027",  # the night that has no 02:30
    "2h30",
    "20/11/20266",
    "999999999999999999999",
    "\x00",
    "a\x00b\r\nc",
    "🙂🚗 Zoé",
    "O'Brien \"d'Arc\" <script>alert(1)</script> {{7*7}} %s",
    "\u202eabc\u200b",
    "  ",
    "é" * 3_000,
]
HUGE = "x" * 1_000_000
TYPED = {"text", "tel", "search", "email", "number", "hidden", "password", None}
NOT_TYPED = {"csrf_token"}


def _posted_forms(page: Page) -> Iterator[Element]:
    for form in page.root.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            yield form


def _fields(form: Element) -> list[str]:
    """The names of everything that a person, or a forger, may write."""
    names = [
        element.get("name") or ""
        for element in form.iter()
        if (element.tag == "input" and element.get("type") in TYPED) or element.tag in {"textarea", "select"}
    ]
    return [name for name in dict.fromkeys(names) if name and name not in NOT_TYPED]


def _pages(app: Flask, village: Village, *, desk: bool) -> list[str]:
    return [
        village.path(app, rule)
        for rule in readable(app)
        if rule.endpoint not in FRAGMENTS
        and not rule.endpoint.startswith("hooks.")
        and rule.endpoint.startswith("desk.") == desk
    ]


def _send(client: PageClient, page: Page, form: Element, answers: dict[str, Any]) -> Page:
    data = _as_found(form) | {name: [value] for name, value in answers.items()}
    return client.post(urljoin(page.path, form.get("action") or ""), data=data, forge=True)


def _check_kept(answer: Page, action: str, typed: dict[str, str], where: str) -> None:
    """A form that comes back shows what was typed in it, and says what is wrong beside a field."""
    if answer.status != 422:
        return
    shown = answer.html
    assert "field__error" in shown or "data-problem" in shown or 'role="alert"' in shown, where
    again = [form for form in answer.root.iter("form") if urlsplit(form.get("action") or "").path == action]
    inputs = {
        e.get("name"): e.get("value") or ""
        for form in again
        for e in form.iter("input")
        if e.get("type") not in {"hidden", "checkbox", "radio", "password"}
    }
    for name, value in typed.items():
        if name in inputs and value.strip() and value.isprintable() and len(value) < 100:
            assert inputs[name] == value, f"{where}: {name} was typed {value!r}, shown {inputs[name]!r}"


@pytest.mark.parametrize("desk", [False, True], ids=["public", "desk"])
def test_no_form_falls_over_whatever_is_typed_in_it(
    client: PageClient, app: Flask, village: Village, desk: bool
):
    if desk:
        client.sign_in(role="coordinator")
    tried = 0
    for path in _pages(app, village, desk=desk):
        page = client.get(path)
        for form in _posted_forms(page) if page.response.mimetype == "text/html" else ():
            action = form.get("action") or ""
            if action.endswith(("/deconnexion", "/effacer", "/tout-effacer")):
                continue
            for value in NASTY:
                typed = dict.fromkeys(_fields(form), value)
                answer = _send(client, page, form, typed)
                assert answer.status < 500, f"{action} with {value[:40]!r}"
                _check_kept(answer, action, typed, f"{action} with {value[:40]!r}")
                tried += 1
    assert tried > (200 if desk else 60)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/proposer-un-trajet", "/demander", "/bureau/appel"])
def test_one_wrong_field_at_a_time_is_said_beside_it(
    client: PageClient, app: Flask, village: Village, path: str
):
    client.sign_in(role="agent")
    page = client.get(path)
    (form,) = [one for one in _posted_forms(page) if path in (one.get("action") or "")][:1]
    for name in _fields(form):
        for value in ("\x00", "99999999999", "é" * 3_000, "🙂", "31/02"):
            assert _send(client, page, form, {name: value}).status < 500, f"{name} = {value[:20]!r}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "field"),
    [("/bureau/appel", "staff_note"), ("/proposer-un-trajet", "note"), ("/demander", "wish")],
)
def test_a_note_of_a_million_letters_is_refused_beside_its_field_and_kept(
    client: PageClient, village: Village, path: str, field: str
):
    client.sign_in(role="agent")
    answer = client.post(path, {field: HUGE})
    assert answer.status == 422
    assert "trop long" in answer.text
    assert HUGE in answer.html
