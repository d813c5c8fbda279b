import pytest

from lotocar.carpool.people import operations as people
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.values.actor import SYSTEM
from tests.support.factories import NOW, make_approach, make_driver, make_passenger, make_request, make_trip
from tests.web.driver.steps import texts

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def approach(session):
    """Odile is asked for Mme Delmas."""
    passenger = make_passenger(session, civility="mme", first_name="Simone", last_name="Delmas")
    approach = make_approach(
        session, ride_request=make_request(session, passenger=passenger, wish="une canne")
    )
    session.commit()
    return approach


def address_of(session, approach):
    token = people.issue_link(
        session, approach.driver, purpose="approach", subject_id=approach.id, actor=SYSTEM, now=NOW
    )
    session.commit()
    return f"/reponse/{token}"


def status_of(session, approach):
    return session.get(Approach, approach.id, populate_existing=True).status


def test_the_question_says_who_where_and_when_and_nothing_more(client, session, approach):
    page = client.get(address_of(session, approach))
    for said in ("Mme D.", "Cahors", "Figeac", "Mardi 24 novembre", "8 h 30", "4 min", "une canne"):
        assert said in page.text
    for hidden in ("Delmas", "Simone", approach.ride_request.passenger.lines[0].e164[-6:]):
        assert hidden not in page.html
    assert page.response.headers["Cache-Control"] == "no-store"


def test_opening_the_link_answers_nothing(client, session, approach):
    """Threat 7: previews and scanners open links."""
    address = address_of(session, approach)
    for _ in range(10):
        client.get(address)
    assert status_of(session, approach) == "sent"


def test_a_yes_makes_the_ride(client, session, approach):
    page = client.get(address_of(session, approach)).submit("/oui")
    assert "Merci ! Le passager va être prévenu." in page.text
    assert status_of(session, approach) == "accepted"
    assert session.get(Approach, approach.id).answered_through == "link"
    assert session.query(Ride).count() == 1


def test_a_no_is_kept_with_its_reason(client, session, approach):
    page = client.get(address_of(session, approach)).submit("/non", reason="au garage")
    assert "Vous avez dit NON" in page.text
    row = session.get(Approach, approach.id, populate_existing=True)
    assert (row.status, row.decline_reason) == ("declined", "au garage")


def test_a_yes_that_comes_too_late_is_thanked(client, session, approach):
    """V7: « already found », politely."""
    other = make_approach(
        session, trip=make_trip(session, driver=make_driver(session)), ride_request=approach.ride_request
    )
    session.commit()
    late = address_of(session, other)
    client.get(address_of(session, approach)).submit("/oui")
    page = client.post(f"{late}/oui")
    assert "un autre conducteur a déjà répondu" in page.text
    assert session.query(Ride).count() == 1


def test_pressing_yes_twice_makes_one_ride(client, session, approach):
    page = client.get(address_of(session, approach))
    page.submit("/oui")
    assert page.submit("/oui").status == 200
    assert session.query(Ride).count() == 1


def test_a_no_after_the_yes_frees_the_passenger(client, session, approach):
    page = client.get(address_of(session, approach)).submit("/oui")
    page.submit("/non", reason="en panne")
    assert status_of(session, approach) == "declined"
    assert session.query(Ride).filter(Ride.live_leg_id.is_not(None)).count() == 0


def test_a_link_for_another_purpose_or_person_is_dead(client, session, approach):
    own_page = people.issue_link(session, approach.driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    stranger = people.issue_link(
        session, make_driver(session), purpose="approach", subject_id=approach.id, actor=SYSTEM, now=NOW
    )
    session.commit()
    for token in (own_page, stranger, "x" * 43):
        assert client.get(f"/reponse/{token}").status == 404
        assert client.post(f"/reponse/{token}/oui").status == 404
        assert client.post(f"/reponse/{token}/non").status == 404
    assert status_of(session, approach) == "sent"


def test_a_reason_too_long_is_said(client, session, approach):
    page = client.get(address_of(session, approach)).submit("/non", reason="x" * 300)
    assert page.status == 422
    assert texts(session, "driver_withdrawn") == []
    assert status_of(session, approach) == "sent"
