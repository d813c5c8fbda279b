"""The timetable: one leader among several workers, a failure that stops nobody, every job harmless twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import config
from lotocar.errors import Refused, Unavailable
from lotocar.jobs.work import TIMETABLE, Job, Rim, each
from lotocar.jobs.worker import Worker
from lotocar.messages.health import health
from lotocar.messages.models import JobRun, OutboxMessage
from tests.messages.desk import TestClock, queue_one
from tests.support.factories import make_organisation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def hands() -> TestClock:
    """The workers' clock."""
    return TestClock()


@pytest.fixture
def rim(app: Flask, factory: sessionmaker[Session], hands: TestClock) -> Rim:
    with factory.begin() as session:
        make_organisation(session)
    return Rim(factory, app.extensions["lotocar.outside"], hands)


def test_fault_4_one_worker_leads_and_the_other_waits(rim: Rim) -> None:
    first, second = Worker(rim, name="first"), Worker(rim, name="second")
    assert first.beat()
    assert not second.beat()
    assert first.beat()
    ran: list[str] = []
    job = Job("probe", MINUTE, lambda _rim: ran.append("ran"))
    assert not second.run(job)
    assert first.run(job)
    assert ran == ["ran"]


def test_fault_4_when_the_leader_dies_another_takes_over_within_a_minute(rim: Rim, hands: TestClock) -> None:
    assert Worker(rim, name="dead").beat()
    heir = Worker(rim, name="heir")
    waited = 0
    while not heir.beat():
        hands.forward(seconds=10)
        waited += 10
    assert waited < 60


def test_a_leader_who_resigns_leaves_the_lead_at_once(rim: Rim) -> None:
    first = Worker(rim, name="first")
    first.beat()
    first.resign()
    assert Worker(rim, name="second").beat()
    assert not first.leads


def test_fault_6_a_clock_set_back_an_hour_does_not_leave_the_house_without_a_leader(
    rim: Rim, hands: TestClock
) -> None:
    assert Worker(rim, name="before").beat()
    hands.forward(hours=-1)
    assert Worker(rim, name="after").beat()


def test_a_job_that_fails_is_noted_and_the_next_one_runs(
    rim: Rim, factory: sessionmaker[Session], hands: TestClock
) -> None:
    worker = Worker(rim, name="w")
    worker.beat()

    def breaks(_rim: Rim) -> None:
        raise Unavailable("provider.silent")

    assert not worker.run(Job("broken", MINUTE, breaks))
    assert worker.run(Job("well", MINUTE, lambda _rim: None))
    with factory() as session:
        assert session.get_one(JobRun, "broken").last_error == "provider.silent"
        assert "job.failing" in health(session, now=hands()).amber


def test_a_row_that_fails_holds_no_other_back_and_the_health_page_tells(
    rim: Rim, factory: sessionmaker[Session], hands: TestClock
) -> None:
    done: list[int] = []

    def act(_session: Session, row_id: int, **_named: object) -> None:
        if row_id == 1:
            raise ValueError
        if row_id == 2:
            raise Refused("somebody.was_quicker")
        done.append(row_id)

    worker = Worker(rim, name="w")
    worker.beat()
    remind = Job("remind", MINUTE, lambda rim: each(rim, lambda _session, now: [1, 2, 3], act))
    assert not worker.run(remind)
    assert done == [3]
    with factory() as session:
        assert "job.remind" in health(session, now=hands()).red


def test_every_job_may_run_twice(rim: Rim, factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        queue_one(session)
    worker = Worker(rim, name="w")
    worker.beat()
    for _ in range(2):
        for job in TIMETABLE:
            assert worker.run(job), job.name
    with factory() as session:
        (message,) = session.query(OutboxMessage)
        assert (message.status, message.attempt) == ("delivered", 1)


def test_the_timetable_knows_no_wall_hour() -> None:
    """Fault 7: what runs by lengths of time runs once, also at 2 h 30 on a clock-change night."""
    assert all(timedelta() < job.every <= timedelta(hours=6) for job in TIMETABLE)


def test_names_of_jobs_are_unique_and_fit_their_column() -> None:
    names = [job.name for job in TIMETABLE]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 40


class TestRealWorkers:
    """Real `./run worker` processes on an SQLite file and on PostgreSQL."""

    def start(self, url: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "lotocar.cli", "worker"],
            cwd=config.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": url,
                "SECRET_KEY": "for-the-tests-for-the-tests-for-the-tests",
                "PUBLIC_BASE_URL": "http://localhost",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def until(self, factory: sessionmaker[Session], seconds: float, seen: Any) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with factory() as session:
                if seen(session):
                    return True
            time.sleep(0.3)
        return False

    def test_fault_25_a_worker_sends_and_drains_on_sigterm_then_another_leads(
        self, engine_url: str, factory: sessionmaker[Session]
    ) -> None:
        with factory.begin() as session:
            make_organisation(session)
            message_id = queue_one(session, now=datetime.now(UTC) - MINUTE, urgent=True).id
        first = self.start(engine_url)
        second: subprocess.Popen[bytes] | None = None
        try:

            def delivered(session: Session) -> bool:
                return session.get_one(OutboxMessage, message_id).status == "delivered"

            assert self.until(factory, 30, delivered)
            began = time.monotonic()
            first.send_signal(signal.SIGTERM)
            assert first.wait(timeout=30) == 0
            assert time.monotonic() - began < 30
            with factory() as session:
                holder = session.get_one(JobRun, "leader").holder
            second = self.start(engine_url)

            def led_by_another(session: Session) -> bool:
                return session.get_one(JobRun, "leader").holder != holder

            assert self.until(factory, 30, led_by_another)
        finally:
            for worker in (first, second):
                if worker is not None and worker.poll() is None:
                    worker.kill()
                    worker.wait()
