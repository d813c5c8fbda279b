"""Setting up the installation, and what its coordinator may change without a restart.

The journal stands above this room: whoever calls notes what was changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lotocar.errors import NotFound, Refused
from lotocar.organisation import rules
from lotocar.organisation.models import OrganisationRow
from lotocar.organisation.rules import Choice


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
    publisher: str = "",
    host_name: str = "",
    host_address: str = "",
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
        publisher=publisher,
        host_name=host_name,
        host_address=host_address,
    )
    session.add(row)
    return row


def change(
    session: Session,
    *,
    name: str,
    desk_phone: str,
    desk_hours: str,
    drivers_need_validation: bool,
    coordinators_need_code: bool,
) -> None:
    """How the service is called and reached (`desk_phone` E.164), and its two rules about people.

    Raises:
        NotFound: never founded.
    """
    row = _row(session)
    row.name, row.desk_phone, row.desk_hours = name, desk_phone, desk_hours
    row.drivers_need_validation = drivers_need_validation
    row.coordinators_need_code = coordinators_need_code


def publish(
    session: Session,
    *,
    publisher: str,
    publisher_address: str,
    publication_director: str,
    host_name: str,
    host_address: str,
) -> None:
    """Who answers for the site, and who hosts it: the legal notice tells it.

    Raises:
        NotFound: never founded.
    """
    row = _row(session)
    row.publisher, row.publisher_address = publisher, publisher_address
    row.publication_director = publication_director
    row.host_name, row.host_address = host_name, host_address


def list_purposes(session: Session, choices: Sequence[Choice]) -> None:
    """The reasons to travel that the desk offers.

    Raises:
        Invalid: see rules.check_purposes. NotFound: never founded.
    """
    _row(session).purposes = [[one.code, one.label] for one in rules.check_purposes(choices)]


def list_needs(session: Session, choices: Sequence[Choice]) -> None:
    """The kinds of help that the desk offers.

    Raises:
        Invalid: see rules.check_needs. NotFound: never founded.
    """
    _row(session).needs = [[one.code, one.label] for one in rules.check_needs(choices)]


def reword(session: Session, kind: str, text: str) -> None:
    """The team's own words for this kind of message; empty goes back to those of the house. Checked by whoever calls.

    Raises:
        NotFound: never founded.
    """
    row = _row(session)
    others = {known: words for known, words in row.own_texts.items() if known != kind}
    row.own_texts = others | ({kind: text} if text else {})


def _row(session: Session) -> OrganisationRow:
    row = session.get(OrganisationRow, 1, with_for_update=True)
    if row is None:
        raise NotFound("organisation.missing")
    return row
