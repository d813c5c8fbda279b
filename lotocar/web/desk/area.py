"""What an account limited to some communes may see: what touches them, and the people known there.

Requests, rides and trips are limited by their places, in the queries themselves. People and their messages are
limited to those whom the team of these communes knows; a message from an unknown number is for the accounts without a limit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import CompoundSelect
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as persons
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.rides import queries
from lotocar.carpool.trips.models import Trip
from lotocar.staff.rules import within_area
from lotocar.web.forms import PlaceField


class AboutSomebody(Protocol):
    """A message: it knows its person, or not."""

    @property
    def person_id(self) -> int | None: ...


OUTSIDE = "Aucun de ces deux lieux n'est dans votre secteur : passez l'appel au bureau."

Message = TypeVar("Message", bound=AboutSomebody)


def known_people(session: Session, found: Sequence[Person], communes: Collection[str]) -> list[Person]:
    """Those of these people whom the account may see."""
    seen = queries.among(session, [one.id for one in found], communes)
    return [one for one in found if one.id in seen]


def touching(found: Sequence[Trip], communes: Collection[str]) -> list[Trip]:
    """Those of these trips that begin or end in these communes; all of them when there are none."""
    return [one for one in found if within_area(communes, (one.origin_insee, one.destination_insee))]


def known_there(communes: Collection[str]) -> CompoundSelect[int] | None:
    """Whom the account may see, as a question for the database; None is everybody."""
    return queries.people_of(communes) if communes else None


def find_people(session: Session, text: str, communes: Collection[str], *, limit: int) -> list[Person]:
    """The first people by name or number whom the account may see."""
    return persons.find_people(session, text, limit=limit, within=known_there(communes))


def about(session: Session, found: Sequence[Message], communes: Collection[str]) -> list[Message]:
    """Those of these messages that are about people whom the account may see."""
    if not communes:
        return list(found)
    seen = queries.among(session, {one.person_id for one in found if one.person_id is not None}, communes)
    return [one for one in found if one.person_id in seen]


def accepts(communes: Collection[str], origin: PlaceField, destination: PlaceField) -> bool:
    """Whether the journey typed is for the account to write down; otherwise the field of its start says so."""
    ends = [field.stop.insee for field in (origin, destination) if field.stop is not None]
    if within_area(communes, ends):
        return True
    origin.errors = [*origin.errors, OUTSIDE]
    return False


def holds(communes: Collection[str], wishes: Sequence[LegWish]) -> bool:
    """Whether this journey is for the account to serve."""
    return any(within_area(communes, (wish.origin.insee, wish.destination.insee)) for wish in wishes)
