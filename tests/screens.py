"""Takes the pictures of every screen of the desk: full, empty and in error, on a telephone and on a desk's screen.

    .venv/bin/python -m tests.screens            # all of them, about five minutes
    .venv/bin/python -m tests.screens a-faire bureau    # those whose name begins so

It serves the demonstration territory and an installation founded this morning, both made for the occasion, on
Saturday 21 November 2026. The pictures land in docs/pictures/desk/, their list in docs/screens.md.
"""

from __future__ import annotations

import logging
import socket
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from playwright.sync_api import Browser, Error, Page, sync_playwright
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import config
from lotocar import clock
from lotocar.app import create_app
from lotocar.db import db
from lotocar.demonstration.seed import ACCOUNTS, PASSWORD, fill
from lotocar.organisation import operations as organisation
from lotocar.staff import operations as staff
from lotocar.values.actor import SYSTEM
from tests.screens_list import SCREENS, Lead, Screen, Site, prepare
from tests.support.chromium import ARGUMENTS, path_of_chromium
from tests.support.databases import every_table
from tests.support.doors import close_app, serving
from tests.support.factories import NOW

DOCS = Path(__file__).resolve().parents[1] / "docs"
FOLDER = DOCS / "pictures" / "desk"
WIDTHS = {360: 1_150, 1280: 800}  # and how much of the height is kept
STATES = {"full": "rempli", "empty": "vide", "error": "en erreur"}
QUALITY = 38


def main(*wanted: str) -> None:
    """Every picture, or those whose screen's name begins so; the list is written again whole."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    chosen = [one for one in SCREENS if one.name.startswith(wanted or "")]
    with time_machine.travel(NOW, tick=True), TemporaryDirectory() as folder, _chromium() as browser:
        for name, founded in (("full", _demonstration), ("empty", _this_morning)):
            with _site(Path(folder) / f"{name}.sqlite3", founded) as (url, session):
                _take_all(_signed_in(browser, url), session, chosen, is_full=name == "full")
    (DOCS / "screens.md").write_text(_index(), encoding="utf-8")


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def _site(database: Path, founded: Callable[[Session], None]) -> Iterator[tuple[str, Session]]:
    """The product on a database of its own, and a session beside it."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = create_app(replace(config.demonstration(database, host="127.0.0.1", port=port), testing=True))
    with app.app_context():
        every_table().create_all(db.engine)
        founded(db.session())
    engine = create_engine(f"sqlite:///{database}")
    with serving(app, listener), Session(engine) as session:
        yield f"http://127.0.0.1:{port}", session
    engine.dispose()
    close_app(app)


def _demonstration(session: Session) -> None:
    from flask import current_app

    for _share, _what in fill(session, now=clock.now(), outside=current_app.extensions["lotocar.outside"]):
        pass
    prepare(session)
    session.commit()


def _this_morning(session: Session) -> None:
    organisation.found(session, name="Lotocar du Lot", desk_phone="+33536490000", departements=["46"])
    login, name, role = ACCOUNTS[0]
    staff.open_account(
        session, login=login, display_name=name, password=PASSWORD, role=role, actor=SYSTEM, now=NOW
    )
    session.commit()


def _signed_in(browser: Browser, url: str) -> Page:
    context = browser.new_context(base_url=url, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(ACCOUNTS[0][0])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")
    return page


def _take_all(page: Page, session: Session, screens: list[Screen], *, is_full: bool) -> None:
    site = Site(page, session)
    for screen in screens:
        for state in ("full", "error") if is_full else ("empty",):
            lead = getattr(screen, state)
            if lead is not None:
                _one(site, lead, f"{screen.name}-{state}")


def _one(site: Site, lead: Lead, name: str) -> None:
    """One screen in one state; a trouble is told, and the others are taken all the same."""
    site.page.set_viewport_size({"width": 1280, "height": 900})
    try:
        lead(site)
        _take(site.page, name)
    except Error as trouble:
        print(f"{name}: {trouble.message.splitlines()[0]}", flush=True)
    site.session.rollback()


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("load")
    for width, most in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 740})
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(height, 400), most)})
        page.evaluate("scrollTo(0, 0)")
        (FOLDER / f"{name}-{width}.webp").write_bytes(_shot(page))
    print(name, flush=True)


def _shot(page: Page) -> bytes:
    """What the window shows, in the format that costs least."""
    chromium = page.context.new_cdp_session(page)
    taken = chromium.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    chromium.detach()
    return b64decode(taken["data"])


def _index() -> str:
    """The list of the pictures, screen by screen."""
    lines = [
        "# The desk's screens",
        "",
        "Each screen full, empty and in error where that makes sense, on a telephone (360 px) and on a desk's screen",
        "(1280 px), cut at the bottom. Taken by `.venv/bin/python -m tests.screens`, which writes this page too.",
    ]
    for screen in SCREENS:
        lines += ["", f"## {screen.title}", ""]
        for state, words in STATES.items():
            if getattr(screen, state) is not None:
                there = f"pictures/desk/{screen.name}-{state}"
                lines.append(
                    f'<img src="{there}-360.webp" width="220" alt="{screen.title}, {words}, 360 px"> '
                    f'<img src="{there}-1280.webp" width="560" alt="{screen.title}, {words}, 1280 px">'
                )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
