"""Things that a desk notices only the day they fail: a driver let go, a day gone by, a caller without a last name."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Approach
from lotocar.carpool.trips.models import Trip
from tests.support.doors import PageClient
from tests.support.factories import (
    FIGEAC,
    GOURDON,
    GRAMAT,
    TUESDAY,
    a_leg,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_trip,
)
from tests.web.desk.steps import CALL, call, press, said_beside, the_request
from tests.web.desk.test_todo_list import failure, letter

WEEK = {"monday-on": "y", "same_hour": "8h"}


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


def louis_signs_in(client: PageClient) -> None:
    """Référent of Gourdon."""
    client.sign_in(role="referent", display_name="Louis", communes=["46127"])


def test_a_reader_of_the_list_sees_no_code_and_no_link(
    client: PageClient, organisation: None, session: Session
):
    failure(session, body="Votre code : 481516. https://covoit.example/mon-espace/secret")
    client.sign_in(role="reader")
    page = client.get("/bureau/a-faire")
    assert ("481516" in page.main, "secret" in page.main, "(masqué)" in page.main) == (False, False, True)


def test_a_referent_picks_by_hand_among_the_people_of_the_area(
    client: PageClient, organisation: None, session: Session
):
    near = make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)], status="searching")
    stranger = make_driver(session, first_name="Yves", last_name="Bessac")
    session.commit()
    louis_signs_in(client)
    here = f"/bureau/demandes/{near.id}/choisir"
    for code in ("", str(stranger.id)):
        answers = {"driver": "Yves Bessac", "driver_code": code, "hour": "8h", "leg": str(near.legs[0].id)}
        page = client.post(here, answers)
        assert "Personne de ce nom" in said_beside(page, "driver")
    assert session.query(Approach).count() == 0


def test_a_referent_finds_their_people_behind_many_namesakes_of_elsewhere(
    client: PageClient, organisation: None, session: Session
):
    for _ in range(9):
        make_passenger(session, first_name="Anne", last_name="Fabre")
    ours = make_passenger(session, first_name="Jeanne", last_name="Fabre")
    make_request(session, passenger=ours, legs=[a_leg(origin=GOURDON, destination=GRAMAT)])
    session.commit()
    louis_signs_in(client)
    assert "Jeanne Fabre" in client.post("/bureau/personnes/choix", {"q": "fabre"}, htmx=True).text


def test_a_message_decides_nothing_on_a_request_of_another_area(
    client: PageClient, organisation: None, session: Session
):
    far = make_approach(session)
    near = make_approach(
        session,
        driver=far.driver,
        ride_request=make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)]),
    )
    one = letter(session, far.driver.lines[0].e164, person_id=near.ride_request.passenger_id)
    session.commit()
    louis_signs_in(client)
    answer = {"outcome": "decline", "approach": str(far.id)}
    assert client.post(f"/bureau/messages/recus/{one.id}", answer).status == 404
    session.expire_all()
    assert far.status == "sent"


def test_a_referent_writes_nothing_down_for_another_area(
    client: PageClient, organisation: None, session: Session
):
    trip = make_trip(session, origin=GOURDON, destination=GRAMAT)
    near = make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)], status="searching")
    session.commit()
    louis_signs_in(client)
    far = {"origin": "Cahors", "origin_code": "", "destination": "Figeac", "destination_code": ""}
    somebody = {"first_name": "Yves", "last_name": "Bessac", "phone": "06 39 98 00 78"}
    for page, action, answers in (
        (f"/bureau/demandes/{near.id}/corriger", "/corriger", far),
        (f"/bureau/personnes/{trip.driver_id}/trajets/nouveau", "/nouveau", far | WEEK),
        ("/bureau/conducteurs/nouveau", "/nouveau", far | WEEK | somebody),
    ):
        refused = client.get(page).submit(action, **answers)
        assert refused.status == 422, page
        assert "secteur" in said_beside(refused, "origin"), page
    session.expire_all()
    assert (session.query(Trip).count(), near.legs[0].origin_insee) == (1, GOURDON.insee)


def test_a_choice_of_another_request_asks_nobody_and_says_so(nadia: PageClient, session: Session):
    asked = make_request(session, status="searching")
    session.commit()
    page = nadia.post(f"/bureau/demandes/{asked.id}/demander", {"choice": "999:1:1"})
    assert (page.status, "la liste a changé" in page.text) == (409, True)


def test_an_sms_that_cannot_be_becomes_a_call_and_says_so(nadia: PageClient, session: Session):
    make_driver(session, first_name="Yves", last_name="Bessac", phone="+33536490078")
    asked = make_request(session, status="searching")
    session.commit()
    here = nadia.get(f"/bureau/demandes/{asked.id}")
    page = here.submit("/choisir", driver="Bessac", hour="8h15", button="Lui envoyer un SMS")
    assert "Pas de SMS possible pour cette personne" in page.text


def test_another_name_typed_over_a_known_person_is_somebody_else(nadia: PageClient, session: Session):
    marcel = make_passenger(session)
    session.commit()
    form = nadia.get(f"/bureau/appel?personne={marcel.id}")
    form.submit("/bureau/appel", **(CALL | {"last_name": "Delmas"}))
    assert the_request(session).passenger.full_name == "Delmas"


def test_a_referent_s_message_is_shown_behind_many_of_elsewhere(
    client: PageClient, organisation: None, session: Session
):
    asked = make_request(session, legs=[a_leg(origin=GOURDON, destination=GRAMAT)])
    letter(session, "+33639980010", "merci beaucoup", person_id=asked.passenger_id)
    for _ in range(50):
        letter(session, "+33639980009", "je suis perdu")
    session.commit()
    louis_signs_in(client)
    assert "merci beaucoup" in client.get("/bureau/messages").main
