"""« …/appel#tel=… », opened by a telephone: the number brings the caller, and stands in no address and no log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from tests.scenarios.conftest import sign_in
from tests.support.chromium import axe
from tests.support.factories import make_line, make_passenger

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

LANDLINE, TYPED = "+33536490112", "05 36 49 01 12"


@pytest.fixture
def addresses(page: Page) -> Iterator[list[str]]:
    """Every address that the browser asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def rings(page: Page, number: str) -> None:
    """The telephone opens the address of the call with the caller's number behind the « # »."""
    sign_in(page)
    page.goto(f"/bureau/appel#tel={number}")


def said_nowhere(number: str, *, page: Page, addresses: list[str], log: str) -> None:
    """Neither an address nor a log holds the last digits of the number."""
    end = number[-6:]
    assert end not in page.url
    assert not [one for one in addresses if end in one]
    assert end not in log


def test_a_known_number_brings_the_person_with_all_their_numbers(
    page: Page, session: Session, account: Account, addresses: list[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    marcel = make_passenger(session, phone=LANDLINE, staff_note="Sonner deux fois")
    make_line(session, marcel, e164="+33639980077", kind="mobile", label="sa fille")
    session.commit()
    rings(page, "0536490112")
    expect(page.locator(".known")).to_contain_text("Marcel Poujol")
    expect(page.locator(".known")).to_contain_text("Sonner deux fois")
    expect(page.locator(".known")).to_contain_text("06 39 98 00 77 (sa fille)")
    expect(page.locator("#last_name")).to_have_value("Marcel Poujol")
    said_nowhere("0536490112", page=page, addresses=addresses, log=caplog.text)


def test_a_number_of_a_household_offers_its_members(
    page: Page, session: Session, account: Account, addresses: list[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    for first_name in ("Marcel", "Josette"):
        make_passenger(session, first_name=first_name, phone=LANDLINE)
    session.commit()
    rings(page, "%2B33536490112")
    options = page.locator("#last_name-list [role=option]")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text(TYPED)
    axe(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".known")).to_contain_text("Josette Poujol")
    expect(page.locator(".known")).to_contain_text("Même numéro : Marcel Poujol")
    said_nowhere("0536490112", page=page, addresses=addresses, log=caplog.text)


def test_an_unknown_number_starts_somebody_new_with_the_number_typed(
    page: Page, session: Session, account: Account, addresses: list[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    rings(page, "0536490112")
    expect(page.locator("#phone")).to_have_value("0536490112")
    expect(page.locator("#last_name")).to_have_value("")
    expect(page.locator("#last_name")).to_be_focused()
    said_nowhere("0536490112", page=page, addresses=addresses, log=caplog.text)
