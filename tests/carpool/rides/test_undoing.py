"""The last step is taken back while it reached nobody; otherwise the reason is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.rides import handing, operations, outcomes, undoing
from lotocar.carpool.rides.models import Approach, ApproachLeg, HandOver, PutOff, Ride
from lotocar.carpool.rides.rules import Proposal
from lotocar.carpool.trips.models import SeatUse
from lotocar.errors import Invalid, Refused
from lotocar.messages.models import OutboxMessage
from lotocar.values.actor import Actor, ActorKind
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.rides.agreeing import POLICY
from tests.support.factories import (
    NOW,
    a_landline,
    a_leg,
    make_account,
    make_approach,
    make_driver,
    make_request,
    make_ride,
    make_trip,
)

SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def nadia(session: Session) -> Actor:
    return Actor(ActorKind.STAFF, make_account(session).id)


def a_question(session: Session, *, by_phone: bool = True, **changes: Any) -> Approach:
    """Odile is asked for a request, on her landline unless said otherwise."""
    driver = make_driver(session, phone=a_landline() if by_phone else "new mobile")
    asked = make_request(session, status="awaiting_driver", legs=[a_leg(status="approached")])
    values = {"status": "to_contact", "channel": "phone", "asked_at": None} if by_phone else {}
    return make_approach(
        session, trip=make_trip(session, driver=driver), ride_request=asked, **(values | changes)
    )


def accept(session: Session, one: Approach, actor: Actor) -> None:
    operations.accept(
        session, one, through="phone", actor=actor, now=NOW, policy=POLICY, roads=EstimatedRoads()
    )


def take_back(session: Session, one: Approach | Any, actor: Actor, *, now: Any = SOON) -> None:
    found = getattr(one, "ride_request", one)
    step = undoing.last_step(session, found, now=now)
    assert step is not None
    undoing.take_back(session, found, entry_id=step.entry_id, actor=actor, now=now, policy=POLICY)


def why_not(session: Session, found: Any) -> str:
    step = undoing.last_step(session, found, now=SOON)
    assert step is not None
    return step.why_not


def test_a_call_in_vain_noted_by_mistake_is_taken_back(session: Session, nadia: Actor):
    one = a_question(session)
    operations.missed(session, one, actor=nadia, now=NOW)
    take_back(session, one, nadia)
    assert (one.status, one.tries) == ("to_contact", 0)
    assert session.scalars(select(PutOff)).all() == []


def test_a_refusal_noted_by_mistake_asks_the_driver_again(session: Session, nadia: Actor):
    one = a_question(session)
    operations.decline(session, one, reason="au garage", through="phone", actor=nadia, now=NOW, policy=POLICY)
    assert one.legs[0].leg.status == "unserved"
    take_back(session, one, nadia)
    assert (one.status, one.decline_reason, one.answered_at) == ("to_contact", "", None)
    assert one.legs[0].leg.status == "approached"


def test_a_yes_noted_by_mistake_frees_the_seat_and_books_nothing(session: Session, nadia: Actor):
    one = a_question(session)
    other = make_approach(
        session,
        ride_request=one.ride_request,
        status="to_contact",
        channel="phone",
        asked_at=None,
        legs=[],
    )
    other.legs = [
        ApproachLeg(leg=one.legs[0].leg, pickup_at=one.legs[0].pickup_at, dropoff_at=one.legs[0].dropoff_at)
    ]
    session.flush()
    accept(session, one, nadia)
    assert (other.status, len(session.scalars(select(Ride)).all())) == ("withdrawn", 1)
    take_back(session, one, nadia)
    session.flush()
    assert (one.status, other.status) == ("to_contact", "to_contact")
    assert one.legs[0].leg.status == "approached"
    assert session.scalars(select(Ride)).all() == []
    assert session.scalars(select(SeatUse.taken)).all() == [0]
    accept(session, one, nadia)  # and it may be noted again
    assert one.status == "accepted"


def test_a_yes_whose_thanks_are_on_their_way_is_not_taken_back(session: Session, nadia: Actor):
    one = a_question(session, by_phone=False)
    accept(session, one, nadia)
    assert why_not(session, one.ride_request) == ""  # still in our hands
    session.scalars(select(OutboxMessage)).one().status = "sending"
    session.flush()
    assert why_not(session, one.ride_request) == "undo.sent"
    with pytest.raises(Refused, match=r"undo\.sent"):
        take_back(session, one, nadia)


def test_a_question_that_has_not_left_is_taken_back_with_its_sms(session: Session, nadia: Actor):
    asked = make_request(session)
    one = operations.approach(
        session,
        ride_request=asked,
        driver=make_driver(session),
        proposals=[_proposal(asked.legs[0].id)],
        channel="sms",
        actor=nadia,
        now=NOW,
        policy=POLICY,
    )
    session.flush()
    take_back(session, one, nadia)
    session.flush()
    assert one.status == "withdrawn"
    assert session.scalars(select(OutboxMessage.status)).all() == ["canceled"]


def _proposal(leg_id: int) -> Proposal:
    return Proposal(
        leg_id=leg_id,
        trip_id=None,
        direction="out",
        departure_id=None,
        pickup_at=NOW + timedelta(days=3),
        dropoff_at=NOW + timedelta(days=3, hours=1),
        detour_seconds=0,
    )


def test_a_no_after_the_yes_was_told_to_people_and_stays(session: Session, nadia: Actor):
    one = a_question(session)
    accept(session, one, nadia)
    operations.decline(session, one, reason="", through="phone", actor=nadia, now=SOON, policy=POLICY)
    step = undoing.last_step(session, one.ride_request, now=SOON)
    assert step is not None
    assert step.why_not == "undo.told"


def test_a_passenger_noted_as_told_on_the_phone_is_to_be_told_again(session: Session, nadia: Actor):
    one = a_question(session)
    accept(session, one, nadia)
    operations.tell_passenger(
        session, one.ride_request, through="phone", actor=nadia, now=SOON, policy=POLICY
    )
    assert one.ride_request.status == "confirmed"
    take_back(session, one, nadia, now=SOON + timedelta(minutes=1))
    ride = session.scalars(select(Ride)).one()
    assert (ride.passenger_told_at, one.ride_request.status) == (None, "to_confirm")


def test_an_outcome_noted_by_mistake_opens_the_ride_again(session: Session, nadia: Actor):
    asked = make_request(session, status="confirmed", legs=[a_leg(status="confirmed")])
    agreed = make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
    ride = make_ride(
        session, approach=agreed, pickup_at=NOW - timedelta(hours=2), dropoff_at=NOW - timedelta(hours=1)
    )
    outcomes.finish(session, ride, "done", actor=nadia, now=NOW, policy=POLICY)
    assert asked.status == "closed"
    take_back(session, asked, nadia)
    assert (ride.status, asked.status) == ("planned", "confirmed")


def test_whose_a_request_is_goes_back(session: Session, nadia: Actor):
    asked, paul = make_request(session), make_account(session, display_name="Paul")
    requests.take(session, asked, account_id=paul.id, actor=Actor(ActorKind.STAFF, paul.id), now=NOW)
    assert nadia.id is not None
    requests.take(session, asked, account_id=nadia.id, instead_of=paul.id, actor=nadia, now=SOON)
    take_back(session, asked, nadia)
    assert asked.assigned_to_id == paul.id


def test_a_promised_call_goes_back_to_what_it_was(session: Session, nadia: Actor):
    asked, first = make_request(session), NOW + timedelta(hours=3)
    requests.call_back_at(session, asked, first, actor=nadia, now=NOW)
    requests.call_back_at(session, asked, None, actor=nadia, now=SOON)
    take_back(session, asked, nadia)
    assert asked.callback_at == first


def test_a_closed_request_opens_again(session: Session, nadia: Actor):
    asked = make_request(session, status="searching")
    outcomes.close_request(session, asked, outcome="unserved_no_driver", actor=nadia, now=NOW, policy=POLICY)
    take_back(session, asked, nadia)
    assert (asked.is_open, asked.legs[0].status) == (True, "unserved")


def test_nobody_takes_back_a_colleague_s_step_nor_an_old_one_nor_twice(session: Session, nadia: Actor):
    one = a_question(session)
    operations.missed(session, one, actor=nadia, now=NOW)
    session.flush()
    with pytest.raises(Refused, match=r"undo\.not_yours"):
        take_back(session, one, Actor(ActorKind.STAFF, make_account(session).id))
    assert undoing.last_step(session, one.ride_request, now=NOW + timedelta(minutes=11)) is None
    with pytest.raises(Refused, match=r"undo\.moved"):
        undoing.take_back(session, one.ride_request, entry_id=0, actor=nadia, now=SOON, policy=POLICY)
    take_back(session, one, nadia)
    session.flush()
    assert undoing.last_step(session, one.ride_request, now=SOON) is None


def test_a_handed_over_request_is_the_colleague_s_with_a_note_that_erasing_empties(
    session: Session, nadia: Actor
):
    asked, paul = make_request(session), make_account(session, display_name="Paul")
    assert nadia.id is not None
    handing.hand_over(
        session, asked, author_id=nadia.id, to_id=paul.id, note="Rappeler sa fille", actor=nadia, now=NOW
    )
    assert (asked.assigned_to_id, asked.status) == (paul.id, "searching")
    with pytest.raises(Invalid):
        handing.hand_over(session, asked, author_id=nadia.id, to_id=None, note="", actor=nadia, now=NOW)
    outcomes.erase_person(session, asked.passenger_id, now=SOON, policy=POLICY)
    session.expire_all()
    assert session.scalars(select(HandOver.note)).all() == [""]
