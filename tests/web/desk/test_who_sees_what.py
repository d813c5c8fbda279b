"""Readers look and see masked numbers; a référent sees one area: its requests, rides, trips, people and messages."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from tests.support.doors import PageClient
from tests.support.factories import (
    GOURDON,
    GRAMAT,
    a_leg,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)
from tests.web.desk.steps import CALL, call, said_beside
from tests.web.desk.test_todo_list import failure, letter
from tests.web.tidy import TidyClient

GOURDON_ONLY = ["46127"]


@pytest.fixture
def lise(client: PageClient, organisation: None) -> PageClient:
    """She reads, and acts on nothing."""
    client.sign_in(role="reader", display_name="Lise")
    return client


@pytest.fixture
def louis(client: PageClient, organisation: None) -> PageClient:
    """Référent of Gourdon."""
    client.sign_in(role="referent", display_name="Louis", communes=GOURDON_ONLY)
    return client


def far_and_near(session: Session) -> tuple[RideRequest, RideRequest]:
    """A request from Cahors to Figeac, and one from Gourdon to Gramat."""
    far = make_request(session)
    near = make_request(
        session,
        passenger=make_passenger(session, first_name="Jeanne", last_name="Fabre"),
        legs=[a_leg(origin=GOURDON, destination=GRAMAT)],
    )
    session.commit()
    return far, near


# --- readers --------------------------------------------------------------------------------------------------


def test_a_reader_sees_the_request_without_numbers_or_buttons(lise: PageClient, session: Session):
    make_trip(session, driver=make_driver(session, phone="+33639980012"))
    asked = make_request(session, passenger=make_passenger(session, phone="+33536490012"))
    make_approach(session, ride_request=asked)
    page = lise.get(f"/bureau/demandes/{asked.id}")
    assert "Marcel Poujol" in page.main
    for digits in ("98 00 12", "49 00 12", "39980012", "36490012"):
        assert digits not in page.html
    forms = [form.get("action") for form in page.root.iter("form") if form.get("method") == "post"]
    assert forms == ["/deconnexion"]


@pytest.mark.parametrize("path", ["/bureau", "/bureau/a-faire", "/bureau/feuille-du-jour", "/bureau/trajets"])
def test_a_reader_sees_no_number_on_any_list(lise: PageClient, session: Session, path: str):
    ride = make_ride(session)
    ride.passenger.lines[0].e164 = "+33536490012"
    ride.driver.lines[0].e164 = "+33639980012"
    letter(session, "+33639980012")
    failure(session, to_number="+33639980012")
    page = lise.get(path)
    assert page.status == 200
    assert not [digits for digits in ("98 00 12", "49 00 12", "39980012", "36490012") if digits in page.html]


def test_a_reader_is_not_shown_what_people_wrote(lise: PageClient, session: Session):
    letter(session, "+33639980012", "C'est Marcel, rappelez-moi au 06 39 98 00 77")
    for path in ("/bureau/a-faire", "/bureau/a-faire?quoi=message", "/bureau"):
        page = lise.get(path)
        assert (page.status, [said for said in ("98 00 77", "rappelez") if said in page.html]) == (200, [])


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("prendre", {}),
        ("clore", {"outcome": "no_show"}),
        ("demander", {"choice": "1:1:1"}),
        ("choisir", {"driver": "x"}),
        ("prevenir", {"through": "phone"}),
        ("corriger", {"day": "mardi"}),
        ("presence", {}),
        ("rouvrir", {}),
    ],
)
def test_a_reader_changes_nothing(lise: PageClient, session: Session, path: str, data: dict[str, str]):
    asked = make_request(session)
    assert lise.post(f"/bureau/demandes/{asked.id}/{path}", data).status == 403


@pytest.mark.parametrize(
    "path", ["/bureau/personnes", "/bureau/messages", "/bureau/recherche", "/bureau/appel"]
)
def test_a_reader_has_no_door_to_numbers(lise: PageClient, path: str):
    assert lise.get(path).status == 403


# --- an area --------------------------------------------------------------------------------------------------


def test_o14_a_referent_sees_the_requests_of_the_area_alone(louis: PageClient, session: Session):
    far, near = far_and_near(session)
    home = louis.get("/bureau").main
    assert ("Jeanne Fabre" in home, "Marcel Poujol" in home) == (True, False)
    assert louis.get(f"/bureau/demandes/{near.id}").status == 200
    for act in ("", "/corriger"):
        assert louis.get(f"/bureau/demandes/{far.id}{act}").status == 404
    for act in ("prendre", "presence", "clore", "demander", "rappeler", "prevenir"):
        assert louis.post(f"/bureau/demandes/{far.id}/{act}").status == 404


def test_o14_a_referent_sees_the_people_of_the_area_alone(louis: PageClient, session: Session):
    far, near = far_and_near(session)
    driver = make_trip(session, origin=GOURDON, destination=GRAMAT).driver
    stranger = make_trip(session).driver
    for person_id, status in (
        (near.passenger_id, 200),
        (driver.id, 200),
        (far.passenger_id, 404),
        (stranger.id, 404),
    ):
        assert louis.get(f"/bureau/personnes/{person_id}").status == status
    assert louis.post(f"/bureau/personnes/{far.passenger_id}/lien").status == 404
    for screen in ("/bureau/personnes", "/bureau/recherche"):
        assert "Marcel Poujol" not in louis.post(screen, {"q": "po"}).main
    assert "Poujol" not in louis.post("/bureau/personnes/choix", {"q": "pou"}, htmx=True).text
    assert "Jeanne Fabre" in louis.post("/bureau/personnes", {"q": "fab"}).main
    assert louis.get(f"/bureau/appel?personne={far.passenger_id}").status == 404


def test_o14_a_referent_sees_rides_trips_and_messages_of_the_area_alone(louis: PageClient, session: Session):
    far, near = far_and_near(session)
    trip = make_trip(session)
    ride = make_ride(session, approach=make_approach(session, trip=trip, ride_request=far, status="accepted"))
    hidden = letter(session, "+33639980009", "je suis perdu")
    seen = letter(session, "+33639980010", "merci beaucoup", person_id=near.passenger_id)
    sent = failure(session, person_id=far.passenger_id)
    session.commit()
    assert louis.post(f"/bureau/trajets-convenus/{ride.id}", {"act": "done"}).status == 404
    assert louis.post(f"/bureau/trajets/{trip.id}", {"act": "stop"}).status == 404
    assert "Odile" not in louis.get("/bureau/trajets").main
    for path in ("/bureau/messages", "/bureau/a-faire"):
        page = louis.get(path).main
        assert ("merci beaucoup" in page, "je suis perdu" in page) == (True, False)
    assert louis.post(f"/bureau/messages/recus/{hidden.id}").status == 404
    assert louis.post(f"/bureau/messages/recus/{seen.id}").status == 200
    assert louis.post(f"/bureau/messages/envoyes/{sent.id}").status == 404


def test_a_call_for_elsewhere_is_handed_to_the_desk_and_nothing_is_lost(louis: PageClient, session: Session):
    page = call(louis)
    assert page.status == 422
    assert "hors" in said_beside(page, "origin") or "votre secteur" in said_beside(page, "origin")
    assert session.query(RideRequest).count() == 0
    assert call(louis, origin="Gourdon").path.startswith("/bureau/demandes/")


def test_candidates_of_elsewhere_are_not_listed_while_typing(louis: PageClient, app: Flask, session: Session):
    make_trip(session)
    query = "&".join(f"{name}={CALL[name]}" for name in ("origin", "destination", "day", "hour"))
    address = f"/bureau/candidats?{query}&time_kind=arrive_by&back=no&seats=1"
    assert "Odile" not in louis.get(address, htmx=True).text
    nadia = TidyClient(app, session)
    nadia.sign_in(role="agent")
    assert "Odile" in nadia.get(address, htmx=True).text
