"""A tile server named by a setting is shown behind the maps, and is the only host that pictures may come from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

import config
from tests.support.doors import PageClient
from tests.support.factories import make_request, make_trip

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    return replace(settings, map_tiles_url=TILES, map_tiles_credit="cartes d'exemple")


def test_the_map_of_a_request_has_its_background_and_thanks_for_it(nadia: PageClient, session: Session):
    make_trip(session)
    asked = make_request(session, status="searching")
    page = nadia.get(f"/bureau/demandes/{asked.id}")
    pictures = [one.get("href") or "" for one in page.root.iter() if one.tag.endswith("image")]
    assert pictures
    assert all(one.startswith("https://tiles.example.org/") and "{" not in one for one in pictures)
    assert "Fond de carte : cartes d'exemple" in page.main
    policy = page.response.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://tiles.example.org;" in policy


def test_the_map_of_places_is_told_of_it(nadia: PageClient):
    (box,) = [one for one in nadia.get("/bureau/lieux").root.iter() if one.get("data-tiles")]
    assert box.get("data-tiles") == TILES


@pytest.mark.parametrize(
    "url", ["http://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org/a.png"]
)
def test_an_address_that_cannot_serve_stops_the_start(settings: config.Settings, url: str):
    with pytest.raises(config.BadSetting, match="MAP_TILES_URL"):
        config.check(replace(settings, map_tiles_url=url))
