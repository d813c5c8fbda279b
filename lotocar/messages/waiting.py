"""Messages that want somebody, as numbers to be counted or read a few at a time, by kind.

`within` is a question for the numbers of the people whom the reader may see; None is everybody. The most pressing
come first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lotocar.messages.models import InboundMessage, Mailing, OutboxMessage
from lotocar.messages.queries import is_unread, needs_somebody

People = Any  # a select of numbers of people, or of several joined by UNION


def to_read(*, within: People | None = None) -> Select[int]:
    """Received ones that a human must read, emergencies first."""
    query = select(InboundMessage.id).where(is_unread())
    if within is not None:
        query = query.where(InboundMessage.person_id.in_(within))
    return query.order_by(InboundMessage.urgent.desc(), InboundMessage.received_at, InboundMessage.id)


def to_say(*, now: datetime, within: People | None = None) -> Select[str]:
    """Those for people without SMS: somebody says them on the phone."""
    return _unsent(now, within).where(OutboxMessage.channel == "call")


def failed(*, now: datetime, within: People | None = None) -> Select[str]:
    """Those that could not leave, did not arrive, or of which we do not know."""
    return _unsent(now, within).where(OutboxMessage.channel != "call")


def letters_failed() -> Select[str]:
    """Letters to the team that did not leave."""
    query = select(Mailing.key).where(Mailing.status == "failed", Mailing.handled_at.is_(None))
    return query.order_by(Mailing.created_at)


def _unsent(now: datetime, within: People | None) -> Select[str]:
    query = select(OutboxMessage.id).where(needs_somebody(now))
    if within is not None:
        query = query.where(OutboxMessage.person_id.in_(within))
    return query.order_by(OutboxMessage.priority, OutboxMessage.created_at, OutboxMessage.id)


def read_received(session: Session, numbers: Collection[int]) -> Sequence[InboundMessage]:
    """These messages received."""
    return session.scalars(select(InboundMessage).where(InboundMessage.id.in_(numbers))).all()


def read_sent(session: Session, numbers: Collection[str]) -> Sequence[OutboxMessage]:
    """These messages of ours."""
    return session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(numbers))).all()


def read_letters(session: Session, keys: Collection[str]) -> Sequence[Mailing]:
    """These letters."""
    return session.scalars(select(Mailing).where(Mailing.key.in_(keys))).all()
