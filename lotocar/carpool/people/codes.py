"""Codes sent to a phone and typed back in the same browser (ASVS 6.5, 6.6): how many, how long, how often."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlalchemy.orm import Session

from lotocar.carpool.people import rules
from lotocar.carpool.people.models import PhoneCode, PhoneLine
from lotocar.values.tokens import hash_code, hash_token, new_code

Window = Sequence[tuple[timedelta, int]]


def start_code(
    session: Session, line: PhoneLine, *, browser_secret: str, key: str, now: datetime, network: str = ""
) -> str:
    """Six new digits for this line, good for ten minutes in the browser that holds `browser_secret`.

    `browser_secret` is fresh for each code. `network` is the asker's address; only its keyed hash is kept.

    Raises:
        Refused: code.too_many for this number, this network or the whole installation.
    """
    network_hash = hash_code(network, key=key) if network else ""
    _refuse_floods(session, line, network_hash, now)
    code = new_code()
    browser_hash = hash_token(browser_secret)
    session.add(
        PhoneCode(
            line_id=line.id,
            browser_hash=browser_hash,
            code_hash=_kept_of(code, browser_hash, key),
            network_hash=network_hash,
            created_at=now,
            expires_at=now + rules.CODE_LASTS,
        )
    )
    return code


def check_code(
    session: Session, *, browser_secret: str, code: str, key: str, now: datetime
) -> PhoneLine | None:
    """The line whose code this is, used up by it; None when wrong, late or tried too often.

    Each try is counted by one atomic update, so the caller must let the transaction be kept.
    """
    mine = PhoneCode.browser_hash == hash_token(browser_secret)
    fresh = (PhoneCode.expires_at > now, PhoneCode.used_at.is_(None), PhoneCode.tries < rules.CODE_TRIES)
    if not _changed_one(session, {"tries": PhoneCode.tries + 1}, mine, *fresh):
        return None
    row = session.scalars(select(PhoneCode).where(mine).execution_options(populate_existing=True)).one()
    if not hmac.compare_digest(row.code_hash, _kept_of(code, row.browser_hash, key)):
        return None
    if not _changed_one(session, {"used_at": now}, mine, PhoneCode.used_at.is_(None)):
        return None
    return row.line


def waiting_line(session: Session, *, browser_secret: str) -> PhoneLine | None:
    """The line that this browser was last sent a code for, whatever became of the code."""
    row = session.scalar(select(PhoneCode).where(PhoneCode.browser_hash == hash_token(browser_secret)))
    return row.line if row else None


def purge_codes(session: Session, *, before: datetime) -> None:
    """Forget codes made before this instant; two days back is enough for every count."""
    session.execute(delete(PhoneCode).where(PhoneCode.created_at < before))


def _refuse_floods(session: Session, line: PhoneLine, network_hash: str, now: datetime) -> None:
    to_number = PhoneCode.line_id.in_(select(PhoneLine.id).where(PhoneLine.e164 == line.e164))
    counts = _counts(session, to_number, rules.CODES_PER_NUMBER, now)
    counts += _counts(session, true(), rules.CODES_IN_ALL, now)
    if network_hash:
        counts += _counts(session, PhoneCode.network_hash == network_hash, rules.CODES_PER_NETWORK, now)
    rules.refuse_beyond(counts)


def _counts(
    session: Session, which: ColumnElement[bool], windows: Window, now: datetime
) -> list[tuple[int, int]]:
    counted = select(func.count()).select_from(PhoneCode).where(which)
    return [
        (session.scalar(counted.where(PhoneCode.created_at > now - window)) or 0, most)
        for window, most in windows
    ]


def _changed_one(session: Session, values: dict[str, object], *conditions: ColumnElement[bool]) -> bool:
    changed = session.execute(
        update(PhoneCode).where(*conditions).values(values).execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _kept_of(code: str, browser_hash: str, key: str) -> str:
    # salted with the browser, so that equal codes do not look equal
    return hash_code(f"{browser_hash}:{code.strip()}", key=key)
