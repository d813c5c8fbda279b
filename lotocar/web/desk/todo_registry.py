"""What the registry asks of the team: an accord never heard, a proof to look at, sending that stands still."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.civic.registry import life, standing, unasked
from lotocar.civic.registry.models import Proof, RegistryDesk
from lotocar.web.desk.todo_action import Action, Ask


def unasked_people(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    """Those who ride soon and never said whether it may be declared."""
    return [
        Action("consent", str(person.id), person, at, person=person, deadline=at)
        for person, at in unasked.read_people(session, numbers, now=ask.now)
    ]


def alarms(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    """Proofs to look at: by when they must leave, or since when they are refused."""
    return [
        Action("proof", str(proof.id), (why, proof), _due(proof))
        for why, proof in standing.read_alarms(session, numbers, now=ask.now)
    ]


def _due(proof: Proof) -> datetime:
    return standing.deadline(proof) if proof.status in life.WAITING else proof.updated_at


def trouble(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    """Why nothing leaves for the registry."""
    found = session.scalars(select(RegistryDesk).where(RegistryDesk.id.in_(numbers)))
    return [Action("registry", str(one.id), one, one.trouble_at or ask.now) for one in found]
