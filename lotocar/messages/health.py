"""Whether messages flow: what the health page says, and the desk's banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.messages.models import Circuit, JobRun
from lotocar.messages.queries import Situation, oldest_due, situation
from lotocar.messages.rules import Caps
from lotocar.messages.webhook import WEBHOOK

WORKER_SILENT_AFTER = timedelta(seconds=90)
QUEUE_LATE_AFTER = timedelta(seconds=90)
JOB_BROKEN_AFTER = timedelta(seconds=90)
LEADER = "leader"
# when one of these breaks, somebody waits for a word that does not come
CARRIERS = frozenset(
    {"send", "call", "reconcile", "read_replies", "poll", "pull", "lapse", "relaunch", "remind", "ask_after"}
)


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong, as codes.

    Red: worker.silent, circuit.open, queue.late, cap.100, webhook.refused, and job.<name> for one that carries
    messages and has not gone well for a while. Amber: doubt.waiting, job.failing (any other), cap.80,
    messages.to_handle.
    """

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
        red=(*_red(seen, beat, now), *_broken(runs, now)),
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


def _broken(runs: dict[str, JobRun], now: datetime) -> list[str]:
    """The jobs that carry messages and fail for a while; the webhook as soon as our own provider is refused."""
    faults = [
        f"job.{name}"
        for name in sorted(CARRIERS & runs.keys())
        if runs[name].last_error and not _went_well_lately(runs[name], now)
    ]
    knocks = runs.get(WEBHOOK)
    return [*faults, "webhook.refused"] if knocks and knocks.last_error else faults


def _went_well_lately(run: JobRun, now: datetime) -> bool:
    return run.last_ok_at is not None and now - run.last_ok_at <= JOB_BROKEN_AFTER


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
