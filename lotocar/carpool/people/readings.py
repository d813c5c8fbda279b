"""Who opened whose file: said by a button before reading, kept in the journal, shown to those who watch over it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.journal import operations as journal
from lotocar.journal import queries
from lotocar.staff import queries as staff
from lotocar.staff.rules import FILE_STAYS_OPEN
from lotocar.values.actor import Actor

OPENED = "person.opened"
SHOWN = 20


def is_open(session: Session, person_id: int, actor: Actor, *, now: datetime) -> bool:
    """Whether this actor opened the file, or wrote in it, within a working day."""
    return queries.has_acted(session, ("person", person_id), actor, since=now - FILE_STAYS_OPEN)


def open_file(session: Session, person_id: int, actor: Actor, *, now: datetime) -> None:
    """Note that this actor opens the file; once a working day is enough."""
    if not is_open(session, person_id, actor, now=now):
        journal.note(session, actor=actor, now=now, verb=OPENED, subject_kind="person", subject_id=person_id)


def openings(session: Session, person_id: int) -> list[tuple[str, datetime]]:
    """Who of the team opened the file and when, the latest first."""
    found = queries.of_verb(session, ("person", person_id), OPENED, limit=SHOWN)
    names = staff.names(session, {one.actor_id for one in found if one.actor_id is not None})
    return [(names.get(one.actor_id or 0, "compte supprimé"), one.at) for one in found]


def forget(session: Session, *, before: datetime) -> None:
    """Forget who opened what before this instant."""
    journal.forget_verb(session, OPENED, before=before)
