"""A call that drops leaves a draft: closed tab, lost network, expired sign-in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from tests.scenarios.conftest import sign_in
from tests.support.factories import make_passenger

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def type_a_call(page: Page) -> None:
    page.goto("/bureau/appel")
    for field, words in (
        ("last_name", "Vidal"),
        ("phone", "05 36 49 01 12"),
        ("staff_note", "rappeler midi"),
    ):
        page.locator(f"#{field}").fill(words)


def test_a_closed_tab_leaves_the_call_on_the_bureau(page: Page, account: Account):
    sign_in(page)
    type_a_call(page)
    expect(page.locator("#brouillon")).to_have_text("Brouillon gardé.")
    page.close()
    again = page.context.new_page()
    again.goto("/bureau")
    expect(again.locator("main")).to_contain_text("Vidal 05 36 49 01 12")
    again.get_by_role("link", name="Reprendre").click()
    expect(again.locator("#last_name")).to_have_value("Vidal")
    expect(again.locator("#staff_note")).to_have_value("rappeler midi")


def test_a_network_cut_in_mid_call_loses_nothing(page: Page, account: Account):
    sign_in(page)
    page.goto("/bureau/appel")
    page.locator("#last_name").fill("Vidal")
    page.locator("#phone").focus()  # what we know of the name is asked for before the cut
    expect(page.locator("#brouillon")).to_have_text("Brouillon gardé.")
    page.context.set_offline(True)
    page.locator("#phone").fill("05 36 49 01 12")
    expect(page.locator("#brouillon")).to_contain_text("Hors ligne")
    page.keyboard.press("Alt+s")
    expect(page.locator("#hors-ligne")).to_be_visible()
    expect(page.locator("#phone")).to_have_value("05 36 49 01 12")
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto("/bureau")
    expect(again.locator("main")).to_contain_text("Vidal 05 36 49 01 12")


def test_an_expired_sign_in_loses_nothing(page: Page, account: Account):
    sign_in(page)
    type_a_call(page)
    expect(page.locator("#brouillon")).to_have_text("Brouillon gardé.")
    page.context.clear_cookies()
    page.locator("#wish").fill("monter devant")
    expect(page.locator("#brouillon")).to_contain_text("Vous êtes déconnecté")
    page.keyboard.press("Alt+s")
    expect(page.locator("h1")).to_have_text("Envoyez encore une fois")
    sign_in(page)
    page.get_by_role("link", name="Reprendre").click()
    expect(page.locator("#wish")).to_have_value("monter devant")
    expect(page.locator("#last_name")).to_have_value("Vidal")


def test_a_call_opened_for_somebody_is_not_replaced_by_the_one_that_was_left(
    page: Page, session: Session, account: Account
):
    marcel = make_passenger(session)
    session.commit()
    sign_in(page)
    page.goto("/bureau/appel")
    page.locator("#last_name").press_sequentially("Vidal")
    with page.expect_response("**/appel/brouillon"):  # the page that comes hands over what the other held
        page.goto(f"/bureau/appel?personne={marcel.id}")
    expect(page.locator("#last_name")).to_have_value("Marcel Poujol")
    page.goto("/bureau")
    expect(page.locator("main")).to_contain_text("Vidal")
