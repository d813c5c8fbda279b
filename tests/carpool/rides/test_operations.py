"""Asking drivers, agreeing, and telling the passenger, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import leg_facts, search
from lotocar.carpool.people.models import Person, PrivateLink
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides import queries
from lotocar.carpool.rides.rules import APPROACH, RIDE, Proposal, answer_deadline
from lotocar.errors import Invalid, Refused
from tests.carpool.rides.agreeing import (
    NADIA,
    POLICY,
    ROADS,
    a_proposal,
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
    verbs,
)
from tests.support.factories import (
    NOW,
    PICKUP,
    TUESDAY,
    a_landline,
    a_leg,
    a_mobile,
    make_driver,
    make_line,
    make_organisation,
    make_passenger,
    make_trip,
    weekly,
)

BACK: dict[str, Any] = {"position": 2, "direction": "back", "time_kind": "leave_at", "hour": time(16)}


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


# --- asking ---------------------------------------------------------------------------------------------------


def test_asking_by_sms_sends_the_question_with_its_private_link(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    assert (one.status, one.tries, one.asked_at) == ("sent", 1, NOW)
    assert one.expires_at == NOW + timedelta(hours=24)
    assert (states(asked), asked.status) == (["approached"], "awaiting_driver")
    (body,) = bodies(session, one.driver, "driver_approached")
    assert f"OUI {one.reference}" in body
    assert "Poujol" not in body
    link = session.scalars(select(PrivateLink).where(PrivateLink.subject_id == one.id)).one()
    assert (link.purpose, link.expires_at) == ("approach", PICKUP)


def test_a_call_to_make_sends_nothing(session: Session):
    one = ask(session, a_request(session), channel="phone")
    assert (one.status, one.asked_at) == ("to_contact", None)
    assert told(session, one.driver) == []


def test_v8_a_driver_with_a_landline_only_never_gets_an_sms(session: Session):
    odile = make_driver(session, phone=a_landline())
    asked = a_request(session)
    with pytest.raises(Refused, match=r"approach\.no_sms"):
        ask(session, asked, odile)
    assert states(asked) == ["unserved"]
    one = ask(session, asked, odile, channel="phone")
    accept(session, one, through="phone")
    assert told(session, odile) == []


def test_a_driver_who_is_thinking_is_not_asked_twice_but_may_be_after_a_no(session: Session):
    asked, trip = a_request(session), make_trip(session)
    first = ask(session, asked, trip=trip)
    with pytest.raises(Refused, match="already_asked"):
        ask(session, asked, trip=trip, channel="phone")
    decline(session, first, "au garage")
    assert ask(session, asked, trip=trip, channel="phone").status == "to_contact"


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("closed", "request.closed"),
        ("agreed leg", "approach.taken"),
        ("passenger", "approach.driver"),
        ("erased", "approach.driver"),
    ],
)
def test_what_cannot_be_asked_is_refused(session: Session, case: str, code: str):
    asked, odile = a_request(session), make_driver(session)
    if case == "closed":
        asked.status = "closed"
    if case == "agreed leg":
        asked.legs[0].status = "agreed"
    if case == "erased":
        odile.erased_at = NOW
    driver = asked.passenger if case == "passenger" else odile
    with pytest.raises(Refused, match=code):
        ask(session, asked, driver)


@pytest.mark.parametrize("proposals", ["none", "of another request"])
def test_a_question_is_about_the_legs_of_its_request(session: Session, proposals: str):
    asked, other = a_request(session), a_request(session)
    wrong: list[Proposal] = [] if proposals == "none" else [a_proposal(other.legs[0], None)]
    with pytest.raises(Invalid, match=r"approach\.no_leg"):
        rides.approach(
            session,
            ride_request=asked,
            driver=make_driver(session),
            proposals=wrong,
            channel="phone",
            actor=NADIA,
            now=NOW,
            policy=POLICY,
        )


def test_the_time_to_answer_is_a_day_and_ends_two_hours_before_the_pick_up():
    assert answer_deadline(now=NOW, pickup_at=NOW + timedelta(days=3)) == NOW + timedelta(hours=24)
    assert answer_deadline(now=NOW, pickup_at=NOW + timedelta(hours=5)) == NOW + timedelta(hours=3)
    assert answer_deadline(now=NOW, pickup_at=NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert answer_deadline(now=NOW, pickup_at=NOW - timedelta(hours=1)) == NOW


@pytest.mark.parametrize("standing", ["refused", "suspended"])
def test_a_driver_whom_the_team_set_aside_is_not_asked(session: Session, standing: str):
    odile = make_driver(session)
    odile.enrolments[0].status = standing
    with pytest.raises(Refused, match=r"approach\.driver_closed"):
        ask(session, a_request(session), odile)


def test_rung_in_vain_is_counted_and_a_late_yes_still_counts(session: Session):
    one = ask(session, a_request(session), channel="phone")
    for _ in range(2):
        rides.missed(session, one, actor=NADIA, now=NOW)
    assert (one.status, one.tries) == ("no_answer", 2)
    assert len(accept(session, one, through="phone")) == 1
    with pytest.raises(Refused, match=r"approach\.accepted\.miss"):
        rides.missed(session, one, actor=NADIA, now=NOW)


def test_a_driver_rung_in_vain_is_not_told_that_a_question_they_never_heard_is_over(session: Session):
    one = ask(session, a_request(session), channel="phone")
    rides.missed(session, one, actor=NADIA, now=NOW)
    rides.withdraw(session, one, actor=NADIA, now=NOW, policy=POLICY)
    assert (one.status, told(session, one.driver)) == ("withdrawn", [])


def test_a_question_that_had_not_left_is_taken_back_even_after_a_call_in_vain(session: Session):
    one = ask(session, a_request(session))
    rides.missed(session, one, actor=NADIA, now=NOW)
    rides.withdraw(session, one, actor=NADIA, now=NOW, policy=POLICY)
    assert told(session, one.driver) == []


# --- agreeing -------------------------------------------------------------------------------------------------


def test_a_yes_makes_the_ride_takes_the_seat_and_thanks_the_driver(session: Session):
    asked = a_request(session, seats=2)
    trip = make_trip(session)
    one = ask(session, asked, trip=trip)
    (ride,) = accept(session, one)
    assert (ride.status, ride.seats, ride.day, ride.live_leg_id) == ("planned", 2, TUESDAY, asked.legs[0].id)
    assert ride.distance_m > 40_000
    assert seats_taken(session, trip) == {("out", "2026-11-24"): 2}
    assert (one.status, one.answered_through) == ("accepted", "sms")
    assert (states(asked), asked.status) == (["agreed"], "to_confirm")
    assert sorted(told(session, one.driver)) == ["driver_accepted_confirmed", "driver_approached"]
    assert told(session, asked.passenger) == [], "the passenger is told by the desk, on purpose"


def test_a_second_yes_gives_the_same_ride(session: Session):
    one = ask(session, a_request(session))
    first = accept(session, one)
    assert accept(session, one, through="link") == first
    assert len(bodies(session, one.driver, "driver_accepted_confirmed")) == 1


def test_v7_the_first_yes_thanks_the_others_and_a_late_yes_is_told_politely(session: Session):
    asked = a_request(session)
    quick, slow = ask(session, asked), ask(session, asked)
    everything_left(session)
    accept(session, quick)
    assert (slow.status, "driver_withdrawn" in told(session, slow.driver)) == ("withdrawn", True)
    assert accept(session, slow) == []
    assert "driver_already_found" in told(session, slow.driver)
    accept(session, slow)
    assert told(session, slow.driver).count("driver_already_found") == 1
    assert len(queries.rides_of_request(session, asked)) == 1


def test_a_question_still_waiting_to_leave_is_taken_back_in_silence(session: Session):
    asked = a_request(session)
    quick, slow = ask(session, asked), ask(session, asked)
    accept(session, quick)
    assert (slow.status, told(session, slow.driver)) == ("withdrawn", [])


def test_a_call_not_made_yet_is_dropped_without_a_word(session: Session):
    asked = a_request(session)
    quick, slow = ask(session, asked), ask(session, asked, channel="phone")
    accept(session, quick)
    assert (slow.status, told(session, slow.driver)) == ("withdrawn", [])


def test_drivers_thinking_about_another_leg_go_on_thinking(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    out, back = asked.legs
    first, second = ask(session, asked, legs=[out]), ask(session, asked, legs=[back])
    accept(session, first)
    assert (second.status, states(asked), asked.status) == (
        "sent",
        ["agreed", "approached"],
        "awaiting_driver",
    )


def test_one_driver_for_both_ways_makes_two_rides_and_one_message_each(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    one = ask(session, asked)
    assert len(accept(session, one)) == 2
    (thanks,) = bodies(session, one.driver, "driver_accepted_confirmed")
    assert "retour 16 h 30" in thanks.replace("\u00a0", " ")
    tell(session, asked)
    (news,) = bodies(session, asked.passenger, "passenger_confirmed")
    assert "Odile" in news
    assert "retour 16 h 30" in news.replace("\u00a0", " ")


def test_two_drivers_make_two_messages_to_the_passenger(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    for leg in asked.legs:
        accept(session, ask(session, asked, legs=[leg]))
    tell(session, asked)
    assert len(bodies(session, asked.passenger, "passenger_confirmed")) == 2


def test_without_a_seat_left_nothing_is_booked_and_the_leg_is_looked_for_again(session: Session):
    trip = make_trip(session, seats=1)
    agreed(session, trip=trip)
    asked = a_request(session)
    one = ask(session, asked, trip=trip)
    assert accept(session, one) == []
    assert (one.status, states(asked), asked.status) == ("withdrawn", ["unserved"], "to_process")
    assert "driver_already_found" in told(session, one.driver)


def test_a_seat_missing_on_one_way_leaves_that_leg_to_others(session: Session):
    trip = make_trip(session, seats=1)
    first = a_request(session, a_leg(**BACK))
    accept(session, ask(session, first, trip=trip))
    asked = a_request(session, a_leg(), a_leg(**BACK))
    booked = accept(session, ask(session, asked, trip=trip))
    assert [ride.direction for ride in booked] == ["out"]
    assert states(asked) == ["agreed", "unserved"]


def test_a_yes_to_a_request_that_was_closed_books_nothing(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    asked.status = "closed"
    assert accept(session, one) == []
    assert one.status == "withdrawn"


# --- one car, several passengers ------------------------------------------------------------------------------


def test_passengers_of_one_departure_share_the_car_and_another_departure_is_another_car(session: Session):
    trip = make_trip(session, departures=[weekly(1, time(8, 30)), weekly(1, time(14, 0))])
    morning, afternoon = trip.departures

    def key(departure_id: int, **changes: Any) -> str:
        asked = a_request(session, a_leg(**changes))
        (ride,) = accept(session, ask(session, asked, trip=trip, departure_id=departure_id))
        return ride.car_trip_key

    together = [key(morning.id), key(morning.id)]
    assert together[0] == together[1]
    assert key(afternoon.id) not in together
    next_week = TUESDAY + timedelta(days=7)
    assert key(morning.id, day=next_week) not in together


def test_a_driver_picked_by_hand_drives_a_car_of_his_own(session: Session):
    keys = set()
    for _ in range(2):
        asked = a_request(session)
        one = rides.approach(
            session,
            ride_request=asked,
            driver=make_driver(session),
            proposals=[a_proposal(asked.legs[0], None)],
            channel="phone",
            actor=NADIA,
            now=NOW,
            policy=POLICY,
        )
        (ride,) = accept(session, one, through="phone")
        keys.add(ride.car_trip_key)
    assert len(keys) == 2


def test_a_driver_who_leaves_after_midnight_has_the_seat_taken_on_the_day_he_leaves(session: Session):
    """Asked for Tuesday at 23 h 30; the car that passes leaves on Wednesday at 0 h 10."""
    trip = make_trip(session, seats=1, departures=[weekly(1, time(0, 10)), weekly(2, time(0, 10))])
    late = a_request(session, a_leg(time_kind="leave_at", hour=time(23, 30)))
    (found,) = search(session, leg_facts(session, late.legs[0]), mirror=Mirror(ROADS))
    assert found.day == TUESDAY + timedelta(days=1)
    (ride,) = accept(
        session,
        ask(
            session,
            late,
            trip=trip,
            departure_id=found.departure_id,
            pickup_at=found.pickup_at,
            dropoff_at=found.dropoff_at,
        ),
    )
    assert seats_taken(session, trip) == {("out", "2026-11-25"): 1}
    facts = leg_facts(session, late.legs[0])
    assert [*search(session, facts, mirror=Mirror(ROADS))] == [], "sold once"
    early = replace(facts, time_kind=TimeKind.LEAVE_AT, hour=time(0, 5))
    assert len(search(session, early, mirror=Mirror(ROADS))) == 1, "Tuesday's car is empty"
    rides.withdraw(session, ride.approach, actor=NADIA, now=NOW, policy=POLICY)
    assert seats_taken(session, trip) == {}


# --- saying no, letting go ------------------------------------------------------------------------------------


def test_a_no_keeps_its_reason_and_puts_the_leg_back_to_search(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    decline(session, one, "au garage")
    assert (one.status, one.decline_reason, states(asked)) == ("declined", "au garage", ["unserved"])
    assert verbs(session, asked)[-1] == "approach.declined"


def test_a_no_while_another_is_asked_leaves_the_leg_approached(session: Session):
    asked = a_request(session)
    one, _other = ask(session, asked), ask(session, asked)
    decline(session, one)
    assert states(asked) == ["approached"]


@pytest.mark.parametrize("passenger_told", [True, False])
def test_a_no_after_the_yes_frees_seat_and_leg_and_tells_a_passenger_who_knew(
    session: Session, passenger_told: bool
):
    asked, trip = a_request(session), make_trip(session)
    one = ask(session, asked, trip=trip)
    (ride,) = accept(session, one)
    if passenger_told:
        tell(session, asked)
        everything_left(session)
    decline(session, one, "malade")
    assert (ride.status, ride.live_leg_id, one.status) == ("cancelled_driver", None, "declined")
    assert (seats_taken(session, trip), states(asked)) == ({}, ["unserved"])
    assert ("ride_cancelled_passenger" in told(session, asked.passenger)) is passenger_told
    assert len(accept(session, ask(session, asked))) == 1, "another driver may take the leg"


def test_news_that_had_not_left_yet_are_taken_back_with_the_ride(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    accept(session, one)
    tell(session, asked)
    decline(session, one)
    assert told(session, asked.passenger) == []


def test_a_driver_who_said_no_may_say_yes_on_the_phone_and_is_thanked_again(session: Session):
    one = ask(session, a_request(session))
    accept(session, one)
    decline(session, one)
    assert len(accept(session, one, through="phone")) == 1
    assert len(bodies(session, one.driver, "driver_accepted_confirmed")) == 2


def test_letting_a_driver_go_after_the_yes_tells_him_that_the_ride_is_off(session: Session):
    asked, trip = a_request(session), make_trip(session)
    ride = agreed(session, asked, trip=trip)
    rides.withdraw(session, ride.approach, actor=NADIA, now=NOW, policy=POLICY)
    assert (ride.status, ride.approach.status, states(asked)) == (
        "cancelled_passenger",
        "withdrawn",
        ["unserved"],
    )
    assert "ride_cancelled_driver" in told(session, trip.driver)
    assert seats_taken(session, trip) == {}


# --- telling --------------------------------------------------------------------------------------------------


def test_p1_a_passenger_with_a_landline_stays_to_be_called_until_ticked(session: Session):
    asked = a_request(session, passenger=make_passenger(session))
    accept(session, ask(session, asked))
    with pytest.raises(Refused, match=r"person\.no_sms"):
        tell(session, asked, "sms")
    assert asked.status == "to_confirm"
    (ride,) = tell(session, asked, "phone")
    assert (asked.status, ride.passenger_told_through) == ("confirmed", "phone")
    assert told(session, asked.passenger) == []
    with pytest.raises(Refused, match=r"ride\.nothing_to_tell"):
        tell(session, asked, "phone")


def test_p8_a_minor_without_a_recorded_authorisation_is_given_no_contact(session: Session):
    young: Person = make_passenger(session, minor=True, phone=a_mobile())
    asked = a_request(session, passenger=young)
    accept(session, ask(session, asked))
    for through in ("sms", "phone"):
        with pytest.raises(Refused, match=r"person\.guardian"):
            tell(session, asked, through)
    young.guardian_consent_at = NOW
    assert len(tell(session, asked)) == 1


def test_only_what_is_new_is_told(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK), passenger=make_passenger(session))
    make_line(session, asked.passenger)
    out, back = asked.legs
    accept(session, ask(session, asked, legs=[out]))
    assert [ride.leg_id for ride in tell(session, asked)] == [out.id]
    accept(session, ask(session, asked, legs=[back]))
    assert [ride.leg_id for ride in tell(session, asked)] == [back.id]


def test_every_state_that_waits_can_be_left(session: Session):
    for state in ("to_contact", "no_answer", "sent", "to_reconfirm"):
        assert {act for one, act in APPROACH if one == state} >= {"accept", "decline", "withdraw"}
    assert all(next_state != "done" or act == "done" for (_state, act), next_state in RIDE.items())
