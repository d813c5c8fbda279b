"""Fault 16: words of the provider duplicated, reordered, replayed or missing, against a small reference model."""

from __future__ import annotations

import random

import pytest
from sqlalchemy.orm import Session

from lotocar.messages import delivery, inbound, rules
from lotocar.messages.callbacks import StatusWord, note_status
from lotocar.messages.channels import Received
from lotocar.messages.models import OutboxMessage
from tests.messages.desk import NOON, ODILE, queue_one

WORDS = (
    "queued",
    "accepted",
    "sending",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "canceled",
    "nonsense",
)
HISTORIES = 100_000


def model(words: list[str], *, start: str = "sending") -> str:
    """What must come out: the first end if any was said, else the furthest word, else where it stood."""
    ends = [word for word in words if word in {"delivered", "undelivered", "failed", "canceled"}]
    if ends:
        return ends[0]
    if "sent" in words:
        return "sent"
    return "accepted" if {"queued", "accepted", "sending"} & set(words) else start


def test_fault_16_a_hundred_thousand_histories_of_words_equal_the_model() -> None:
    chance = random.Random(20261121)
    for number in range(HISTORIES):
        words = chance.choices(WORDS, k=chance.randint(0, 9))
        state = "sending"
        for word in words:
            state = rules.heard(state, word)
        assert state == model(words), f"history {number}: {words}"


@pytest.mark.parametrize("seed", range(40))
def test_fault_16_histories_through_the_database_equal_the_model(session: Session, seed: int) -> None:
    """Real rows: callbacks come twice, out of order, for this attempt or a foreign one, with our own commit in
    between."""
    chance = random.Random(seed)
    row = queue_one(session, key=f"history/{seed}")
    session.flush()
    delivery.claim(session, row.id, now=NOON)
    session.refresh(row)
    heard: list[str] = []
    committed = False
    for _ in range(chance.randint(1, 10)):
        act = chance.random()
        if act < 0.15 and not committed:
            committed = True
            delivery.adopt(session, row, sid="SM1", status="queued", now=NOON)
            heard.append("queued")
        elif act < 0.3:
            foreign = StatusWord(row.id, 7, "SM-foreign", chance.choice(WORDS), to=ODILE.e164)
            assert note_status(session, foreign, now=NOON) in {"foreign", "replayed"}
        else:
            word = chance.choice(WORDS)
            note_status(session, StatusWord(row.id, 1, "SM1", word, to=ODILE.e164), now=NOON)
            heard.append("queued")  # whatever it says, it proves that the provider has the message
            heard.append(word)
    session.flush()
    assert session.get_one(OutboxMessage, row.id).status == model(heard)


@pytest.mark.parametrize("seed", range(20))
def test_received_messages_in_any_order_and_number_are_each_kept_once(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    sids = [f"SM{seed}-{number}" for number in range(5)]
    knocks = chance.choices(sids, k=20)
    kept = [
        inbound.store(session, Received(sid, ODILE.e164, "+33939980000", "oui"), now=NOON) for sid in knocks
    ]
    assert sum(row is not None for row in kept) == len(set(knocks))
