"""The scenario of whoever answers to the prefecture."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from tests.scenarios.conftest import CAHORS, FIGEAC, GOURDON, sign_in, words
from tests.support.factories import (
    NOW,
    a_leg,
    make_approach,
    make_passenger,
    make_request,
    make_ride,
)

pytestmark = pytest.mark.usefixtures("house")


def _a_month_of_activity(session: Session) -> list[str]:
    """Six rides done from Cahors, seven requests without a driver from Gourdon, one refused; the names of all."""
    names = []
    fates = ["served_carpool"] * 6 + ["unserved_no_driver"] * 7 + ["unserved_declined"]
    for number, outcome in enumerate(fates):
        passenger = make_passenger(session, last_name=f"Inconnu{'abcdefghijklmn'[number]}")
        names.append(passenger.last_name)
        served = outcome == "served_carpool"
        ends = (
            {"origin": CAHORS, "destination": FIGEAC}
            if served
            else {"origin": GOURDON, "destination": CAHORS}
        )
        asked = make_request(
            session,
            passenger=passenger,
            legs=[a_leg(**ends)],
            status="closed",
            outcome=outcome,
            created_at=NOW - timedelta(days=10),
            closed_at=NOW - timedelta(days=9, hours=20),
        )
        if served:
            approach = make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
            make_ride(session, approach=approach, status="done", day=(NOW - timedelta(days=3)).date())
    session.commit()
    return names


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_o13_monthly_figures(page: Page, session: Session, nadia: Account, tmp_path: Path):
    names = _a_month_of_activity(session)
    sign_in(page)
    page.get_by_role("link", name="Pilotage").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pilotage : novembre 2026")
    figures = words(page.locator("main").inner_text())
    for told in (
        "14 demandes reçues",
        "Trajets faits 6",
        "Kilomètres partagés 408",
        "Gourdon",
        "moins de 5",
        "Cahors – Gourdon",
    ):
        assert told in figures, told

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tableau CSV").press("Enter")
    file = tmp_path / "month.csv"
    waiting.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    rows = {tuple(row[1:3]): row[3] for row in csv.reader(io.StringIO(text), delimiter=";")}
    assert rows["demandes", "reçues"] == "14"
    assert rows["suite donnée", "Aucun conducteur ne passait par là"] == "non communiqué"
    assert rows["suite donnée", "Les conducteurs ont refusé"] == "moins de 5"
    assert rows["trajets", "distance"] == "408"
    assert rows["commune : reçues", "Gourdon"] == "8"

    page.get_by_role("link", name="Page à imprimer").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("novembre 2026")
    sheet = page.content()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    for name in names:
        assert name not in text + figures + sheet
