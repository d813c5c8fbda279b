"""What people write to us: kept raw first, once per provider identifier, by the webhook or by the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.messages.channels import Received, SmsSender
from lotocar.messages.delivery import Clock, Factory
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.values.actor import Actor

PULL_OVERLAP = timedelta(hours=24)
UNREAD_AFTER = timedelta(seconds=30)
ANSWERS_PER_HOUR = 3
ANSWERS_PER_DAY_UNKNOWN = 1
AUTOMATIC = ("stop_confirmed", "help_answer", "which_question", "emergency", "driver_already_found")


def store(session: Session, received: Received, *, now: datetime) -> InboundMessage | None:
    """The new row, still to be read, or None when this identifier is already here.

    One that the webhook missed keeps the hour at which it was written: what was asked later it does not answer.
    """
    if session.scalar(select(InboundMessage.id).where(InboundMessage.provider_sid == received.sid)):
        return None
    row = InboundMessage(
        provider_sid=received.sid[:64],
        from_number=received.from_number[:40],
        to_number=received.to_number[:40],
        body=received.body.replace("\x00", ""),  # PostgreSQL refuses NUL; no phone sends it
        raw=dict(received.raw),
        received_at=min(received.written_at or now, now),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    return row


def pull(factory: Factory, sender: SmsSender, clock: Clock, *, last_pull: datetime | None) -> list[int]:
    """Read the provider's list since the last pull and a day, keep what the webhook missed; the new rows, oldest first.

    Raises:
        Unavailable: the list could not be read; nothing is lost, the next pull goes as far back.
    """
    now = clock()
    found = sender.received_since((last_pull or now) - PULL_OVERLAP)
    new: list[int] = []
    for received in found:
        with factory.begin() as session:
            row = store(session, received, now=clock())
            if row is not None:
                session.flush()  # its number is handed on
                new.append(row.id)
    return new


def unread(session: Session, *, now: datetime) -> Sequence[int]:
    """Kept but never read: whoever was to read them died. A moment is left to the webhook itself."""
    query = select(InboundMessage.id).where(
        InboundMessage.state == "received", InboundMessage.received_at <= now - UNREAD_AFTER
    )
    return session.scalars(query.order_by(InboundMessage.id)).all()


def to_read(session: Session, inbound_id: int) -> InboundMessage | None:
    """The row, locked for whoever interprets it, or None when it was read meanwhile."""
    row = session.get(InboundMessage, inbound_id, with_for_update=True)
    return row if row is not None and row.state == "received" else None


def settle(
    row: InboundMessage, state: str, decision: str, *, subject_id: int | None = None, urgent: bool = False
) -> None:
    """Say what became of a message: acted, ignored, or human."""
    row.state, row.decision, row.urgent = state, decision, urgent
    row.subject_id = subject_id if subject_id is not None else row.subject_id


def handle(session: Session, inbound_id: int, *, actor: Actor, now: datetime) -> InboundMessage:
    """Somebody of the team dealt with it. Doing so twice changes nothing.

    Raises:
        NotFound: no such message.
    """
    row = session.get(InboundMessage, inbound_id, with_for_update=True)
    if row is None:
        raise NotFound("message.inbound")
    if row.handled_at is None:
        row.state, row.handled_at, row.handled_by_id = "handled", now, actor.id
    return row


def may_answer(session: Session, number: str, *, known: bool, now: datetime) -> bool:
    """Whether one more automatic answer may go to this number: three an hour, one a day to somebody unknown."""
    window = timedelta(hours=1) if known else timedelta(days=1)
    limit = ANSWERS_PER_HOUR if known else ANSWERS_PER_DAY_UNKNOWN
    sent = select(func.count()).where(
        OutboxMessage.to_number == number,
        OutboxMessage.kind.in_(AUTOMATIC),
        OutboxMessage.created_at > now - window,
    )
    return (session.scalar(sent) or 0) < limit
