"""Faults 1 to 3 on the real `./run serve` and `./run worker`, killed -9 at random and started again.

The processes are those of an installation, with its settings in the environment; only the provider is ours, and the
test makes time pass by making rows older. `REAL_SEEDS=20 ./run test tests/faults/test_real_processes.py` does more.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

import config
from lotocar.messages.models import InboundMessage, JobRun, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from tests.faults import invariants
from tests.faults.world import Case, people, put_question
from tests.support.factories import make_organisation
from tests.support.fake_twilio import ACCOUNT, OURS, TOKEN, FakeTwilio, Fault, Record

SEEDS = range(1, 1 + int(os.environ.get("REAL_SEEDS", "1")))
QUESTIONS = 6
KILLS = 3
SECONDS_TO_SETTLE = 150
FAULTS = (
    Fault.SLOW_AFTER,
    Fault.SLOW_AFTER,
    Fault.SLOW_BEFORE,
    Fault.RESET_AFTER,
    Fault.ERROR_AFTER,
    Fault.NONE,
)
WAITING = ("queued", "sending", "uncertain", "accepted", "sent")


class House:
    """An installation: a site and a worker, each a process of its own."""

    def __init__(self, url: str, factory: sessionmaker[Session], twilio: FakeTwilio, folder: Path) -> None:
        self.factory = factory
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "SECRET_KEY": "for-the-tests-for-the-tests-for-the-tests",
            "PUBLIC_BASE_URL": self.base,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_BASE_URL": twilio.url,
            "SMS_SENDER": OURS,
            "ROADS_FOLDER": str(folder),
        }
        self.commands = {"serve": ("serve", "--port", str(self.port)), "worker": ("worker",)}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`./run serve` or `./run worker`, until it is at work; a busy machine takes its time."""
        before = self.leader()
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "lotocar.cli", *self.commands[name]],
            cwd=config.ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert wait_until(90, lambda: self.leader() != before if name == "worker" else self._answers())

    def leader(self) -> str:
        """The worker that led last."""
        with self.factory() as session:
            run = session.get(JobRun, "leader")
            return run.holder if run else ""

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self, name: str) -> None:
        """-9; and the half-minute of a dead leader's lease goes by."""
        self.processes[name].kill()
        self.processes[name].wait()
        if name == "worker":
            with self.factory.begin() as session:
                session.execute(update(JobRun).where(JobRun.name == "leader").values(lease_until=None))

    def post(self, path: str, form: dict[str, str], twilio: FakeTwilio) -> None:
        """A knock of the provider's, which is lost when nobody is there to hear it."""
        headers = {"X-Twilio-Signature": twilio.sign(self.base + path, form)}
        with suppress(URLError, OSError):
            urlopen(Request(self.base + path, urlencode(form).encode(), headers), timeout=5).close()


class Countryside:
    """The provider's side of life: each new question is delivered, each driver says OUI once."""

    def __init__(self, house: House, twilio: FakeTwilio) -> None:
        self.house = house
        self.twilio = twilio
        self.done = Event()
        self.told: set[str] = set()
        self.answered: set[str] = set()
        self.thread = Thread(target=self._live, daemon=True)

    def __enter__(self) -> Countryside:
        self.thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.done.set()
        self.thread.join()

    def _live(self) -> None:
        while not self.done.wait(0.2):
            for record in self.twilio.sent():
                self._hear(record)

    def _hear(self, record: Record) -> None:
        if record.sid not in self.told:
            self.told.add(record.sid)
            path = record.callback.removeprefix(self.house.base)
            self.house.post(path, self.twilio.status_form(record, "delivered"), self.twilio)
            record.status = "delivered"
        if record.to not in self.answered:
            self.answered.add(record.to)
            reply = self.twilio.receive(record.to, "OUI")
            self.house.post("/hooks/twilio/inbound", self.twilio.inbound_form(reply), self.twilio)


class Truth:
    """What the invariants ask of a world."""

    def __init__(self, factory: sessionmaker[Session], twilio: FakeTwilio) -> None:
        self.factory = factory
        self.twilio = twilio

    def clock(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def sent(self, number: str) -> list[Record]:
        """What the provider created for this number."""
        return self.twilio.sent(to=number)

    def calls(self, _number: str) -> list[Record]:
        """No voice is configured."""
        return []


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as server:
        server.slow_seconds = 1.5
        yield server


@pytest.fixture
def house(engine_url: str, engine: Engine, twilio: FakeTwilio, tmp_path: Path) -> Iterator[House]:
    house = House(engine_url, sessionmaker(engine, expire_on_commit=False), twilio, tmp_path / "roads")
    yield house
    for name in house.processes:
        house.kill(name)


def ask_everybody(factory: sessionmaker[Session], base: str) -> list[Case]:
    """The desk puts its questions, each in one transaction."""
    policy = SenderPolicy(
        two_way=True, desk_phone="05 36 49 00 00", public_base_url=base, organisation="Covoiturage du Lot"
    )
    with factory.begin() as session:
        make_organisation(session)
        cases = [people(session, number) for number in range(1, QUESTIONS + 1)]
    for case in cases:
        now = datetime.now(UTC)
        case.pickup_at = now + timedelta(hours=30)
        with factory.begin() as session:
            put_question(session, case, policy=policy, now=now)
    return cases


def let_time_pass(factory: sessionmaker[Session]) -> None:
    """Two minutes for what is in doubt, an hour for receipts; and it is day."""
    with factory.begin() as session:
        for row in session.scalars(
            select(OutboxMessage).where(OutboxMessage.status.in_(WAITING)).with_for_update()
        ):
            for name in ("claimed_at", "lease_until", "doubted_at", "searched_at"):
                if at := getattr(row, name):
                    setattr(row, name, at - timedelta(seconds=125))
            row.sent_at = row.sent_at and row.sent_at - timedelta(hours=1)
            row.polled_at = row.polled_at and row.polled_at - timedelta(hours=1)
            row.not_before = row.night_from = row.created_at


def all_is_told(factory: sessionmaker[Session]) -> bool:
    """Whether every message has its end and every driver was heard."""
    with factory() as session:
        waits = session.scalar(select(OutboxMessage.id).where(OutboxMessage.status.in_(WAITING)).limit(1))
        heard = session.scalars(select(InboundMessage.from_number).where(InboundMessage.state == "acted"))
        return waits is None and len(set(heard)) == QUESTIONS


def wait_until(seconds: float, seen: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_1_2_3_the_real_processes_killed_at_random_lose_repeat_and_hide_nothing(
    seed: int, house: House, twilio: FakeTwilio
) -> None:
    chance = random.Random(seed)
    twilio.script = [chance.choice(FAULTS) for _ in range(QUESTIONS)]
    cases = ask_everybody(house.factory, house.base)
    let_time_pass(house.factory)
    for name in house.commands:
        house.start(name)
    with Countryside(house, twilio):
        for _ in range(KILLS):
            kill_one(house, twilio, chance)
        twilio.script = []
        end = time.monotonic() + SECONDS_TO_SETTLE
        while time.monotonic() < end and not wait_until(7, lambda: all_is_told(house.factory)):
            let_time_pass(house.factory)
            house.kill("worker")  # it looks at everything as it starts
            house.start("worker")
        assert all_is_told(house.factory)
    truth = Truth(house.factory, twilio)
    for case in cases:
        faults = invariants.breaches(truth, case, acknowledged={"asked", "replied"})  # type: ignore[arg-type]
        assert faults == [], case
    left = Counter(invariants.row_of(record) for record in twilio.sent())
    with house.factory() as session:
        assert invariants.whole(session, left=left) == []


def kill_one(house: House, twilio: FakeTwilio, chance: random.Random) -> None:
    """At a random moment; more often than not the worker, while the provider has its message in hand."""
    asked, in_mid_send = twilio.requests["create"], chance.random() < 0.6
    wait_until(chance.uniform(4, 7), lambda: in_mid_send and twilio.requests["create"] > asked)
    time.sleep(chance.uniform(0, 1))
    name = "worker" if in_mid_send else chance.choice(list(house.commands))
    house.kill(name)
    house.start(name)
