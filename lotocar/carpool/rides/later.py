"""Putting a thing to do to later: nobody answered, or the person asked to be rung at another hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import PutOff
from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor

RING_AGAIN = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))  # after each call in vain
KEPT = timedelta(days=2)  # once it is over


def ring_again_at(now: datetime, *, tries: int, deadline: datetime | None) -> datetime:
    """When to ring again after so many calls in vain; always while there is still time to answer."""
    again = now + RING_AGAIN[min(max(tries, 1), len(RING_AGAIN)) - 1]
    if deadline is None or deadline <= now:
        return again
    return min(again, now + (deadline - now) / 2)


def put_off(
    session: Session,
    action: str,
    subject: str,
    *,
    until: datetime,
    deadline: datetime | None = None,
    in_vain: bool = False,
    about: int | None = None,
    actor: Actor,
    now: datetime,
) -> PutOff:
    """The thing waits until then; `in_vain` counts a call that nobody answered, `about` is the request's number.

    Raises:
        Refused: "later.past", or "later.too_late" when there would be nothing left to do by then.
    """
    if until <= now:
        raise Refused("later.past")
    if deadline is not None and deadline > now and until >= deadline:
        raise Refused("later.too_late")
    row = _row(session, action, subject)
    if row is None:
        row = PutOff(action=action, subject=subject, tries=0)
        session.add(row)
    row.until = until
    row.tries += in_vain
    if about is not None:
        journal.note(
            session,
            actor=actor,
            now=now,
            verb="todo.in_vain" if in_vain else "todo.later",
            subject_kind="ride_request",
            subject_id=about,
            data={"kind": action, "until": until.isoformat()},
        )
    return row


def tries_of(session: Session, action: str, subject: str) -> int:
    """How many calls were made in vain about this."""
    row = _row(session, action, subject)
    return row.tries if row else 0


def known(session: Session, *, now: datetime) -> dict[tuple[str, str], PutOff]:
    """What is or was put to later lately, by action and subject: its `until` tells which."""
    rows = session.scalars(select(PutOff).where(PutOff.until > now - KEPT))
    return {(row.action, row.subject): row for row in rows}


def take_up(session: Session, action: str, subject: str) -> None:
    """It is to be done now after all."""
    row = _row(session, action, subject)
    if row is not None:
        session.delete(row)


def forget_over(session: Session, *, now: datetime) -> None:
    """Forget what was put to a time long past."""
    session.execute(delete(PutOff).where(PutOff.until < now - KEPT))


def _row(session: Session, action: str, subject: str) -> PutOff | None:
    return session.scalar(select(PutOff).where(PutOff.action == action, PutOff.subject == subject))
