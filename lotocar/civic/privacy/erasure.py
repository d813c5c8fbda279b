"""The right to be forgotten: one path through every room, named one by one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.people import erasing as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.rides import outcomes as rides
from lotocar.carpool.trips import operations as trips
from lotocar.civic.registry import operations as registry
from lotocar.errors import NotFound
from lotocar.journal import operations as journal
from lotocar.messages import operations as messages
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor


def erase(session: Session, person_id: int, *, actor: Actor, now: datetime, policy: SenderPolicy) -> None:
    """Nothing is left of this person but the counts: each room empties what it holds, the highest first.

    Whoever counted on them for the days to come is told that it falls through.

    Raises:
        NotFound: no such person, or already erased.
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound("person")
    numbers = [line.e164 for line in person.lines]
    registry.erase_person(session, person_id, now=now)
    rides.erase_person(session, person_id, now=now, policy=policy)
    requests.erase_person(session, person_id, now=now)
    trips.erase_person(session, person_id, now=now)
    messages.erase_person(session, person_id, numbers=numbers, now=now)
    people.erase_person(session, person_id, now=now)
    journal.note(
        session, actor=actor, now=now, verb="person.erased", subject_kind="person", subject_id=person_id
    )
