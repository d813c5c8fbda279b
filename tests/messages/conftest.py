"""A loopback Twilio, a clock and sessions that commit, for tests of delivery."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lotocar.messages.twilio import TwilioSender
from tests.messages.desk import TestClock
from tests.support.fake_twilio import FakeTwilio


@pytest.fixture
def clock() -> TestClock:
    """Noon in Paris, until moved."""
    return TestClock()


@pytest.fixture
def twilio(clock: TestClock) -> Iterator[FakeTwilio]:
    """A Twilio of our own that lives by the test's clock."""
    with FakeTwilio(clock) as server:
        yield server


@pytest.fixture
def sender(twilio: FakeTwilio) -> TwilioSender:
    """The real sender, pointed at it."""
    return twilio.sender(timeout_seconds=0.3)


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose commits are real, on the test's own database."""
    return sessionmaker(engine, expire_on_commit=False)
