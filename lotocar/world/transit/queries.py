"""Which services to name for a journey."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.world.transit.models import TransitContact
from lotocar.world.transit.rules import KINDS, serves


def contacts(session: Session) -> Sequence[TransitContact]:
    """Every contact: buses, trains, on demand, then the others; by name within each."""
    found = session.scalars(select(TransitContact)).all()
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.name, one.id))


def contacts_between(session: Session, one: str, other: str) -> Sequence[TransitContact]:
    """The contacts for a journey between these two communes (INSEE codes), whichever way."""
    return [contact for contact in contacts(session) if serves(contact.communes, one, other)]
