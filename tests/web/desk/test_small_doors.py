"""Things that a desk notices only the day they fail: a driver let go, a day gone by, a caller without a last name."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy.orm import Session

from tests.support.doors import PageClient
from tests.support.factories import (
    FIGEAC,
    GRAMAT,
    TUESDAY,
    a_leg,
    make_request,
    make_trip,
)
from tests.web.desk.steps import call, press, said_beside, the_request


def test_a_driver_who_was_let_go_may_be_asked_again(nadia: PageClient, session: Session):
    make_trip(session)
    asked = make_request(session, status="searching")
    session.commit()
    here = f"/bureau/demandes/{asked.id}"
    press(press(nadia.get(here), "/demander", "Appel"), "/reponses/", "Libérer")
    page = press(nadia.get(here), "/demander", "Appel")
    assert "Appel à faire noté" in page.text


def test_a_request_whose_way_out_is_over_is_still_corrected(nadia: PageClient, session: Session):
    back = a_leg(
        position=2,
        direction="back",
        origin=FIGEAC,
        destination=GRAMAT,
        time_kind="leave_at",
        hour=time(16),
        day=TUESDAY,
    )
    asked = make_request(session, legs=[a_leg(day=TUESDAY - timedelta(days=7)), back], status="searching")
    session.commit()
    form = nadia.get(f"/bureau/demandes/{asked.id}/corriger")
    assert "Demande corrigée" in form.submit("/corriger", staff_note="rappeler le soir").text
    assert the_request(session).staff_note == "rappeler le soir"
    other_day = nadia.get(f"/bureau/demandes/{asked.id}/corriger").submit("/corriger", day="16/11/2026")
    assert "déjà passé" in said_beside(other_day, "day")


def test_a_caller_is_kept_under_a_first_name_alone(nadia: PageClient, session: Session):
    call(nadia, caller_first_name="Jeanne", caller_phone="06 39 98 00 77")
    caller = the_request(session).caller
    assert caller is not None
    assert (caller.full_name, [line.e164 for line in caller.lines]) == ("Jeanne", ["+33639980077"])


def test_a_caller_s_number_without_a_name_is_asked_about(nadia: PageClient):
    page = call(nadia, caller_phone="06 39 98 00 77")
    assert "À qui est ce numéro" in said_beside(page, "caller_last_name")
