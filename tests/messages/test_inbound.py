"""What people write: kept raw first, once per identifier, and fetched from the list when the webhook missed it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lotocar.errors import NotFound
from lotocar.messages import inbound
from lotocar.messages.channels import Received, Unknown
from lotocar.messages.models import InboundMessage
from lotocar.messages.twilio import TwilioSender
from lotocar.values.actor import Actor, ActorKind
from tests.messages.desk import NOON, ODILE, TestClock, letters_to_read, queue_one
from tests.support.fake_twilio import OURS, FakeTwilio

Factory = sessionmaker[Session]
NADIA = Actor(ActorKind.STAFF, 1)


def letter(sid: str = "SM1", body: str = "OUI 4821") -> Received:
    return Received(sid=sid, from_number=ODILE.e164, to_number=OURS, body=body, raw={"Body": [body]})


def count(factory: Factory) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


def test_the_same_identifier_is_kept_once(session: Session) -> None:
    assert inbound.store(session, letter(), now=NOON) is not None
    assert inbound.store(session, letter(body="NON"), now=NOON) is None
    assert session.scalars(select(InboundMessage)).one().body == "OUI 4821"


def test_fault_3_ten_knocks_at_once_keep_one(factory: Factory) -> None:
    def knock(_: int) -> bool:
        with factory.begin() as session:
            return inbound.store(session, letter(), now=NOON) is not None

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(knock, range(10))) == 1
    assert count(factory) == 1


@pytest.mark.parametrize(
    "body", ["", "a" * 1600, "👍🏽\u200d", "nul\x00nul", "أهلا", "'; DROP TABLE person; --"]
)
def test_any_text_is_kept(session: Session, body: str) -> None:
    row = inbound.store(session, letter(body=body), now=NOON)
    session.flush()
    assert row is not None
    session.refresh(row)
    assert row.body == body.replace("\x00", "")


def test_a_sender_that_is_not_a_number_is_kept(session: Session) -> None:
    row = inbound.store(session, Received("SM2", "38123", OURS, "info"), now=NOON)
    assert row is not None


def test_fault_3_what_the_webhook_missed_is_pulled_once(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    records = [twilio.receive(ODILE.e164, f"OUI {number}") for number in range(3)]
    with factory.begin() as session:
        seen = Received(records[0].sid, ODILE.e164, OURS, records[0].body)
        inbound.store(session, seen, now=clock())
    clock.forward(hours=6)
    assert len(inbound.pull(factory, sender, clock, last_pull=clock() - timedelta(hours=6))) == 2
    assert inbound.pull(factory, sender, clock, last_pull=clock()) == []
    assert count(factory) == 3


def test_a_pull_that_fails_says_so_and_loses_nothing(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    twilio.receive(ODILE.e164, "OUI")
    twilio.list_fails = True
    with pytest.raises(Unknown):
        inbound.pull(factory, sender, clock, last_pull=None)
    twilio.list_fails = False
    assert len(inbound.pull(factory, sender, clock, last_pull=None)) == 1


def test_what_nobody_read_is_read_again_after_a_moment(session: Session) -> None:
    row = inbound.store(session, letter(), now=NOON)
    session.flush()
    assert row is not None
    assert inbound.unread(session, now=NOON + timedelta(seconds=5)) == []
    assert inbound.unread(session, now=NOON + timedelta(seconds=31)) == [row.id]
    inbound.settle(row, "human", "doubt")
    session.flush()
    assert inbound.to_read(session, row.id) is None


def test_emergencies_come_first_then_the_oldest(session: Session) -> None:
    for number, urgent in enumerate([False, True, False]):
        row = inbound.store(session, letter(f"SM{number}"), now=NOON + timedelta(minutes=number))
        assert row is not None
        inbound.settle(row, "human", "doubt", urgent=urgent)
    session.flush()
    assert [row.provider_sid for row in letters_to_read(session)] == ["SM1", "SM0", "SM2"]


def test_nadia_ticks_a_message_and_it_leaves_the_inbox(session: Session) -> None:
    row = inbound.store(session, letter(), now=NOON)
    assert row is not None
    inbound.settle(row, "human", "doubt")
    session.flush()
    inbound.handle(session, row.id, actor=NADIA, now=NOON)
    session.flush()
    assert letters_to_read(session) == []
    assert (row.state, row.handled_by_id) == ("handled", 1)


def test_a_message_that_does_not_exist_cannot_be_ticked(session: Session) -> None:
    with pytest.raises(NotFound):
        inbound.handle(session, 404, actor=NADIA, now=NOON)


@pytest.mark.parametrize(("known", "allowed"), [(True, 3), (False, 1)])
def test_automatic_answers_are_counted_per_number(session: Session, known: bool, allowed: int) -> None:
    answers = 0
    for number in range(6):
        if inbound.may_answer(session, ODILE.e164, known=known, now=NOON):
            queue_one(session, key=f"h{number}", kind="help_answer", values={})
            answers += 1
    assert answers == allowed


def test_what_is_pulled_comes_in_the_order_in_which_it_was_written(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    """A no read before the yes that it takes back would do the contrary of what was meant."""
    wrote = clock()
    for body in ("OUI", "NON"):
        twilio.receive(ODILE.e164, body)
        clock.forward(minutes=1)
    clock.forward(hours=1)
    ids = inbound.pull(factory, sender, clock, last_pull=None)
    with factory() as session:
        rows = [session.get_one(InboundMessage, number) for number in ids]
    assert [row.body for row in rows] == ["OUI", "NON"]
    assert [row.received_at for row in rows] == [wrote, wrote + timedelta(minutes=1)]


def test_more_than_a_page_is_pulled_whole(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    for number in range(7):
        twilio.receive(ODILE.e164, f"OUI {number}")
    twilio.page_size = 3
    assert len(inbound.pull(factory, sender, clock, last_pull=None)) == 7
