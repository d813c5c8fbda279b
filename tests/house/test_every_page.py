"""Every page, visited as its public does: in order, without a dead link, and complete without JavaScript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from tests.support.doors import Page, PageClient
from tests.support.village import FRAGMENTS, Village, readable

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
VARIANTS_AT_MOST = 6  # of one page: a calendar has no end


def _addresses(page: Page) -> Iterator[str]:
    """The addresses of ours that a page leads to or loads; fragments of pages left out."""
    for tag, name in (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src")):
        for element in page.root.iter(tag):
            address = urlsplit(urljoin(page.path, element.get(name) or ""))
            if not address.netloc and address.scheme == "" and element.get(name):
                yield address.path + (f"?{address.query}" if address.query else "")


def _is_page(page: Page) -> bool:
    kept = "Content-Disposition" in page.response.headers  # a file to keep is no page of the site
    return (
        not kept
        and page.response.mimetype == "text/html"
        and page.html.lstrip().lower().startswith("<!doctype")
    )


@only_sqlite
@pytest.mark.parametrize("role", [None, "reader", "agent", "coordinator"])
def test_no_link_of_ours_is_dead(client: PageClient, app: Flask, village: Village, role: str | None):
    if role:
        client.sign_in(role=role)
    waiting = ["/bureau"] if role else ["/"]
    if role is None:
        waiting += [village.path(app, rule) for rule in readable(app) if "token" in rule.arguments]
    seen = set(waiting)
    variants = Counter(path.partition("?")[0] for path in waiting)
    while waiting:
        path = waiting.pop(0)
        page = client.get(path)
        assert page.status == 200, f"{path} answers {page.status}"
        for address in _addresses(page) if _is_page(page) else ():
            bare = address.partition("?")[0]
            if address not in seen and variants[bare] < VARIANTS_AT_MOST:
                seen.add(address)
                variants[bare] += 1
                waiting.append(address)


@only_sqlite
@pytest.mark.parametrize("role", [None, "agent", "coordinator"])
def test_every_page_is_in_order(client: PageClient, app: Flask, village: Village, role: str | None):
    if role:
        client.sign_in(role=role)
    for rule in readable(app):
        page = client.get(village.path(app, rule), htmx=rule.endpoint in FRAGMENTS)  # the client checks it
        assert page.status < 500 or rule.endpoint == "hooks.health", (
            rule.endpoint
        )  # which says when all is not well


@only_sqlite
def test_no_two_pages_have_the_same_title(client: PageClient, app: Flask, village: Village):
    client.sign_in(role="coordinator")
    titles: dict[str, str] = {}
    for rule in readable(app):
        page = client.get(village.path(app, rule), htmx=rule.endpoint in FRAGMENTS)
        if page.status == 200 and _is_page(page):
            assert titles.setdefault(page.title, page.path) == page.path, page.title


@only_sqlite
def test_unknown_addresses_get_a_page_with_words(client: PageClient, village: Village):
    page = client.get("/nulle-part")
    assert page.status == 404
    assert "Page introuvable" in page.main
