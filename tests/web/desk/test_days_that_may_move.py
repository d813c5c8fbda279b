"""« Mardi ou mercredi »: what was understood is echoed, and the other days are offered with their drivers."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy.orm import Session

from tests.support.doors import PageClient
from tests.support.factories import TUESDAY, a_leg, make_request, make_trip, weekly
from tests.web.desk.steps import call, fill_in, said_beside, the_request, typed_in

LIVE = "/bureau/candidats?origin=Cahors&destination=Figeac&hour=10h&time_kind=arrive_by&back=no&seats=1&day="


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.parametrize("words", ["mardi à un jour près", "plutôt mardi", "mardi ou mercredi"])
def test_a_day_that_may_move_is_kept_and_told(nadia: PageClient, session: Session, words: str):
    page = call(nadia, day=words)
    (leg,) = the_request(session).legs
    assert (leg.day, leg.flexible_days) == (TUESDAY, 1)
    assert "mardi 24 novembre, à un jour près" in page.main.replace("\u00a0", " ")


def test_the_other_days_are_offered_with_how_many_drive_then(nadia: PageClient, session: Session):
    make_trip(session)  # on Tuesdays
    make_trip(session, departures=[weekly(2, time(8, 30))])
    session.commit()
    said = nadia.get(LIVE + "mardi ou mercredi", htmx=True)
    assert "mardi 24 novembre, à un jour près" in said.text.replace("\u00a0", " ")
    assert "mercredi 25 novembre : 1 possible" in said.text
    assert "lundi 23 novembre : personne" in said.text
    (button,) = [one for one in said.root.iter("button") if "mercredi" in (one.get("data-fill-value") or "")]
    assert (button.get("data-fill"), button.get("data-fill-value")) == ("day", "mercredi 25 novembre")
    assert "mercredi" not in nadia.get(LIVE + "mardi", htmx=True).text


def test_a_correction_shows_and_keeps_that_the_day_may_move(nadia: PageClient, session: Session):
    asked = make_request(session, legs=[a_leg(flexible_days=2)])
    session.commit()
    path = f"/bureau/demandes/{asked.id}/corriger"
    page = nadia.get(path)
    assert typed_in(page, "day") == "24/11/2026 à deux jours près"
    fill_in(page, path, wish="monter devant")
    assert the_request(session).legs[0].flexible_days == 2


@on_sqlite
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("lun-ven 3 semaines à un jour près", "une seule date"),
        ("mardi ou samedi", "Trois jours de part et d'autre"),
    ],
)
def test_what_cannot_move_so_is_said_beside_the_field(nadia: PageClient, words: str, sentence: str):
    page = call(nadia, day=words)
    assert page.status == 422
    assert sentence in said_beside(page, "day")
