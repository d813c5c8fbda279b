"""Whether a passenger had a car to make their rides themselves: a question asked, kept with who passed it on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.civic.registry.models import PassengerCar
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor


def had_a_car(session: Session, person_ids: Collection[int]) -> dict[int, bool]:
    """What those of these people answered who were asked; the others are unknown."""
    if not person_ids:
        return {}
    rows = session.scalars(select(PassengerCar).where(PassengerCar.person_id.in_(set(person_ids))))
    return {row.person_id: row.has_car for row in rows}


def hear_car(
    session: Session, person: Person, has_car: bool | None, *, through: str, actor: Actor, now: datetime
) -> None:
    """Write down the answer, through "link" or "desk"; None takes it back: unknown again."""
    if has_car is None:
        session.execute(delete(PassengerCar).where(PassengerCar.person_id == person.id))
    else:
        session.merge(PassengerCar(person_id=person.id, has_car=has_car, told_through=through, at=now))
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="person.car_told",
        subject_kind="person",
        subject_id=person.id,
    )
