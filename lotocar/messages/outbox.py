"""Queueing a message, in the same transaction as the fact it tells. Sending it is `delivery`'s affair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.messages import rules
from lotocar.messages.gsm import segments, transliterate
from lotocar.messages.models import NumberFact, OutboxMessage
from lotocar.messages.texts import SenderPolicy, read_aloud, sms
from lotocar.values.tokens import new_hex_id

__all__ = [
    "SenderPolicy",
    "cancel",
    "number_facts",
    "queue",
    "queue_call",
    "read_aloud",
    "stop_number",
    "takes_sms",
    "why_no_sms",
]

# what the channel taught us of a number, and the reason kept on a message that it stops
BLOCKING_FACTS = {"stopped": "number.stopped", "landline": "number.landline", "wrong": "number.wrong"}


class Line(Protocol):
    """A number and its kind: a PhoneNumber or a PhoneLine."""

    @property
    def e164(self) -> str: ...

    @property
    def kind(self) -> str: ...


def queue(
    session: Session,
    *,
    now: datetime,
    kind: str,
    dedup_key: str,
    to: Line,
    person_id: int | None,
    subject_kind: str,
    subject_id: int,
    values: Mapping[str, object],
    voice: SenderPolicy,
    useful_until: datetime | None = None,
    trip_at: datetime | None = None,
    priority: int = 5,
    urgent: bool = False,
) -> OutboxMessage:
    """The SMS of this purpose, its text frozen now; a second call with the same `dedup_key` returns the same row.

    `values` are those of templates/messages/README.md; `reference`, when among them, ends the text. Past
    `useful_until` it is worth nothing and never leaves. People sleep from 20:30 to 8:00: only what is `urgent`,
    or concerns a trip (`trip_at`) less than three hours away, leaves at night. It comes back `blocked`, with a
    reason, when the line takes no SMS or its owner wants none: then a call is needed.

    Raises:
        NotFound: no such kind.
        jinja2.UndefinedError: a value is missing.
    """
    existing = session.scalar(select(OutboxMessage).where(OutboxMessage.dedup_key == dedup_key))
    if existing is not None:
        return existing
    row_id = new_hex_id()
    reference = str(values.get("reference") or short_reference(row_id))
    body = transliterate(sms(kind, values, sender=voice, reference=reference))
    night_from = rules.night_from(now=now, urgent=urgent, trip_at=trip_at)
    row = OutboxMessage(
        id=row_id,
        dedup_key=dedup_key,
        kind=kind,
        channel="sms",
        to_number=to.e164,
        person_id=person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reference=reference,
        body=body,
        segments=segments(body).segments,
        priority=priority,
        not_before=rules.leaves_at(now=now, night_from=night_from),
        night_from=night_from,
        useful_until=useful_until,
        created_at=now,
    )
    reason = _why_blocked(session, to, caps=voice.caps, now=now)
    if reason:
        row.status, row.reason, row.settled_at = "blocked", reason, now
    return _kept(session, row)


def queue_call(
    session: Session,
    *,
    now: datetime,
    kind: str,
    dedup_key: str,
    to: Line | None,
    person_id: int | None,
    subject_kind: str,
    subject_id: int,
    values: Mapping[str, object],
    voice: SenderPolicy,
    useful_until: datetime | None = None,
    priority: int = 5,
) -> OutboxMessage:
    """The same message for somebody without SMS: a call for the desk, with the text to read aloud.

    It waits on the call list (`waiting.to_say`) until somebody ticks it; `to` None means that we know no
    number at all. When a number permitted for automatic calls is configured, the voice rings first, and the
    desk only if nobody answers.

    Raises:
        NotFound: this kind is never said aloud.
        jinja2.UndefinedError: a value is missing.
    """
    existing = session.scalar(select(OutboxMessage).where(OutboxMessage.dedup_key == dedup_key))
    if existing is not None:
        return existing
    row = OutboxMessage(
        id=new_hex_id(),
        dedup_key=dedup_key,
        kind=kind,
        channel="call",
        to_number=to.e164 if to else "",
        person_id=person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reference=str(values.get("reference") or ""),
        body=read_aloud(kind, values, sender=voice),
        segments=0,
        priority=priority,
        status="needs_human",
        reason="call.needed",
        not_before=now,
        useful_until=useful_until,
        created_at=now,
    )
    if voice.voice and to is not None:
        row.channel, row.status, row.reason, row.not_before = "voice", "queued", "", rules.call_at(now)
    return _kept(session, row)


def cancel(session: Session, *, dedup_key: str, reason: str, now: datetime) -> bool:
    """Take back a message that has not left; whether it was still there to take."""
    row = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.dedup_key == dedup_key, OutboxMessage.status == "queued")
        .with_for_update()
    )
    if row is None:
        return False
    row.status = rules.message_after(row.status, "cancel")
    row.reason, row.settled_at, row.handled_at = reason, now, now
    return True


def stop_number(session: Session, number: str, *, now: datetime, keep: str = "") -> int:
    """Hold back everything that waits for a number whose owner wants no SMS, but for one kind; how many."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.to_number == number,
            OutboxMessage.channel == "sms",
            OutboxMessage.status == "queued",
            OutboxMessage.kind != keep,
        )
        .with_for_update()
    ).all()
    for row in rows:
        row.status = rules.message_after(row.status, "block")
        row.reason, row.settled_at = "number.stopped", now
    return len(rows)


def takes_sms(session: Session, line: Line) -> bool:
    """Whether an SMS to this line makes sense today."""
    return str(line.kind) == "mobile" and not number_facts(session, line.e164)


def number_facts(session: Session, e164: str) -> set[str]:
    """What the channel taught us of this number: stopped, landline, wrong."""
    return set(session.scalars(select(NumberFact.fact).where(NumberFact.number == e164)))


def why_no_sms(session: Session, e164: str) -> str:
    """Why the channel must not write to this number, as the reason kept on a message; empty when it may."""
    facts = number_facts(session, e164)
    return next((reason for fact, reason in BLOCKING_FACTS.items() if fact in facts), "")


def short_reference(row_id: str) -> str:
    """Five figures that a person can read out; the references of approaches have four."""
    return str(10_000 + int(row_id[:12], 16) % 90_000)


def _why_blocked(session: Session, to: Line, *, caps: rules.Caps, now: datetime) -> str:
    if str(to.kind) != "mobile":
        return "number.landline"
    if reason := why_no_sms(session, to.e164):
        return reason
    today = select(func.count()).where(
        OutboxMessage.to_number == to.e164, OutboxMessage.created_at > now - timedelta(days=1)
    )
    return "cap.number" if (session.scalar(today) or 0) >= caps.per_number else ""


def _kept(session: Session, row: OutboxMessage) -> OutboxMessage:
    # inside a savepoint: when another transaction queued the same purpose meanwhile, its row is ours too, and
    # the fact that we tell is not lost with it
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(select(OutboxMessage).where(OutboxMessage.dedup_key == row.dedup_key)).one()
    return row
