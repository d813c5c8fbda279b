"""Every page under axe's eyes, on a telephone and on a desk's screen, with nothing broken in the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from lotocar.staff.operations import hasher
from tests.support.chromium import axe
from tests.support.doors import LiveServer
from tests.support.factories import make_account
from tests.support.village import DOWNLOADS, FRAGMENTS, Village, readable

PASSWORD = "une phrase de passe pour Nadia"
SCREENS = {"telephone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def _paths(live_server: LiveServer, village: Village, *, desk: bool) -> list[str]:
    return [
        village.path(live_server.app, rule)
        for rule in readable(live_server.app)
        if rule.endpoint.startswith("desk.") == desk
        and rule.endpoint not in FRAGMENTS | DOWNLOADS
        and not rule.endpoint.startswith("hooks.")
        and not rule.rule.endswith((".csv", ".json"))
    ]


def _look(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    if "html" not in answer.headers.get("content-type", "") or not answer.body():
        return
    axe(page)
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], f"{path} scrolls sideways: {width}"


@pytest.mark.parametrize("screen", SCREENS)
def test_public_pages_have_no_barrier(page: Page, live_server: LiveServer, village: Village, screen: str):
    page.set_viewport_size(SCREENS[screen])  # type: ignore[arg-type]
    for path in _paths(live_server, village, desk=False):
        _look(page, path)


@pytest.mark.parametrize("screen", SCREENS)
def test_desk_pages_have_no_barrier(
    page: Page, live_server: LiveServer, village: Village, session: Session, screen: str
):
    make_account(session, login="nadia", role="coordinator", password_hash=hasher.hash(PASSWORD))
    session.commit()
    page.set_viewport_size(SCREENS[screen])  # type: ignore[arg-type]
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill("nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")
    for path in _paths(live_server, village, desk=True):
        _look(page, path)
