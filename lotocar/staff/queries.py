"""Reading the team: accounts, and the browsers in which somebody is signed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.staff.models import Account, StaffSession


def accounts(session: Session) -> Sequence[Account]:
    """The whole team, those at work first, by name."""
    return session.scalars(
        select(Account).order_by(Account.active.desc(), Account.display_name, Account.id)
    ).all()


def account(session: Session, account_id: int) -> Account:
    """One of the team.

    Raises:
        NotFound: no such account.
    """
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound("staff.account")
    return found


def sessions_of(session: Session, account_id: int, *, now: datetime) -> Sequence[StaffSession]:
    """The open sessions of an account, the latest first."""
    return session.scalars(
        select(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.expires_at > now)
        .order_by(StaffSession.created_at.desc(), StaffSession.id.desc())
    ).all()


def names(session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """The names shown for these accounts, by number."""
    wanted = set(account_ids)
    if not wanted:
        return {}
    found = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(wanted)))
    return {number: name for number, name in found}
