"""Whether the provider's knocks are heard: kept as a run of the « webhook », without a word of what was knocked.

Knocks that name our own account but bear no genuine signature mean that our token or our public address is wrong:
every reply is late then, until the list is read.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lotocar.messages.models import JobRun

WEBHOOK = "webhook"
REFUSED = "signature.refused"
NOTE_EVERY = timedelta(seconds=30)


def note_refused(session: Session, *, now: datetime) -> bool:
    """Somebody who knows our account was refused; whether that had to be written down (twice a minute at most)."""
    run = session.get(JobRun, WEBHOOK)
    if run is not None and run.last_error and run.last_run_at and now - run.last_run_at < NOTE_EVERY:
        return False
    run = run or JobRun(name=WEBHOOK)
    run.last_error, run.last_run_at = REFUSED, now
    session.add(run)
    return True


def note_heard(session: Session, *, now: datetime) -> None:
    """A genuine knock: all is well again."""
    run = session.get(JobRun, WEBHOOK)
    if run is not None and run.last_error:
        run.last_error, run.last_run_at, run.last_ok_at = "", now, now
