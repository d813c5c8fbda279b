"""Turning the second factor on and off, and giving a code at the door."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from lotocar.errors import Refused
from lotocar.journal import operations as journal
from lotocar.staff import operations as staff
from lotocar.staff import second_factor as factor
from lotocar.staff.models import Account
from lotocar.values.actor import Actor
from lotocar.values.tokens import new_token

TRIES_BEFORE_LOCK = 5
LOCK_LASTS = timedelta(minutes=10)


def prepare(account: Account) -> None:
    """Give the account a new secret, of no effect until a code proves that a telephone holds it.

    Raises:
        Refused: the second factor is on already.
    """
    if account.totp_since is not None:
        raise Refused("staff.totp_on")
    account.totp_salt = new_token()


def prove(
    session: Session, account: Account, code: str, *, key: str, actor: Actor, now: datetime
) -> list[str] | None:
    """Turn the second factor on: the recovery codes, shown once, or None when the code is wrong.

    Raises:
        Refused: it is on already, or no secret was prepared.
    """
    if account.totp_since is not None or not account.totp_salt:
        raise Refused("staff.totp_on")
    if not _is_right(session, account, code, key=key, now=now):
        return None
    codes = factor.new_recovery_codes()
    account.totp_since = now
    account.recovery_hashes = [factor.hash_recovery(one, key=key) for one in codes]
    _note(session, account, "account.totp_on", actor, now)
    return codes


def remove(session: Session, account: Account, *, actor: Actor, now: datetime) -> None:
    """Turn the second factor off: a lost telephone, or a new one."""
    account.totp_since, account.totp_salt, account.recovery_hashes = None, "", []
    account.totp_failures, account.totp_locked_until = 0, None
    _note(session, account, "account.totp_off", actor, now)


def pass_code(session: Session, token: str, code: str, *, key: str, now: datetime) -> str | None:
    """The secret of a whole session in exchange for one whose code was awaited, or None when the code is wrong.

    Five wrong codes lock for ten minutes; the caller must let the transaction be kept.
    """
    waiting = staff.session_of_token(session, token, now=now)
    if waiting is None or not waiting.code_due:
        return None
    account, device = waiting.account, waiting.device
    if not _is_right(session, account, code, key=key, now=now):
        return None
    session.delete(waiting)
    return staff.begin_session(session, account, now=now, device=device)


def _is_right(session: Session, account: Account, code: str, *, key: str, now: datetime) -> bool:
    """Whether this code opens: six digits of the telephone, else one from the paper. A wrong one is counted."""
    if account.totp_locked_until and account.totp_locked_until > now:
        return False
    typed = "".join(code.split())
    takes = _takes_digits if typed.isdecimal() else _takes_recovery
    if takes(session, account, typed, key, now):
        return True
    _count_failure(session, account, now)
    return False


def _takes_digits(session: Session, account: Account, code: str, key: str, now: datetime) -> bool:
    secret = factor.secret_of(account.totp_salt, key=key)
    step = factor.step_of(secret, code, now=now, after=account.totp_last_step)
    if step is None:
        return False
    # one statement decides, so that the same code given twice at once opens one door
    taken = session.execute(
        update(Account)
        .where(Account.id == account.id, Account.totp_last_step < step)
        .values(totp_last_step=step, totp_failures=0, totp_locked_until=None)
        .execution_options(synchronize_session=False)
    )
    session.expire(account, ["totp_last_step", "totp_failures", "totp_locked_until"])
    return taken.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def _takes_recovery(session: Session, account: Account, code: str, key: str, _now: datetime) -> bool:
    session.refresh(account, with_for_update=True)
    left = factor.without(account.recovery_hashes, factor.hash_recovery(code, key=key))
    if left is None:
        return False
    account.recovery_hashes, account.totp_failures = left, 0
    return True


def _count_failure(session: Session, account: Account, now: datetime) -> None:
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(totp_failures=Account.totp_failures + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(account)
    if account.totp_failures >= TRIES_BEFORE_LOCK:
        account.totp_locked_until, account.totp_failures = now + LOCK_LASTS, 0


def _note(session: Session, account: Account, verb: str, actor: Actor, now: datetime) -> None:
    journal.note(session, actor=actor, now=now, verb=verb, subject_kind="account", subject_id=account.id)
