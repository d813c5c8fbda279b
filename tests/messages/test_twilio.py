"""The real library against a Twilio of our own: each way in which sending may turn out becomes one of our types."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from lotocar.messages.channels import (
    AccountBroken,
    NotCreated,
    Outgoing,
    RateLimited,
    Rejected,
    Unknown,
)
from lotocar.messages.twilio import Signature, TwilioSender
from tests.messages.desk import NOON, ODILE, TestClock
from tests.support.fake_twilio import ACCOUNT, OURS, TOKEN, FakeTwilio, Fault

BASE = "https://covoiturage-solidaire-du-lot.fr"
MESSAGE = Outgoing(id="a" * 32, attempt=2, to=ODILE.e164, body="Bonjour. Ref 4821", validity_seconds=600)


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio(TestClock()) as server:
        yield server


def test_a_message_leaves_with_our_id_in_its_callback_and_its_validity(twilio: FakeTwilio) -> None:
    accepted = twilio.sender(f"{BASE}/hooks/twilio/status").send(MESSAGE)
    (record,) = twilio.sent()
    assert accepted.sid == record.sid
    assert record.callback == f"{BASE}/hooks/twilio/status/{'a' * 32}/2"
    assert (record.from_, record.body, record.validity) == (OURS, MESSAGE.body, "600")


@pytest.mark.parametrize(
    ("fault", "outcome", "created"),
    [
        (Fault.SLOW_BEFORE, Unknown, 0),
        (Fault.SLOW_AFTER, Unknown, 1),
        (Fault.RESET_BEFORE, Unknown, 0),
        (Fault.RESET_AFTER, Unknown, 1),
        (Fault.ERROR_BEFORE, Unknown, 0),
        (Fault.ERROR_AFTER, Unknown, 1),
        (Fault.TRUNCATED, Unknown, 1),
        (Fault.RATE, RateLimited, 0),
        (Fault.ACCOUNT_REFUSED, AccountBroken, 0),
        (21610, Rejected, 0),
        (30002, AccountBroken, 0),
        (20429, RateLimited, 0),
    ],
)
def test_each_fault_becomes_its_outcome(
    twilio: FakeTwilio, fault: Fault | int, outcome: type[Exception], created: int
) -> None:
    twilio.slow_seconds = 0.4
    twilio.script.append(fault)
    with pytest.raises(outcome) as caught:
        twilio.sender(timeout_seconds=0.2).send(MESSAGE)
    assert type(caught.value) is outcome
    assert len(twilio.journal) == created


def test_retry_after_is_read(twilio: FakeTwilio) -> None:
    twilio.script.append(Fault.RATE)
    with pytest.raises(RateLimited) as caught:
        twilio.sender().send(MESSAGE)
    assert caught.value.retry_after == timedelta(seconds=7)


def test_a_closed_port_created_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = TwilioSender(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        sender=OURS,
        status_url=f"{BASE}/x",
        base_url=f"http://127.0.0.1:{port}",
    )
    with pytest.raises(NotCreated):
        sender.send(MESSAGE)


def test_the_list_of_a_number_is_read_across_pages(twilio: FakeTwilio) -> None:
    twilio.page_size = 2
    sender = twilio.sender()
    for number in range(5):
        sender.send(Outgoing("b" * 32, 1, ODILE.e164, f"texte {number}", 600))
    seen = sender.sent_to(ODILE.e164, since=NOON - timedelta(minutes=1))
    assert {one.body for one in seen} == {f"texte {number}" for number in range(5)}
    assert all(one.direction == "outbound-api" and one.created_at == NOON for one in seen)


def test_a_lagging_list_does_not_show_a_message_yet(twilio: FakeTwilio) -> None:
    twilio.lag = timedelta(seconds=60)
    sender = twilio.sender()
    sender.send(MESSAGE)
    assert sender.sent_to(ODILE.e164, since=NOON) == []


def test_one_message_is_looked_up_and_an_unknown_one_is_none(twilio: FakeTwilio) -> None:
    sender = twilio.sender()
    sid = sender.send(MESSAGE).sid
    found = sender.look_up(sid)
    assert found is not None
    assert found.status == "queued"
    assert sender.look_up("SM" + "f" * 32) is None


def test_received_messages_are_listed(twilio: FakeTwilio) -> None:
    twilio.receive(ODILE.e164, "OUI 4821")
    (received,) = twilio.sender().received_since(NOON - timedelta(days=1))
    assert (received.from_number, received.to_number, received.body) == (ODILE.e164, OURS, "OUI 4821")


def test_reading_from_a_broken_provider_is_unknown(twilio: FakeTwilio) -> None:
    twilio.list_fails = True
    with pytest.raises(Unknown):
        twilio.sender().sent_to(ODILE.e164, since=NOON)


class TestSignature:
    """The signature holds over the exact public address and the untouched form, whatever Flask was told."""

    PATH = "/hooks/twilio/inbound"

    def genuine(self, form: MultiDict[str, str], signature: str, *tokens: str) -> bool:
        return Signature(tokens=tokens or (TOKEN,), public_base_url=BASE).is_genuine(
            self.PATH, form, signature
        )

    def signed(self, twilio: FakeTwilio, form: dict[str, str], token: str = TOKEN) -> str:
        return twilio.sign(BASE + self.PATH, form, token=token)

    def test_a_genuine_one_passes_with_spaces_and_unknown_fields(self, twilio: FakeTwilio) -> None:
        form = {"Body": " oui ", "From": ODILE.e164, "NouveauChamp": "", "Accents": "ç ê 👍"}
        assert self.genuine(MultiDict(form), self.signed(twilio, form))

    def test_a_changed_form_fails(self, twilio: FakeTwilio) -> None:
        form = {"Body": " oui ", "From": ODILE.e164}
        assert not self.genuine(MultiDict(form | {"Body": "oui"}), self.signed(twilio, form))

    def test_the_wrong_token_fails_and_two_tokens_serve_a_rotation(self, twilio: FakeTwilio) -> None:
        form = {"Body": "oui"}
        old = self.signed(twilio, form, "the old token")
        assert not self.genuine(MultiDict(form), old)
        assert self.genuine(MultiDict(form), old, TOKEN, "the old token")

    def test_without_a_token_nothing_is_genuine(self, twilio: FakeTwilio) -> None:
        signature = twilio.sign(BASE + self.PATH, {}, token="")
        assert not Signature(tokens=("", ""), public_base_url=BASE).is_genuine(
            self.PATH, MultiDict(), signature
        )

    def test_repeated_keys_are_kept(self, twilio: FakeTwilio) -> None:
        form = MultiDict([("MediaUrl", "a"), ("MediaUrl", "b")])
        assert self.genuine(form, twilio.sign(BASE + self.PATH, form))  # type: ignore[arg-type]
