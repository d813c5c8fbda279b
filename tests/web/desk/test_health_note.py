"""A word on health in a note is said as one types it, and holds nothing back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from tests.scenarios.conftest import sign_in
from tests.support.chromium import axe
from tests.support.doors import PageClient

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.parametrize(
    ("note", "told"),
    [("Diabète, dialyse le mardi", ["diabete", "dialyse"]), ("sonner deux fois", []), ("", [])],
)
def test_the_words_are_named_and_no_others(nadia: PageClient, note: str, told: list[str]):
    answer = nadia.post("/bureau/note", {"staff_note": note}, htmx=True)
    assert answer.status == 200
    assert [word for word in ("diabete", "dialyse", "mardi", "sonner") if word in answer.text] == told


@pytest.mark.browser
@on_sqlite
def test_it_is_said_while_one_types_and_goes_when_the_word_goes(
    page: Page, session: Session, account: Account
):
    session.commit()
    sign_in(page)
    page.goto("/bureau/appel")
    note = page.locator("#staff_note")
    note.press_sequentially("elle a un cancer")
    said = page.locator("#sante-staff_note")
    expect(said).to_contain_text("cancer")
    expect(note).to_be_focused()
    expect(note).to_have_value("elle a un cancer")
    axe(page)
    note.fill("elle monte devant")
    expect(said).to_have_text("")
