"""Whether messages flow: what the health page says, and the desk's banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.messages.models import Circuit, JobRun
from lotocar.messages.queries import Situation, oldest_due, situation
from lotocar.messages.rules import Caps

WORKER_SILENT_AFTER = timedelta(seconds=90)
QUEUE_LATE_AFTER = timedelta(seconds=90)
LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong, as codes: worker.silent, circuit.open, queue.late, doubt.waiting, job.failing, cap.80, cap.100."""

    red: tuple[str, ...]
    amber: tuple[str, ...]
    situation: Situation
    worker_seen_at: datetime | None

    @property
    def is_well(self) -> bool:
        return not self.red


def health(session: Session, *, now: datetime, caps: Caps | None = None) -> Health:
    """The state of sending and of the worker, now."""
    seen = situation(session, now=now, caps=caps)
    runs = {run.name: run for run in session.scalars(select(JobRun))}
    leader = runs.get(LEADER)
    beat = leader.last_run_at if leader else None
    return Health(
        red=tuple(_red(seen, beat, now)),
        amber=tuple(_amber(seen, runs)),
        situation=seen,
        worker_seen_at=beat,
    )


def alert(session: Session, *, now: datetime) -> str:
    """Why the desk must know now that messages do not leave: circuit.open, worker.silent, queue.late, or nothing.

    Three light reads, for every page of the desk. Nothing waiting and no worker ever seen is a new installation,
    not a fault.
    """
    state = session.get(Circuit, "sms")
    if state is not None and state.opened_at is not None:
        return "circuit.open"
    leader = session.get(JobRun, LEADER)
    if leader is not None and leader.last_run_at and now - leader.last_run_at > WORKER_SILENT_AFTER:
        return "worker.silent"
    return "queue.late" if oldest_due(session, now=now) > QUEUE_LATE_AFTER else ""


def _red(seen: Situation, beat: datetime | None, now: datetime) -> list[str]:
    faults = []
    if beat is None or now - beat > WORKER_SILENT_AFTER:
        faults.append("worker.silent")
    if seen.circuit_open:
        faults.append("circuit.open")
    if seen.oldest_due > QUEUE_LATE_AFTER:
        faults.append("queue.late")
    if 100 in seen.alarms:
        faults.append("cap.100")
    return faults


def _amber(seen: Situation, runs: dict[str, JobRun]) -> list[str]:
    signs = []
    if seen.uncertain:
        signs.append("doubt.waiting")
    if any(run.last_error for run in runs.values()):
        signs.append("job.failing")
    if 80 in seen.alarms and 100 not in seen.alarms:
        signs.append("cap.80")
    if seen.to_handle:
        signs.append("messages.to_handle")
    return signs
