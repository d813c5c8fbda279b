"""A new or changed trip finds the requests that it could serve."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.matching.needs import Served, open_needs, served
from lotocar.carpool.matching.queries import departures_of_trips
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import FIGEAC, GOURDON, TUESDAY, a_leg, make_request, make_trip, weekly

TODAY = date(2026, 11, 21)


def found(session: Session, trip_id: int) -> list[Served]:
    return served(departures_of_trips(session, [trip_id]), open_needs(session, TODAY), EstimatedRoads())


def test_a_new_trip_finds_the_leg_it_could_serve_and_no_other(session: Session) -> None:
    fitting = make_request(session, legs=[a_leg(), a_leg(position=2, origin=GOURDON)])
    make_request(session, legs=[a_leg(day=date(2026, 11, 25))])
    trip = make_trip(session)
    [one] = found(session, trip.id)
    assert (one.need.ride_request_id, one.need.leg_id) == (fitting.id, fitting.legs[0].id)
    assert one.candidate.trip_id == trip.id


@pytest.mark.parametrize(
    ("status", "outcome", "leg_status", "is_found"),
    [
        ("to_process", None, "unserved", True),
        ("awaiting_driver", None, "approached", True),
        ("confirmed", None, "confirmed", False),
        ("draft", None, "unserved", False),
        ("closed", "unserved_no_driver", "failed", True),
        ("closed", "withdrawn_by_passenger", "failed", False),
        ("closed", "served_carpool", "done", False),
    ],
)
def test_only_those_who_still_look_or_were_left_without_anybody(
    session: Session, status: str, outcome: str | None, leg_status: str, is_found: bool
) -> None:
    make_request(session, status=status, outcome=outcome, legs=[a_leg(status=leg_status)])
    needs = open_needs(session, TODAY)
    assert [one.is_closed for one in needs] == ([status == "closed"] if is_found else [])
    assert len(found(session, make_trip(session).id)) == int(is_found)


def test_days_gone_by_are_left_alone(session: Session) -> None:
    make_request(session)
    assert open_needs(session, date(2026, 11, 25)) == []
    assert len(open_needs(session, TUESDAY)) == 1


def test_of_two_departures_the_one_of_least_detour_is_given(session: Session) -> None:
    make_request(session, legs=[a_leg(time_kind="none", hour=None)])
    trip = make_trip(session, departures=[weekly(1, time(8)), weekly(1, time(9))])
    [one] = found(session, trip.id)
    assert one.candidate.departure_id == trip.departures[0].id


def test_a_trip_the_other_way_serves_nobody(session: Session) -> None:
    make_request(session, legs=[a_leg(origin=FIGEAC, destination=GOURDON)])
    assert found(session, make_trip(session).id) == []
