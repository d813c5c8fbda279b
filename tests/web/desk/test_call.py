"""Taking a call: one screen, few compulsory words, nothing typed ever lost."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from tests.support.doors import PageClient
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    TUESDAY,
    a_leg,
    make_driver,
    make_passenger,
    make_request,
    make_trip,
)
from tests.web.desk.steps import CALL, call, said_beside, the_request, typed_in


def test_a_name_a_landline_two_places_and_a_day_make_a_request(nadia: PageClient, session: Session):
    page = call(nadia)
    asked = the_request(session)
    assert page.path == f"/bureau/demandes/{asked.id}"
    assert "Delmas" in page.main
    (leg,) = asked.legs
    assert (leg.origin.insee, leg.destination.insee, leg.day) == (CAHORS.insee, FIGEAC.insee, TUESDAY)
    assert (leg.time_kind, leg.hour) == ("arrive_by", time(10))
    assert (asked.status, asked.assigned_to and asked.assigned_to.display_name) == ("searching", "Nadia")


def test_there_and_back_makes_two_legs(nadia: PageClient, session: Session):
    call(nadia, back="yes", back_hour="16h30")
    out, back = the_request(session).legs
    assert (back.direction, back.origin.label, back.day) == ("back", "Figeac", TUESDAY)
    assert (back.time_kind, back.hour) == ("leave_at", time(16, 30))
    assert out.direction == "out"


def test_without_an_hour_any_hour_will_do(nadia: PageClient, session: Session):
    call(nadia, hour="")
    (leg,) = the_request(session).legs
    assert (leg.time_kind, leg.hour) == ("none", None)


def test_the_same_form_sent_twice_leads_to_the_same_request(nadia: PageClient, session: Session):
    page = nadia.get("/bureau/appel")
    first, second = (page.submit("/bureau/appel", **CALL) for _ in range(2))
    assert first.path == second.path
    assert session.scalar(select(func.count()).select_from(RideRequest)) == 1


def test_who_calls_for_somebody_without_a_phone_is_the_way_to_reach_them(nadia: PageClient, session: Session):
    call(
        nadia,
        last_name="Roux",
        phone="",
        caller_last_name="Infirmier",
        caller_first_name="Jeanne",
        caller_phone="06 39 98 00 77",
        caller_relation="infirmière",
    )
    asked = the_request(session)
    assert asked.caller is not None
    assert (asked.caller.full_name, asked.caller_relation) == ("Jeanne Infirmier", "infirmière")
    assert [(line.e164, line.label) for line in asked.passenger.lines] == [("+33639980077", "infirmière")]


def test_a_known_person_needs_nothing_but_the_journey_and_a_new_number_is_kept(
    nadia: PageClient, session: Session
):
    marcel = make_passenger(session, staff_note="Sonner deux fois")
    session.commit()
    page = nadia.post(f"/bureau/personnes/{marcel.id}/ouvrir", {"to": "call"})
    assert "Sonner deux fois" in page.main
    page.submit("/bureau/appel", origin="Cahors", destination="Figeac", day="24/11", phone="06 39 98 00 78")
    asked = the_request(session)
    assert asked.passenger_id == marcel.id
    assert "+33639980078" in [line.e164 for line in asked.passenger.lines]


def test_as_usual_fills_the_journey_for_the_next_such_weekday(nadia: PageClient, session: Session):
    past = make_request(session, legs=[a_leg(hour=time(9))], purpose="courses", seats=2)
    session.commit()
    page = nadia.get(f"/bureau/appel?personne={past.passenger_id}&comme={past.id}")
    assert [typed_in(page, name) for name in ("origin", "destination", "day", "hour", "seats")] == [
        "Cahors",
        "Figeac",
        "mardi 24 novembre",
        "9 h",
        "2",
    ]


def test_the_card_of_a_known_caller_says_what_matters_and_nothing_for_a_new_one(
    nadia: PageClient, session: Session
):
    asked = make_request(session)
    session.commit()
    card = nadia.post("/bureau/appel/personne", {"passenger_id": asked.passenger_id}, htmx=True)
    assert "Marcel Poujol" in card.text
    assert "Déjà une demande ouverte" in card.text
    assert nadia.post("/bureau/appel/personne", {"passenger_id": ""}, htmx=True).text == ""


def test_known_names_are_offered_by_their_first_letters(nadia: PageClient, session: Session):
    make_passenger(session)
    session.commit()
    assert "Marcel Poujol" in nadia.post("/bureau/personnes/choix", {"q": "pouj"}, htmx=True).text
    assert "une fiche sera ouverte" in nadia.post("/bureau/personnes/choix", {"q": "zzz"}, htmx=True).text


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"last_name": ""}, "last_name", "Écrivez au moins le nom"),
        ({"phone": ""}, "phone", "Il faut un numéro"),
        ({"phone": "12"}, "phone", "trop court"),
        ({"origin": ""}, "origin", "D'où part-on"),
        ({"origin": "Xyzzyville"}, "origin", "ne connaissons pas ce lieu"),
        ({"destination": "Cahors"}, "destination", "même endroit"),
        ({"day": ""}, "day", "Quel jour"),
        ({"day": "31/02"}, "day", "n'existe pas"),
        ({"day": "20/11/2026"}, "day", "déjà passé"),
        ({"day": "20/11/20266"}, "day", "pas compris"),
        ({"day": "01/01/2099"}, "day", "trop lointain"),
        ({"day": "28/03/2027", "hour": "2h30"}, "hour", "heure d'été"),
        ({"day": "31/10/2027", "hour": "2h30"}, "hour", "deux fois"),
        ({"hour": "25:00"}, "hour", "n'existe pas"),
        ({"back": "yes", "back_day": "lundi"}, "back_day", "avant l'aller"),
        ({"back": "yes", "back_day": "lun-ven 3 semaines"}, "back_day", "Plus de retours que d'allers"),
        ({"seats": "0"}, "seats", "Entre 1 et 8"),
        ({"seats": "9"}, "seats", "Entre 1 et 8"),
        ({"wish": "x" * 501}, "wish", "trop long"),
        ({"staff_note": "é" * 100_000}, "staff_note", "trop long"),
        ({"last_name": "a\x00b"}, "last_name", "invisible"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    nadia: PageClient, session: Session, answers: dict[str, Any], field: str, sentence: str
):
    page = call(nadia, **answers)
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert sentence in said_beside(page, field)
    for name, value in (CALL | answers).items():
        if name != "back" and "\x00" not in value:
            assert typed_in(page, name) == value
    assert session.scalar(select(func.count()).select_from(RideRequest)) == 0


@pytest.mark.parametrize("name", ["O'Brien", "Y", "Zoé 🙂", "D\u2019Arc « x »", "<b>gras</b>", "{{7*7}}"])
def test_odd_names_are_kept_as_they_are(nadia: PageClient, session: Session, name: str):
    page = call(nadia, last_name=name)
    if page.status == 422:
        assert said_beside(page, "last_name")
        return
    assert session.scalars(select(Person.last_name)).one().replace("\u2019", "'") == name.replace(
        "\u2019", "'"
    )
    assert "<b>gras" not in page.html


def test_a_place_that_may_be_two_is_asked_back_with_what_it_may_be(nadia: PageClient, session: Session):
    page = call(nadia, origin="Saint-Martin")
    assert page.status == 422
    guesses = [
        one
        for one in page.root.iter("input")
        if one.get("name") == "origin_code" and one.get("type") == "radio"
    ]
    assert len(guesses) > 1
    again = page.submit("/bureau/appel", origin_code=[guesses[0].get("value"), ""])
    assert again.status == 200
    assert the_request(session).legs[0].origin.insee == (guesses[0].get("value") or "").split(";")[0]


@pytest.mark.parametrize("key", ["%00", "x", "%EF%B7%90"])
def test_a_call_that_nobody_kept_is_a_new_one(nadia: PageClient, key: str):
    page = nadia.get(f"/bureau/appel?reprise={key}")
    assert (page.status, typed_in(page, "last_name")) == (200, "")


# --- candidates while one types ----------------------------------------------------------------------------------

LIVE = "/bureau/candidats?origin=Cahors&destination=Figeac&day=mardi&hour=10h&time_kind=arrive_by&back=no&seats=1"


def test_candidates_appear_as_soon_as_both_places_and_the_day_are_known(nadia: PageClient, session: Session):
    make_trip(session)
    session.commit()
    assert "Écrivez les deux lieux" in nadia.get("/bureau/candidats?origin=Cahors", htmx=True).text
    found = nadia.get(LIVE, htmx=True)
    assert "Odile Vernet" in found.text
    assert "le départ de 8 h 30 convient pour arriver à 10 h" in found.text
    assert "1 conducteur possible" in found.html


def test_nobody_is_said_with_what_one_thing_changed_would_give(nadia: PageClient, session: Session):
    make_trip(session)
    session.commit()
    wednesday = LIVE.replace("mardi", "mercredi")
    assert "la veille, mardi 24 novembre : 1 conducteur possible" in nadia.get(wednesday, htmx=True).text
    nowhere = nadia.get(LIVE.replace("origin=Cahors", "origin=Souillac"), htmx=True)
    assert "Enregistrer : personne ne passe" in nowhere.text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?origin=%00",
        "?day=31/02&origin=Cahors&destination=Cahors",
        "?seats=999999999999&" + LIVE[18:],
        "?seats=-3&" + LIVE[18:],
        "?" + LIVE[18:].replace("arrive_by", "foo"),
        "?" + LIVE[18:].replace("back=no", "back=yes&back_time_kind=foo&back_hour=16h"),
        "?" + LIVE[18:].replace("back=no", "back=yes&back_day=lun-ven 3 semaines"),
        "?" + LIVE[18:].replace("back=no", "back=foo&passenger_id=²&needs=foo"),
        "?" + LIVE[18:].replace("mardi", "28/03/2027").replace("10h", "2h30"),
    ],
)
def test_half_typed_words_never_break_the_list(nadia: PageClient, query: str):
    assert nadia.get(f"/bureau/candidats{query}", htmx=True).status == 200


def test_a_driver_on_a_landline_shows_it(nadia: PageClient, session: Session):
    make_trip(
        session,
        driver=make_driver(session, phone="+33536490077", call_hours="après 18 h", contact_preference="call"),
    )
    session.commit()
    assert "préfère un appel après 18 h" in nadia.get(LIVE, htmx=True).text
