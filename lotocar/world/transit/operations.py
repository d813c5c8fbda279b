"""Keeping the contacts of public transport: known to the very next search."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor
from lotocar.world.transit.models import TransitContact
from lotocar.world.transit.rules import ContactFacts, check


def add(session: Session, contact: ContactFacts, *, actor: Actor, now: datetime) -> TransitContact:
    """One more contact.

    Raises:
        Invalid: see `rules.check`.
    """
    check(contact)
    added = TransitContact(kind=contact.kind)
    _write(added, contact)
    session.add(added)
    session.flush()  # the journal needs its number
    _note(session, added.id, "transit.added", actor, now)
    return added


def change(
    session: Session, contact_id: int, contact: ContactFacts, *, actor: Actor, now: datetime
) -> TransitContact:
    """The contact as it should be.

    Raises:
        NotFound: no such contact. Invalid: see `rules.check`.
    """
    found = _the_contact(session, contact_id)
    check(contact)
    _write(found, contact)
    _note(session, contact_id, "transit.changed", actor, now)
    return found


def remove(session: Session, contact_id: int, *, actor: Actor, now: datetime) -> None:
    """Nobody is sent there any more.

    Raises:
        NotFound: no such contact.
    """
    session.delete(_the_contact(session, contact_id))
    _note(session, contact_id, "transit.removed", actor, now)


def _the_contact(session: Session, contact_id: int) -> TransitContact:
    found = session.get(TransitContact, contact_id)
    if found is None:
        raise NotFound("transit")
    return found


def _write(row: TransitContact, contact: ContactFacts) -> None:
    row.kind = contact.kind
    row.name = contact.name.strip()
    row.phone = contact.phone
    row.address = contact.address.strip()
    row.note = contact.note.strip()
    row.communes = sorted({*contact.communes})


def _note(session: Session, number: int, verb: str, actor: Actor, now: datetime) -> None:
    journal.note(session, actor=actor, now=now, verb=verb, subject_kind="transit", subject_id=number)
