"""What the provider is asked to forget, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lotocar.errors import Unavailable
from lotocar.messages import delivery, inbound
from lotocar.messages.forgetting import forget_settled
from lotocar.messages.models import OutboxMessage
from lotocar.messages.twilio import TwilioSender
from tests.messages.desk import NOON, ODILE, TestClock, queue_one
from tests.support.fake_twilio import FakeTwilio

Factory = sessionmaker[Session]
WEEK = timedelta(days=7)


@pytest.fixture
def exchange(factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock) -> None:
    """One message sent and delivered, one received and read."""
    with factory.begin() as session:
        queue_one(session)
    delivery.send_due(factory, sender, clock)
    twilio.receive(ODILE.e164, "OUI")
    (number,) = inbound.pull(factory, sender, clock, last_pull=None)
    with factory.begin() as session:
        row = inbound.to_read(session, number)
        assert row is not None
        inbound.settle(row, "acted", "accept")
        for message in session.query(OutboxMessage):
            delivery.hear(session, message, status="delivered", code=0, now=clock())


@pytest.mark.usefixtures("exchange")
def test_what_is_old_enough_is_emptied_and_deleted_once(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    clock.forward(days=6)
    assert forget_settled(factory, sender, clock, after=WEEK, last_run=None) == 0
    assert len(twilio.journal) == 2
    clock.forward(days=2)
    kept = list(twilio.journal)
    assert forget_settled(factory, sender, clock, after=WEEK, last_run=None) == 2
    assert twilio.journal == []
    assert [one.body for one in kept] == ["", ""]
    assert (
        forget_settled(factory, sender, clock, after=WEEK, last_run=clock()) == 2
    )  # seen again, without harm
    clock.forward(days=2)
    assert forget_settled(factory, sender, clock, after=WEEK, last_run=clock()) == 0


def test_what_is_still_on_its_way_is_left_alone(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        queue_one(session)
    delivery.send_due(factory, sender, clock)
    clock.now = NOON + 2 * WEEK
    assert forget_settled(factory, sender, clock, after=WEEK, last_run=None) == 0
    assert len(twilio.journal) == 1


@pytest.mark.usefixtures("exchange")
def test_a_provider_that_is_away_is_asked_again_from_the_same_place(
    factory: Factory, twilio: FakeTwilio, clock: TestClock
) -> None:
    clock.forward(days=8)
    away = FakeTwilio(clock)
    away.server.server_close()
    with pytest.raises(Unavailable):
        forget_settled(factory, away.sender(), clock, after=WEEK, last_run=None)
    assert len(twilio.journal) == 2
