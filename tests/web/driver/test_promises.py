"""The private page says what is asked and promised, and answers like the SMS; so do the links sent afterwards."""

import threading
import time
from datetime import timedelta

import pytest

from lotocar.carpool.people import operations as people
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.values.actor import SYSTEM
from tests.support.doors import PageClient
from tests.support.factories import (
    NOW,
    PICKUP,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)

pytestmark = pytest.mark.usefixtures("house")
AFTER = PICKUP + timedelta(hours=3)


@pytest.fixture
def odile(session):
    """Odile, asked for Mme Delmas; her question stays open."""
    driver = make_driver(session, first_name="Odile")
    passenger = make_passenger(session, civility="mme", first_name="Simone", last_name="Delmas")
    make_approach(
        session,
        trip=make_trip(session, driver=driver),
        ride_request=make_request(session, passenger=passenger),
    )
    session.commit()
    return driver


@pytest.fixture
def ride(session):
    """Odile said yes to Simone for Tuesday."""
    passenger = make_passenger(session, civility="mme", first_name="Simone", last_name="Delmas")
    approach = make_approach(
        session,
        ride_request=make_request(session, passenger=passenger),
        status="accepted",
        answered_at=NOW,
    )
    approach.legs[0].leg.status = "confirmed"
    ride = make_ride(session, approach=approach)
    session.commit()
    return ride


def page_of(client, session, driver):
    token = people.issue_link(session, driver, purpose="driver_page", actor=SYSTEM, now=NOW)
    session.commit()
    return client.get(f"/mon-espace/{token}")


def link_of(session, person, purpose, subject_id, path):
    token = people.issue_link(session, person, purpose=purpose, subject_id=subject_id, actor=SYSTEM, now=NOW)
    session.commit()
    return f"/{path}/{token}"


def test_an_open_question_is_answered_from_the_page(client, session, odile):
    page = page_of(client, session, odile)
    assert "On vous demande" in page.text
    asked = page.follow("Lire et répondre")
    assert "Mme D." in asked.text
    assert "Delmas" not in asked.html
    done = asked.submit("/oui")
    assert "Merci ! Le passager va être prévenu." in done.text
    assert "Vous avez dit OUI" in done.text
    assert "On vous demande" not in done.text
    [approach] = session.query(Approach).populate_existing()
    assert (approach.status, approach.answered_through) == ("accepted", "link")


def test_a_no_from_the_page_keeps_its_reason(client, session, odile):
    asked = page_of(client, session, odile).follow("Lire et répondre")
    assert asked.submit("/non", reason="x" * 300).status == 422
    assert "C'est noté" in asked.submit("/non", reason="au garage").text
    [approach] = session.query(Approach).populate_existing()
    assert (approach.status, approach.decline_reason) == ("declined", "au garage")


def test_what_was_promised_is_called_off_after_a_second_thought(client, session, ride):
    page = page_of(client, session, ride.driver)
    assert "Vous avez dit OUI" in page.text
    assert "avec Mme D." in page.text
    assert "Simone" not in page.html
    sure = page.follow("Je ne peux plus")
    assert session.get(Ride, ride.id, populate_existing=True).status == "planned"
    assert "le passager est prévenu" in sure.submit("/annuler").text
    session.expire_all()
    gone = session.get_one(Ride, ride.id)
    assert (gone.status, gone.leg.status) == ("cancelled_driver", "unserved")


def test_a_promise_called_off_twice_is_called_off_once(client, session, ride):
    sure = page_of(client, session, ride.driver).follow("Je ne peux plus")
    for _ in range(2):
        assert "le passager est prévenu" in sure.submit("/annuler").text
    assert "le passager est prévenu" in client.get(sure.path).text  # gone back to
    session.expire_all()
    assert session.get_one(Ride, ride.id).status == "cancelled_driver"


def test_a_promise_called_off_twice_at_once_is_called_off_once(app, client, session, ride):
    path = page_of(client, session, ride.driver).follow("Je ne peux plus").path
    answers = []
    senders = [
        threading.Thread(target=lambda: answers.append(PageClient(app, session).post(path))) for _ in range(2)
    ]
    requests.lock(session, ride.leg.ride_request)  # held back here, until both have looked
    for one in senders:
        one.start()
    time.sleep(1.5)
    session.rollback()
    for one in senders:
        one.join(30)
    assert [one.status for one in answers] == [200, 200]


def test_nothing_of_another_driver_is_reached(client, session, odile, ride):
    own = page_of(client, session, make_driver(session)).path
    [approach] = session.query(Approach).filter_by(status="sent")
    for path in (f"questions/{approach.id}", f"convenus/{ride.id}/annuler"):
        assert client.get(f"{own}/{path}").status == 404
    for path in (f"questions/{approach.id}/oui", f"convenus/{ride.id}/annuler", f"convenus/{ride.id}/fait"):
        assert client.post(f"{own}/{path}").status == 404
    session.expire_all()
    assert (approach.status, ride.status, ride.driver_says) == ("sent", "planned", None)


@pytest.mark.parametrize("number", [2**31, 99999999999999999999])
def test_a_number_that_no_row_has_leads_nowhere(client, session, odile, number):
    own = page_of(client, session, odile).path
    for path in (f"questions/{number}", f"convenus/{number}/annuler"):
        assert client.get(f"{own}/{path}").status == 404
    for path in (f"questions/{number}/oui", f"convenus/{number}/annuler", f"convenus/{number}/fait"):
        assert client.post(f"{own}/{path}").status in {404, 405}  # nothing is posted to such an address


def test_the_page_asks_whether_a_past_ride_took_place_until_it_knows(client, session, ride, clock):
    clock.move_to(AFTER)
    page = page_of(client, session, ride.driver)
    assert "Ce trajet a-t-il eu lieu ?" in page.text
    after = page.submit("/fait")
    assert "Ce trajet a-t-il eu lieu ?" not in after.text
    assert session.get(Ride, ride.id, populate_existing=True).driver_says == "done"


def test_each_side_s_own_link_tells_and_both_yes_make_it_done(client, session, ride, clock):
    clock.move_to(AFTER)
    for person, other in ((ride.driver, "Simone"), (ride.passenger, ride.driver.first_name)):
        address = link_of(session, person, "ride_happened", ride.id, "trajet-fait")
        page = client.get(address)
        assert f"Le trajet avec {other} a-t-il eu lieu" in page.text
        assert session.get(Ride, ride.id, populate_existing=True).status == "planned"
        assert "Nous n’attendons plus de réponse" in page.submit("/oui").text
        assert "On sait déjà" in client.post(f"{address}/non").text
    assert session.get(Ride, ride.id, populate_existing=True).status == "done"


def test_a_word_before_the_ride_changes_nothing(client, session, ride):
    address = link_of(session, ride.driver, "ride_happened", ride.id, "trajet-fait")
    client.post(f"{address}/oui")
    assert session.get(Ride, ride.id, populate_existing=True).driver_says is None


@pytest.mark.parametrize(("answer", "status"), [("/oui", "active"), ("/non", "stopped")])
def test_an_old_offer_is_kept_or_stopped_by_its_link(client, session, answer, status):
    trip = make_trip(session, confirmed_at=NOW - timedelta(days=100))
    address = link_of(session, trip.driver, "offer_renewal", trip.id, "offre")
    page = client.get(address)
    assert session.get(Trip, trip.id, populate_existing=True).confirmed_at < NOW
    page.submit(answer)
    known = session.get(Trip, trip.id, populate_existing=True)
    assert known.status == status
    assert (known.confirmed_at >= NOW) is (answer == "/oui")


def test_a_stranger_s_link_opens_neither(client, session, ride):
    trip, stranger = make_trip(session), make_driver(session)
    for purpose, subject, path in (
        ("ride_happened", ride.id, "trajet-fait"),
        ("offer_renewal", trip.id, "offre"),
    ):
        address = link_of(session, stranger, purpose, subject, path)
        assert client.get(address).status == 404
        assert client.post(f"{address}/oui").status == 404
