"""Claim, send, note: what each outcome of the network makes of a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from lotocar.messages import circuit, delivery, rules
from lotocar.messages.models import OutboxMessage
from lotocar.messages.outbox import number_facts
from lotocar.messages.queries import situation
from lotocar.messages.stand_in import StandInSender
from lotocar.messages.twilio import TwilioSender
from tests.messages.desk import NOON, ODILE, TestClock, queue_one, seen_by_the_desk
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


def test_a_due_message_is_handed_over_once(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    assert delivery.send_due(factory, sender, clock) == 1
    assert delivery.send_due(factory, sender, clock) == 0
    row = row_of(factory, message_id)
    (record,) = twilio.sent()
    assert (row.status, row.provider_sid, row.attempt) == ("accepted", record.sid, 1)
    assert record.body == row.body


def test_the_stand_in_delivers_at_once(factory: Factory, clock: TestClock, message_id: str) -> None:
    delivery.send_due(factory, StandInSender(), clock)
    assert row_of(factory, message_id).status == "delivered"


def test_no_transaction_is_open_while_the_network_answers(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    """Another connection may write in mid-send, which SQLite would refuse were a writer still in."""
    seen: list[str] = []

    def meanwhile(_record: object) -> None:
        with factory.begin() as session:
            row = session.get_one(OutboxMessage, message_id, with_for_update=True)
            seen.append(row.status)
            row.priority = 9

    twilio.on_created = meanwhile
    delivery.send_due(factory, sender, clock)
    assert seen == ["sending"]
    assert row_of(factory, message_id).status == "accepted"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.SLOW_AFTER,
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.ERROR_BEFORE,
        Fault.ERROR_AFTER,
        Fault.TRUNCATED,
    ],
)
def test_fault_13_an_unclear_answer_leaves_a_doubt_and_is_not_repeated(
    factory: Factory,
    twilio: FakeTwilio,
    sender: TwilioSender,
    clock: TestClock,
    message_id: str,
    fault: Fault,
) -> None:
    twilio.script.append(fault)
    delivery.send_due(factory, sender, clock)
    delivery.send_due(factory, sender, clock)
    row = row_of(factory, message_id)
    assert (row.status, row.doubts) == ("uncertain", 1)
    assert twilio.requests["create"] == 1


def test_too_many_at_once_waits_as_told_and_uses_up_nothing(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    twilio.script.append(Fault.RATE)
    delivery.send_due(factory, sender, clock)
    row = row_of(factory, message_id)
    assert (row.status, row.failures) == ("queued", 0)
    clock.forward(seconds=6)
    assert delivery.send_due(factory, sender, clock) == 0
    clock.forward(seconds=2)
    assert delivery.send_due(factory, sender, clock) == 1


def test_fault_15_a_429_storm_ends_with_everything_sent_in_order_of_urgency(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        for number, priority in enumerate([5, 1, 9, 3]):
            queue_one(session, key=f"k{number}", priority=priority)
    twilio.script.extend([Fault.RATE, Fault.RATE, Fault.NONE, Fault.RATE])
    for _ in range(12):
        delivery.send_due(factory, sender, clock)
        clock.forward(seconds=8)
    with factory() as session:
        rows = {row.provider_sid: row.priority for row in session.query(OutboxMessage)}
    assert [rows[record.sid] for record in twilio.sent()] == [1, 3, 5, 9]


def test_fault_14_a_broken_account_keeps_the_queue_and_raises_the_alarm(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        for number in range(3):
            queue_one(session, key=f"k{number}")
    twilio.script.extend([Fault.ACCOUNT_REFUSED] * 3)
    delivery.send_due(factory, sender, clock)
    assert twilio.requests["create"] == 1  # the others were not even tried
    with factory() as session:
        assert situation(session, now=clock()).circuit_open
        assert {row.status for row in session.query(OutboxMessage)} == {"queued"}
        assert {row.failures for row in session.query(OutboxMessage)} == {0}


def test_an_open_circuit_is_probed_with_one_message_and_closes_when_it_passes(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        for number in range(3):
            queue_one(session, key=f"k{number}")
        circuit.trip(session, reason="provider.account", now=clock())
    assert delivery.send_due(factory, sender, clock) == 0
    clock.forward(minutes=3)
    assert delivery.send_due(factory, sender, clock) == 1
    with factory() as session:
        assert not circuit.is_open(session)
    assert delivery.send_due(factory, sender, clock) == 2


def test_five_outages_in_a_row_open_the_circuit(factory: Factory, clock: TestClock) -> None:
    with factory.begin() as session:
        for _ in range(4):
            circuit.note_failure(session, reason="provider.unreachable", now=clock())
        assert not circuit.is_open(session)
        circuit.note_failure(session, reason="provider.unreachable", now=clock())
        assert circuit.is_open(session)


def test_a_closed_door_is_tried_again_later_each_time(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    nowhere = TwilioSender(
        account_sid="AC",
        auth_token="x",
        sender="+33939980000",
        status_url="https://x",
        base_url="http://127.0.0.1:9",
    )
    waits = []
    for _ in range(3):
        delivery.send_one(factory, nowhere, message_id, clock)
        row = row_of(factory, message_id)
        waits.append(row.not_before - clock())
        clock.now = row.not_before
    assert row.status == "queued"
    assert waits == sorted(waits)
    assert row.failures == 3


@pytest.mark.parametrize(
    ("code", "status", "fact"),
    [
        (21610, "blocked", {"stopped"}),
        (21614, "blocked", {"landline"}),
        (21211, "failed", {"wrong"}),
        (21602, "failed", set()),
        (99999, "needs_human", set()),
    ],
)
def test_a_refusal_ends_the_message_and_teaches_us_of_the_number(
    factory: Factory,
    twilio: FakeTwilio,
    sender: TwilioSender,
    clock: TestClock,
    message_id: str,
    code: int,
    status: str,
    fact: set[str],
) -> None:
    twilio.script.append(code)
    delivery.send_due(factory, sender, clock)
    row = row_of(factory, message_id)
    assert (row.status, row.error_code) == (status, code)
    with factory() as session:
        assert number_facts(session, ODILE.e164) == fact
        assert [one.id for one in seen_by_the_desk(session, now=clock())] == [message_id]


def test_a_refused_sender_holds_the_queue_without_blaming_anybody(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    twilio.script.append(21606)
    delivery.send_due(factory, sender, clock)
    assert row_of(factory, message_id).status == "queued"
    with factory() as session:
        assert circuit.is_open(session)
        assert number_facts(session, ODILE.e164) == set()


def test_what_is_worth_nothing_any_more_never_leaves(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        row_id = queue_one(session, useful_until=NOON + timedelta(minutes=10)).id
    clock.forward(minutes=10)
    delivery.send_due(factory, sender, clock)
    assert row_of(factory, row_id).status == "expired"
    assert twilio.sent() == []
    with factory() as session:
        assert [row.id for row in seen_by_the_desk(session, now=clock())] == [row_id]


def test_fault_5_six_hours_down_make_no_burst_at_night(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    with factory.begin() as session:
        for number in range(5):
            queue_one(session, key=f"k{number}", now=datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    clock.now = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert delivery.send_due(factory, sender, clock) == 0
    clock.now = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert delivery.send_due(factory, sender, clock) == 5


def test_the_day_s_allowance_keeps_a_share_for_agreed_rides(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    caps = rules.Caps(per_day=10, reserved_share=0.3)
    with factory.begin() as session:
        for number in range(12):
            queue_one(session, key=f"c{number}", kind="driver_code", values={"code": f"{number:06d}"})
        for number in range(3):
            queue_one(session, key=f"r{number}", priority=9)
    for _ in range(5):
        delivery.send_due(factory, sender, clock, caps=caps)
    sent = [record.body for record in twilio.sent()]
    assert len(sent) <= 10
    assert sum("rappel" in body for body in sent) == 3


def test_fault_2_a_worker_that_comes_back_late_changes_nothing(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    with factory.begin() as session:
        first = delivery.claim(session, message_id, now=clock())
    assert first is not None
    with factory.begin() as session:
        row = session.get_one(OutboxMessage, message_id)
        row.status = "queued"  # its lease was over and two searches found nothing
    with factory.begin() as session:
        second = delivery.claim(session, message_id, now=clock())
    assert second is not None
    assert second.attempt == 2
    note = delivery._put_back("provider.unreachable")
    assert delivery._noted(factory, first, clock, note) == "late"
    assert row_of(factory, message_id).status == "sending"


def test_fault_2_a_worker_that_slept_on_its_claim_sends_nothing(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    def asleep_after_the_claim() -> datetime:
        clock.forward(seconds=rules.LEASE.total_seconds())
        return clock()

    assert delivery.send_one(factory, sender, message_id, asleep_after_the_claim) == ""
    assert twilio.sent() == []
    assert row_of(factory, message_id).status == "sending"  # for the search to settle


def test_a_handset_off_is_tried_once_more_three_quarters_of_an_hour_later(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock, message_id: str
) -> None:
    for _ in range(3):
        delivery.send_due(factory, sender, clock)
        with factory.begin() as session:
            for row in session.query(OutboxMessage).filter_by(status="accepted"):
                delivery.hear(session, row, status="undelivered", code=30003, now=clock())
        clock.forward(minutes=46)
    assert len(twilio.sent()) == 2
    with factory() as session:
        (waiting,) = seen_by_the_desk(session, now=clock())
    assert waiting.dedup_key.endswith("~again")


def test_fault_4_two_workers_at_once_send_each_message_once(
    factory: Factory, twilio: FakeTwilio, sender: TwilioSender, clock: TestClock
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with factory.begin() as session:
        for number in range(10):
            queue_one(session, key=f"k{number}")
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: delivery.send_due(factory, sender, clock), range(4)))
    assert sum(counts) == 10
    assert len({record.body for record in twilio.sent()}) == len(twilio.sent()) == 10


@pytest.mark.parametrize(("fact", "reason"), [("stopped", "number.stopped"), ("landline", "number.landline")])
def test_what_we_learn_of_a_number_while_its_message_is_in_hand_holds_the_message_back(
    factory: Factory,
    twilio: FakeTwilio,
    sender: TwilioSender,
    clock: TestClock,
    message_id: str,
    fact: str,
    reason: str,
) -> None:
    twilio.script.append(Fault.RATE)
    delivery.send_due(factory, sender, clock)
    with factory.begin() as session:
        delivery.learn(session, ODILE.e164, fact, source="sms", now=clock())
        queue_one(session, key="stop", kind="stop_confirmed", values={}).status = "queued"
    clock.forward(minutes=1)
    delivery.send_due(factory, sender, clock)
    row = row_of(factory, message_id)
    assert (row.status, row.reason) == ("blocked", reason)
    assert len(twilio.sent()) == (fact == "stopped")  # the last word, which says that there will be no more
    with factory() as session:
        assert message_id in [one.id for one in seen_by_the_desk(session, now=clock())]
