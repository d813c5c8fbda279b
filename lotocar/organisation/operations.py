"""Setting up the installation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lotocar.errors import Refused
from lotocar.organisation.models import OrganisationRow


def found(
    session: Session,
    *,
    name: str,
    desk_phone: str,
    desk_hours: str = "",
    departements: Sequence[str] = (),
    epcis: Sequence[str] = (),
    communes: Sequence[str] = (),
    is_demonstration: bool = False,
    drivers_need_validation: bool = False,
) -> OrganisationRow:
    """The installation, created once and for all.

    Raises:
        Refused: it exists already.
    """
    if session.get(OrganisationRow, 1) is not None:
        raise Refused("organisation.exists")
    row = OrganisationRow(
        id=1,
        name=name,
        desk_phone=desk_phone,
        desk_hours=desk_hours,
        departements=list(departements),
        epcis=list(epcis),
        communes=list(communes),
        is_demonstration=is_demonstration,
        drivers_need_validation=drivers_need_validation,
    )
    session.add(row)
    return row
