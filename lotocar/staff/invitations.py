"""Invitations: the coordinator hands over a link, and whoever holds the account chooses a password nobody else knows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound, Refused
from lotocar.journal import operations as journal
from lotocar.staff.models import Account, Invitation
from lotocar.staff.operations import change_password
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.tokens import hash_token, new_token

INVITATION_LASTS = timedelta(days=7)


def invite(session: Session, account: Account, *, actor: Actor, now: datetime) -> str:
    """The secret of a new link to choose a password; earlier links die.

    Raises:
        Refused: the account is closed.
    """
    if not account.active:
        raise Refused("staff.closed")
    session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    token = new_token()
    session.add(
        Invitation(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )
    journal.note(
        session, actor=actor, now=now, verb="account.invited", subject_kind="account", subject_id=account.id
    )
    return token


def invited(session: Session, token: str, *, now: datetime) -> Account:
    """Whose invitation this is.

    Raises:
        NotFound: link.dead when unknown, used, over, or of a closed account.
    """
    found = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    if found is None or found.expires_at <= now or not found.account.active:
        raise NotFound("link.dead")
    return found.account


def accept(session: Session, token: str, *, password: str, now: datetime) -> Account:
    """The account, with the password just chosen; the link is used up.

    Raises:
        NotFound: link.dead. Invalid: password under 12 characters.
    """
    account = invited(session, token, now=now)
    change_password(session, account, password=password, actor=Actor(ActorKind.STAFF, account.id), now=now)
    session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    return account
