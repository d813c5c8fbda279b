"""Two rows of one driver become one, unless somebody's request or ride stands on the second."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import TripRevision
from lotocar.values.actor import SYSTEM
from tests.support.factories import make_driver, make_organisation, make_request, make_trip

NUMBER = "+33639980071"


def test_a_second_row_with_only_offers_joins_the_first_and_keeps_the_car(session: Session, now: datetime):
    make_organisation(session)
    first = make_driver(session, phone=NUMBER)
    second = make_driver(session, phone=NUMBER, car="Clio grise", minor=False)
    trip = make_trip(session, driver=second)
    assert trips.confirm_pending(session, second, actor=SYSTEM, now=now).id == first.id
    session.refresh(trip)
    assert trip.driver_id == first.id
    assert first.car == "Clio grise"
    assert second.erased_at is not None


def test_every_trip_of_a_joined_driver_is_read_again(session: Session, now: datetime):
    """The older trips too: the driver's month and abilities may have become those of the second row."""
    make_organisation(session)
    first = make_driver(session, phone=NUMBER)
    trip = make_trip(session, driver=first)
    second = make_driver(session, phone=NUMBER, monthly_limit=2)
    make_trip(session, driver=second)
    before = session.scalars(select(TripRevision.value)).one()
    trips.confirm_pending(session, second, actor=SYSTEM, now=now)
    session.refresh(trip)
    assert first.monthly_limit == 2
    assert trip.revision > before


def test_a_second_row_on_which_a_request_stands_is_kept(session: Session, now: datetime):
    make_organisation(session)
    make_driver(session, phone=NUMBER)
    second = make_driver(session, phone=NUMBER)
    asked = make_request(session, passenger=second)
    make_trip(session, driver=second, status="pending")
    assert trips.confirm_pending(session, second, actor=SYSTEM, now=now).id == second.id
    assert asked.passenger.erased_at is None
    assert asked.passenger.full_name
