"""Reading the story of a subject."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from lotocar.journal.models import Entry


def story(session: Session, subjects: Sequence[tuple[str, int]]) -> Sequence[Entry]:
    """All entries about these (kind, id) subjects, oldest first."""
    if not subjects:
        return []
    wanted = tuple_(Entry.subject_kind, Entry.subject_id).in_(list(subjects))
    return session.scalars(select(Entry).where(wanted).order_by(Entry.at, Entry.id)).all()
