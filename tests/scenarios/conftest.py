"""The places, the doors and the hands of the scenarios."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.messages.models import OutboxMessage
from lotocar.staff.models import Account
from lotocar.staff.operations import hasher
from lotocar.values.geo import Stop
from lotocar.world.places.gazetteer import gazetteer
from tests.support.doors import Page
from tests.support.factories import make_account, make_organisation
from tests.support.pages import text_of
from tests.web.tidy import TidyClient

PASSWORD = "une phrase de passe pour le bureau"
SECONDS_A_KEY = 0.5  # somebody who looks for the letters


def stop(name: str, insee: str) -> Stop:
    """A commune where it really is."""
    commune = gazetteer().commune(insee)
    assert commune is not None
    return Stop(name, insee, commune.point.lat, commune.point.lon)


CAHORS = stop("Cahors", "46042")
FIGEAC = stop("Figeac", "46102")
GOURDON = stop("Gourdon", "46127")
GRAMAT = stop("Gramat", "46128")
LALBENQUE = stop("Lalbenque", "46148")
LIMOGNE = stop("Limogne-en-Quercy", "46173")
LUZECH = stop("Luzech", "46182")
PRADINES = stop("Pradines", "46224")
SOUILLAC = stop("Souillac", "46309")


@pytest.fixture
def client(app: Any, session: Session) -> TidyClient:
    """A browser without JavaScript that checks every page it receives."""
    return TidyClient(app, session)


@pytest.fixture
def visitor(app: Any, session: Session) -> TidyClient:
    """Another one, of somebody who is not of the team."""
    return TidyClient(app, session)


@pytest.fixture
def house(request: pytest.FixtureRequest, session: Session) -> None:
    """The installation, with its number 05 36 49 00 00."""
    if "village" in request.fixturenames:
        return  # the village has its own
    make_organisation(session)
    session.commit()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Worked out once: it is slow on purpose."""
    return hasher.hash(PASSWORD)


@pytest.fixture
def nadia(session: Session, password_hash: str) -> Account:
    """Nadia, who answers the phone in Cahors."""
    account = make_account(session, login="nadia", role="agent", password_hash=password_hash)
    session.commit()
    return account


def sign_in(page: BrowserPage, login: str = "nadia") -> None:
    """Sign in through the form."""
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")


class Keyboard:
    """Hands that never touch a mouse, and count what they press."""

    def __init__(self, page: BrowserPage) -> None:
        self.page = page
        self.pressed = 0
        self.started = time.perf_counter()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    @property
    def seconds(self) -> float:
        """How long somebody would have taken: their keys, and the time the screen took."""
        return self.pressed * SECONDS_A_KEY + time.perf_counter() - self.started


def words(text: str) -> str:
    """With plain spaces and apostrophes."""
    return " ".join(text.split()).replace("’", "'")


def blocks(page: Page, class_: str) -> list[str]:
    """What one reads in each element of this class, in order, on a page of the page client."""
    found = (e for e in page.root.iter() if class_ in (e.get("class") or "").split())
    return [text_of(element) for element in found]


def press(page: Page, button: str) -> Page:
    """Press the first button that says this; the form that holds it goes off as it stands."""
    for form in page.root.iter("form"):
        if any(button in text_of(one) for one in form.iter("button")):
            fields = {e.get("name"): e.get("value") for e in form.iter("input") if e.get("type") == "hidden"}
            return page.client.post(form.get("action") or page.path, fields, forge=False)
    raise AssertionError(f"no button says « {button} »")


def texts_to(session: Session, person: Person, kind: str | None = None) -> list[str]:
    """The SMS written to this person's first number, oldest first."""
    query = select(OutboxMessage.body).where(
        OutboxMessage.to_number == person.lines[0].e164, OutboxMessage.status != "blocked"
    )
    if kind:
        query = query.where(OutboxMessage.kind == kind)
    found = list(session.scalars(query.order_by(OutboxMessage.created_at)))
    session.commit()  # an open reading would keep the product from writing on SQLite
    return found


def figures(text: str) -> str:
    """A text without anything between its figures: numbers are found however they are typed."""
    return re.sub(r"[\s.\u00a0\u202f-]", "", text)
