"""A trip that comes after nobody was found is noticed, once, and only for those who still wait."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides import openings, waiting
from lotocar.carpool.rides.models import Opening
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GOURDON,
    GRAMAT,
    NOW,
    a_leg,
    make_approach,
    make_request,
    make_trip,
    weekly,
)


def look(session: Session) -> int:
    session.flush()
    return openings.look(session, now=NOW, roads=EstimatedRoads())


def waiting_legs(session: Session) -> list[int]:
    session.flush()
    return list(session.scalars(waiting.openings(now=NOW)))


def test_a_new_trip_opens_what_nobody_served_whether_still_open_or_closed(session: Session):
    make_trip(session)  # there already when people called
    look(session)
    still_open = make_request(session, status="searching")
    given_up = make_request(
        session, status="closed", outcome="unserved_no_driver", legs=[a_leg(status="failed")]
    )
    make_request(session, status="closed", outcome="withdrawn_by_passenger", legs=[a_leg(status="failed")])
    make_request(session, status="awaiting_driver", legs=[a_leg(status="approached")])
    make_request(session, status="searching", legs=[a_leg(origin=GOURDON, destination=GRAMAT)])
    make_request(session, status="searching", legs=[a_leg(day=NOW.date() - timedelta(days=4))])
    make_trip(session, origin=CAHORS, destination=FIGEAC, departures=[weekly(1, time(8))])
    assert look(session) == 2
    assert waiting_legs(session) == [still_open.legs[0].id, given_up.legs[0].id]
    assert look(session) == 0


def test_what_was_there_before_the_first_look_is_no_news(session: Session):
    make_request(session, status="searching")
    make_trip(session)
    assert look(session) == 0
    assert look(session) == 0


def test_a_driver_asked_already_is_no_news(session: Session):
    look(session)
    asked = make_request(session, status="searching")
    trip = make_trip(session)
    make_approach(session, ride_request=asked, trip=trip, status="declined")
    assert look(session) == 0


def test_a_leg_that_somebody_serves_meanwhile_waits_no_more(session: Session):
    look(session)
    asked = make_request(session, status="searching")
    make_trip(session)
    assert look(session) == 1
    asked.legs[0].status = "agreed"
    assert waiting_legs(session) == []


def test_what_was_looked_at_waits_no_more(session: Session):
    look(session)
    make_request(session, status="searching")
    make_trip(session)
    look(session)
    openings.handle(session, session.scalars(select(Opening)).all(), now=NOW)
    assert waiting_legs(session) == []
