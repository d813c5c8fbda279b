"""A correction after the yes: the driver is asked again, at new hours, and the passenger told anew."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.requests.corrections import correct
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.rides.changes import reconfirm_after_change
from lotocar.carpool.rides.outcomes import to_lapse
from lotocar.errors import Refused
from lotocar.values.days import local
from lotocar.values.hours import local_instant_lenient
from tests.carpool.rides.agreeing import (
    NADIA,
    POLICY,
    ROADS,
    a_request,
    accept,
    agreed,
    ask,
    bodies,
    decline,
    everything_left,
    seats_taken,
    states,
    tell,
    told,
)
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    NOW,
    TUESDAY,
    a_landline,
    a_leg,
    make_driver,
    make_organisation,
    make_trip,
    weekly,
)

OUT: dict[str, Any] = {"day": TUESDAY, "time_kind": "arrive_by", "hour": time(10)}
BACK: dict[str, Any] = {"day": TUESDAY, "time_kind": "leave_at", "hour": time(16)}


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


def change(session: Session, asked: RideRequest, *, seats: int = 1, **wishes: dict[str, Any] | None) -> None:
    """The desk corrects the request; `out` and `back` change each way, None drops it."""
    standing = {leg.direction: leg for leg in asked.legs}
    legs = [
        _wish(direction, standing.get(direction), wishes.get(direction, {}))
        for direction in ("out", "back")
        if wishes.get(direction, {}) is not None and (direction in standing or direction in wishes)
    ]
    session.flush()
    changed = correct(
        session,
        asked,
        expected_revision=asked.revision,
        legs=legs,
        seats=seats,
        purpose=asked.purpose,
        wish="",
        staff_note="",
        actor=NADIA,
        now=NOW,
    )
    reconfirm_after_change(session, changed, actor=NADIA, now=NOW, policy=POLICY, roads=ROADS)


def _wish(direction: str, leg: Leg | None, changes: dict[str, Any] | None) -> LegWish:
    values: dict[str, Any] = {
        "direction": direction,
        "origin": leg.origin if leg else FIGEAC,
        "destination": leg.destination if leg else CAHORS,
        "day": leg.day if leg else TUESDAY,
        "time_kind": leg.time_kind if leg else "leave_at",
        "hour": leg.hour if leg else time(16),
    }
    return LegWish(**(values | (changes or {})))


def paris(at: datetime) -> str:
    return f"{local(at):%d %H:%M}"


def both_ways(session: Session, **changes: Any) -> RideRequest:
    back = {"position": 2, "direction": "back", "origin": FIGEAC, "destination": CAHORS}
    return a_request(session, a_leg(), a_leg(**back, **BACK), **changes)


def test_a_change_after_the_yes_asks_the_driver_again_and_the_passenger_is_to_be_told_anew(session: Session):
    asked = a_request(session)
    ride = agreed(session, asked)
    everything_left(session)
    change(session, asked, out={"hour": time(9, 45)})
    assert (ride.approach.status, states(asked)) == ("to_reconfirm", ["agreed"])
    assert len(bodies(session, ride.driver, "driver_approached")) == 2
    with pytest.raises(Refused, match="nothing_to_tell"):
        tell(session, asked, "phone")
    assert accept(session, ride.approach) == [ride]
    assert (ride.approach.status, ride.passenger_told_at) == ("accepted", None)
    assert len(bodies(session, ride.driver, "driver_accepted_confirmed")) == 2
    assert tell(session, asked) == [ride]
    assert len(bodies(session, ride.passenger, "passenger_confirmed")) == 1  # told aloud the first time


def test_the_driver_is_asked_for_his_own_hour_while_it_still_suits(session: Session):
    ride = agreed(session)
    change(session, ride.leg.ride_request, out={"hour": time(11)})
    part = ride.approach.legs[0]
    assert paris(part.pickup_at) == "24 08:30"
    assert paris(ride.pickup_at) == "24 08:30"


@pytest.mark.parametrize(
    ("wish", "pickup"),
    [
        ({"hour": time(14), "time_kind": "leave_at"}, "24 14:00"),  # he leaves at 8 h 30
        ({"day": TUESDAY + timedelta(days=1), "hour": time(9), "time_kind": "leave_at"}, "25 09:00"),
        ({"hour": None, "time_kind": "none"}, "24 08:30"),
    ],
)
def test_otherwise_he_is_asked_for_the_hour_wished(session: Session, wish: dict[str, Any], pickup: str):
    ride = agreed(session)
    change(session, ride.leg.ride_request, out=wish)
    assert paris(ride.approach.legs[0].pickup_at) == pickup
    assert ride.approach.legs[0].dropoff_at > ride.approach.legs[0].pickup_at


def test_an_earlier_arrival_than_he_can_make_is_asked_as_it_is_wished(session: Session):
    ride = agreed(session)
    change(session, ride.leg.ride_request, out={"hour": time(9)})
    assert paris(ride.approach.legs[0].dropoff_at) == "24 09:00"


def test_the_ride_moves_to_the_new_day_with_its_seat_once_agreed_again(session: Session):
    trip = make_trip(session)
    asked = a_request(session)
    ride, other = agreed(session, asked, trip=trip), agreed(session, trip=trip)
    assert ride.car_trip_key == other.car_trip_key
    change(session, asked, out={"day": TUESDAY + timedelta(days=7)})
    assert seats_taken(session, trip) == {("out", "2026-11-24"): 2}
    accept(session, ride.approach)
    assert (ride.day, paris(ride.pickup_at)) == (TUESDAY + timedelta(days=7), "01 08:30")
    assert seats_taken(session, trip) == {("out", "2026-11-24"): 1, ("out", "2026-12-01"): 1}
    assert ride.car_trip_key != other.car_trip_key


@pytest.mark.parametrize(
    ("wish", "pickup"),
    [
        ({"time_kind": "around", "hour": time(0, 20)}, "23 23:50"),  # his own hour, on the eve
        ({"hour": time(0, 10)}, "24 00:10"),  # later than his own
    ],
)
def test_a_change_leaves_the_seat_in_the_car_that_left_on_the_eve(
    session: Session, wish: dict[str, Any], pickup: str
):
    trip = make_trip(session, departures=[weekly(0, time(23, 50))])
    asked = a_request(session, a_leg(time_kind="leave_at", hour=time(0, 5)))
    left = local_instant_lenient(TUESDAY - timedelta(days=1), time(23, 50))
    ride = agreed(session, asked, trip=trip, pickup_at=left, dropoff_at=left + timedelta(hours=1))
    assert seats_taken(session, trip) == {("out", "2026-11-23"): 1}
    change(session, asked, out=wish)
    accept(session, ride.approach)
    assert paris(ride.pickup_at) == pickup
    assert seats_taken(session, trip) == {("out", "2026-11-23"): 1}


def test_another_change_while_he_thinks_asks_once_more(session: Session):
    asked = a_request(session)
    ride = agreed(session, asked)
    change(session, asked, out={"hour": time(9, 45)})
    change(session, asked, out={"hour": time(9, 50)})
    assert (ride.approach.status, ride.approach.tries) == ("to_reconfirm", 3)
    assert ride.live_leg_id == asked.legs[0].id


def test_more_seats_are_asked_of_the_driver_and_taken_when_he_agrees(session: Session):
    trip = make_trip(session, seats=2)
    asked = a_request(session)
    ride = agreed(session, asked, trip=trip)
    change(session, asked, seats=2)
    accept(session, ride.approach)
    assert (ride.seats, seats_taken(session, trip)) == (2, {("out", "2026-11-24"): 2})
    change(session, asked, seats=3)
    with pytest.raises(Refused, match=r"seats\.none_left"):
        accept(session, ride.approach)


def test_both_ways_changed_make_one_question(session: Session):
    asked = both_ways(session)
    one = ask(session, asked)
    accept(session, one)
    change(session, asked, out={"hour": time(9, 45)}, back={"hour": time(16, 30)})
    assert (one.status, one.tries) == ("to_reconfirm", 2)


def test_the_way_back_no_longer_wanted_frees_the_driver_for_it_alone(session: Session):
    asked, trip = both_ways(session), make_trip(session)
    one = ask(session, asked, trip=trip)
    out, back = accept(session, one)
    change(session, asked, back=None)
    assert (out.status, back.status, one.status) == ("planned", "cancelled_passenger", "accepted")
    assert states(asked) == ["agreed", "dropped"]
    assert seats_taken(session, trip) == {("out", "2026-11-24"): 1}
    assert "ride_cancelled_driver" in told(session, one.driver)


def test_drivers_who_were_only_thinking_are_let_go(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    everything_left(session)
    change(session, asked, out={"hour": time(15)})
    assert (one.status, states(asked)) == ("withdrawn", ["unserved"])
    assert "driver_withdrawn" in told(session, one.driver)


def test_a_driver_on_a_landline_becomes_a_call_to_make(session: Session):
    asked, odile = a_request(session), make_driver(session, phone=a_landline())
    ride = agreed(session, asked, driver=odile, channel="phone")
    change(session, asked, out={"hour": time(9, 45)})
    assert (ride.approach.status, told(session, odile)) == ("to_reconfirm", [])


def test_a_no_to_the_change_frees_the_leg_and_tells_a_passenger_who_knew(session: Session):
    asked = a_request(session)
    ride = agreed(session, asked)
    change(session, asked, out={"hour": time(9, 45)})
    decline(session, ride.approach)
    assert (ride.status, states(asked)) == ("cancelled_driver", ["unserved"])
    assert "ride_cancelled_passenger" in told(session, ride.passenger)


def test_a_question_asked_again_never_lapses_by_itself(session: Session):
    asked = a_request(session)
    ride = agreed(session, asked)
    change(session, asked, out={"hour": time(9, 45)})
    assert to_lapse(session, now=NOW + timedelta(days=2)) == []
    assert (ride.status, ride.approach.status) == ("planned", "to_reconfirm")
