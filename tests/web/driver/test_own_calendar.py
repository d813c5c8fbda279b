"""A driver's own calendar: hours shared by days, single days that change, parts of the year, and who waits on the road."""

from datetime import date, time

import pytest

from lotocar.carpool.people import operations as people
from lotocar.carpool.people.models import Person
from lotocar.values.actor import SYSTEM
from lotocar.values.geo import Stop
from lotocar.world.places.gazetteer import gazetteer
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    NOW,
    a_leg,
    make_driver,
    make_request,
    make_trip,
    weekly,
)

pytestmark = pytest.mark.usefixtures("house")


def space_of(session, driver):
    """The address of this driver's page."""
    token = people.issue_link(session, driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    session.commit()
    return f"/mon-espace/{token}"


@pytest.fixture
def own(session):
    """The page of M. Lacaze, Cahors to Figeac on Thursdays at 8 h, back at 16 h 30."""
    driver = make_driver(session, first_name="Roger", last_name="Lacaze")
    make_trip(session, driver=driver, departures=[weekly(3, time(8)), weekly(3, time(16, 30), "back")])
    return space_of(session, driver)


def test_the_same_hour_for_all_days_changes_them_all(client, session):
    """Filled in as it stands, « la même heure » must count, not be hidden by the hour beside each day."""
    trip = make_trip(session, departures=[weekly(0, time(8)), weekly(3, time(8)), weekly(4, time(9))])
    own = space_of(session, trip.driver)
    page = client.get(own).follow("Modifier")
    values = {box.get("name"): box.get("value") for box in page.root.iter("input")}
    assert (values["same_hour"], values["monday-hour"], values["friday-hour"]) == ("8 h", "", "9 h")
    page.submit("/modifier", same_hour="7h30")
    session.expire_all()
    assert {one.weekday: one.hour for one in trip.departures} == {0: time(7, 30), 3: time(7, 30), 4: time(9)}


def test_a_day_without_a_way_back_keeps_none_when_the_others_share_one(client, session):
    days = [weekly(day, time(8)) for day in (0, 1, 2)]
    trip = make_trip(session, departures=[*days, weekly(0, time(17), "back"), weekly(1, time(17), "back")])
    client.get(space_of(session, trip.driver)).follow("Modifier").submit("/modifier")
    session.expire_all()
    assert {one.weekday for one in trip.departures if one.direction == "back"} == {0, 1}


def test_an_hour_for_all_days_that_would_change_nothing_is_said(client, session):
    trip = make_trip(session, departures=[weekly(0, time(8)), weekly(3, time(9))])
    page = client.get(space_of(session, trip.driver)).follow("Modifier").submit("/modifier", same_hour="7h")
    assert page.status == 422
    assert "Chaque jour a déjà son heure" in page.main


def test_a_way_back_before_the_way_out_is_blamed_on_its_day(client, session, own):
    page = client.get(own).follow("Modifier").submit("/modifier", **{"thursday-back": "7h"})
    assert page.status == 422
    assert "Le retour doit être après l'aller." in page.main


def test_places_passed_by_and_the_part_of_the_year_are_kept_and_shown(client, session, own):
    page = (
        client.get(own)
        .follow("Modifier")
        .submit("/modifier", via_1="Gramat", school_terms="term", skips_holidays="y", stated_minutes="1 h 10")
    )
    assert "En passant par Gramat." in page.main
    assert "Seulement en période scolaire. Pas les jours fériés." in page.main
    page = client.get(own).follow("Modifier")
    values = {box.get("name"): box.get("value") for box in page.root.iter("input")}
    assert (values["via_1"], values["stated_minutes"]) == ("Gramat", "70 minutes")


def test_one_day_only_is_cancelled_moved_and_put_back(client, session, own):
    thursday = {"day": "jeudi 26 novembre"}
    page = client.get(own).follow("Changer un seul jour").submit("/un-jour", **thursday)
    assert "Pas de trajet le jeudi 26 novembre." in page.main
    page = client.get(own).follow("Changer un seul jour").submit("/un-jour", day="3 décembre", hour="10h")
    assert "Le jeudi 3 décembre, départ à 10 h, pas de retour." in page.main
    page = client.get(own).submit("/un-jour/retablir")
    assert "Jours qui changent" not in page.main


def test_a_day_that_cannot_change_is_said(client, own):
    page = client.get(own).follow("Changer un seul jour").submit("/un-jour", day="mardi", hour="9h")
    assert page.status == 422
    assert "Vous ne faites pas ce trajet ce jour-là." in page.main


def test_the_same_pause_twice_is_one(client, session, own):
    for _ in range(2):
        client.get(own).follow("Mettre en pause").submit(
            "/pause", first_day="1er décembre", last_day="15 décembre"
        )
    assert client.get(own).main.count("Pas de trajet du 1er au 15 décembre.") == 1


def test_a_driver_sees_who_waits_on_the_road_by_commune_and_day_only(client, session, own):
    asked = make_request(session, legs=[a_leg(day=date(2026, 12, 3), origin=CAHORS, destination=FIGEAC)])
    session.commit()
    page = client.get(own)
    assert "On cherche un conducteur sur votre route" in page.main
    assert "Jeudi 3 décembre, Cahors – Figeac" in page.main
    assert asked.passenger.last_name not in page.main
    assert "10 h" not in page.main


def test_a_small_commune_is_said_by_the_town_beside_it(client, session, own):
    small = next(one for one in gazetteer() if one.departement == "46" and one.population < 100)
    away = Stop("Chez le voisin", small.insee, FIGEAC.lat + 0.002, FIGEAC.lon)
    make_request(session, legs=[a_leg(day=date(2026, 12, 3), origin=CAHORS, destination=away)])
    session.commit()
    page = client.get(own)
    assert "Jeudi 3 décembre, Cahors – environs de Figeac" in page.main
    assert small.name not in page.main
    assert away.label not in page.main


def test_a_driver_says_what_they_offer_and_how_often(client, session, own):
    page = client.get(own).submit("/possibilites", abilities=["boot", "wait"], monthly_limit="4")
    assert "C'est enregistré." in page.text
    session.expire_all()
    driver = session.query(Person).filter_by(last_name="Lacaze").one()
    assert (driver.abilities, driver.monthly_limit) == ("boot,wait", 4)
    assert client.get(own).submit("/possibilites", monthly_limit="999").status == 422


def test_no_tick_at_all_says_that_nothing_more_is_offered(client, session, own):
    client.get(own).submit("/possibilites")
    session.expire_all()
    driver = session.query(Person).filter_by(last_name="Lacaze").one()
    assert (driver.abilities, driver.monthly_limit) == ("", None)
