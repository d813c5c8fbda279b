"""The calls C1 and C5 of the phone desk's six, by keyboard alone: « comme d'habitude », and a journey that nobody drives."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.staff.models import Account
from lotocar.world.transit.models import TransitContact
from tests.scenarios.conftest import GOURDON, PRADINES, SOUILLAC, Keyboard, sign_in
from tests.support.chromium import axe
from tests.support.factories import (
    NOW,
    TUESDAY,
    a_leg,
    make_passenger,
    make_request,
    make_trip,
    weekly,
)

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def the_request(session: Session) -> RideRequest:
    """The latest request, as it stands."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(RideRequest).order_by(RideRequest.id.desc()).limit(1)).one()


def pick_up(page: Page) -> Keyboard:
    sign_in(page)
    hands = Keyboard(page)
    hands.press("n")
    expect(page.locator("#last_name")).to_be_focused()
    return hands


def place(page: Page, hands: Keyboard, name: str) -> None:
    hands.write(name)
    expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")
    hands.press("Tab")


def test_c1_as_usual_and_the_way_back(page: Page, session: Session, account: Account):
    delmas = make_passenger(session, first_name="Andrée", last_name="Delmas")
    last = a_leg(origin=PRADINES, destination=GOURDON, day=TUESDAY - timedelta(days=7), hour=time(10))
    make_request(session, passenger=delmas, legs=[last], status="closed", created_at=NOW - timedelta(days=10))
    both = [weekly(1, time(8, 30)), weekly(1, time(12), "back")]
    make_trip(session, origin=PRADINES, destination=SOUILLAC, departures=both)
    session.commit()

    hands = pick_up(page)
    hands.write("delm")
    expect(page.locator("#last_name-list [data-value]")).to_have_count(1)
    hands.press("ArrowDown", "Tab")
    expect(page.locator(".known")).to_contain_text("Comme mardi 17 novembre")
    hands.press("Alt+h")
    expect(page.locator("#origin")).to_have_value("Pradines")
    hands.press("Alt+r")
    expect(page.locator("#back_hour")).to_be_focused()
    hands.write("11h30")
    expect(page.locator("#candidats")).to_contain_text("Retour : Gourdon → Pradines")
    expect(page.locator("#candidats .candidate")).to_have_count(2)
    expect(page.locator("#carte [data-way='2']")).to_be_visible()
    hands.press("Alt+s")
    expect(page.locator("main")).to_contain_text("enregistrée")
    assert hands.pressed + 3 <= 25  # each chord costs two

    out, back = the_request(session).legs
    assert (out.day, out.hour, out.time_kind) == (TUESDAY, time(10), "arrive_by")
    assert (back.day, back.hour, back.time_kind) == (TUESDAY, time(11, 30), "leave_at")
    assert the_request(session).passenger.last_name == "Delmas"


def test_c5_nobody_walks_the_ladder_and_is_kept_with_its_reason(
    page: Page, session: Session, account: Account
):
    make_trip(session, origin=PRADINES, destination=GOURDON, departures=[weekly(2, time(9))])  # on Wednesdays
    session.add(
        TransitContact(
            kind="on_demand", name="TAD du Lot (démonstration)", phone="+33536490046", note="la veille"
        )
    )
    session.commit()

    hands = pick_up(page)
    hands.write("Bessac")
    hands.press("Tab")
    hands.write("Yvonne")
    hands.press("Tab")
    hands.write("0536490612")
    hands.press("Alt+d")
    place(page, hands, "Pradines")
    place(page, hands, "Gourdon")
    hands.write("mardi")
    hands.press("Tab")
    hands.write("10h")
    panel = page.locator("#candidats")
    expect(panel).to_contain_text("Personne ne passe par là")
    expect(panel).to_contain_text("TAD du Lot (démonstration)")
    expect(panel).to_contain_text("05 36 49 00 46")
    axe(page)

    # the ladder is walked: the day after somebody drives, the caller cannot
    hands.press("Alt+1")
    expect(page.locator("#day")).to_have_value("mercredi 25 novembre")
    expect(panel.locator(".candidate")).to_have_count(1)
    page.locator("#day").press("ControlOrMeta+a")
    hands.write("mardi")
    expect(panel).to_contain_text("Personne ne passe par là")

    hands.press("Alt+u")
    expect(page.locator("main")).to_contain_text("Aucun conducteur ne passe par là")
    asked = the_request(session)
    assert (asked.status, asked.outcome) == ("closed", "unserved_no_driver")
    assert [leg.day for leg in asked.legs] == [date(2026, 11, 24)]
