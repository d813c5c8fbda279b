"""The threads that tick, and what a process of ours does until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from config import Settings
from lotocar import clock, outside
from lotocar.jobs.work import TIMETABLE, Rim
from lotocar.jobs.worker import Worker

BEAT_EVERY = timedelta(seconds=10)


def rim_of(app: Flask) -> Rim:
    """Sessions and services of a worker; its engine is its own, so that no job depends on a request."""
    settings: Settings = app.config["LOTOCAR"]
    services: outside.Outside = app.extensions["lotocar.outside"]
    engine = create_engine(settings.database_url, hide_parameters=True, pool_pre_ping=True)
    return Rim(sessionmaker(engine, expire_on_commit=False), services, clock.now)


def run_worker(app: Flask) -> None:
    """Run the timetable until SIGTERM or SIGINT; what is under way is finished first."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_arguments: done.set())
    with running(app):
        done.wait()


@contextmanager
def running(app: Flask) -> Iterator[Worker]:
    """The timetable running in threads of this process, until the end of the block."""
    rim = rim_of(app)
    worker = Worker(rim)
    scheduler = _schedule(worker)
    worker.beat()
    scheduler.start()
    try:
        yield worker
    finally:
        scheduler.shutdown(wait=True)
        worker.resign()
        rim.factory.kw["bind"].dispose()


def _schedule(worker: Worker) -> BackgroundScheduler:
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it would log every tick
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": 3600, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(worker.beat, "interval", seconds=BEAT_EVERY.total_seconds(), id="beat")
    for job in TIMETABLE:
        first = clock.now() + min(job.every, timedelta(seconds=5))
        scheduler.add_job(
            worker.run,
            "interval",
            args=[job],
            seconds=job.every.total_seconds(),
            id=job.name,
            next_run_time=first,
        )
    return scheduler
