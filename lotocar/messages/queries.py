"""What the desk sees of messages: recent ones and their fates, what failed, what waits to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lotocar.messages import circuit, rules
from lotocar.messages.delivery import may_leave, sent_since
from lotocar.messages.models import Circuit, InboundMessage, OutboxMessage

ENDED_BADLY = ("failed", "undelivered", "expired", "blocked", "canceled")


@dataclass(frozen=True, slots=True)
class Situation:
    """Sending at a glance, for the banner, the health page and the metrics.

    `oldest_due` is how long the oldest due message has been waiting; zero when none waits.
    """

    circuit_open: bool
    circuit_reason: str
    circuit_since: datetime | None
    waiting: int
    oldest_due: timedelta
    uncertain: int
    to_handle: int
    unread: int
    sent_today: int
    alarms: tuple[int, ...]


def recent(
    session: Session,
    *,
    limit: int = 100,
    before: datetime | None = None,
    kind: str = "",
    status: str = "",
    within: Any | None = None,
) -> Sequence[OutboxMessage]:
    """The latest messages written, newest first; `within`, a select, keeps those to some people."""
    query = select(OutboxMessage)
    if within is not None:
        query = query.where(OutboxMessage.person_id.in_(within))
    if before is not None:
        query = query.where(OutboxMessage.created_at < before)
    if kind:
        query = query.where(OutboxMessage.kind == kind)
    if status:
        query = query.where(OutboxMessage.status == status)
    return session.scalars(
        query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(limit)
    ).all()


def of_subject(session: Session, subject_kind: str, subject_ids: Sequence[int]) -> Sequence[OutboxMessage]:
    """Every message about these subjects, oldest first."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject_kind == subject_kind, OutboxMessage.subject_id.in_(subject_ids))
        .order_by(OutboxMessage.created_at)
    ).all()


def received(session: Session, *, limit: int = 100, within: Any | None = None) -> Sequence[InboundMessage]:
    """The latest messages received, newest first, whatever became of them; `within`, a select, keeps some people's."""
    query = select(InboundMessage).order_by(InboundMessage.received_at.desc(), InboundMessage.id.desc())
    if within is not None:
        query = query.where(InboundMessage.person_id.in_(within))
    return session.scalars(query.limit(limit)).all()


def situation(session: Session, *, now: datetime, caps: rules.Caps | None = None) -> Situation:
    """Sending at a glance."""
    state = session.get(Circuit, "sms")
    sent_today = sent_since(session, now - timedelta(days=1))
    return Situation(
        circuit_open=circuit.is_open(session),
        circuit_reason=state.reason if state else "",
        circuit_since=state.opened_at if state else None,
        waiting=_count(session, OutboxMessage.status == "queued"),
        oldest_due=oldest_due(session, now=now),
        uncertain=_count(session, OutboxMessage.status == "uncertain"),
        to_handle=_count(session, needs_somebody(now)),
        unread=session.scalar(select(func.count()).where(InboundMessage.state == "human")) or 0,
        sent_today=sent_today,
        alarms=tuple((caps or rules.Caps()).alarms(sent_today)),
    )


def is_unread() -> ColumnElement[bool]:
    """Received, and to be read by a human."""
    return InboundMessage.state.in_(("human", "received"))


def needs_somebody(now: datetime) -> ColumnElement[bool]:
    """Ended badly, or doubtful for too long, and nobody dealt with it."""
    in_the_air = OutboxMessage.status.in_(("uncertain", "sending"))
    doubtful = or_(
        and_(in_the_air, OutboxMessage.claimed_at <= now - rules.HUMAN_AFTER),
        # five minutes have passed since the first doubt when a second one comes
        and_(OutboxMessage.status == "uncertain", OutboxMessage.doubts >= rules.DOUBTS),
    )
    ended = and_(OutboxMessage.status.in_(ENDED_BADLY), OutboxMessage.kind.not_in(rules.COURTESIES))
    return and_(
        OutboxMessage.handled_at.is_(None), or_(doubtful, ended, OutboxMessage.status == "needs_human")
    )


def oldest_due(session: Session, *, now: datetime) -> timedelta:
    """For how long the oldest message that may leave has been waiting; zero when none waits.

    A night, or the hours without calls, is no waiting.
    """
    opened = {
        "sms": rules.last_opening(now, rules.DAY_OPENS),
        "voice": rules.last_opening(now, rules.CALLS_FROM),
    }
    waits = [_waited(session, channel, since, now) for channel, since in opened.items()]
    return max(waits)


def _waited(session: Session, channel: str, opened: datetime, now: datetime) -> timedelta:
    oldest = session.scalar(
        select(OutboxMessage.not_before)
        .where(may_leave(now, channel=channel))
        .order_by(OutboxMessage.not_before)
        .limit(1)
    )
    return now - max(oldest, opened) if oldest else timedelta()


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(condition)) or 0
