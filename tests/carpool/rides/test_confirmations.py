"""Who says that a ride took place: each side for itself, or the desk for one side it rang."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.rides import confirmations, outcomes, timetable
from lotocar.carpool.rides.models import Ride
from lotocar.errors import Refused
from lotocar.messages.models import OutboxMessage
from tests.carpool.rides.agreeing import NADIA, POLICY, agreed, verbs
from tests.support.factories import PICKUP, make_consent, make_organisation

AFTER = PICKUP + timedelta(hours=6)


@pytest.fixture
def ride(session: Session) -> Ride:
    make_organisation(session)
    return agreed(session)


def says(session: Session, ride: Ride, person_id: int, yes: bool = True, **how: str) -> None:
    confirmations.ride_said(session, ride.id, person_id, yes, now=AFTER, policy=POLICY, **how)


def heard(session: Session, ride: Ride, side: str) -> None:
    confirmations.heard_by_desk(session, ride, side, actor=NADIA, now=AFTER, policy=POLICY)


def words(ride: Ride) -> tuple[object, ...]:
    return (ride.driver_says, ride.driver_said_through, ride.passenger_says, ride.passenger_said_through)


def test_each_side_s_way_of_saying_it_is_kept(session: Session, ride: Ride) -> None:
    says(session, ride, ride.driver_id, through="sms")
    says(session, ride, ride.passenger_id)
    assert (words(ride), ride.status) == (("done", "sms", "done", "link"), "done")


def test_the_desk_s_own_view_is_nobody_s_word(session: Session, ride: Ride) -> None:
    outcomes.finish(session, ride, "done", actor=NADIA, now=AFTER, policy=POLICY)
    assert (words(ride), ride.status) == ((None, "", None, ""), "done")
    says(session, ride, ride.passenger_id, through="sms")  # a silent side may still speak
    with pytest.raises(Refused):
        says(session, ride, ride.passenger_id, through="sms")  # once
    assert words(ride) == (None, "", "done", "sms")


def test_a_side_heard_on_the_phone_is_named_as_such_and_both_make_it_done(
    session: Session, ride: Ride
) -> None:
    heard(session, ride, "driver")
    assert (words(ride), ride.status) == (("done", "desk", None, ""), "planned")
    heard(session, ride, "passenger")
    assert (words(ride), ride.status) == (("done", "desk", "done", "desk"), "done")
    story = verbs(session, ride.leg.ride_request)
    assert {"ride.heard_driver", "ride.heard_passenger", "ride.done"} <= set(story)


def test_a_call_clears_up_a_no_sent_by_mistake(session: Session, ride: Ride) -> None:
    says(session, ride, ride.driver_id, yes=False, through="sms")
    heard(session, ride, "driver")
    assert words(ride)[:2] == ("done", "desk")


def test_an_outcome_taken_back_takes_the_desk_s_words_along_and_leaves_theirs(
    session: Session, ride: Ride
) -> None:
    says(session, ride, ride.driver_id, through="sms")
    heard(session, ride, "passenger")
    outcomes.finish(session, ride, "reopen", actor=NADIA, now=AFTER, policy=POLICY)
    assert (words(ride), ride.status) == (("done", "sms", None, ""), "planned")


def test_nobody_confirms_what_has_not_begun_or_did_not_take_place(session: Session, ride: Ride) -> None:
    with pytest.raises(Refused):
        confirmations.heard_by_desk(
            session, ride, "driver", actor=NADIA, now=PICKUP - timedelta(minutes=1), policy=POLICY
        )
    outcomes.finish(session, ride, "driver_no_show", actor=NADIA, now=AFTER, policy=POLICY)
    with pytest.raises(Refused):
        heard(session, ride, "passenger")


@pytest.mark.parametrize(("agree", "asked"), [(True, ["passenger"]), (False, [])])
def test_a_side_left_silent_by_the_desk_is_asked_when_both_agreed_to_the_registry(
    session: Session, ride: Ride, agree: bool, asked: list[str]
) -> None:
    says(session, ride, ride.driver_id, through="sms")
    outcomes.finish(session, ride, "done", actor=NADIA, now=AFTER, policy=POLICY)
    for person in (ride.driver, ride.passenger):
        make_consent(session, person, "registry")
    if not agree:
        make_consent(session, ride.passenger, "registry", given=False)
    for ride_id in timetable.to_ask_after(session, now=AFTER):
        timetable.ask_after(session, ride_id, now=AFTER, policy=POLICY)
    session.flush()
    found = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "ride_happened")).all()
    sides = {ride.driver_id: "driver", ride.passenger_id: "passenger"}
    assert [sides[message.person_id] for message in found if message.person_id] == asked


def test_both_sides_are_asked_long_before_the_registry_s_deadline(session: Session, ride: Ride) -> None:
    asked_at = ride.dropoff_at + timetable.ASK_AFTER
    assert timetable.to_ask_after(session, now=asked_at) == [ride.id]
    assert asked_at - ride.pickup_at < timedelta(hours=3)  # of twenty
