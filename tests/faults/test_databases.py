"""Faults of the database itself, seen from the machines' door and from the worker."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from twilio.request_validator import RequestValidator

from config import Settings
from lotocar.db import db
from lotocar.messages import delivery, doubts, inbound
from lotocar.messages.models import InboundMessage, OutboxMessage
from tests.faults.stores import database_of
from tests.messages.desk import TestClock, queue_one
from tests.support.databases import every_table
from tests.support.factories import make_organisation
from tests.support.fake_twilio import TOKEN, FakeTwilio, Record

INBOUND = "/hooks/twilio/inbound"
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def knock(app: Flask, settings: Settings, record: Record, form: dict[str, str]) -> int:
    signature = RequestValidator(TOKEN).compute_signature(settings.public_base_url + INBOUND, form)
    answer = app.test_client().post(INBOUND, data=form, headers={"X-Twilio-Signature": signature})
    return answer.status_code


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as server:
        yield server


@pytest.fixture
def founded(session: Session) -> None:
    make_organisation(session)
    session.commit()


def letters(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


def holding_the_lock(path: str, seconds: float) -> threading.Thread:
    """Another process's writer, for so long."""
    began = threading.Event()

    def hold() -> None:
        with sqlite3.connect(path, isolation_level=None) as connection:
            connection.execute("BEGIN IMMEDIATE")
            began.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    began.wait()
    return thread


def patience(app: Flask, milliseconds: int) -> None:
    """How long the app waits for another writer."""
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def _set(connection: Any, _record: Any) -> None:
            connection.execute(f"PRAGMA busy_timeout={milliseconds}").close()


@only_sqlite
def test_fault_8_a_writer_waits_for_another_and_is_kept(
    app: Flask, settings: Settings, engine: Engine, twilio: FakeTwilio, founded: None
) -> None:
    record = twilio.receive("+33639980001", "bonjour")
    thread = holding_the_lock(str(engine.url.database), 1.0)
    assert knock(app, settings, record, twilio.inbound_form(record)) == 200
    thread.join()
    assert letters(engine) == 1


@only_sqlite
def test_fault_8_past_its_patience_the_door_says_503_nothing_is_half_done_and_the_pull_brings_it(
    app: Flask, settings: Settings, engine: Engine, twilio: FakeTwilio, founded: None
) -> None:
    patience(app, 100)
    record = twilio.receive("+33639980001", "bonjour")
    thread = holding_the_lock(str(engine.url.database), 1.0)
    assert knock(app, settings, record, twilio.inbound_form(record)) == 503
    thread.join()
    assert letters(engine) == 0
    inbound.pull(sessionmaker(engine), twilio.sender(), TestClock(twilio.clock()), last_pull=None)
    assert letters(engine) == 1


@only_sqlite
def test_fault_10_a_full_disk_is_a_503_without_a_lie_and_service_resumes_with_space(
    app: Flask, settings: Settings, engine: Engine, twilio: FakeTwilio, founded: None
) -> None:
    with app.app_context():
        room: dict[str, int] = {"pages": 0}

        @event.listens_for(db.engine, "begin")
        def _limit(connection: Any) -> None:
            pages = room["pages"] or 1_000_000
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").close()

    with engine.connect() as connection:
        room["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    records = [twilio.receive("+33639980001", "a" * 1500) for _ in range(40)]
    codes = [knock(app, settings, one, twilio.inbound_form(one)) for one in records]
    assert 503 in codes
    assert set(codes) <= {200, 503}
    assert letters(engine) == codes.count(200)
    room["pages"] = 0
    inbound.pull(sessionmaker(engine), twilio.sender(), TestClock(twilio.clock()), last_pull=None)
    assert letters(engine) == 40


@pytest.mark.postgresql
def test_fault_11_postgresql_killed_under_load_loses_and_repeats_nothing(tmp_path: Any) -> None:
    clock = TestClock()
    tmp_path.chmod(0o755)
    with FakeTwilio(clock) as twilio, database_of("postgresql", str(tmp_path)) as url:
        engine = create_engine(url, pool_pre_ping=True)
        every_table().create_all(engine)
        factory = sessionmaker(engine, expire_on_commit=False)
        with factory.begin() as session:
            for number in range(12):
                queue_one(session, key=f"k{number}", now=clock())
        sender = twilio.sender()
        twilio.on_created = lambda _record: _cut(url) if len(twilio.journal) % 4 == 2 else None
        for _ in range(40):
            for act in (delivery.send_due, doubts.reconcile):
                with suppress(OperationalError):  # the next tick comes, as it does in the worker
                    act(factory, sender, clock)
            clock.forward(seconds=20)
        twilio.on_created = None
        with factory() as session:
            fates = {row.id: row.status for row in session.scalars(select(OutboxMessage))}
        engine.dispose()
    bodies = [record.body for record in twilio.sent()]
    assert len(bodies) == len(set(bodies)) == 12
    assert set(fates.values()) == {"accepted"}


def _cut(url: str) -> None:
    """Every connection of the installation is cut, as when the server restarts."""
    own = create_engine(url, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    own.dispose()
