"""What the provider says later of a message it took. Words may come twice, late, out of order, or before ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.messages.delivery import adopt, hear
from lotocar.messages.models import DeliveryStatus, OutboxMessage


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One status callback: which row and attempt its address names, and what it says. `code` 0 means none."""

    outbox_id: str
    attempt: int
    sid: str
    status: str
    code: int = 0
    to: str = ""


def note_status(session: Session, word: StatusWord, *, now: datetime) -> str:
    """Keep the callback and let it act once: "applied", "late", "foreign", "unknown", or "replayed".

    The address names our row, so that a message whose identifier we never learned is adopted without a search;
    an identifier that belongs to another row, or another number, changes nothing.
    """
    kept = _kept(session, word, now)
    if kept is None:
        return "replayed"
    kept.effect = _effect(session, word, now)
    return kept.effect


def _kept(session: Session, word: StatusWord, now: datetime) -> DeliveryStatus | None:
    row = DeliveryStatus(
        provider_sid=word.sid,
        status=word.status[:24],
        error_code=word.code,
        outbox_id=word.outbox_id,
        received_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    return row


def _effect(session: Session, word: StatusWord, now: datetime) -> str:
    row = session.get(OutboxMessage, word.outbox_id, with_for_update=True)
    if row is None:
        return "unknown"
    if not _belongs(session, row, word):
        return "foreign"
    if row.provider_sid is None:
        adopt(session, row, sid=word.sid, status="accepted", now=now)
    return "applied" if hear(session, row, status=word.status, code=word.code, now=now) else "late"


def _belongs(session: Session, row: OutboxMessage, word: StatusWord) -> bool:
    if not 1 <= word.attempt <= row.attempt or (word.to and word.to != row.to_number):
        return False
    if row.provider_sid is not None:
        return row.provider_sid == word.sid
    owner = select(OutboxMessage.id).where(OutboxMessage.provider_sid == word.sid)
    return session.scalar(owner) is None
