from datetime import date, time

import pytest
from sqlalchemy import select

from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.search import exhaustive
from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips.models import Trip
from lotocar.values.actor import SYSTEM
from lotocar.values.geo import Stop
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    NOW,
    make_consent,
    make_driver,
    make_ride,
    make_trip,
    once,
    weekly,
)
from tests.web.driver.steps import texts

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def lacaze(session):
    """V2: M. Lacaze drives Cahors to Figeac on Thursdays at 8 h, back at 16 h 30."""
    driver = make_driver(session, first_name="Roger", last_name="Lacaze")
    make_trip(session, driver=driver, departures=[weekly(3, time(8)), weekly(3, time(16, 30), "back")])
    session.commit()
    return driver


@pytest.fixture
def own(session, lacaze):
    """The address of M. Lacaze's page."""
    token = people.issue_link(session, lacaze, purpose="driver_page", actor=SYSTEM, now=NOW)
    session.commit()
    return f"/mon-espace/{token}"


def the_trip(session):
    session.expire_all()
    return session.scalars(select(Trip)).one()


def found_on(session, day):
    leg = LegFacts(CAHORS.point, FIGEAC.point, day)
    session.expire_all()
    return exhaustive(session, leg, roads=EstimatedRoads())


def test_the_link_shows_active_and_stopped_trips(client, session, lacaze, own):
    """V2."""
    make_trip(session, driver=lacaze, status="stopped", destination=CAHORS, origin=FIGEAC)
    session.commit()
    page = client.get(own)
    assert "Bonjour Roger" in page.text
    assert "proposé aux passagers" in page.text
    assert "arrêté" in page.text
    assert "Jeudi 8 h" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"


def test_the_driver_changes_the_hour_and_pauses_and_no_search_finds_the_pause(client, session, own):
    """V2: Thursday becomes 8 h 30; from 1 to 15 December nobody is offered the trip."""
    assert len(found_on(session, date(2026, 12, 3))) == 1
    page = client.get(own).follow("Modifier").submit("/modifier", **{"thursday-hour": "8h30"})
    assert "Votre trajet est modifié" in page.text
    page = page.follow("Mettre en pause").submit("/pause", first_day="1er décembre", last_day="15 décembre")
    assert "du 1er au 15 décembre" in page.text
    trip = the_trip(session)
    assert {one.direction: one.hour for one in trip.departures} == {"out": time(8, 30), "back": time(16, 30)}
    assert found_on(session, date(2026, 12, 3)) == []
    assert len(found_on(session, date(2026, 12, 17))) == 1


def test_a_pause_is_taken_back(client, session, own):
    page = client.get(own).follow("Mettre en pause").submit("/pause", first_day="1/12", last_day="15/12")
    page.submit("/retirer")
    assert the_trip(session).pauses == []


def test_one_pause_may_cover_every_trip(client, session, lacaze, own):
    make_trip(session, driver=lacaze)
    session.commit()
    client.get(own).follow("Mettre en pause").submit("/pause", first_day="1/12", last_day="15/12", every="y")
    session.expire_all()
    assert [len(trip.pauses) for trip in session.scalars(select(Trip))] == [1, 1]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("15/12", "1/12", "après le premier"), ("", "1/12", "premier jour"), ("31/02", "1/12", "calendrier")],
)
def test_an_impossible_pause_is_said(client, session, own, first, last, said):
    page = client.get(own).follow("Mettre en pause").submit("/pause", first_day=first, last_day=last)
    assert page.status == 422
    assert said in page.text
    assert the_trip(session).pauses == []


def test_a_trip_is_stopped_resumed_and_deleted(client, session, own):
    page = client.get(own).submit("/arreter")
    assert the_trip(session).status == "stopped"
    page = page.submit("/reprendre")
    assert the_trip(session).status == "active"
    page = page.follow("Supprimer").submit("/supprimer")
    assert the_trip(session).status == "deleted"
    assert "aucun trajet" in page.text


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("arreter", "active", "stopped"),
        ("reprendre", "stopped", "active"),
        ("supprimer", "active", "deleted"),
    ],
)
def test_a_button_pressed_twice_is_pressed_once(client, session, own, act, before, after):
    trip = the_trip(session)
    trip.status = before
    path = f"{own}/trajets/{trip.public_id}/{act}"
    first, second = (client.post(path) for _ in range(2))
    assert (second.status, second.main) == (200, first.main)
    assert the_trip(session).status == after


def test_opening_the_deletion_page_deletes_nothing(client, session, own):
    client.get(own).follow("Supprimer")
    assert the_trip(session).status == "active"


def test_a_trip_on_which_somebody_counts_is_not_deleted_without_a_call(client, session, lacaze, own):
    trip = the_trip(session)
    ride = make_ride(session)
    ride.driver, ride.trip = lacaze, trip
    session.commit()
    page = client.get(own).follow("Supprimer")
    assert "Quelqu’un compte sur vous" in page.text
    client.post(f"{own}/trajets/{trip.public_id}/supprimer")
    assert session.get(Trip, trip.id, populate_existing=True).status == "active"
    client.post(f"{own}/tout-effacer")
    assert session.get(Person, lacaze.id, populate_existing=True).erased_at is None


def test_one_more_trip_needs_no_code(client, session, own):
    page = client.get(own).follow("Proposer un autre trajet").follow("Une seule fois")
    page = page.submit("/nouveau", origin="Cahors", destination="Gourdon", day="mardi", hour="9h")
    assert "nouveau trajet est enregistré" in page.text
    assert texts(session, "driver_code") == []
    assert session.query(Trip).filter_by(kind="one_off", status="active").count() == 1


def test_one_more_trip_sent_twice_is_one_trip(client, session, own):
    page = client.get(f"{own}/trajets/nouveau?quand=une-fois")
    for _ in range(2):
        answer = page.submit("/nouveau", origin="Cahors", destination="Gourdon", day="mardi", hour="9h")
        assert "nouveau trajet est enregistré" in answer.text
    assert session.query(Trip).filter_by(kind="one_off").count() == 1


@pytest.mark.parametrize(("state", "said"), [("suspended", "a suspendu"), ("refused", "pas accepté")])
def test_a_closed_driver_is_told_why_and_keeps_what_was_typed(client, session, lacaze, own, state, said):
    lacaze.enrolments[0].status = state
    page = client.get(f"{own}/trajets/nouveau?quand=une-fois")
    page = page.submit("/nouveau", origin="Cahors", destination="Gourdon", day="mardi", hour="9h")
    assert page.status == 409
    assert said in page.main
    assert "Appelez-nous au 05" in page.main
    assert page.all("input", name="destination", value="Gourdon")
    assert session.query(Trip).count() == 1


def test_a_trip_made_once_is_changed_from_its_own_words(client, session, lacaze, own):
    make_trip(
        session,
        driver=lacaze,
        kind="one_off",
        departures=[once(date(2026, 11, 24), time(9)), once(date(2026, 11, 25), time(18), "back")],
    )
    the_weekly = session.query(Trip).filter_by(kind="regular").one()
    the_weekly.status = "deleted"
    session.commit()
    client.get(own).follow("Modifier").submit("/modifier", seats="2")
    session.expire_all()
    trip = session.query(Trip).filter_by(kind="one_off").one()
    assert (trip.seats, [one.day.day for one in trip.departures]) == (2, [24, 25])


def test_a_doorstep_stays_where_it_was_when_only_the_hour_changes(client, session, own):
    trip = the_trip(session)
    doorstep = trip.origin = Stop("4 rue Haute, Cahors", "46042", 44.4501, 1.4402)
    session.commit()
    client.get(own).follow("Modifier").submit("/modifier", **{"thursday-hour": "9h"})
    assert the_trip(session).origin == doorstep


def test_withdrawing_a_consent_holds_at_the_next_request(client, session, lacaze, own):
    """V9."""
    make_consent(session, lacaze, "share_phone")
    session.commit()
    page = client.get(own)
    assert [box.get("value") for box in page.all("input", name="share_phone", checked="")] == ["yes"]
    page.submit("/accords", share_phone="no")
    session.expire_all()
    assert queries.shares_phone(session, [lacaze.id]) == set()
    assert queries.consents(session, lacaze.id)["share_phone"].actor_kind == "person"


def test_the_driver_says_how_to_be_reached(client, session, lacaze, own):
    client.get(own).submit("/contact", contact_preference="call", call_hours="le soir", car="Clio grise")
    row = session.get(Person, lacaze.id, populate_existing=True)
    assert (row.contact_preference, row.call_hours, row.car) == ("call", "le soir", "Clio grise")


def test_a_slip_in_one_form_leaves_the_other_as_it_stands(client, session, lacaze, own):
    make_consent(session, lacaze, "registry")
    session.commit()
    page = client.get(own).submit("/contact", call_hours="x" * 200)
    assert page.status == 422
    assert page.all("input", name="registry", checked="")


def test_a_driver_asks_to_be_forgotten(client, session, lacaze, own):
    """V9."""
    page = client.get(own).follow("Tout effacer")
    assert session.get(Person, lacaze.id).erased_at is None
    page = page.submit("/tout-effacer")
    assert "effacées" in page.text
    row = session.get(Person, lacaze.id, populate_existing=True)
    assert (row.full_name, row.lines) == ("", [])
    assert client.get(own).status == 404


def test_the_page_never_shows_the_whole_number(client, session, lacaze, own):
    assert lacaze.lines[0].e164[-8:] not in client.get(own).html.replace(" ", "")


def test_a_link_opens_nobody_else_s_trips(client, session, own):
    """V3 and threat 13."""
    other = make_trip(session)
    session.commit()
    for act in ("modifier", "pause", "supprimer"):
        assert client.get(f"{own}/trajets/{other.public_id}/{act}").status == 404
    for act in ("modifier", "pause", "arreter", "reprendre", "supprimer", "pauses/1/retirer"):
        assert client.post(f"{own}/trajets/{other.public_id}/{act}").status == 404


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 10])
def test_a_wrong_link_is_a_plain_dead_end(client, token):
    page = client.get(f"/mon-espace/{token}")
    assert page.status == 404
    assert "Appelez-nous" in page.text


def test_fifty_previews_of_the_link_change_nothing(client, session, own):
    """Threat 7."""
    for _ in range(50):
        assert client.get(own).status == 200
    assert the_trip(session).status == "active"


def test_a_lost_link_is_replaced_and_the_old_one_dies(client, session, lacaze, own):
    """V3."""
    page = client.get("/lien-perdu").submit("/lien-perdu", phone=lacaze.lines[0].e164)
    assert "nouveau lien vient de partir" in page.text
    assert client.get(own).status == 404
    [message] = texts(session, "driver_link")
    [address] = [word for word in message.body.split() if "/mon-espace/" in word]
    assert "Bonjour Roger" in client.get(address.removeprefix("http://localhost")).text


@pytest.mark.parametrize("phone", ["06 39 98 77 77", "05 36 49 77 77"])
def test_a_lost_link_page_tells_nobody_who_is_registered(client, session, lacaze, own, phone):
    known = client.get("/lien-perdu").submit("/lien-perdu", phone=lacaze.lines[0].e164)
    unknown = client.get("/lien-perdu").submit("/lien-perdu", phone=phone)
    assert (known.status, known.main) == (unknown.status, unknown.main)
    assert len(texts(session, "driver_link")) == 1


def test_a_stranger_cannot_change_a_link_all_day(client, session, lacaze):
    for _ in range(4):
        client.get("/lien-perdu").submit("/lien-perdu", phone=lacaze.lines[0].e164)
    assert len(texts(session, "driver_link")) == 2


def test_a_passenger_s_number_gets_no_driver_link(client, session):
    make_driver(session, phone="+33639980066", roles=["passenger"])
    session.commit()
    client.get("/lien-perdu").submit("/lien-perdu", phone="06 39 98 00 66")
    assert texts(session, "driver_link") == []
