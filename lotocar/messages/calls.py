"""Automatic calls to landlines: ring, say, listen to a key; busy or nobody, twice more, then the desk.

A machine hears who we are and our number, and nothing else: voicemail is shared in a household.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.messages import circuit, rules
from lotocar.messages.channels import Sender
from lotocar.messages.delivery import Clock, Factory, adopt, may_leave, once_more, send_one
from lotocar.messages.models import OutboxMessage

AT_ONCE = 5
TRY = "~call"
KEY = "key."


def call_due(factory: Factory, caller: Sender, clock: Clock) -> int:
    """Ring whoever is due, a few at a time; how many calls were placed."""
    with factory() as session:
        if not circuit.may_send(session, now=clock(), channel="voice"):
            return 0
        due = session.scalars(
            select(OutboxMessage.id)
            .where(may_leave(clock(), channel="voice"))
            .order_by(OutboxMessage.priority, OutboxMessage.not_before)
            .limit(AT_ONCE)
        ).all()
    fates = [send_one(factory, caller, message_id, clock, channel="voice") for message_id in due]
    return fates.count("accepted")


def settle_silent(factory: Factory, clock: Clock) -> int:
    """End the calls whose last word never came: a key that was pressed stands, the others are for the desk."""
    now = clock()
    with factory.begin() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.channel == "voice",
                OutboxMessage.status == "accepted",
                OutboxMessage.sent_at <= now - rules.CALL_ENDS_WITHIN,
            )
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            if row.reason.startswith(KEY):
                row.status, row.settled_at = rules.heard(row.status, "delivered"), now
            else:
                row.status, row.reason = rules.message_after(row.status, "hand"), "call.silent"
    return len(rows)


def hand_over(factory: Factory, clock: Clock) -> int:
    """The calls that no voice will make any more are the desk's, as for an installation without one."""
    with factory.begin() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.channel == "voice", OutboxMessage.status == "queued")
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.channel, row.status = "call", rules.message_after(row.status, "hand")
            row.reason = "call.needed"
    return len(rows)


def on_the_line(
    session: Session, message_id: str, attempt: int, *, sid: str, now: datetime
) -> OutboxMessage | None:
    """The call that the provider asks words for, adopted under its identifier; None when it is not ours."""
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None or row.channel != "voice" or not 1 <= attempt <= row.attempt or not sid:
        return None
    if row.provider_sid is None:
        adopt(session, row, sid=sid, status="accepted", now=now)
    return row if row.provider_sid == sid else None


def asks(row: OutboxMessage) -> bool:
    """Whether this call puts a question."""
    return row.kind in rules.ASKING_KINDS


def note_end(row: OutboxMessage, session: Session, *, status: str, machine: bool, now: datetime) -> None:
    """How the call ended. Nobody, busy or a machine: two more tries, then a person of the desk rings.

    A question that was heard but not answered is a call for the desk as well.
    """
    told = rules.CALL_WORD.get(status)
    if told is None or row.status in rules.TERMINAL:
        return
    if told == "delivered" and not machine:
        unanswered = asks(row) and not row.reason.startswith(KEY)
        row.status = "needs_human" if unanswered or row.reason == "key.human" else "delivered"
        row.reason = "call.unanswered" if unanswered else row.reason
        row.settled_at = now
        return
    row.status, row.settled_at, row.reason = "undelivered", now, "call.machine" if machine else "call.nobody"
    _ring_again(session, row, now=now)


def note_machine(row: OutboxMessage) -> None:
    """A machine picked up; told again after the end, it changes nothing."""
    if row.status == "accepted":
        row.reason = "call.machine"


def note_key(row: OutboxMessage, key: rules.Key, *, now: datetime) -> None:
    """Remember what the person pressed; asking for a person, or saying no, is for the desk."""
    row.reason = f"{KEY}{key}"
    if key is rules.Key.HUMAN:
        row.status, row.settled_at = "needs_human", now
        row.priority = 1


def _ring_again(session: Session, row: OutboxMessage, *, now: datetime) -> None:
    first, _, number = row.dedup_key.partition(TRY)
    tries = int(number or 0)
    if tries < len(rules.CALL_AGAIN):
        at = rules.call_at(now + rules.CALL_AGAIN[tries])
        once_more(session, row, key=f"{first}{TRY}{tries + 1}", at=at, now=now)
