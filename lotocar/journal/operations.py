"""Adding to the journal: the only thing one may do with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lotocar.journal.models import Entry
from lotocar.values.actor import Actor


def note(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    subject_kind: str,
    subject_id: int,
    data: dict[str, Any] | None = None,
) -> None:
    """One line more in the story of a subject: `verb` like "approach.accepted", `data` without names or numbers."""
    session.add(
        Entry(
            at=now,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            verb=verb,
            subject_kind=subject_kind,
            subject_id=subject_id,
            data=data or {},
        )
    )


def forget_verb(session: Session, verb: str, *, before: datetime) -> None:
    """Drop the lines of one kind that are over: only the security log has an end."""
    session.execute(delete(Entry).where(Entry.verb == verb, Entry.at < before))
