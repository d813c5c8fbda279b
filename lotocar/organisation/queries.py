"""Reading the installation's settings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.organisation.models import OrganisationRow


@dataclass(frozen=True, slots=True)
class Organisation:
    """This installation as every room may read it. `desk_phone` is E.164."""

    name: str
    desk_phone: str
    desk_hours: str
    departements: tuple[str, ...]
    epcis: tuple[str, ...]
    communes: tuple[str, ...]
    is_demonstration: bool
    drivers_need_validation: bool


def current(session: Session) -> Organisation:
    """The installation's settings.

    Raises:
        NotFound: `./run setup` was never run on this database.
    """
    row = session.get(OrganisationRow, 1)
    if row is None:
        raise NotFound("organisation.missing")
    return Organisation(
        name=row.name,
        desk_phone=row.desk_phone,
        desk_hours=row.desk_hours,
        departements=tuple(row.departements),
        epcis=tuple(row.epcis),
        communes=tuple(row.communes),
        is_demonstration=row.is_demonstration,
        drivers_need_validation=row.drivers_need_validation,
    )
