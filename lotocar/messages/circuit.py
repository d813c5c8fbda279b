"""Whether the provider may be called: opened when our account or the provider itself is at fault.

While it is open the queue is kept and nobody's tries are used up; one message goes out as a probe when the
time to retry has come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lotocar.messages.models import Circuit

FAILURES_BEFORE_OPEN = 5
ACCOUNT_RETRY = timedelta(minutes=2)
OUTAGE_RETRY = timedelta(seconds=60)


def may_send(session: Session, *, now: datetime, channel: str = "sms") -> bool:
    """Whether sends may leave now; True as well for the probe of an open circuit."""
    row = session.get(Circuit, channel)
    return row is None or row.retry_at is None or row.retry_at <= now


def is_open(session: Session, *, channel: str = "sms") -> bool:
    """Whether sending is down: the desk's banner and the health page ask this."""
    row = session.get(Circuit, channel)
    return row is not None and row.opened_at is not None


def note_success(session: Session, *, now: datetime, channel: str = "sms") -> None:
    """The provider answered: close the circuit."""
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


def _row(session: Session, channel: str) -> Circuit:
    row = session.get(Circuit, channel, with_for_update=True)
    if row is None:
        row = Circuit(channel=channel, failures=0, reason="")
        session.add(row)
        session.flush()  # a second worker must meet the row, not write its own
    return row
