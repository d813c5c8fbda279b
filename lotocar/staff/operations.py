"""Opening accounts, signing in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound
from lotocar.journal import operations as journal
from lotocar.staff.models import Account, StaffSession
from lotocar.staff.rules import ROLES
from lotocar.values.actor import Actor
from lotocar.values.tokens import hash_token, new_token

SESSION_LASTS = timedelta(hours=12)
TRIES_BEFORE_LOCK = 5
LOCK_LASTS = timedelta(minutes=10)
PASSWORD_MIN_LENGTH = 12

hasher = PasswordHasher()


def open_account(
    session: Session,
    *,
    login: str,
    display_name: str,
    password: str,
    role: str,
    communes: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Account:
    """A new account of the team.

    Raises:
        Invalid: unknown role, password under 12 characters, or login already taken.
    """
    login = login.strip().lower()
    if role not in ROLES:
        raise Invalid("staff.role_unknown", field="role")
    if len(password) < PASSWORD_MIN_LENGTH:
        raise Invalid("staff.password_short", field="password", minimum=PASSWORD_MIN_LENGTH)
    if not login or session.scalar(select(Account.id).where(Account.login == login)):
        raise Invalid("staff.login_taken", field="login")
    account = Account(
        login=login,
        display_name=display_name.strip(),
        password_hash=hasher.hash(password),
        role=role,
        communes=list(communes),
        created_at=now,
    )
    session.add(account)
    session.flush()  # the journal needs its number
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="account.opened",
        subject_kind="account",
        subject_id=account.id,
        data={"role": role},
    )
    return account


def sign_in(session: Session, *, login: str, password: str, now: datetime) -> str | None:
    """The secret of a new session, or None when login or password is wrong, or the account closed or locked.

    A wrong password is counted, so the caller must let the transaction be kept.
    """
    account = session.scalar(select(Account).where(Account.login == login.strip().lower()))
    if account is None or not account.active:
        _matches(_decoy_hash(), password)  # an unknown login takes as long as a known one
        return None
    if account.locked_until and account.locked_until > now:
        _matches(account.password_hash, password)  # a lock answers no faster either
        return None
    if not _matches(account.password_hash, password):
        _count_failure(session, account, now)
        return None
    account.failed_sign_ins = 0
    account.locked_until = None
    token = new_token()
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def close_account(session: Session, account_id: int, *, actor: Actor, now: datetime) -> None:
    """Close an account; its open tabs are sent to sign in at their next click.

    Raises:
        NotFound: no such account.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("staff.account")
    account.active = False
    session.execute(delete(StaffSession).where(StaffSession.account_id == account_id))
    journal.note(
        session, actor=actor, now=now, verb="account.closed", subject_kind="account", subject_id=account_id
    )


def account_of_login(session: Session, login: str) -> Account:
    """The active account with this login.

    Raises:
        NotFound: none.
    """
    account = session.scalar(select(Account).where(Account.login == login.strip().lower(), Account.active))
    if account is None:
        raise NotFound("staff.account")
    return account


def change_password(
    session: Session, account: Account, *, password: str, actor: Actor, now: datetime
) -> None:
    """A new password; whoever was signed in must sign in again, and a lock is lifted.

    Raises:
        Invalid: under 12 characters.
    """
    if len(password) < PASSWORD_MIN_LENGTH:
        raise Invalid("staff.password_short", field="password", minimum=PASSWORD_MIN_LENGTH)
    account.password_hash = hasher.hash(password)
    account.failed_sign_ins, account.locked_until = 0, None
    session.execute(delete(StaffSession).where(StaffSession.account_id == account.id))
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="account.password_changed",
        subject_kind="account",
        subject_id=account.id,
    )


def account_of_token(session: Session, token: str, *, now: datetime) -> Account | None:
    """The active account behind a session's secret, or None."""
    found = session.scalar(select(StaffSession).where(StaffSession.token_hash == hash_token(token)))
    if found is None or found.expires_at <= now or not found.account.active:
        return None
    return found.account


def _count_failure(session: Session, account: Account, now: datetime) -> None:
    # one atomic statement, so that parallel guesses are all counted
    session.execute(
        update(Account).where(Account.id == account.id).values(failed_sign_ins=Account.failed_sign_ins + 1)
    )
    session.refresh(account)
    if account.failed_sign_ins >= TRIES_BEFORE_LOCK:
        account.locked_until = now + LOCK_LASTS
        account.failed_sign_ins = 0


def _matches(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    return hasher.hash(new_token())


def forget_sessions(session: Session, *, now: datetime) -> None:
    """Delete the sessions that are over."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
