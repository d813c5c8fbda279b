"""People, drivers, trips and places at the desk: what may be done for somebody on the phone."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person, PhoneLine, PrivateLink
from lotocar.carpool.trips.models import Trip
from lotocar.messages.models import OutboxMessage
from lotocar.world.places.models import LocalPlace
from tests.support.doors import PageClient
from tests.support.factories import (
    a_landline,
    make_driver,
    make_line,
    make_passenger,
    make_request,
    make_trip,
)
from tests.web.desk.steps import fill_in, press, said_beside, typed_in
from tests.web.tidy import TidyClient

DRIVER = {
    "last_name": "Lacaze",
    "first_name": "Henri",
    "phone": "05 36 49 00 61",
    "origin": "Figeac",
    "destination": "Cahors",
    "same_hour": "8h",
    "same_back": "16h30",
}


def path_of(person: Person) -> str:
    return f"/bureau/personnes/{person.id}"


# --- people ---------------------------------------------------------------------------------------------------


def test_people_are_found_by_letters_and_by_digits(nadia: PageClient, session: Session):
    make_passenger(session, phone="+33536490112")
    for words in ("pouj", "05 36 49 01", "0112"):
        assert "Marcel Poujol" in nadia.post("/bureau/personnes", {"q": words}).main
    assert "Personne de ce nom" in nadia.post("/bureau/personnes", {"q": "zzz"}).main


@pytest.mark.parametrize("words", ["", "\x00", "%", "_", "²", "'", "é" * 5_000, "n° 999999", "0" * 40])
def test_the_search_box_takes_anything(nadia: PageClient, words: str):
    for screen in ("/bureau/recherche", "/bureau/personnes"):
        assert nadia.post(screen, {"q": words}).status == 200
        assert nadia.get(screen).status == 200


def test_what_is_looked_for_never_stands_in_an_address(nadia: PageClient, session: Session):
    make_passenger(session)
    for screen in ("/bureau/recherche", "/bureau/personnes"):
        assert "Marcel" not in nadia.get(screen, query_string={"q": "pouj"}).main
        for form in nadia.get(screen).root.iter("form"):
            assert form.get("method") == "post", form.get("action")


def test_the_search_box_opens_a_request_by_its_number(nadia: PageClient, session: Session):
    asked = make_request(session)
    found = nadia.post("/bureau/recherche", {"q": f"n° {asked.id}"})
    assert found.path == f"/bureau/demandes/{asked.id}"
    assert "Figeac" in nadia.post("/bureau/recherche", {"q": "figea"}).main


def test_a_person_is_corrected_with_what_was_seen(nadia: PageClient, app: Flask, session: Session):
    odile = make_driver(session)
    page = nadia.get(path_of(odile))
    louis = TidyClient(app, session)
    louis.sign_in(role="agent")
    fill_in(louis.get(path_of(odile)), path_of(odile), car="Kangoo blanc")
    clash = fill_in(page, path_of(odile), car="Clio grise", call_hours="après 18 h")
    assert (clash.status, "modifié cette fiche" in clash.main) == (409, True)
    assert (typed_in(clash, "car"), "Kangoo blanc" in clash.main) == ("Clio grise", True)
    fill_in(clash, path_of(odile))
    session.expire_all()
    assert (odile.car, odile.call_hours) == ("Clio grise", "après 18 h")


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"last_name": ""}, "last_name", "Écrivez le nom"),
        ({"car": "x" * 81}, "car", "trop long"),
        ({"staff_note": "x" * 501}, "staff_note", "trop long"),
        ({"first_name": "a\x07"}, "first_name", "invisible"),
    ],
)
def test_a_wrong_correction_is_said_beside_its_field(
    nadia: PageClient, session: Session, answers: dict[str, str], field: str, sentence: str
):
    odile = make_driver(session)
    page = fill_in(nadia.get(path_of(odile)), path_of(odile), **answers)
    assert page.status == 422
    assert sentence in said_beside(page, field)


def test_numbers_are_added_confirmed_and_removed(nadia: PageClient, session: Session):
    odile = make_driver(session, phone=None)
    line = make_line(session, odile, e164=a_landline(), confirmed_at=None)
    numbers = f"{path_of(odile)}/numeros"
    page = fill_in(nadia.get(path_of(odile)), numbers, phone="06 39 98 00 41", label="fille")
    assert "06 39 98 00 41" in page.main
    wrong = fill_in(page, numbers, phone="12")
    assert "trop court" in said_beside(wrong, "phone")
    page = press(nadia.get(path_of(odile)), f"/{line.id}/confirmer", "Confirmé au téléphone")
    session.expire_all()
    assert line.confirmed_at is not None
    press(page, f"/{line.id}/retirer", "Retirer")
    assert session.scalars(select(PhoneLine.label).where(PhoneLine.person_id == odile.id)).all() == ["fille"]


def test_a_usual_place_that_may_be_two_is_asked_back_with_what_it_may_be(nadia: PageClient, session: Session):
    marcel = make_passenger(session)
    page = nadia.get(path_of(marcel)).submit("/lieux", place="Saint-Martin")
    assert (page.status, page.title.startswith("Erreur")) == (422, True)
    assert "Vouliez-vous dire" in said_beside(page, "place")
    assert typed_in(page, "place") == "Saint-Martin"
    guesses = [one.get("value") for one in page.all("input", name="place_code", type="radio")]
    assert len(guesses) > 1
    kept = page.submit("/lieux", place_code=[guesses[0], ""])
    assert "Lieu gardé" in kept.text


def test_a_wrong_number_is_said_at_the_top_too(nadia: PageClient, session: Session):
    odile = make_driver(session)
    page = fill_in(nadia.get(path_of(odile)), f"{path_of(odile)}/numeros", phone="12")
    assert (page.status, page.title.startswith("Erreur")) == (422, True)
    (summary,) = page.all("div", class_="error-summary")
    assert [one.get("href") for one in summary.iter("a")] == ["#phone"]


def test_somebody_else_s_number_is_not_touched(nadia: PageClient, session: Session):
    odile, other = make_driver(session), make_driver(session)
    for act in ("confirmer", "retirer"):
        assert nadia.post(f"{path_of(odile)}/numeros/{other.lines[0].id}/{act}").status == 404


def test_v9_a_withdrawn_consent_counts_at_once(nadia: PageClient, session: Session):
    odile = make_driver(session)
    page = nadia.get(path_of(odile)).submit("/accords", share_phone="yes")
    assert people.shares_phone(session, [odile.id]) == {odile.id}
    page.submit("/accords", share_phone=None)
    assert people.shares_phone(session, [odile.id]) == set()


def test_v3_a_new_private_link_is_shown_once_and_the_old_one_dies(nadia: PageClient, session: Session):
    odile = make_driver(session)
    first = nadia.get(path_of(odile)).submit("/lien")
    assert "http://localhost/" in first.main
    second = nadia.get(path_of(odile)).submit("/lien")
    assert "http://localhost/" not in nadia.get(path_of(odile)).main
    alive = select(func.count()).where(PrivateLink.person_id == odile.id, PrivateLink.revoked_at.is_(None))
    assert session.scalar(alive) == 1
    assert second.status == 200
    assert session.scalar(select(func.count()).where(OutboxMessage.kind == "driver_link")) == 2


def test_a_driver_is_suspended_and_accepted_again(nadia: PageClient, session: Session):
    odile = make_driver(session)
    page = nadia.get(path_of(odile)).submit("/inscription")
    assert "suspendu" in page.main
    page.submit("/inscription")
    session.expire_all()
    assert [one.status for one in odile.enrolments] == ["accepted"]
    assert nadia.post(f"{path_of(odile)}/inscription", {"act": "fly"}).status == 400
    assert "La situation a changé" in nadia.post(f"{path_of(odile)}/inscription", {"act": "refuse"}).text


def test_v9_erasing_is_asked_twice_and_for_coordinators_only(
    client: PageClient, session: Session, organisation: None
):
    odile = make_driver(session)
    client.sign_in(role="agent")
    assert client.get(f"{path_of(odile)}/effacer").status == 403
    client.sign_in(role="coordinator")
    page = client.get(path_of(odile)).follow("Effacer cette personne")
    assert "ne peut pas être défait" in page.main
    page = page.submit("/effacer")
    assert "Personne effacée" in page.text
    assert client.get(path_of(odile)).status == 404
    assert session.scalars(select(Person.last_name).where(Person.id == odile.id)).one() == ""


# --- drivers and trips ----------------------------------------------------------------------------------------


def test_v1_a_driver_is_registered_on_the_phone(nadia: PageClient, session: Session):
    page = nadia.get("/bureau/conducteurs/nouveau")
    thursday = next(
        name
        for name in _names(page)
        if name.startswith(("thursday", "days-3", "jeudi")) and name.endswith("on")
    )
    page = page.submit("/conducteurs/nouveau", **DRIVER, **{thursday: "y"})
    assert "Henri Lacaze" in page.main
    trip = session.scalars(select(Trip)).one()
    assert (trip.status, [one.weekday for one in trip.departures]) == ("active", [3, 3])
    said = people.consents(session, trip.driver_id)
    assert {kind: one.given for kind, one in said.items()} == {"share_phone": False, "registry": False}
    assert said["share_phone"].actor_kind == "staff"


def _names(page: object) -> list[str]:
    return [one.get("name") or "" for one in page.root.iter("input")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"phone": ""}, "numéro"),
        ({"origin": "Xyzzyville"}, "ne connaissons pas ce lieu"),
        ({"same_hour": "25h"}, "n'existe pas"),
        ({}, "Cochez au moins un jour"),
    ],
)
def test_a_wrong_driver_is_told_why_and_nothing_is_lost(
    nadia: PageClient, session: Session, answers: dict[str, str], sentence: str
):
    page = nadia.get("/bureau/conducteurs/nouveau").submit("/conducteurs/nouveau", **(DRIVER | answers))
    assert page.status == 422
    assert sentence in page.main.replace("’", "'")
    assert typed_in(page, "last_name") == "Lacaze"
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_trip_once_is_added_for_a_known_driver(nadia: PageClient, session: Session):
    odile = make_driver(session)
    page = nadia.get(f"{path_of(odile)}/trajets/nouveau?quand=une-fois")
    page.submit("/trajets/nouveau", origin="Figeac", destination="Cahors", day="jeudi", hour="8h")
    assert session.scalars(select(Trip.kind)).all() == ["one_off"]


def test_trips_are_listed_by_commune_and_day_and_stopped(nadia: PageClient, session: Session):
    trip = make_trip(session)
    assert "Odile Vernet" in nadia.get("/bureau/trajets?lieu=Cahors&jour=mardi").main
    assert "Odile Vernet" not in nadia.get("/bureau/trajets?lieu=Cahors&jour=lundi").main
    assert "ne connaissons pas" in nadia.get("/bureau/trajets?lieu=Xyzzyville").main
    assert nadia.get("/bureau/trajets?page=999999999999999999999").status == 200
    page = press(nadia.get(path_of(trip.driver)), f"/bureau/trajets/{trip.id}", "Arrêter")
    assert "arrêté" in page.main
    press(page, f"/bureau/trajets/{trip.id}", "Reprendre")
    session.expire_all()
    assert trip.status == "active"
    assert nadia.post(f"/bureau/trajets/{trip.id}", {"act": "fly"}).status == 404


# --- places ---------------------------------------------------------------------------------------------------


def test_o5_a_place_is_known_to_the_very_next_search_under_all_its_names(nadia: PageClient, session: Session):
    page = nadia.get("/bureau/lieux").submit(
        "/bureau/lieux",
        name="Hôpital de Cahors",
        aliases="CH Cahors, Jean Rougier",
        lat="44,4536",
        lon="1.4383",
    )
    assert "Lieu ajouté" in page.text
    for name in ("hopital de cahors", "CH Cahors", "jean rougier"):
        assert "Hôpital de Cahors" in nadia.get("/lieux", query_string={"q": name}, htmx=True).text
    place = session.scalars(select(LocalPlace)).one()
    assert place.insee == "46042"
    press(page, f"/bureau/lieux/{place.id}/retirer", "Retirer")
    assert "Hôpital" not in nadia.get("/lieux?q=rougier", htmx=True).text


def test_the_map_of_places_draws_each_commune_of_the_territory(nadia: PageClient):
    drawn = json.loads(nadia.get("/bureau/lieux/contours").text)["features"]
    assert len(drawn) == 312
    assert {"Cahors", "Figeac"} <= {one["properties"]["name"] for one in drawn}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"name": "", "near": "Cahors"}, "Écrivez le nom"),
        ({"name": "Chez Zoé"}, "Cliquez sur la carte"),
        ({"name": "Chez Zoé", "lat": "nan", "lon": "nan"}, ""),
        ({"name": "Chez Zoé", "lat": "inf", "lon": "1"}, ""),
        ({"name": "Chez Zoé", "lat": "999", "lon": "999"}, ""),
        ({"name": "Chez Zoé", "near": "Cahors", "lat": "48.85", "lon": "2.35"}, ""),
    ],
)
def test_a_place_that_is_nowhere_is_refused(
    nadia: PageClient, session: Session, answers: dict[str, str], sentence: str
):
    page = nadia.get("/bureau/lieux").submit("/bureau/lieux", **answers)
    assert page.status == 422
    assert sentence in page.main
    assert session.scalar(select(func.count()).select_from(LocalPlace)) == 0


def test_a_removed_place_is_not_found_twice(nadia: PageClient):
    assert nadia.post("/bureau/lieux/1/retirer").status == 404
