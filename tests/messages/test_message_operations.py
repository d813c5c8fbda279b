"""Ticking what was dealt with, and forgetting a person."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.journal.models import Entry
from lotocar.messages import inbound
from lotocar.messages.channels import Received
from lotocar.messages.delivery import learn
from lotocar.messages.models import InboundMessage, NumberFact, OutboxMessage
from lotocar.messages.operations import erase_person, handle
from lotocar.messages.queries import of_subject, recent, situation
from lotocar.values.actor import Actor, ActorKind
from tests.messages.desk import GRANDMOTHER, NOON, ODILE, queue_one, seen_by_the_desk

NADIA = Actor(ActorKind.STAFF, 4)


def test_nadia_ticks_a_failure_and_it_leaves_her_list(session: Session) -> None:
    row = queue_one(session, to=GRANDMOTHER)
    session.flush()
    assert seen_by_the_desk(session, now=NOON) == [row]
    for _ in range(2):
        handle(session, row.id, actor=NADIA, now=NOON)
        session.flush()
    assert seen_by_the_desk(session, now=NOON) == []
    assert row.handled_by_id == 4
    (entry,) = session.scalars(select(Entry))
    assert (entry.verb, entry.data) == ("message.handled", {"kind": "driver_reminder", "status": "blocked"})


def test_ticking_a_message_that_waits_takes_it_back(session: Session) -> None:
    row = queue_one(session)
    session.flush()
    handle(session, row.id, actor=NADIA, now=NOON)
    assert row.status == "canceled"


def test_an_unknown_message_cannot_be_ticked(session: Session) -> None:
    with pytest.raises(NotFound):
        handle(session, "f" * 32, actor=NADIA, now=NOON)


def test_an_erased_person_leaves_fates_and_dates_but_no_text_and_no_number(session: Session) -> None:
    mine, hers = queue_one(session, key="mine"), queue_one(session, key="hers", person_id=8, to=GRANDMOTHER)
    row = inbound.store(
        session, Received("SM1", ODILE.e164, "+33939980000", "OUI", {"Body": ["OUI"]}), now=NOON
    )
    learn(session, ODILE.e164, "stopped", source="sms", now=NOON)
    session.flush()
    erase_person(session, 7, numbers=[ODILE.e164], now=NOON)
    session.flush()
    assert (mine.status, mine.body, mine.to_number, mine.person_id) == ("canceled", "", "", None)
    assert "Marcel" in hers.body
    assert row is not None
    letter = session.get_one(InboundMessage, row.id)
    assert (letter.body, letter.from_number, letter.raw) == ("", "", {})
    assert list(session.scalars(select(NumberFact))) == []


def test_the_screen_lists_the_latest_first_and_by_subject(session: Session) -> None:
    old = queue_one(session, key="old")
    new = queue_one(session, key="new", now=NOON.replace(minute=5), subject_id=2)
    session.flush()
    assert list(recent(session)) == [new, old]
    assert list(recent(session, status="blocked")) == []
    assert list(of_subject(session, "approach", [2])) == [new]


def test_the_situation_counts_what_waits_and_what_needs_somebody(session: Session) -> None:
    queue_one(session, key="a")
    queue_one(session, key="b", to=GRANDMOTHER)
    session.flush()
    seen = situation(session, now=NOON.replace(minute=2))
    assert (seen.waiting, seen.to_handle, seen.circuit_open) == (1, 1, False)
    assert seen.oldest_due.total_seconds() == 120
    assert session.scalar(select(OutboxMessage.id).where(OutboxMessage.status == "sending")) is None
