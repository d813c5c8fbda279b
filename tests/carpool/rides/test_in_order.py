"""Drivers asked one after the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import in_order, outcomes, rules
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach
from lotocar.values.days import local
from tests.carpool.rides.agreeing import NADIA, POLICY, a_proposal, a_request, accept, decline
from tests.support.factories import NOW, PICKUP, a_mobile, make_driver, make_trip


def in_line(session: Session, asked: RideRequest, *, count: int = 3, channel: str = "sms") -> list[Approach]:
    line = []
    for rank in range(count):
        trip = make_trip(session, driver=make_driver(session, phone=a_mobile()))
        line.append(
            rides.approach(
                session,
                ride_request=asked,
                driver=trip.driver,
                proposals=[a_proposal(asked.legs[0], trip)],
                channel=channel,
                turn="first" if rank == 0 else "later",
                actor=NADIA,
                now=NOW,
                policy=POLICY,
            )
        )
    return line


def states(line: list[Approach]) -> list[str]:
    return [one.status for one in line]


def test_only_the_first_is_asked_at_once(session: Session):
    line = in_line(session, a_request(session))
    assert states(line) == ["sent", "queued", "queued"]
    assert [one.asked_at for one in line] == [NOW, None, None]


def test_a_no_gives_the_turn_to_the_next(session: Session):
    asked = a_request(session)
    line = in_line(session, asked)
    decline(session, line[0], "au garage")
    assert states(line) == ["declined", "sent", "queued"]
    assert asked.legs[0].status == "approached"


def test_silence_gives_the_turn_to_the_next(session: Session):
    line = in_line(session, a_request(session))
    outcomes.lapse(session, line[0].id, now=line[0].expires_at, policy=POLICY)
    assert states(line) == ["expired", "sent", "queued"]


def test_somebody_rung_in_vain_gives_the_turn_to_the_next(session: Session):
    line = in_line(session, a_request(session), channel="phone")
    rides.missed(session, line[0], actor=NADIA, now=NOW)
    in_order.next_in_line(session, line[0], actor=NADIA, now=NOW, policy=POLICY)
    assert states(line) == ["no_answer", "to_contact", "queued"]


def test_a_yes_lets_go_of_those_in_line_who_knew_nothing(session: Session):
    line = in_line(session, a_request(session))
    accept(session, line[0])
    assert states(line) == ["accepted", "withdrawn", "withdrawn"]
    assert in_order.next_in_line(session, line[0], actor=NADIA, now=NOW, policy=POLICY) is None


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_nobody_is_hurried_in_the_evening_or_at_night(hour: int):
    now = NOW.replace(hour=hour)
    there = local(rules.turn_deadline(now=now, pickup_at=PICKUP + timedelta(days=3)))
    assert rules.MORNING <= there.hour < rules.EVENING
