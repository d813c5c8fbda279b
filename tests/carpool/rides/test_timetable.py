"""What time asks of us, each once: relaunch, remind the day before, ask after the ride, renew old offers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.queries import sms_line
from lotocar.carpool.rides import outcomes, telling, timetable
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.journal.models import Entry
from lotocar.messages.delivery import learn
from lotocar.messages.models import OutboxMessage
from lotocar.messages.texts import SenderPolicy
from tests.messages.desk import seen_by_the_desk
from tests.support.factories import (
    NOW,
    PICKUP,
    a_mobile,
    make_approach,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)

POLICY = SenderPolicy(
    two_way=True,
    desk_phone="05 36 49 00 00",
    public_base_url="https://desk.example",
    organisation="Covoiturage solidaire du Lot",
)


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


@pytest.fixture
def ride(session: Session) -> Ride:
    """Odile takes Marcel, who reads SMS, on Tuesday at 8 h 30; both were told on Saturday."""
    ride_request = make_request(session, passenger=make_passenger(session, phone=a_mobile()))
    approach = make_approach(session, ride_request=ride_request, status="accepted", answered_at=NOW)
    return make_ride(session, approach=approach, passenger_told_at=NOW, passenger_told_through="sms")


def messages(session: Session, kind: str) -> list[OutboxMessage]:
    session.flush()
    return list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def run(session: Session, which: str, now: datetime) -> int:
    """One round of a job."""
    ids = getattr(timetable, f"to_{which}")(session, now=now)
    for row_id in ids:
        getattr(timetable, which)(session, row_id, now=now, policy=POLICY)
    session.flush()
    return len(ids)


@pytest.mark.parametrize(
    ("pickup", "remind"),
    [
        ("2026-11-24T07:30", "2026-11-23T08:00"),  # 8 h 30: not before 9 h the day before
        ("2026-11-24T13:00", "2026-11-23T13:00"),  # 14 h: the same hour
        ("2026-11-24T19:00", "2026-11-23T17:00"),  # 20 h: brought back to 18 h
        ("2026-07-14T12:00", "2026-07-13T12:00"),
        # the short night of 28 March 2027: 10 h in summer time, 10 h in winter time the day before
        ("2027-03-28T08:00", "2027-03-27T09:00"),
        ("2027-03-29T08:00", "2027-03-28T08:00"),
        # the long night of 31 October 2027
        ("2027-10-31T09:00", "2027-10-30T08:00"),
        ("2027-11-01T09:00", "2027-10-31T09:00"),
    ],
)
def test_fault_7_the_reminder_comes_at_the_same_hour_of_the_clock_the_day_before(
    pickup: str, remind: str
) -> None:
    at = timetable.remind_at(datetime.fromisoformat(pickup).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(remind).replace(tzinfo=UTC)


def test_both_sides_are_reminded_once(session: Session, ride: Ride) -> None:
    day_before = PICKUP - timedelta(hours=23)
    for _ in range(3):
        run(session, "remind", day_before)
    assert [len(messages(session, kind)) for kind in ("driver_reminder", "passenger_reminder")] == [1, 1]


def test_nobody_is_reminded_too_soon_or_of_a_cancelled_ride(session: Session, ride: Ride) -> None:
    assert run(session, "remind", NOW) == 0
    ride.status = "cancelled_driver"
    assert run(session, "remind", PICKUP - timedelta(hours=23)) == 0


def test_a_ride_whose_driver_is_asked_again_is_neither_reminded_of_nor_asked_about(
    session: Session, ride: Ride
) -> None:
    ride.approach.status = "to_reconfirm"
    before, after = PICKUP - timedelta(hours=23), ride.dropoff_at + timedelta(hours=2)
    assert (run(session, "remind", before), run(session, "ask_after", after)) == (0, 0)
    assert not timetable.remind(session, ride.id, now=before, policy=POLICY)
    assert not timetable.ask_after(session, ride.id, now=after, policy=POLICY)
    assert messages(session, "driver_reminder") == messages(session, "ride_happened") == []


def test_fault_5_a_reminder_less_than_two_hours_before_is_skipped_with_a_reason(
    session: Session, ride: Ride
) -> None:
    run(session, "remind", PICKUP - timedelta(hours=1))
    assert messages(session, "driver_reminder") == []
    verbs = {entry.verb: entry.data for entry in session.scalars(select(Entry))}
    assert verbs["ride.reminder_skipped"]["because"] == "late"
    assert run(session, "remind", PICKUP - timedelta(minutes=50)) == 0


def test_fault_5_six_hours_down_send_the_reminder_once_and_not_at_night(session: Session, ride: Ride) -> None:
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    run(session, "remind", night)
    (message,) = messages(session, "driver_reminder")
    # 8 h is too near 8 h 30: it may leave three hours before the trip, no earlier
    assert message.not_before == PICKUP - timedelta(hours=3)
    assert run(session, "remind", night) == 0


def test_what_was_just_said_is_not_said_again(session: Session, ride: Ride) -> None:
    ride.created_at = ride.passenger_told_at = PICKUP - timedelta(hours=12)
    run(session, "remind", PICKUP - timedelta(hours=11))
    assert messages(session, "driver_reminder") == messages(session, "passenger_reminder") == []


def test_a_passenger_who_was_never_told_is_not_reminded(session: Session, ride: Ride) -> None:
    ride.passenger_told_at = None
    run(session, "remind", PICKUP - timedelta(hours=23))
    assert messages(session, "passenger_reminder") == []


def test_a_passenger_on_a_landline_is_a_call_for_the_desk(session: Session) -> None:
    make_ride(session, passenger_told_at=NOW, passenger_told_through="phone")
    run(session, "remind", PICKUP - timedelta(hours=23))
    (call,) = messages(session, "passenger_reminder")
    assert (call.channel, call.status, call.reason) == ("call", "needs_human", "call.needed")
    assert call.body.startswith("Bonjour, ici Covoiturage solidaire du Lot.")
    assert call in seen_by_the_desk(session, now=NOW)


def test_a_driver_who_prefers_a_call_is_called(session: Session, ride: Ride) -> None:
    ride.driver.contact_preference = "call"
    run(session, "remind", PICKUP - timedelta(hours=23))
    assert messages(session, "driver_reminder")[0].channel == "call"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(24, 12), (6, 3), (4, 2), (3, 2), (2, None), (1, None)],
)
def test_a_silent_driver_is_asked_again_half_way(hours: int, expected: int | None) -> None:
    at = timetable.relaunch_at(asked_at=NOW, expires_at=NOW + timedelta(hours=hours))
    assert at == (NOW + timedelta(hours=expected) if expected else None)


def test_a_silent_driver_is_relaunched_once_then_lapses(session: Session) -> None:
    approach: Approach = make_approach(session)
    for hours in (1, 12, 13, 20):
        run(session, "relaunch", NOW + timedelta(hours=hours))
    assert len(messages(session, "driver_relaunched")) == 1
    assert approach.relaunched_at == NOW + timedelta(hours=12)
    for due in outcomes.to_lapse(session, now=NOW + timedelta(hours=24)):
        assert outcomes.lapse(session, due, now=NOW + timedelta(hours=24), policy=POLICY)
    assert approach.status == "expired"
    assert run(session, "relaunch", NOW + timedelta(hours=25)) == 0


def test_both_sides_are_asked_once_whether_it_took_place(session: Session, ride: Ride) -> None:
    after = ride.dropoff_at + timedelta(hours=1)
    assert run(session, "ask_after", after - timedelta(minutes=1)) == 0
    for _ in range(3):
        run(session, "ask_after", after)
    assert {message.person_id for message in messages(session, "ride_happened")} == {
        ride.driver_id,
        ride.passenger_id,
    }
    assert len(messages(session, "ride_happened")) == 2


def test_a_one_way_sender_gives_each_side_a_link_of_its_own_and_never_says_answer(
    session: Session, ride: Ride
) -> None:
    one_way, after = replace(POLICY, two_way=False), ride.dropoff_at + timedelta(hours=1)
    timetable.ask_after(session, ride.id, now=after, policy=one_way)
    timetable.renew(session, ride.trip_id or 0, now=after, policy=one_way)
    asked = messages(session, "ride_happened") + messages(session, "offer_renewal")
    links = [re.search(r"https://desk\.example/(\S+)/(\S{43})", message.body) for message in asked]
    assert [link.group(1) for link in links if link] == ["trajet-fait", "trajet-fait", "offre"]
    assert len({link.group(2) for link in links if link}) == 3
    assert not any("pondez" in message.body for message in asked)
    assert all(message.segments <= 2 for message in asked)


def test_nobody_is_asked_about_a_ride_four_days_old(session: Session, ride: Ride) -> None:
    assert run(session, "ask_after", ride.dropoff_at + timedelta(days=4)) == 0


def test_a_ride_that_nobody_spoke_of_is_lost_from_sight(session: Session, ride: Ride) -> None:
    days_later = ride.dropoff_at + timedelta(days=3)
    assert outcomes.to_lose_sight(session, now=days_later - timedelta(minutes=1)) == []
    assert outcomes.to_lose_sight(session, now=days_later) == [ride.id]
    assert outcomes.lose_sight(session, ride.id, now=days_later, policy=POLICY)
    assert not outcomes.lose_sight(session, ride.id, now=days_later, policy=POLICY)
    assert ride.status == "unknown"


def test_an_old_offer_is_asked_about_once_a_quarter(session: Session) -> None:
    old = make_trip(session, confirmed_at=NOW - timedelta(days=91))
    make_trip(session, confirmed_at=NOW - timedelta(days=10))
    assert timetable.to_renew(session, now=NOW) == [old.id]
    for days in (0, 1, 30, 89):
        run(session, "renew", NOW + timedelta(days=days))
    assert [message.subject_id for message in messages(session, "offer_renewal")].count(old.id) == 1


def test_old_offers_are_asked_about_twenty_at_a_time(session: Session) -> None:
    driver = make_driver(session)
    for _ in range(23):
        make_trip(session, driver=driver, confirmed_at=NOW - timedelta(days=91))
    assert len(timetable.to_renew(session, now=NOW)) == 20


@pytest.mark.parametrize("fact", ["stopped", "landline"])
def test_what_sending_taught_us_of_a_number_turns_the_next_message_into_a_call(
    session: Session, ride: Ride, fact: str
) -> None:
    learn(session, ride.driver.lines[0].e164, fact, source="21610", now=NOW)
    session.flush()
    assert telling.learn_of_lines(session, now=NOW) == 1
    assert telling.learn_of_lines(session, now=NOW) == 0
    assert sms_line(ride.driver) is None
    run(session, "remind", PICKUP - timedelta(hours=23))
    assert messages(session, "driver_reminder")[0].channel == "call"
