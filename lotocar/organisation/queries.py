"""Reading the installation's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.organisation.models import OrganisationRow
from lotocar.organisation.rules import DEFAULT_NEEDS, DEFAULT_PURPOSES, Choice


@dataclass(frozen=True, slots=True)
class Organisation:
    """This installation as every room may read it. `desk_phone` is E.164.

    `purposes` and `needs` are the closed lists of the desk; `own_texts` the messages that the team reworded, by kind.
    """

    name: str
    desk_phone: str
    desk_hours: str
    departements: tuple[str, ...]
    epcis: tuple[str, ...]
    communes: tuple[str, ...]
    is_demonstration: bool
    drivers_need_validation: bool
    publisher: str = ""
    publisher_address: str = ""
    publication_director: str = ""
    host_name: str = ""
    host_address: str = ""
    coordinators_need_code: bool = False
    purposes: tuple[Choice, ...] = DEFAULT_PURPOSES
    needs: tuple[Choice, ...] = DEFAULT_NEEDS
    own_texts: Mapping[str, str] = field(default_factory=dict)


def current(session: Session) -> Organisation:
    """The installation's settings.

    Raises:
        NotFound: `./run setup` was never run on this database.
    """
    row = session.get(OrganisationRow, 1)
    if row is None:
        raise NotFound("organisation.missing")
    session.info["organisation"] = row  # held: a row that nobody holds is read again at the next question
    return Organisation(
        name=row.name,
        desk_phone=row.desk_phone,
        desk_hours=row.desk_hours,
        departements=tuple(row.departements),
        epcis=tuple(row.epcis),
        communes=tuple(row.communes),
        is_demonstration=row.is_demonstration,
        drivers_need_validation=row.drivers_need_validation,
        publisher=row.publisher,
        publisher_address=row.publisher_address,
        publication_director=row.publication_director,
        host_name=row.host_name,
        host_address=row.host_address,
        coordinators_need_code=row.coordinators_need_code,
        purposes=_choices(row.purposes) or DEFAULT_PURPOSES,
        needs=_choices(row.needs) or DEFAULT_NEEDS,
        own_texts=dict(row.own_texts),
    )


def _choices(kept: list[list[str]]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in kept)


def purpose_codes(session: Session) -> frozenset[str]:
    """Every reason to travel that a request may hold: those offered, and the house's own."""
    row = session.get(OrganisationRow, 1)
    kept = _choices(row.purposes) if row is not None else ()
    return frozenset(one.code for one in (*DEFAULT_PURPOSES, *kept))
