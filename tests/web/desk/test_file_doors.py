"""A person's file is read by whoever said that they open it, and the log keeps it, whichever screen shows it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.readings import OPENED
from lotocar.journal.models import Entry
from lotocar.staff.models import Account
from tests.scenarios.conftest import sign_in
from tests.support.doors import PageClient
from tests.support.factories import make_passenger, make_request
from tests.web.desk.steps import press, typed_in

SAID = ("Sonner deux fois", "parler fort", "49 01 12", "Figeac")


@pytest.fixture
def marcel(session: Session) -> Person:
    """Somebody with a past journey, of whom the team noted this and that."""
    person = make_passenger(session, phone="+33536490112", staff_note="Sonner deux fois", flag="parler fort")
    make_request(session, passenger=person)
    session.commit()
    return person


def openings(session: Session) -> int:
    count = session.scalar(select(func.count()).select_from(Entry).where(Entry.verb == OPENED))
    return count or 0


def test_a_call_s_address_shows_nothing_of_a_file_that_nobody_opened(
    nadia: PageClient, session: Session, marcel: Person
):
    page = nadia.get(f"/bureau/appel?personne={marcel.id}")
    assert typed_in(page, "last_name") == "Marcel Poujol"
    assert [words for words in SAID if words in page.html] == []
    refused = nadia.post("/bureau/appel", {"passenger_id": marcel.id, "origin": "Cahors"})
    assert (refused.status, [words for words in SAID if words in refused.html]) == (422, [])
    assert openings(session) == 0
    door = page.follow("Voir ce que nous savons")
    assert "Sonner deux fois" in door.html
    assert openings(session) == 1


@pytest.mark.parametrize("screen", ["/bureau/personnes", "/bureau/recherche"])
def test_a_new_request_from_a_list_opens_the_file_and_says_so(
    nadia: PageClient, session: Session, marcel: Person, screen: str
):
    page = press(nadia.post(screen, {"q": "pouj"}), f"/personnes/{marcel.id}/ouvrir", "Nouvelle demande")
    assert page.path == f"/bureau/appel?personne={marcel.id}"
    assert "Sonner deux fois" in page.main
    assert openings(session) == 1


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("", {"last_name": ""}),
        ("/numeros", {"phone": "x"}),
        ("/lieux", {"kind": "maison", "place": "Xyzzyville"}),
        ("/a-eviter", {"other": "Nemo"}),
        ("/possibilites", {"monthly_limit": "99"}),
    ],
)
def test_a_wrong_form_is_no_way_round_the_door(
    nadia: PageClient, session: Session, marcel: Person, path: str, typed: dict[str, str]
):
    page = nadia.post(f"/bureau/personnes/{marcel.id}{path}", typed)
    assert (page.status, "data-file-door" in page.html) == (422, True)
    assert [words for words in SAID if words in page.html] == []


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_known_comes_into_the_call_at_one_press(
    page: Page, session: Session, account: Account, marcel: Person
):
    sign_in(page)
    page.goto(f"/bureau/appel?personne={marcel.id}")
    page.locator("#day").fill("mardi")
    page.get_by_role("link", name="Voir ce que nous savons").click()
    expect(page.locator("#connu")).to_contain_text("Sonner deux fois")
    expect(page.locator("#day")).to_have_value("mardi")
    page.goto("/bureau/personnes")
    page.locator("#qui").fill("pouj")
    page.locator("#qui").press("Enter")
    page.get_by_role("button", name="Nouvelle demande").click()
    expect(page.locator("#connu")).to_contain_text("Sonner deux fois")
