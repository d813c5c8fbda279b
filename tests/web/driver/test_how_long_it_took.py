"""Whoever was there may say how long the ride lasted: the roads learn from it."""

from datetime import timedelta

import pytest

from lotocar.carpool.people import operations as people
from lotocar.carpool.rides.lessons import lessons
from lotocar.carpool.rides.models import Ride
from lotocar.values.actor import SYSTEM
from lotocar.world.roads.learning import Lesson
from tests.support.factories import (
    NOW,
    PICKUP,
    make_approach,
    make_driver,
    make_ride,
    make_trip,
)

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def ride(session, clock):
    """Odile drove her passenger this morning."""
    driver = make_driver(session, first_name="Odile")
    approach = make_approach(
        session, trip=make_trip(session, driver=driver), status="accepted", answered_at=NOW
    )
    approach.legs[0].leg.status = "confirmed"
    ride = make_ride(session, approach=approach)
    session.commit()
    clock.move_to(PICKUP + timedelta(hours=3))
    return ride


def asked(client, session, person, ride):
    """The page behind the link of the question."""
    token = people.issue_link(
        session, person, purpose="ride_happened", subject_id=ride.id, actor=SYSTEM, now=NOW
    )
    session.commit()
    return client.get(f"/trajet-fait/{token}")


def known(session, ride):
    return session.get(Ride, ride.id, populate_existing=True)


def test_a_duration_told_is_kept_and_teaches_once_the_ride_is_done(client, session, ride):
    asked(client, session, ride.driver, ride).submit("/oui", minutes="55")
    assert known(session, ride).measured_minutes == 55
    assert lessons(session) == []  # the passenger has not said yes
    asked(client, session, ride.passenger, ride).submit("/oui")
    assert known(session, ride).status == "done"
    assert lessons(session) == [Lesson(ride.leg.origin.point, ride.leg.destination.point, 55 * 60)]


def test_a_number_longer_than_any_is_too_long_and_no_crash(client, session, ride):
    page = asked(client, session, ride.driver, ride).submit("/oui", minutes="9" * 5000)
    assert page.status == 422
    assert "3 caractères au plus" in page.main
    assert known(session, ride).driver_says is None


def test_nothing_need_be_told(client, session, ride):
    answer = asked(client, session, ride.driver, ride).submit("/oui", minutes="")
    assert answer.status == 200
    assert known(session, ride).driver_says == "done"
    assert known(session, ride).measured_minutes is None


@pytest.mark.parametrize("words", ["0", "une", "999", "-5", "1.5"])
def test_what_is_no_duration_comes_back_with_what_was_typed(client, session, ride, words):
    answer = asked(client, session, ride.driver, ride).submit("/oui", minutes=words)
    assert answer.status == 422
    assert "Écrivez un nombre de minutes" in answer.text
    assert known(session, ride).driver_says is None


def test_what_a_driver_says_of_his_own_way_teaches_too(session, house):
    trip = make_trip(session, stated_minutes=70)
    make_trip(session, stated_minutes=70, status="stopped")
    make_trip(session)
    assert lessons(session) == [Lesson(trip.origin.point, trip.destination.point, 70 * 60)]
