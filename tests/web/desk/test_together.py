"""Several at the desk: whose a request is, handing it over, the last step, what is put to later, the story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach, HandOver, Opening, PutOff
from lotocar.messages.models import Mailing
from tests.support.doors import Page, PageClient
from tests.support.factories import (
    FIGEAC,
    NOW,
    a_landline,
    make_account,
    make_approach,
    make_driver,
    make_person,
    make_request,
    make_trip,
)
from tests.web.desk.steps import call, press, said_beside, typed_in
from tests.web.desk.test_todo_list import failure

TODO = "/bureau/a-faire"


def to_ring(session: Session, **person: object) -> Approach:
    """Odile is to be rung on her landline."""
    odile = make_driver(session, **({"phone": a_landline()} | person))
    trip = make_trip(session, driver=odile)
    one = make_approach(session, trip=trip, status="to_contact", channel="phone", asked_at=None)
    one.legs[0].leg.status, one.ride_request.status = "approached", "awaiting_driver"
    session.commit()
    return one


def later(page: Page) -> str:
    """What the list says of things to be done later."""
    return " ".join(
        " ".join(one.itertext()) for one in page.root.iter("details") if one.get("class") == "pane more"
    )


def test_a_request_is_taken_and_let_go(nadia: PageClient, session: Session):
    asked = make_request(session)
    page = press(nadia.get(f"/bureau/demandes/{asked.id}"), "/prendre", "Je m’en occupe")
    assert "Vous vous en occupez" in page.main
    page = press(page, "/laisser", "Je laisse")
    assert "Je m’en occupe" in page.main
    session.expire_all()
    assert asked.assigned_to_id is None


def test_a_request_is_handed_over_with_a_note_that_the_colleague_reads(nadia: PageClient, session: Session):
    asked = make_request(session)
    paul = make_account(session, display_name="Paul")
    page = nadia.get(f"/bureau/demandes/{asked.id}").submit(
        "/passer", to=str(paul.id), note="Rappeler sa fille avant midi"
    )
    assert "Passation de Nadia pour Paul" in page.main
    assert "A passé la demande à Paul" in page.main
    assert "Rappeler sa fille" not in nadia.get(TODO).main  # it is not for us
    nadia.sign_in(role="agent")
    note = session.scalars(select(HandOver)).one()
    note.to_id = None
    session.commit()
    page = press(nadia.get(TODO), "/vu", "Vu")
    session.expire_all()
    assert note.read_at is not None
    assert "Rappeler sa fille" not in page.main


@pytest.mark.parametrize("answers", [{"note": ""}, {"note": "x" * 501}, {"note": "Oui", "to": "99999"}])
def test_a_hand_over_without_its_words_or_to_nobody_known_is_asked_again(
    nadia: PageClient, session: Session, answers: dict[str, str]
):
    asked = make_request(session)
    page = nadia.post(f"/bureau/demandes/{asked.id}/passer", {"to": "0"} | answers)
    assert page.status == 422
    assert session.scalars(select(HandOver)).all() == []


def test_a_request_is_not_handed_to_a_referent_of_elsewhere(nadia: PageClient, session: Session):
    asked = make_request(session)
    make_account(session, display_name="Louis", role="referent", communes=["46127"])
    make_account(session, display_name="Rose", role="referent", communes=[FIGEAC.insee])
    make_account(session, display_name="Lise", role="reader")
    make_account(session, display_name="Parti", active=False)
    page = nadia.get(f"/bureau/demandes/{asked.id}")
    offered = [" ".join(one.itertext()) for one in page.root.iter("option")]
    assert "Rose" in offered
    assert not {"Louis", "Lise", "Parti"} & set(offered)


# --- later ----------------------------------------------------------------------------------------------------


def test_an_absent_driver_comes_back_in_a_while(nadia: PageClient, session: Session):
    to_ring(session)
    page = press(nadia.get(TODO), "/reponses/", "Absent")
    assert "Rien à faire avant" in page.main
    assert "1 appel sans réponse" in later(page)
    page = press(page, "/maintenant", "Le faire maintenant")
    assert "Rien à faire avant" not in page.main


@pytest.mark.parametrize("words", ["17h", "à 17 h", "demain 9h", "lundi 10h"])
def test_somebody_is_rung_again_at_the_hour_they_asked(nadia: PageClient, session: Session, words: str):
    to_ring(session)
    page = nadia.get(TODO).submit("/plus-tard", when=words)
    assert "Odile Vernet" in later(page)
    assert session.scalars(select(PutOff.tries)).all() == [0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Nous n’avons pas compris"),
        ("bientôt", "Nous n’avons pas compris"),
        ("9h", "déjà passée"),
        ("mercredi 9h", "trop tard"),
        ("\x00", "Nous n’avons pas compris"),
        ("9" * 61, "Nous n’avons pas compris"),
    ],
)
@pytest.mark.parametrize("kind", ["", "ring"])
def test_an_hour_that_cannot_be_is_said_beside_what_was_typed(
    nadia: PageClient, session: Session, words: str, said: str, kind: str
):
    to_ring(session)
    page = nadia.get(f"{TODO}?quoi={kind}").submit("/plus-tard", when=words)
    assert (page.status, page.title.startswith("Erreur")) == (422, True)
    assert said in said_beside(page, "when")
    assert typed_in(page, "when") == words.replace("\x00", "")
    assert "Odile Vernet" in page.main
    assert ("Conducteurs à appeler" in page.text, page.main.startswith("À faire :")) == (True, bool(kind))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "ring"},
        {"kind": "ring", "subject": "999"},
        {"kind": "x", "subject": "1"},
        {"kind": "ring", "subject": "²"},
    ],
)
@pytest.mark.parametrize("act", ["plus-tard", "maintenant", "vu"])
def test_what_is_not_there_is_not_found(nadia: PageClient, session: Session, act: str, form: dict[str, str]):
    assert nadia.post(f"{TODO}/{act}", form).status == 404


def test_v8_hours_that_a_person_gave_are_kept(nadia: PageClient, session: Session):
    to_ring(session, call_hours="après 18 h")
    page = nadia.get(TODO)
    assert "Rien à faire avant aujourd'hui à 18 h" in page.main
    assert "après 18 h" in later(page)


def test_hours_that_come_too_late_hold_nothing_back(nadia: PageClient, session: Session):
    one = to_ring(session, call_hours="après 18 h")
    one.legs[0].pickup_at = NOW + timedelta(hours=3)
    page = nadia.get(TODO)
    assert later(page) == ""
    assert "Odile Vernet" in page.main


def test_a_passenger_who_does_not_answer_is_rung_again(nadia: PageClient, session: Session):
    failure(
        session,
        channel="call",
        status="needs_human",
        person_id=make_person(session).id,
        useful_until=NOW + timedelta(hours=5),
    )
    page = press(nadia.get(TODO), "/plus-tard", "Absent")
    assert "1 appel sans réponse" in later(page)


def test_what_turned_up_and_a_letter_that_failed_are_ticked(nadia: PageClient, session: Session):
    asked = make_request(session, status="searching", due_at=NOW + timedelta(hours=1))
    session.add(Opening(leg_id=asked.legs[0].id, trip_id=make_trip(session).id, found_at=NOW))
    session.add(
        Mailing(
            key="day_sheet/2026-11-20", status="failed", error="mail.refused", not_before=NOW, created_at=NOW
        )
    )
    page = nadia.get(TODO)
    assert "le serveur de courriel refuse la lettre" in page.main
    page = press(press(page, "/vu", "Vu"), "/vu", "Vu")
    assert "Rien n’attend" in page.main


# --- the last step --------------------------------------------------------------------------------------------


def test_the_last_step_is_taken_back_from_the_list_and_told_in_the_story(nadia: PageClient, session: Session):
    one = to_ring(session)
    page = press(nadia.get(TODO), "/reponses/", "Refuse", reason="au garage")
    assert "À l’instant, un refus est noté" in page.main
    page = press(page, "/annuler", "Annuler")
    session.expire_all()
    assert one.status == "to_contact"
    story = nadia.get(f"/bureau/demandes/{one.ride_request_id}").main
    assert "Odile Vernet a refusé au téléphone" in story
    assert "A annulé sa dernière action (un refus est noté)" in story


def test_a_page_that_is_old_takes_nothing_back(nadia: PageClient, session: Session):
    one = to_ring(session)
    page = press(nadia.get(TODO), "/reponses/", "Refuse")
    nadia.post(f"/bureau/demandes/{one.ride_request_id}/prendre", {})
    page = press(page, "/annuler", "Annuler")
    assert "Quelque chose s’est passé depuis" in page.text
    session.expire_all()
    assert one.status == "declined"


def test_the_story_says_who_asked_whom_how_and_what_came_of_it(nadia: PageClient, session: Session):
    one = to_ring(session)
    path = f"/bureau/demandes/{one.ride_request_id}"
    press(nadia.get(TODO), "/reponses/", "Refuse", reason="au garage")
    story = nadia.get(path).main
    assert "Odile Vernet a refusé au téléphone : « au garage »" in story
    assert "Nadia" in story


def test_a_call_just_saved_is_no_step_to_take_back(nadia: PageClient):
    page = call(nadia)
    assert "À l’instant" not in page.main
    assert "suite est déjà lancée" not in page.main
