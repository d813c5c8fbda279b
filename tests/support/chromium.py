"""A real browser: Debian's Chromium on the live server, with and without JavaScript, and axe's eyes.

    @pytest.mark.browser
    def test_odile_posts_a_trip(page):
        page.goto("/conducteur")
        axe(page)

`page` fails the test when a script breaks, when the content policy blocks something, or when anything outside this
machine is asked for. Without Chromium these tests are skipped; with CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.support.doors import LiveServer
from tests.support.network import is_here

PATIENCE_MS = 15_000  # two cores, and everything else the suite is doing
expect.set_options(timeout=PATIENCE_MS)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_IT = "Chromium est absent, les tests de navigateur sont sautés : sudo apt install chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@cache
def path_of_chromium() -> str | None:
    """Where this machine's Chromium is, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def must_run() -> bool:
    """Whether browser tests may not be skipped."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and path_of_chromium() is None:
        if must_run():
            pytest.fail("no Chromium on this machine, and CI must run the browser tests", pytrace=False)
        pytest.skip("no Chromium: sudo apt install chromium")


def pytest_report_header(config: pytest.Config) -> str | None:
    return None if path_of_chromium() else HOW_TO_GET_IT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; each test gets its own profile."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a browser with JavaScript; addresses start at the live server's."""
    yield from _open(browser, live_server, java_script_enabled=True)


@pytest.fixture
def page_without_js(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """The same without JavaScript, as on an old phone."""
    yield from _open(browser, live_server, java_script_enabled=False)


def _open(browser: Browser, live_server: LiveServer, **options: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris", **options
    )
    context.set_default_timeout(PATIENCE_MS)
    troubles = watch(context)
    yield context.new_page()
    context.close()
    assert not troubles, "the browser complained:\n  " + "\n  ".join(troubles)


def watch(context: BrowserContext) -> list[str]:
    """What goes wrong in this browser from now on, in words; nothing leaves this machine."""
    troubles: list[str] = []

    def stay_home(route: Route) -> None:
        if is_here(urlsplit(route.request.url).hostname or ""):
            route.continue_()
        else:
            troubles.append(f"asked for {route.request.url}")
            route.abort()

    def read(message: ConsoleMessage) -> None:
        # the browser logs each 4xx answer by itself: those are the server's business
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    context.route("**/*", stay_home)
    context.on("console", read)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    return troubles


@cache
def _axe_script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def axe(page: Page, *, disable: tuple[str, ...] = ()) -> None:
    """Assert that axe finds no breach of WCAG 2.2 A and AA on the page as it stands."""
    page.evaluate(_axe_script())
    options = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in disable},
    }
    violations = page.evaluate(
        "options => axe.run(document, options).then(found => found.violations)", options
    )
    said = [
        f"{violation['id']}: {violation['help']}\n      " + "\n      ".join(_where(violation))
        for violation in violations
    ]
    assert not said, f"{page.url}:\n    " + "\n    ".join(said)


def _where(violation: dict[str, Any]) -> list[str]:
    return [f"{node['target']} {node['html'][:160]}" for node in violation["nodes"]]
