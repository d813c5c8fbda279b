"""Reading the story of a subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from lotocar.journal.models import Entry


def story(session: Session, subjects: Sequence[tuple[str, int]]) -> Sequence[Entry]:
    """All entries about these (kind, id) subjects, oldest first."""
    if not subjects:
        return []
    wanted = tuple_(Entry.subject_kind, Entry.subject_id).in_(list(subjects))
    return session.scalars(select(Entry).where(wanted).order_by(Entry.at, Entry.id)).all()


def latest(session: Session, subject: tuple[str, int], *, since: datetime) -> Sequence[Entry]:
    """The entries about one subject (kind, id) since this instant, oldest first."""
    kind, number = subject
    wanted = (Entry.subject_kind == kind, Entry.subject_id == number, Entry.at >= since)
    return session.scalars(select(Entry).where(*wanted).order_by(Entry.at, Entry.id)).all()
