"""Opening, changing and closing accounts; signing in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound, Refused
from lotocar.journal import operations as journal
from lotocar.staff.models import Account, Invitation, StaffSession
from lotocar.staff.rules import EXPORT_REASONS, ROLES
from lotocar.values.actor import Actor
from lotocar.values.tokens import hash_token, new_token

SESSION_LASTS = timedelta(hours=12)
CODE_AWAITED = timedelta(minutes=10)  # between the password and the second factor
TRIES_BEFORE_LOCK = 5
LOCK_LASTS = timedelta(minutes=10)
PASSWORD_MIN_LENGTH = 12
NO_PASSWORD = "!"  # noqa: S105 the hash of none: an account invited that has not answered

hasher = PasswordHasher()


def open_account(
    session: Session,
    *,
    login: str,
    display_name: str,
    password: str | None,
    role: str,
    communes: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Account:
    """A new account of the team; without a password nobody signs in with it until an invitation is answered.

    Raises:
        Invalid: unknown role, password under 12 characters, or login already taken.
    """
    login = login.strip().lower()
    _check_role(role, communes)
    if password is not None:
        check_password(password)
    if not login or session.scalar(select(Account.id).where(Account.login == login)):
        raise Invalid("staff.login_taken", field="login")
    account = Account(
        login=login,
        display_name=display_name.strip(),
        password_hash=NO_PASSWORD if password is None else hasher.hash(password),
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


def check_password(password: str) -> None:
    """Refuse a password too short to resist.

    Raises:
        Invalid: under 12 characters.
    """
    if len(password) < PASSWORD_MIN_LENGTH:
        raise Invalid("staff.password_short", field="password", minimum=PASSWORD_MIN_LENGTH)


def _check_role(role: str, communes: Sequence[str]) -> None:
    if role not in ROLES:
        raise Invalid("staff.role_unknown", field="role")
    if role == "referent" and not communes:
        raise Invalid("staff.area_missing", field="communes")


def sign_in(session: Session, *, login: str, password: str, now: datetime, device: str = "") -> str | None:
    """The secret of a new session, or None when login or password is wrong, or the account closed or locked.

    With a second factor, the session opens nothing until `second_step.pass_code`. A wrong password is counted, so
    the caller must let the transaction be kept.
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
    code_due = account.totp_since is not None
    return begin_session(session, account, now=now, device=device, code_due=code_due)


def begin_session(
    session: Session, account: Account, *, now: datetime, device: str = "", code_due: bool = False
) -> str:
    """The secret of a new session of this account."""
    token = new_token()
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + (CODE_AWAITED if code_due else SESSION_LASTS),
            code_due=code_due,
            confirmed_at=None if code_due else now,  # the password was typed this very minute
            device=device[:80],
        )
    )
    return token


def confirm(
    session: Session, token: str, *, password: str, reason: str = "", actor: Actor, now: datetime
) -> bool:
    """Whether this is the password again, before something grave; a wrong one is counted as at the door.

    `reason`, one of EXPORT_REASONS, is why data are taken out: the journal keeps it.

    Raises:
        Invalid: no such reason.
    """
    if reason and reason not in EXPORT_REASONS:
        raise Invalid("staff.reason", field="reason")
    kept = session_of_token(session, token, now=now)
    if kept is None:
        return False
    account = kept.account
    if account.locked_until and account.locked_until > now:
        return False
    if not _matches(account.password_hash, password):
        _count_failure(session, account, now)
        return False
    kept.confirmed_at, kept.export_reason = now, reason
    if reason:
        journal.note(
            session,
            actor=actor,
            now=now,
            verb="account.export_allowed",
            subject_kind="account",
            subject_id=account.id,
            data={"reason": reason},
        )
    return True


def sign_out(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def close_account(session: Session, account_id: int, *, actor: Actor, now: datetime) -> None:
    """Close an account; its open tabs are sent to sign in at their next click, its invitations die.

    Raises:
        NotFound: no such account. Refused: nobody would be left to coordinate.
    """
    account = _account(session, account_id)
    _keep_a_coordinator(session, account)
    account.active = False
    session.execute(delete(StaffSession).where(StaffSession.account_id == account_id))
    session.execute(delete(Invitation).where(Invitation.account_id == account_id))
    journal.note(
        session, actor=actor, now=now, verb="account.closed", subject_kind="account", subject_id=account_id
    )


def reopen_account(session: Session, account_id: int, *, actor: Actor, now: datetime) -> None:
    """Open a closed account again, without a password: an invitation gives one.

    Raises:
        NotFound: no such account.
    """
    account = _account(session, account_id)
    account.active, account.password_hash = True, NO_PASSWORD
    journal.note(
        session, actor=actor, now=now, verb="account.reopened", subject_kind="account", subject_id=account_id
    )


def change_account(
    session: Session,
    account_id: int,
    *,
    display_name: str,
    role: str,
    communes: Sequence[str],
    actor: Actor,
    now: datetime,
) -> None:
    """Another name, role or area, in force at the next click of whoever holds the account.

    Raises:
        NotFound: no such account. Invalid: unknown role, or a référent without an area.
        Refused: nobody would be left to coordinate.
    """
    account = _account(session, account_id)
    _check_role(role, communes)
    if role != "coordinator":
        _keep_a_coordinator(session, account)
    account.display_name, account.role, account.communes = display_name, role, list(communes)
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="account.changed",
        subject_kind="account",
        subject_id=account_id,
        data={"role": role},
    )


def end_session(session: Session, account_id: int, session_id: int) -> None:
    """Sign one browser of this account out.

    Raises:
        NotFound: no such session of this account.
    """
    found = session.get(StaffSession, session_id)
    if found is None or found.account_id != account_id:
        raise NotFound("staff.session")
    session.delete(found)


def _account(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound("staff.account")
    return account


def _keep_a_coordinator(session: Session, account: Account) -> None:
    others = select(Account.id).where(Account.role == "coordinator", Account.active, Account.id != account.id)
    if account.role == "coordinator" and account.active and session.scalar(others.limit(1)) is None:
        raise Refused("staff.last_coordinator")


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
    check_password(password)
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


def session_of_token(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The session behind a secret, its code given or awaited; None when over or the account closed."""
    found = session.scalar(select(StaffSession).where(StaffSession.token_hash == hash_token(token)))
    if found is None or found.expires_at <= now or not found.account.active:
        return None
    return found


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
    """Delete the sessions and invitations that are over."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    session.execute(delete(Invitation).where(Invitation.expires_at <= now))
