"""Fault 4: four senders at once on one queue, two of them killed on the way; old and new need not know each other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from lotocar.messages.models import OutboxMessage
from lotocar.values.phone import LineKind, PhoneNumber
from tests.faults.crash_points import CrashPoints
from tests.faults.world import installation
from tests.messages.desk import queue_one

MESSAGES = 80


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_fault_4_four_senders_and_two_deaths_send_each_message_once(engine: str) -> None:
    chance = random.Random(4)
    with installation(engine) as world:
        with world.factory.begin() as session:
            for number in range(MESSAGES):
                queue_one(session, key=f"k{number}", now=world.clock(), to=_number(number))

        def send(_tell: Callable[[str], None]) -> None:
            for _ in range(3):
                world.work("send")

        deaths = [chance.randint(5, 120), chance.randint(5, 120), None, None]
        children = [world.forked(CrashPoints(death), send) for death in deaths]
        ends = [child.wait() for child in children]
        assert [bool(end.died_at) for end in ends] == [True, True, False, False]
        for _ in range(12):
            world.work("send", "reconcile")
            world.clock.forward(31)
        with world.factory() as session:
            fates = Counter(session.scalars(select(OutboxMessage.status)))
        sent = Counter(record.body for record in world.twilio.sent())
    assert fates == {"accepted": MESSAGES}
    assert (len(sent), set(sent.values())) == (MESSAGES, {1})


def _number(index: int) -> PhoneNumber:
    return PhoneNumber(f"+3363998{index:04d}", LineKind.MOBILE)
