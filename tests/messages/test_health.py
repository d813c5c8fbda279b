"""Which faults turn the health page red, and which do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lotocar.messages import webhook
from lotocar.messages.health import health
from lotocar.messages.models import JobRun
from tests.messages.desk import NOON, queue_one

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def worker(session: Session) -> JobRun:
    leader = JobRun(name="leader", holder="w", last_run_at=NOON)
    session.add(leader)
    session.flush()
    return leader


def red(session: Session, *, later: timedelta = timedelta()) -> tuple[str, ...]:
    session.flush()
    return health(session, now=NOON + later).red


@pytest.mark.parametrize("name", ["send", "remind", "pull", "lapse"])
def test_a_job_that_carries_messages_and_breaks_is_red(session: Session, name: str) -> None:
    session.add(JobRun(name=name, last_run_at=NOON, last_error="rows.failed", last_ok_at=NOON - 2 * MINUTE))
    assert red(session) == (f"job.{name}",)


def test_a_job_that_broke_once_or_carries_nothing_is_not_red(session: Session) -> None:
    session.add(
        JobRun(name="send", last_run_at=NOON, last_error="OperationalError", last_ok_at=NOON - MINUTE)
    )
    session.add(JobRun(name="learn_roads", last_run_at=NOON, last_error="OSError"))
    assert red(session) == ()
    assert "job.failing" in health(session, now=NOON).amber


def test_a_provider_that_we_refuse_is_red_until_it_is_heard(session: Session) -> None:
    webhook.note_heard(session, now=NOON)
    assert red(session) == ()
    assert webhook.note_refused(session, now=NOON)
    session.flush()
    assert not webhook.note_refused(session, now=NOON)
    assert red(session) == ("webhook.refused",)
    webhook.note_heard(session, now=NOON)
    assert red(session) == ()


def test_a_call_that_waits_for_the_morning_alarms_nobody(session: Session, worker: JobRun) -> None:
    row = queue_one(session)
    row.channel = "voice"
    evening, morning = NOON.replace(hour=19, minute=10), NOON.replace(day=25, hour=8, minute=0)  # 20:10, 9:00
    for moment, expected in (
        (evening, ()),
        (morning + MINUTE, ()),
        (morning + 2 * MINUTE, ("queue.late",)),
    ):
        worker.last_run_at = moment
        session.flush()
        assert health(session, now=moment).red == expected
