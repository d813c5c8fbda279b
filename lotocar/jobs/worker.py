"""One worker leads, by a lease in the database, and runs each job without ever falling with it."""

from __future__ import annotations

import logging
import os
import socket
import time
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lotocar.errors import Unavailable
from lotocar.jobs.work import Job, Rim
from lotocar.messages.models import JobRun
from lotocar.values.tokens import new_hex_id

log = logging.getLogger(__name__)

LEADER = "leader"
LEAD_LASTS = timedelta(seconds=30)
NOTE_EVERY = timedelta(seconds=20)
CLOCK_TOLERANCE = timedelta(seconds=5)


class Worker:
    """One worker: beats, leads when nobody else does, and runs the timetable while it leads."""

    def __init__(self, rim: Rim, *, name: str = "") -> None:
        self.rim = rim
        self.name = name or f"{socket.gethostname()[:30]}-{os.getpid()}-{new_hex_id()[:6]}"
        self.leads_until = 0.0  # monotonic: a clock that is set cannot make two leaders
        self.noted: dict[str, float] = {}

    def beat(self) -> bool:
        """Take or keep the lead; whether this worker leads now."""
        began = time.monotonic()
        leads = take_lead(self.rim.factory, self.name, now=self.rim.clock())
        was_leading = self.leads
        self.leads_until = began + LEAD_LASTS.total_seconds() if leads else 0.0
        if leads and not was_leading:
            log.info("%s leads", self.name)
        elif not leads:
            log.info("%s waits: another worker leads", self.name)
        return leads

    @property
    def leads(self) -> bool:
        """Whether this worker's lease still holds."""
        return time.monotonic() < self.leads_until

    def run(self, job: Job) -> bool:
        """One tick of one job, if this worker leads; whether it went well. A failure is noted, never raised."""
        if not self.leads:
            return False
        began = self.rim.clock()
        try:
            job.run(self.rim)
        except Unavailable as error:
            log.warning("job %s: %s", job.name, error.code)
            self._note(job, began, error=error.code)
            return False
        except Exception as error:  # the next tick must come whatever happened in this one
            log.exception("job %s failed", job.name)
            self._note(job, began, error=type(error).__name__)
            return False
        self._note(job, began)
        return True

    def resign(self) -> None:
        """Give the lead back, so that another worker need not wait for the lease to end."""
        self.leads_until = 0.0
        with self.rim.factory.begin() as session:
            session.execute(
                update(JobRun)
                .where(JobRun.name == LEADER, JobRun.holder == self.name)
                .values(lease_until=self.rim.clock())
            )

    def _note(self, job: Job, began: datetime, *, error: str = "") -> None:
        # a tick every two seconds must not be a write every two seconds
        due = self.noted.get(job.name, 0.0) + NOTE_EVERY.total_seconds()
        if not error and time.monotonic() < due:
            return
        self.noted[job.name] = 0.0 if error else time.monotonic()
        with self.rim.factory.begin() as session:
            row = session.get(JobRun, job.name) or JobRun(name=job.name)
            row.holder, row.last_run_at, row.last_error = self.name, began, error[:120]
            row.last_ok_at = row.last_ok_at if error else began
            session.add(row)


def take_lead(factory: sessionmaker[Session], name: str, *, now: datetime) -> bool:
    """Take the lead if it is free, ours, or over; one conditional update decides between two workers.

    A lease from too far ahead was written before the clock was set back: it no longer counts.
    """
    free = or_(
        JobRun.holder == name,
        JobRun.lease_until.is_(None),
        JobRun.lease_until <= now,
        JobRun.lease_until > now + LEAD_LASTS + CLOCK_TOLERANCE,
    )
    with factory.begin() as session:
        taken = session.execute(
            update(JobRun)
            .where(JobRun.name == LEADER, free)
            .values(holder=name, lease_until=now + LEAD_LASTS, last_run_at=now, last_ok_at=now)
        )
        if taken.rowcount == 1:  # type: ignore[attr-defined]  # Session.execute is typed as Result
            return True
        if session.get(JobRun, LEADER) is not None:
            return False
    try:
        with factory.begin() as session:
            session.add(JobRun(name=LEADER, holder=name, lease_until=now + LEAD_LASTS, last_run_at=now))
    except IntegrityError:
        return False  # another worker was quicker
    return True
