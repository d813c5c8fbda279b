"""The small scripts, played by keyboard in a real browser under our content policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.chromium import axe, watch
from tests.templates.pages import STATIC, environment, piece, styleguide
from tests.templates.sample import right_form

pytestmark = pytest.mark.browser

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
PLACES = [{"value": "46042", "label": "Cahors"}, {"value": "46044", "label": "Cahus"}]
OPTIONS = '{% from "components/place_options.html" import place_options %}{{ place_options(places) }}'
DESK = """{% extends "desk_base.html" %}
{% from "components/button.html" import button %}
{% from "components/candidate_row.html" import candidate_row %}
{% from "components/csrf.html" import csrf %}
{% from "components/field.html" import field %}
{% from "components/place_field.html" import place_field %}
{% block title %}Essai{% endblock %}
{% block main %}<h1>Essai</h1>
<form class="form" method="post" action="/envoi" novalidate data-once>{{ csrf() }}
{{ place_field(form.origin, form.origin_code, key="alt+d") }}
{{ place_field(form.name, eager=true) }}
<div id="zone">{{ field(form.day, **{"hx-get": "/jour", "hx-target": "#zone", "hx-trigger": "input delay:20ms"}) }}</div>
{{ button("Enregistrer", key="alt+s") }}</form>
{{ button("Refusé", type="button", attrs={"hx-get": "/refus", "id": "refus"}) }}
{{ button("Panne", type="button", attrs={"hx-get": "/panne", "id": "panne"}) }}
{{ button("Nouvel appel", type="button", key="n", attrs={"id": "neuf"}) }}
<ol class="candidates" data-rows>{% for rank in (1, 2) %}
{% call candidate_row({"name": "Odile", "hour": "8 h", "detour": "+4 min", "reasons": []}, rank) %}
{{ button("SMS", type="button", key="s", name="sms", value=rank) }}{% endcall %}{% endfor %}</ol>{% endblock %}"""
DAY = (
    '<p data-announce="2 conducteurs possibles">2</p><label for="day">Jour</label>'
    '<input id="day" name="day" value="{}" hx-get="/jour" hx-target="#zone" hx-trigger="input delay:20ms">'
)


class Answers:
    """What a server would answer, without one."""

    def __init__(self) -> None:
        self.desk = environment().from_string(DESK).render(form=right_form())

    def __call__(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            self.give(route, (STATIC / address.path.removeprefix("/static/")).read_bytes(), path=address.path)
        elif address.path == "/lieux":
            self.give(route, piece(OPTIONS, places=[] if "zz" in address.query else PLACES))
        elif address.path == "/jour":
            self.give(route, DAY.format(parse_qs(address.query).get("day", [""])[0]))
        elif address.path == "/refus":
            sentence = piece(
                '{% include "errors/_problem.html" %}', title="Plus possible", sentence="Rechargez."
            )
            self.give(route, sentence, status=409)
        elif address.path == "/panne":
            self.give(route, "", status=500)
        elif address.path == "/composants":
            self.give(route, styleguide())
        else:
            self.give(route, self.desk)

    def give(self, route: Route, body: str | bytes, *, status: int = 200, path: str = "page.html") -> None:
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(status=status, body=body, content_type=f"{kind}; charset=utf-8", headers=headers)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def desk(browser: Browser, answers: Answers) -> Iterator[Page]:
    """The trial page of the desk; the test fails when the browser complains."""
    context = browser.new_context(base_url="http://localhost", viewport={"width": 1280, "height": 800})
    troubles = watch(context)
    context.route("**/*", answers)
    page = context.new_page()
    page.goto("/bureau")
    yield page
    context.close()
    # htmx itself logs the failures that it is told not to show
    assert [trouble for trouble in troubles if "Response Status Error Code 500" not in trouble] == []


def test_a_place_is_chosen_by_keyboard_and_read_aloud(desk: Page):
    desk.keyboard.press("Alt+d")
    desk.keyboard.type("cah")
    expect(desk.get_by_role("option")).to_have_count(2)
    expect(desk.locator("[data-combobox-status]").first).to_contain_text("2 lieux proposés")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#origin")).to_have_attribute("aria-activedescendant", "origin-list-1")
    desk.keyboard.press("Enter")
    expect(desk.locator("#origin")).to_have_value("Cahus")
    expect(desk.locator("#origin_code")).to_have_value("46044")
    expect(desk.locator("#origin-list")).to_be_hidden()


def test_typing_again_forgets_the_chosen_place(desk: Page):
    desk.locator("#origin").press_sequentially("cah")
    desk.get_by_role("option").first.click()
    expect(desk.locator("#origin_code")).to_have_value("46042")
    desk.locator("#origin").press_sequentially("x")
    expect(desk.locator("#origin_code")).to_have_value("")


def test_an_unknown_place_is_said(desk: Page):
    desk.locator("#origin").press_sequentially("zzz")
    expect(desk.locator("#origin-list")).to_contain_text("Lieu inconnu")
    desk.keyboard.press("Escape")
    expect(desk.locator("#origin-list")).to_be_hidden()


def test_at_the_desk_tab_takes_the_first_place(desk: Page):
    desk.locator("#name").press_sequentially("cah")
    expect(desk.locator("#name-list [aria-selected=true]")).to_have_text("Cahors")
    desk.keyboard.press("Tab")
    expect(desk.locator("#name")).to_have_value("Cahors")
    expect(desk.locator("#day")).to_be_focused()


def test_letters_typed_while_the_field_is_redrawn_are_kept(desk: Page):
    desk.locator("#day").press_sequentially("mardi 24", delay=40)
    desk.wait_for_timeout(400)
    expect(desk.locator("#day")).to_have_value("mardi 24")
    expect(desk.locator("#day")).to_be_focused()
    expect(desk.locator("#live")).to_have_text("2 conducteurs possibles")


def test_single_keys_wait_until_nobody_types_and_can_be_switched_off(desk: Page):
    desk.locator("#day").press("n")
    expect(desk.locator("#day")).to_have_value("n")
    desk.locator("h1").click()
    desk.keyboard.press("n")
    expect(desk.locator("#neuf")).to_be_focused()
    desk.keyboard.press("?")
    desk.get_by_label("Touches seules actives").uncheck()
    desk.locator("h1").click()
    desk.keyboard.press("n")
    expect(desk.locator("#neuf")).not_to_be_focused()


def test_a_row_keeps_its_letters_to_itself(desk: Page):
    desk.keyboard.press("s")
    expect(desk.locator("button[name=sms]").first).not_to_be_focused()
    desk.keyboard.press("2")
    desk.keyboard.press("s")
    expect(desk.locator("button[name=sms][value='2']")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(desk.locator("[data-row]").first).to_be_focused()


def test_the_help_lists_the_keys_of_the_page(desk: Page):
    desk.keyboard.press("?")
    keys = desk.locator(".keys__list li")
    expect(keys.filter(has_text="Enregistrer")).to_contain_text("Alt+S")
    expect(keys.filter(has_text="SMS")).to_have_count(1)


def test_a_refusal_is_shown_above_the_page_and_a_failure_beside_it(desk: Page):
    desk.locator("#refus").click()
    expect(desk.locator("#probleme")).to_contain_text("Plus possible")
    expect(desk.locator("#refus")).to_be_visible()
    desk.locator("#panne").click()
    expect(desk.get_by_text("Le serveur ne répond pas")).to_be_visible()


def test_a_form_is_sent_once_and_its_button_keeps_the_focus(desk: Page):
    button = desk.get_by_role("button", name="Enregistrer")
    button.focus()
    sent = desk.evaluate(
        """() => {
            let sent = 0
            document.addEventListener("submit", event => { event.preventDefault(); sent += 1 })
            const form = document.querySelector("main form")
            form.requestSubmit()
            form.requestSubmit()
            return sent
        }"""
    )
    assert sent == 1
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_component_reflows_and_pleases_axe(browser: Browser, answers: Answers, width: int):
    context = browser.new_context(base_url="http://localhost", viewport={"width": width, "height": 800})
    context.route("**/*", answers)
    page = context.new_page()
    page.goto("/composants")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
    context.close()


def test_targets_are_44_pixels_high(browser: Browser, answers: Answers):
    context = browser.new_context(base_url="http://localhost", viewport={"width": 360, "height": 800})
    context.route("**/*", answers)
    page = context.new_page()
    page.goto("/composants")
    small = page.evaluate(
        "() => [...document.querySelectorAll('a, .button, .input, summary, .choice')]"
        ".map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        ".filter(([, height]) => height && height < 43.5)"
    )
    context.close()
    assert small == []
