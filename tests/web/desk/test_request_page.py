"""One request on its page: asking, answers, telling, correcting, ending; alone and with a colleague."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.messages.models import OutboxMessage
from tests.support.doors import Page, PageClient
from tests.support.factories import (
    FIGEAC,
    GRAMAT,
    NOW,
    PICKUP,
    TUESDAY,
    a_landline,
    a_leg,
    a_mobile,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
    weekly,
)
from tests.support.pages import text_of
from tests.web.desk.steps import press, said_beside, the_request, typed_in
from tests.web.tidy import TidyClient


@pytest.fixture
def asked(session: Session) -> RideRequest:
    """Marcel needs to be in Figeac on Tuesday by 10 h; Odile drives there."""
    make_trip(session)
    asked = make_request(session, passenger=make_passenger(session, phone=a_mobile()), status="searching")
    session.commit()
    return asked


def path_of(asked: RideRequest) -> str:
    return f"/bureau/demandes/{asked.id}"


def assert_said_at_the_top(page: Page, sentence: str) -> None:
    """The title says that something is wrong, and the summary leads to its field."""
    assert page.title.startswith("Erreur")
    (summary,) = page.all("div", class_="error-summary")
    (link, *_) = [one for one in summary.iter("a") if sentence in text_of(one)]
    assert [one for one in page.root.iter() if one.get("id") == (link.get("href") or "").removeprefix("#")]


def approaches(session: Session) -> list[Approach]:
    session.expire_all()
    return list(session.scalars(select(Approach).order_by(Approach.id)))


def sent(session: Session) -> list[str]:
    return sorted(session.scalars(select(OutboxMessage.kind).where(OutboxMessage.status != "canceled")))


# --- asking ---------------------------------------------------------------------------------------------------


def test_one_press_asks_a_driver_by_sms(nadia: PageClient, session: Session, asked: RideRequest):
    page = nadia.get(path_of(asked)).submit("/demander", button="SMS")
    assert "1 conducteur sollicité par SMS" in page.text
    assert "SMS envoyé" in page.main
    assert [one.status for one in approaches(session)] == ["sent"]
    assert sent(session) == ["driver_approached"]


def test_several_boxes_ask_several_drivers_and_a_driver_of_both_ways_once(
    nadia: PageClient, session: Session
):
    trip, _other = make_trip(session), make_trip(session)
    back = a_leg(
        position=2,
        direction="back",
        origin=FIGEAC,
        destination=trip.origin,
        time_kind="leave_at",
        hour=time(16),
    )
    asked = make_request(session, legs=[a_leg(), back], status="searching")
    session.commit()
    page = nadia.get(path_of(asked))
    boxes = [
        one.get("value")
        for one in page.root.iter("input")
        if one.get("name") == "choice" and one.get("type") == "checkbox"
    ]
    assert len(boxes) == 4
    assert "peut faire l'aller et le retour" in page.main
    answer = nadia.post(f"{path_of(asked)}/demander", {"choice": boxes})
    assert "2 conducteurs sollicités" in answer.text
    assert [len(one.legs) for one in approaches(session)] == [2, 2]


def test_no_box_ticked_is_said(nadia: PageClient, asked: RideRequest):
    page = nadia.post(f"{path_of(asked)}/demander", {})
    assert (page.status, "Cochez au moins un conducteur" in page.text) == (422, True)


@pytest.mark.parametrize("choice", ["x", "1:2:3", "::", "²:1:1", "1:99999999999:1"])
def test_a_forged_choice_asks_nobody(nadia: PageClient, session: Session, asked: RideRequest, choice: str):
    page = nadia.post(f"{path_of(asked)}/demander", {"choice": choice})
    assert page.status in {200, 409}
    assert approaches(session) == []


def test_a_landline_offers_a_call_only(nadia: PageClient, session: Session, asked: RideRequest):
    driver = make_driver(session, first_name="Jean", phone=a_landline(), call_hours="après 18 h")
    trip = make_trip(session, driver=driver)
    session.commit()
    forced = nadia.post(
        f"{path_of(asked)}/demander",
        {"choice": f"{asked.legs[0].id}:{trip.id}:{trip.departures[0].id}", "channel": "sms"},
    )
    assert (forced.status, "Pas de SMS possible" in forced.text) == (409, True)
    assert approaches(session) == []


def test_thirty_candidates_stay_calm(nadia: PageClient, session: Session):
    for minute in range(9):
        make_trip(session, departures=[weekly(1, time(8, minute))])
    asked = make_request(session, status="searching")
    session.commit()
    page = nadia.get(path_of(asked))
    more = [one for one in page.root.iter("details") if one.get("class") == "more"]
    assert len(list(more[0].iter("li"))) > 0
    shown = [one for one in page.root.iter("li") if one.get("class") == "candidate"]
    hidden = [one for one in more[0].iter("li") if one.get("class") == "candidate"]
    assert (len(shown) - len(hidden), len(hidden)) == (6, 3)


# --- answers --------------------------------------------------------------------------------------------------


def ring(client: PageClient, asked: RideRequest) -> Page:
    return press(client.get(path_of(asked)), "/demander", "Appel")


def test_a_call_is_written_down_whatever_comes_of_it(nadia: PageClient, session: Session, asked: RideRequest):
    page = ring(nadia, asked)
    page = press(page, "/reponses/", "Absent")
    assert "n'a pas répondu" in page.main.replace("’", "'")
    page = press(page, "/reponses/", "Refuse", reason="au garage")
    assert "a refusé : au garage" in page.main
    page = press(page, "/reponses/", "Accepte")
    assert "Conducteur trouvé" in page.text
    assert [one.status for one in approaches(session)] == ["accepted"]


def test_a_reason_with_odd_characters_is_kept_clean(nadia: PageClient, session: Session, asked: RideRequest):
    page = press(ring(nadia, asked), "/reponses/", "Refuse", reason="a\x00b  « 🙂 »\n" + "x" * 1_000)
    assert page.status == 200
    (one,) = approaches(session)
    assert one.decline_reason.startswith("ab « 🙂 » x")
    assert len(one.decline_reason) == 200


def test_an_unknown_outcome_does_nothing(nadia: PageClient, session: Session, asked: RideRequest):
    ring(nadia, asked)
    (one,) = approaches(session)
    assert nadia.post(f"{path_of(asked)}/reponses/{one.id}", {"outcome": "fly"}).status == 409
    assert approaches(session)[0].status == "to_contact"


def test_an_answer_belongs_to_its_request(nadia: PageClient, session: Session, asked: RideRequest):
    other = make_approach(session)
    session.commit()
    assert nadia.post(f"{path_of(asked)}/reponses/{other.id}", {"outcome": "accept"}).status == 404


def test_too_late_is_said_and_the_driver_thanked(nadia: PageClient, session: Session, asked: RideRequest):
    make_trip(session)
    session.commit()
    page = nadia.get(path_of(asked))
    boxes = [
        one.get("value")
        for one in page.root.iter("input")
        if one.get("type") == "checkbox" and one.get("name") == "choice"
    ]
    nadia.post(f"{path_of(asked)}/demander", {"choice": boxes})
    first, second = approaches(session)
    accept = {"outcome": "accept"}
    nadia.post(f"{path_of(asked)}/reponses/{first.id}", accept)
    late = nadia.post(f"{path_of(asked)}/reponses/{second.id}", accept)
    assert "Trop tard" in late.text
    assert "driver_already_found" in sent(session)


# --- telling --------------------------------------------------------------------------------------------------


def agreed(session: Session, asked: RideRequest) -> Ride:
    one = make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
    asked.legs[0].status, asked.status = "agreed", "to_confirm"
    ride = make_ride(session, approach=one)
    session.commit()
    return ride


@pytest.mark.parametrize(
    ("button", "through"), [("Prévenu par téléphone", "phone"), ("Envoyer le SMS", "sms")]
)
def test_the_passenger_is_told_by_one_press(
    nadia: PageClient, session: Session, asked: RideRequest, button: str, through: str
):
    ride = agreed(session, asked)
    page = nadia.get(path_of(asked))
    assert "Odile vous emmène mardi 24 novembre" in page.main
    forms = [one for one in page.root.iter("form") if (one.get("action") or "").endswith("/prevenir")]
    (form,) = [one for one in forms if button in "".join(one.itertext())]
    data = {one.get("name"): one.get("value") for one in form.iter("input")}
    page = nadia.post(form.get("action") or "", data, forge=False)
    assert "Passager prévenu" in page.text
    session.expire_all()
    assert (ride.passenger_told_through, the_request(session).status) == (through, "confirmed")


def test_p1_a_landline_passenger_offers_the_call_alone(nadia: PageClient, session: Session):
    asked = make_request(session)
    agreed(session, asked)
    page = nadia.get(path_of(asked))
    assert "Prévenu par téléphone" in page.main
    assert "Envoyer le SMS" not in page.main


def test_p8_a_minor_is_told_once_a_parent_has_agreed(nadia: PageClient, session: Session):
    young = make_passenger(session, minor=True)
    asked = make_request(session, passenger=young)
    agreed(session, asked)
    refused = nadia.post(f"{path_of(asked)}/prevenir", {"through": "phone"})
    assert (refused.status, "autorisation parentale" in refused.text) == (409, True)
    nadia.post(f"/bureau/personnes/{young.id}/autorisation")
    assert "Passager prévenu" in nadia.post(f"{path_of(asked)}/prevenir", {"through": "phone"}).text
    assert nadia.post(f"{path_of(asked)}/prevenir", {"through": "pigeon"}).status == 400


# --- by hand --------------------------------------------------------------------------------------------------


def test_a_driver_is_picked_by_hand_at_the_hour_agreed(
    nadia: PageClient, session: Session, asked: RideRequest
):
    make_driver(session, first_name="Yves", last_name="Bessac")
    session.commit()
    page = nadia.get(path_of(asked)).submit("/choisir", driver="Bessac", hour="8h15", button="L’appeler")
    assert "Yves Bessac" in page.main
    (one,) = approaches(session)
    assert (one.channel, one.legs[0].trip_id) == ("phone", None)
    assert one.legs[0].pickup_at == datetime.combine(TUESDAY, time(7, 15), tzinfo=PICKUP.tzinfo)


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"driver": "", "hour": "8h"}, "driver", "Écrivez un nom"),
        ({"driver": "Zzz", "hour": "8h"}, "driver", "Personne de ce nom"),
        ({"driver": "Vernet", "hour": ""}, "hour", "Écrivez l'heure"),
        ({"driver": "Vernet", "hour": "25h"}, "hour", "n'existe pas"),
    ],
)
def test_a_pick_that_cannot_be_is_said_beside_its_field(
    nadia: PageClient,
    session: Session,
    asked: RideRequest,
    answers: dict[str, str],
    field: str,
    sentence: str,
):
    page = nadia.get(path_of(asked)).submit("/choisir", button="L’appeler", **answers)
    assert page.status == 422
    assert sentence in said_beside(page, field)
    assert_said_at_the_top(page, sentence)
    assert typed_in(page, "driver") == answers["driver"]


def test_an_hour_that_the_spring_night_skips_is_refused_for_a_pick_too(nadia: PageClient, session: Session):
    asked = make_request(
        session, legs=[a_leg(day=TUESDAY.replace(year=2027, month=3, day=28), hour=time(10))]
    )
    make_driver(session)
    session.commit()
    page = nadia.get(path_of(asked)).submit("/choisir", driver="Vernet", hour="2h30", button="L’appeler")
    assert "heure d'été" in said_beside(page, "hour")


# --- correcting -----------------------------------------------------------------------------------------------


def test_a_correction_asks_the_driver_again_and_tells_the_desk(
    nadia: PageClient, session: Session, asked: RideRequest
):
    press(ring(nadia, asked), "/reponses/", "Accepte")
    page = nadia.get(f"{path_of(asked)}/corriger").submit("/corriger", hour="9h45")
    assert "Demande corrigée" in page.text
    assert "Redemander à Odile Vernet" in page.main
    assert [one.status for one in approaches(session)] == ["to_reconfirm"]
    page = press(page, "/reponses/", "Accepte")
    assert "Prévenir Marcel Poujol" in page.main


def test_saving_a_correction_without_changing_anything_changes_nothing(
    nadia: PageClient, session: Session, asked: RideRequest
):
    press(ring(nadia, asked), "/reponses/", "Accepte")
    nadia.get(f"{path_of(asked)}/corriger").submit("/corriger")
    assert [one.status for one in approaches(session)] == ["accepted"]


def test_o6_a_stale_correction_shows_both_versions_and_keeps_what_was_typed(
    nadia: PageClient, app: Flask, session: Session, asked: RideRequest
):
    louis = TidyClient(app, session)
    louis.sign_in(role="agent", display_name="Louis")
    hers, his = (one.get(f"{path_of(asked)}/corriger") for one in (nadia, louis))
    hers.submit("/corriger", wish="monter devant")
    clash = his.submit("/corriger", wish="monter derrière", hour="9h")
    assert clash.status == 409
    assert "monter devant" in clash.main
    assert "monter derrière" in clash.main
    assert (typed_in(clash, "wish"), typed_in(clash, "hour")) == ("monter derrière", "9h")
    assert the_request(session).wish == "monter devant"
    clash.submit("/corriger")
    assert the_request(session).wish == "monter derrière", "knowing both, he may decide"


@pytest.mark.parametrize("revision", ["", "x", "²", "99999999999999999999"])
def test_a_forged_revision_is_stale(nadia: PageClient, asked: RideRequest, revision: str):
    page = nadia.get(f"{path_of(asked)}/corriger").submit("/corriger", revision=revision)
    assert page.status == 409


def test_the_way_back_dropped_is_no_longer_shown(nadia: PageClient, session: Session):
    back = a_leg(position=2, direction="back", origin=FIGEAC, destination=GRAMAT, time_kind="none", hour=None)
    asked = make_request(session, legs=[a_leg(), back])
    session.commit()
    page = nadia.get(f"{path_of(asked)}/corriger").submit("/corriger", back="no")
    assert "Retour" not in page.main
    assert [leg.status for leg in the_request(session).legs] == ["unserved", "dropped"]


# --- colleagues -----------------------------------------------------------------------------------------------


def test_o6_two_colleagues_on_one_request_see_each_other(
    nadia: PageClient, app: Flask, session: Session, asked: RideRequest, clock: Any
):
    louis = TidyClient(app, session)
    louis.sign_in(role="agent", display_name="Louis")
    here = f"{path_of(asked)}/presence"
    assert "En cours par vous" in nadia.post(here, htmx=True).text
    assert "En cours par Nadia" in louis.post(here, htmx=True).text
    assert "En cours par Nadia" in louis.get(path_of(asked)).main
    clock.shift(timedelta(minutes=3))
    assert "En cours par vous" in louis.post(here, htmx=True).text
    assert "Louis" in nadia.get(path_of(asked)).main


def test_taking_a_request_names_who_has_it(nadia: PageClient, session: Session, asked: RideRequest):
    page = nadia.get(path_of(asked)).submit("/prendre")
    assert "Cette demande est à vous" in page.text
    assert the_request(session).assigned_to is not None


# --- call back, ending ----------------------------------------------------------------------------------------


def test_a_call_back_is_promised_and_made(nadia: PageClient, session: Session, asked: RideRequest):
    page = nadia.get(path_of(asked)).submit("/rappeler", day="lundi", hour="9h")
    assert "Rappeler Marcel Poujol" in page.main
    assert the_request(session).callback_at == datetime(2026, 11, 23, 8, 0, tzinfo=NOW.tzinfo)
    page = page.submit("/rappele")
    assert the_request(session).callback_at is None


@pytest.mark.parametrize(
    ("day", "hour", "field", "sentence"),
    [
        ("", "9h", "day", "Quel jour"),
        ("lundi", "", "hour", "À quelle heure"),
        ("28/03/2027", "2h30", "hour", "heure d'été"),
        ("hier", "9h", "day", "déjà passé"),
    ],
)
def test_a_call_back_that_cannot_be_is_said_beside_its_field(
    nadia: PageClient, asked: RideRequest, day: str, hour: str, field: str, sentence: str
):
    page = nadia.get(path_of(asked)).submit("/rappeler", day=day, hour=hour)
    assert page.status == 422
    assert sentence in said_beside(page, field)
    assert_said_at_the_top(page, sentence)


def test_closing_wants_an_outcome_and_reopening_looks_again(
    nadia: PageClient, session: Session, asked: RideRequest
):
    page = nadia.get(path_of(asked)).submit("/clore")
    assert (page.status, "Choisissez la suite donnée" in said_beside(page, "outcome")) == (422, True)
    assert_said_at_the_top(page, "Choisissez la suite donnée")
    nadia.get(path_of(asked)).submit("/clore", outcome="unserved_no_driver", note="personne le mardi")
    assert the_request(session).outcome == "unserved_no_driver"
    page = nadia.get(path_of(asked))
    assert "personne le mardi" in page.main
    page.submit("/rouvrir")
    assert the_request(session).is_open


@pytest.mark.parametrize(
    "number", ["0", "999", "2147483647", "2147483648", "99999999999999999999999", "-1", "x"]
)
def test_a_request_that_does_not_exist_is_not_found(nadia: PageClient, number: str):
    assert nadia.get(f"/bureau/demandes/{number}").status == 404
