"""Threat 5: somebody feeds the public form with numbers to make us pay for SMS; counted at the provider's own journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from lotocar.carpool.people.models import PhoneLine
from lotocar.messages import delivery
from lotocar.messages.models import OutboxMessage
from lotocar.messages.rules import Caps
from tests.messages.desk import TestClock, queue_one
from tests.support.doors import PageClient
from tests.support.factories import NOW, make_organisation
from tests.support.fake_twilio import FakeTwilio
from tests.web.driver.steps import offer


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio(TestClock()) as server:
        yield server


@pytest.fixture
def house(session: Session) -> None:
    make_organisation(session)
    session.commit()


def left(twilio: FakeTwilio, engine: Engine, caps: Caps | None = None) -> list[str]:
    """To which numbers SMS truly left, once the worker has sent all it may."""
    factory = sessionmaker(engine, expire_on_commit=False)
    while delivery.send_due(factory, twilio.sender(), TestClock(NOW + timedelta(minutes=1)), caps=caps):
        pass
    return [record.to for record in twilio.sent()]


@pytest.mark.usefixtures("house")
def test_threat_5_forty_numbers_from_one_network_cost_ten_sms(
    client: PageClient, engine: Engine, twilio: FakeTwilio
) -> None:
    for number in range(40):
        offer(client, phone=f"06 39 98 01 {number:02d}", first_name=f"Odile{number}")
    assert len(left(twilio, engine)) == 10


@pytest.mark.usefixtures("house")
def test_threat_5_one_number_twenty_times_costs_three_sms(
    client: PageClient, engine: Engine, twilio: FakeTwilio
) -> None:
    for _ in range(20):
        offer(client)
    assert left(twilio, engine) == ["+33639980021"] * 3


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    "number",
    ["08 99 70 00 00", "+1 900 555 0100", "+882 16 555 01000", "+44 7700 900123", "3949", "05 36 49 01 12"],
)
def test_threat_5_a_number_that_costs_or_takes_no_sms_is_sent_none(
    client: PageClient, engine: Engine, session: Session, twilio: FakeTwilio, number: str
) -> None:
    offer(client, phone=number)
    assert left(twilio, engine) == []
    kept = session.scalars(select(PhoneLine.kind)).all()
    assert kept in ([], ["landline"])


def test_threat_5_past_the_day_s_allowance_codes_stop_and_agreed_rides_go_on(
    session: Session, engine: Engine, engine_url: str, twilio: FakeTwilio
) -> None:
    make_organisation(session)
    for number in range(8):
        queue_one(session, key=f"code{number}", kind="driver_code", values={"code": "123456"}, now=NOW)
    for number in range(5):
        queue_one(session, key=f"ride{number}", now=NOW)
    session.commit()
    sent = left(twilio, engine, Caps(per_day=10, reserved_share=0.5))
    with Session(engine) as after:
        kinds: dict[str, Any] = dict(
            after.execute(
                select(OutboxMessage.kind, func.count())
                .where(OutboxMessage.status == "accepted")
                .group_by(OutboxMessage.kind)
            ).all()
        )
    assert len(sent) == 10
    assert kinds["driver_code"] == 5
    assert sum(kinds.values()) - kinds["driver_code"] == 5
