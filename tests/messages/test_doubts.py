"""After a doubt: the callback that carries our id, the list with the exact body, one more send, then a human."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lotocar.messages import delivery, doubts, rules
from lotocar.messages.callbacks import StatusWord, note_status
from lotocar.messages.channels import Seen
from lotocar.messages.models import DeliveryStatus, OutboxMessage
from lotocar.messages.twilio import TwilioSender
from tests.messages.desk import ODILE, TestClock, queue_one, seen_by_the_desk
from tests.support.fake_twilio import FakeTwilio, Fault

Factory = sessionmaker[Session]


@pytest.fixture
def message_id(factory: Factory) -> str:
    """One queued message."""
    with factory.begin() as session:
        return queue_one(session).id


def row_of(factory: Factory, message_id: str) -> OutboxMessage:
    with factory() as session:
        return session.get_one(OutboxMessage, message_id)


def minutes_of_work(
    factory: Factory, sender: TwilioSender, clock: TestClock, minutes: int, *, step_seconds: int = 10
) -> None:
    """A worker's rounds, one each ten seconds."""
    for _ in range(minutes * 60 // step_seconds):
        delivery.send_due(factory, sender, clock)
        doubts.reconcile(factory, sender, clock)
        clock.forward(seconds=step_seconds)


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.ERROR_AFTER, Fault.SLOW_AFTER, Fault.TRUNCATED])
def test_fault_13_a_message_that_left_is_found_by_its_exact_text(
    factory: Factory,
    twilio: FakeTwilio,
    sender: TwilioSender,
    clock: TestClock,
    message_id: str,
    fault: Fault,
) -> None:
    twilio.script.append(fault)
    minutes_of_work(factory, sender, clock, 5)
    row = row_of(factory, message_id)
    (record,) = twilio.sent()
    assert (row.status, row.provider_sid) == ("accepted", record.sid)


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.ERROR_BEFORE])
def test_fault_13_a_message_that_did_not_leave_is_sent_once_more_within_five_minutes(
    factory: Factory,
    twilio: FakeTwilio,
    sender: TwilioSender,
    clock: TestClock,
    message_id: str,
    fault: Fault,
) -> None:
    twilio.script.append(fault)
    minutes_of_work(factory, sender, clock, 5)
    row = row_of(factory, message_id)
    (record,) = twilio.sent()
    assert (row.status, row.attempt, row.provider_sid) == ("accepted", 2, record.sid)


@pytest.mark.parametrize("lag", [0, 60, 110, 230])
def test_a_list_that_lags_makes_no_duplicate(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str, lag: int
) -> None:
    twilio.lag = timedelta(seconds=lag)
    twilio.script.append(Fault.RESET_AFTER)
    minutes_of_work(factory, sender, clock, 10)
    assert len(twilio.sent()) == 1
    assert row_of(factory, message_id).status == "accepted"


def test_fault_4_a_list_read_before_another_worker_s_search_is_no_second_look(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    class SlowReader:
        def sent_to(self, number: str, *, since: datetime) -> Sequence[Seen]:
            listed = sender.sent_to(number, since=since)
            doubts.reconcile(factory, sender, clock)
            return listed

    twilio.lag = timedelta(seconds=200)
    twilio.script.append(Fault.RESET_AFTER)
    delivery.send_due(factory, sender, clock)
    clock.forward(seconds=120)
    doubts.reconcile(factory, SlowReader(), clock)  # type: ignore[arg-type]  # it only reads
    assert row_of(factory, message_id).searches == 1
    minutes_of_work(factory, sender, clock, 5)
    assert len(twilio.sent()) == 1


def test_fault_2_a_sender_killed_in_mid_send_leaves_a_row_that_is_found(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    with factory.begin() as session:
        claimed = delivery.claim(session, message_id, now=clock())
    assert claimed is not None
    sender.send(claimed)  # and the process dies here
    minutes_of_work(factory, sender, clock, 5)
    assert row_of(factory, message_id).status == "accepted"
    assert len(twilio.sent()) == 1


def test_the_second_doubt_is_for_a_human_only(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    twilio.script.extend([Fault.RESET_BEFORE, Fault.RESET_BEFORE])
    minutes_of_work(factory, sender, clock, 12)
    row = row_of(factory, message_id)
    assert (row.status, row.reason) == ("needs_human", "doubt.twice")
    assert twilio.requests["create"] == 2


def test_fault_2_when_no_search_is_possible_a_human_sees_the_doubt_at_five_minutes(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    twilio.script.append(Fault.RESET_AFTER)
    twilio.list_fails = True
    minutes_of_work(factory, sender, clock, 5)
    with factory() as session:
        assert [row.id for row in seen_by_the_desk(session, now=clock())] == [message_id]
    twilio.list_fails = False
    minutes_of_work(factory, sender, clock, 3)
    with factory() as session:
        assert seen_by_the_desk(session, now=clock()) == []


def test_a_doubt_whose_use_is_over_is_not_sent_again(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        row_id = queue_one(session, useful_until=clock() + timedelta(minutes=3)).id
    twilio.script.append(Fault.RESET_BEFORE)
    minutes_of_work(factory, sender, clock, 6)
    assert row_of(factory, row_id).status == "expired"
    assert twilio.requests["create"] == 1


def test_two_messages_alike_to_one_number_are_told_apart(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        queue_one(session, key="a")
        queue_one(session, key="b")
    twilio.script.extend([Fault.RESET_AFTER, Fault.RESET_BEFORE])
    minutes_of_work(factory, sender, clock, 6)
    bodies = [record.body for record in twilio.sent()]
    assert len(bodies) == len(set(bodies)) == 2


def test_an_identifier_that_another_row_owns_is_never_adopted(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    delivery.send_due(factory, sender, clock)
    with factory.begin() as session:
        twin = queue_one(session, key="twin")
        twin.body = session.get_one(OutboxMessage, message_id).body
        twin.status, twin.claimed_at, twin.doubted_at = "uncertain", clock(), clock()
        twin.attempt = twin.doubts = 1
    clock.forward(seconds=121)
    doubts.reconcile(factory, sender, clock)
    assert row_of(factory, twin.id).provider_sid is None


def test_fault_6_a_clock_set_back_an_hour_does_not_hide_a_doubt(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    with factory.begin() as session:
        delivery.claim(session, message_id, now=clock())
    clock.forward(hours=-1)
    minutes_of_work(factory, sender, clock, 6)
    assert row_of(factory, message_id).status == "accepted"
    assert len(twilio.sent()) == 1


class TestCallbacks:
    """The provider's later words."""

    def word(self, factory: Factory, message_id: str, status: str, **changes: object) -> str:
        given: dict[str, object] = {
            "outbox_id": message_id,
            "attempt": 1,
            "sid": "SM1",
            "status": status,
            "to": ODILE.e164,
        }
        with factory.begin() as session:
            word = StatusWord(**(given | changes))  # type: ignore[arg-type]
            return note_status(session, word, now=TestClock()())

    def test_fault_17_a_callback_before_our_own_commit_is_adopted(
        self, factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        twilio.on_created = lambda record: self.word(factory, message_id, "delivered", sid=record.sid)  # type: ignore[assignment,return-value]
        delivery.send_due(factory, sender, clock)
        row = row_of(factory, message_id)
        assert (row.status, row.provider_sid) == ("delivered", twilio.sent()[0].sid)

    def test_a_callback_ends_the_doubt_without_a_search(
        self, factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        twilio.script.append(Fault.RESET_AFTER)
        delivery.send_due(factory, sender, clock)
        assert self.word(factory, message_id, "sent", sid=twilio.sent()[0].sid) == "applied"
        minutes_of_work(factory, sender, clock, 5)
        assert twilio.requests["list"] == 0
        assert row_of(factory, message_id).status == "sent"

    def test_a_callback_for_a_message_put_back_stops_the_second_send(
        self, factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        with factory.begin() as session:
            delivery.claim(session, message_id, now=clock())
            row = session.get_one(OutboxMessage, message_id)
            session.refresh(row)
            delivery.doubt(row, reason="x", now=clock())
            row.status = rules.message_after(row.status, "again")
        assert self.word(factory, message_id, "delivered") == "applied"
        delivery.send_due(factory, sender, clock)
        assert twilio.sent() == []

    def test_fault_16_a_replay_has_no_second_effect(
        self, factory: Factory, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        delivery.send_due(factory, sender, clock)
        sid = row_of(factory, message_id).provider_sid
        words = [self.word(factory, message_id, status, sid=sid) for status in ("sent", "delivered", "sent")]
        assert words == ["applied", "applied", "replayed"]

    def test_fault_16_words_out_of_order_keep_the_highest_truth(
        self, factory: Factory, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        delivery.send_due(factory, sender, clock)
        sid = row_of(factory, message_id).provider_sid
        for status in ("delivered", "sent", "failed"):
            self.word(factory, message_id, status, sid=sid)
        assert row_of(factory, message_id).status == "delivered"

    @pytest.mark.parametrize(
        "changes",
        [{"sid": "SM-of-another"}, {"attempt": 2}, {"attempt": 0}, {"to": "+33639980099"}],
    )
    def test_threat_18_a_true_callback_turned_towards_another_row_changes_nothing(
        self,
        factory: Factory,
        sender: TwilioSender,
        clock: TestClock,
        message_id: str,
        changes: dict[str, object],
    ) -> None:
        delivery.send_due(factory, sender, clock)
        sid = row_of(factory, message_id).provider_sid
        assert self.word(factory, message_id, "failed", **({"sid": sid} | changes)) == "foreign"
        assert row_of(factory, message_id).status == "accepted"
        with factory() as session:
            assert session.query(DeliveryStatus).one().effect == "foreign"

    def test_a_callback_for_no_row_is_kept_and_harmless(self, factory: Factory) -> None:
        assert self.word(factory, "f" * 32, "delivered") == "unknown"

    def test_a_late_receipt_closes_what_a_human_was_called_for(
        self, factory: Factory, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        delivery.send_due(factory, sender, clock)
        with factory.begin() as session:
            row = session.get_one(OutboxMessage, message_id)
            row.status, sid = "needs_human", row.provider_sid
        self.word(factory, message_id, "delivered", sid=sid)
        with factory() as session:
            assert seen_by_the_desk(session, now=clock()) == []


class TestSilence:
    """No receipt: we ask, and call a human after two hours."""

    def test_fault_16_a_silent_message_is_asked_about(
        self, factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
    ) -> None:
        with factory.begin() as session:
            row_id = queue_one(session, useful_until=clock() + timedelta(minutes=15)).id
        delivery.send_due(factory, sender, clock)
        twilio.sent()[0].status = "delivered"
        clock.forward(minutes=29)
        assert doubts.poll(factory, sender, clock) == 0
        clock.forward(minutes=2)
        assert doubts.poll(factory, sender, clock) == 1
        assert row_of(factory, row_id).status == "delivered"

    def test_without_a_word_for_two_hours_a_human_is_called(
        self, factory: Factory, sender: TwilioSender, clock: TestClock, message_id: str
    ) -> None:
        delivery.send_due(factory, sender, clock)
        for _ in range(13):
            doubts.poll(factory, sender, clock)
            clock.forward(minutes=10)
        row = row_of(factory, message_id)
        assert (row.status, row.reason) == ("needs_human", "receipt.missing")


def test_a_second_doubt_is_seen_at_once(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    """Five minutes after the first one has come about: nobody waits for five more."""
    twilio.script.extend([Fault.RESET_BEFORE, Fault.RESET_BEFORE])
    while twilio.requests["create"] < 2:
        minutes_of_work(factory, sender, clock, 1)
    with factory() as session:
        assert [row.id for row in seen_by_the_desk(session, now=clock())] == [message_id]
