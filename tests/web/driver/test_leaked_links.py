"""Threat 8: a private link that got out, by a referrer, a history, a shared phone or a log."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import PrivateLink
from lotocar.values.actor import SYSTEM
from tests.support.factories import NOW, PICKUP, make_driver
from tests.support.village import Village

DOORS = {
    "driver_page": "/mon-espace",
    "approach": "/reponse",
    "ride_happened": "/trajet-fait",
    "offer_renewal": "/offre",
}


def addresses(village: Village) -> dict[str, str]:
    return {"/mon-espace": village.driver_token} | {
        f"/{first}": token for first, token in village.tokens.items()
    }


def test_threat_8_a_link_holds_256_bits_and_only_its_hash_is_kept(client, session, village):
    tokens = addresses(village).values()
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    tables = inspect(session.get_bind()).get_table_names()
    kept = " ".join(
        str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"')).all()
    )
    assert [token for token in tokens if token in kept] == []


def test_threat_8_a_link_opens_its_own_door_only(client, village):
    for door, token in addresses(village).items():
        for other in DOORS.values():
            assert client.get(f"{other}/{token}").status == (200 if other == door else 404), (door, other)


def test_threat_8_a_link_dies_with_its_trip(client, session, village, clock):
    session.query(PrivateLink).update({PrivateLink.expires_at: PICKUP})
    session.commit()
    clock.move_to(PICKUP + timedelta(seconds=1))
    for door, token in addresses(village).items():
        assert client.get(f"{door}/{token}").status == 404


def test_threat_8_no_page_behind_a_link_tells_its_address_to_others_or_stays_in_a_cache(client, village):
    for door, token in addresses(village).items():
        headers = client.get(f"{door}/{token}").response.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/oui"])
def test_threat_8_logs_never_hold_a_link(client, village, caplog, path):
    caplog.set_level(logging.DEBUG)
    for door, token in addresses(village).items():
        client.post(f"{door}/{token}{path}")
        client.get(f"{door}/{token}x{path}")
    assert [token for token in addresses(village).values() if token in caplog.text] == []


def test_threat_8_a_new_page_address_ends_the_one_that_got_out(client, session):
    driver = make_driver(session)
    old = people.issue_link(session, driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    people.issue_link(session, driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    session.commit()
    assert client.get(f"/mon-espace/{old}").status == 404
