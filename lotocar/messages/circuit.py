"""Whether the provider may be called: opened when our account or the provider itself is at fault.

While it is open the queue is kept and nobody's tries are used up; one message goes out as a probe when the
time to retry has come.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lotocar.messages.models import Circuit

FAILURES_BEFORE_OPEN = 5
ACCOUNT_RETRY = timedelta(minutes=2)
OUTAGE_RETRY = timedelta(seconds=60)
FRESH = timedelta(seconds=30)


def may_send(session: Session, *, now: datetime, channel: str = "sms") -> bool:
    """Whether sends may leave now; True as well for the probe of an open circuit."""
    row = session.get(Circuit, channel)
    return row is None or row.retry_at is None or row.retry_at <= now


def is_open(session: Session, *, channel: str = "sms") -> bool:
    """Whether sending is down: the desk's banner and the health page ask this."""
    row = session.get(Circuit, channel)
    return row is not None and row.opened_at is not None


def note_success(session: Session, *, now: datetime, channel: str = "sms") -> None:
    """The provider answered: close the circuit. All being well, a word every half-minute is enough."""
    known = session.get(Circuit, channel)
    if known and not known.failures and known.retry_at is None and _is_fresh(known, now):
        return
    row = _row(session, channel)
    row.failures, row.opened_at, row.retry_at, row.reason = 0, None, None, ""
    row.last_ok_at = now


def note_failure(session: Session, *, reason: str, now: datetime, channel: str = "sms") -> None:
    """The provider could not be reached, or broke: open after five in a row."""
    row = _row(session, channel)
    row.failures += 1
    if row.failures >= FAILURES_BEFORE_OPEN:
        _open(row, reason, now, OUTAGE_RETRY)


def pause(session: Session, *, until: datetime, now: datetime, channel: str = "sms") -> None:
    """Too many at once: wait as told, without calling it a fault."""
    row = _row(session, channel)
    row.retry_at = max(until, row.retry_at or until)


def trip(session: Session, *, reason: str, now: datetime, channel: str = "sms") -> None:
    """Our account or our sender is refused: stop everything at once, and say so."""
    row = _row(session, channel)
    row.failures += 1
    _open(row, reason, now, ACCOUNT_RETRY)


def _open(row: Circuit, reason: str, now: datetime, retry: timedelta) -> None:
    row.opened_at = row.opened_at or now
    row.retry_at = now + retry
    row.reason = reason


def _is_fresh(row: Circuit, now: datetime) -> bool:
    return row.last_ok_at is not None and abs(now - row.last_ok_at) < FRESH


def _row(session: Session, channel: str) -> Circuit:
    row = session.get(Circuit, channel, with_for_update=True, populate_existing=True)
    if row is not None:
        return row
    with suppress(IntegrityError), session.begin_nested():  # a second worker may be writing it now
        session.add(Circuit(channel=channel, failures=0, reason=""))
    return session.get_one(Circuit, channel, with_for_update=True, populate_existing=True)
