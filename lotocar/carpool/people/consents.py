"""The words under which drivers consent, by version: a changed sentence is a new version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Person
from lotocar.values.actor import Actor

TEXT_VERSION = "2026-11"


def hear(
    session: Session, person: Person, *, share_phone: bool, registry: bool, actor: Actor, now: datetime
) -> None:
    """Record what the person says of both uses; repeating the same words under the same text adds nothing."""
    said = queries.consents(session, person.id)
    for kind, given in (("share_phone", share_phone), ("registry", registry)):
        known = said.get(kind)
        if known is not None and (known.given, known.text_version) == (given, TEXT_VERSION):
            continue
        people.record_consent(
            session, person, kind=kind, given=given, text_version=TEXT_VERSION, actor=actor, now=now
        )
