"""Reading the story of a subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from lotocar.journal.models import Entry
from lotocar.values.actor import Actor


def story(session: Session, subjects: Sequence[tuple[str, int]]) -> Sequence[Entry]:
    """All entries about these (kind, id) subjects, oldest first."""
    if not subjects:
        return []
    wanted = tuple_(Entry.subject_kind, Entry.subject_id).in_(list(subjects))
    return session.scalars(select(Entry).where(wanted).order_by(Entry.at, Entry.id)).all()


def has_acted(session: Session, subject: tuple[str, int], actor: Actor, *, since: datetime) -> bool:
    """Whether this actor left a line about this subject since then."""
    theirs = (
        Entry.subject_kind == subject[0],
        Entry.subject_id == subject[1],
        Entry.actor_kind == actor.kind.value,
        Entry.actor_id == actor.id,
        Entry.at >= since,
    )
    return session.scalar(select(Entry.id).where(*theirs).limit(1)) is not None


def of_verb(session: Session, subject: tuple[str, int], verb: str, *, limit: int) -> Sequence[Entry]:
    """The latest lines of this kind about a subject, the newest first."""
    wanted = (Entry.subject_kind == subject[0], Entry.subject_id == subject[1], Entry.verb == verb)
    return session.scalars(select(Entry).where(*wanted).order_by(Entry.id.desc()).limit(limit)).all()


def latest(session: Session, subject: tuple[str, int], *, since: datetime) -> Sequence[Entry]:
    """The entries about one subject (kind, id) since this instant, oldest first."""
    kind, number = subject
    wanted = (Entry.subject_kind == kind, Entry.subject_id == number, Entry.at >= since)
    return session.scalars(select(Entry).where(*wanted).order_by(Entry.at, Entry.id)).all()
