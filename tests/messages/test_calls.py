"""Calls whose end nobody tells, and calls that no voice makes any more: each is somebody's to make."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lotocar.messages import calls
from lotocar.messages.models import OutboxMessage
from tests.messages.desk import GRANDMOTHER, TestClock, queue_one, seen_by_the_desk

Factory = sessionmaker[Session]


def a_call(factory: Factory, **changes: object) -> str:
    with factory.begin() as session:
        row = queue_one(session)
        row.channel, row.to_number = "voice", GRANDMOTHER.e164
        for name, value in changes.items():
            setattr(row, name, value)
        return row.id


def row_of(factory: Factory, row_id: str) -> OutboxMessage:
    with factory() as session:
        return session.get_one(OutboxMessage, row_id)


@pytest.mark.parametrize(
    ("reason", "status", "seen"),
    [("", "needs_human", True), ("key.yes", "delivered", False), ("key.no", "delivered", False)],
)
def test_a_call_whose_end_is_never_told_is_for_the_desk_unless_a_key_was_pressed(
    factory: Factory, clock: TestClock, reason: str, status: str, seen: bool
) -> None:
    row_id = a_call(factory, status="accepted", sent_at=clock(), reason=reason)
    clock.forward(minutes=9)
    assert calls.settle_silent(factory, clock) == 0
    clock.forward(minutes=1)
    assert calls.settle_silent(factory, clock) == 1
    assert row_of(factory, row_id).status == status
    with factory() as session:
        assert bool(seen_by_the_desk(session, now=clock())) is seen


def test_without_a_voice_any_more_the_calls_that_wait_are_the_desk_s(
    factory: Factory, clock: TestClock
) -> None:
    row_id = a_call(factory, not_before=clock() + timedelta(hours=20))
    assert calls.hand_over(factory, clock) == 1
    row = row_of(factory, row_id)
    assert (row.channel, row.status, row.reason) == ("call", "needs_human", "call.needed")
