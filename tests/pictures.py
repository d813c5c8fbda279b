"""Takes the README's pictures from a running demonstration.

    ./run demo --port 8000          # in one terminal
    .venv/bin/python -m tests.pictures http://127.0.0.1:8000

Chromium draws; the pictures land in docs/pictures/, in few colours so that they stay small.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lotocar.demonstration.seed import ACCOUNTS, PASSWORD
from tests.support.chromium import ARGUMENTS, path_of_chromium

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 860}


def main(site: str) -> None:
    """Every picture, the public pages on a phone and the desk's on a screen."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGUMENTS)
        page = browser.new_context(base_url=site, locale="fr-FR", viewport=PHONE).new_page()  # type: ignore[arg-type]
        _public(page)
        page = browser.new_context(base_url=site, locale="fr-FR", viewport=DESK).new_page()  # type: ignore[arg-type]
        _desk(page)
        browser.close()


def _public(page: Page) -> None:
    page.goto("/")
    _take(page, "home-360")
    page.locator("[name=origin]").fill("Cahors")
    page.locator("[name=destination]").fill("Figeac")
    page.locator("[name=day]").fill("mardi")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Chercher").click()
    page.wait_for_load_state()
    _take(page, "results-360")
    page.goto("/proposer-un-trajet")
    _take(page, "offer-360")


def _desk(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(ACCOUNTS[0][0])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/bureau")
    _take(page, "bureau-1280")
    waiting = page.locator(".due__item", has_text="à confirmer au passager").first
    waiting.get_by_role("link").first.click()
    page.wait_for_url("**/demandes/*")
    _take(page, "request-1280")
    page.goto("/bureau/a-faire")
    _take(page, "todo-1280")
    page.goto("/bureau/appel")
    for name, words in (("last_name", "Delmas"), ("origin", "Pradines"), ("destination", "Gourdon")):
        page.locator(f"[name={name}]").fill(words)
        page.keyboard.press("Tab")
    page.locator("[name=day]").fill("mardi")
    page.locator("[name=hour]").fill("10h")
    page.locator("#candidats .candidate").first.wait_for()
    page.locator("#carte svg").first.wait_for()
    _take(page, "intake-1280")
    page.goto("/bureau/conducteurs/nouveau")
    page.goto("/bureau/personnes")
    page.get_by_label("Nom ou numéro").fill("lacaze")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Lucien Lacaze")).first.click()
    page.get_by_role("button", name="Donner un nouveau lien").click()
    link = page.locator(".read-aloud").first.inner_text().strip()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(link)
    _take(page, "space-360")


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=str(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    main(sys.argv[1])
