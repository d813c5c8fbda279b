"""A whole installation for the crash bench: database, application, worker's hands, Twilio and a clock of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import Value
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker
from twilio.request_validator import RequestValidator

from config import Settings
from lotocar import clock, jobs
from lotocar.app import create_app
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach
from lotocar.carpool.rides.rules import Proposal
from lotocar.db import db
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.organisation import queries as organisation
from lotocar.values.actor import Actor, ActorKind
from tests.faults.crash_points import CrashPoints
from tests.support.databases import every_table
from tests.support.factories import (
    TUESDAY,
    a_landline,
    a_leg,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_trip,
)
from tests.support.fake_twilio import ACCOUNT, OURS, TOKEN, FakeTwilio, Record

NADIA = Actor(ActorKind.STAFF, 1)
BEGINNING = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
BASE = "http://localhost"
JOBS = {job.name: job.run for job in jobs.TIMETABLE}


class SharedClock:
    """One clock for parent and children, moved by the parent."""

    def __init__(self) -> None:
        self.seconds = Value("d", 0.0)

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds.value)

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds.value += seconds

    def next_day(self) -> None:
        """Noon again, on the day after: people are awake, and yesterday's allowance no longer counts."""
        self.seconds.value = (self.seconds.value // 86_400 + 2) * 86_400


@dataclass(slots=True)
class Case:
    """The rows of one seed: Odile may be asked for Marcel's leg."""

    seed: int
    driver_id: int
    number: str
    request_id: int
    leg_id: int
    trip_id: int
    pickup_at: datetime


class World:
    """The installation. Only the parent's thread of Twilio lives beside it; children are forked from here."""

    def __init__(self, url: str, twilio: FakeTwilio, shared_clock: SharedClock) -> None:
        self.url = url
        self.twilio = twilio
        self.clock = shared_clock
        self.true_clock = clock.now
        clock.now = shared_clock  # the clock seam: every door reads this one
        self.settings = Settings(
            database_url=url,
            secret_key="for-the-bench-only-for-the-bench-only",
            public_base_url=BASE,
            testing=True,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_base_url=twilio.url,
            sms_sender=OURS,
        )
        self.engine = create_engine(url)
        every_table().create_all(self.engine)
        self.app = create_app(self.settings)
        self.factory = sessionmaker(self.engine, expire_on_commit=False)
        with self.factory.begin() as session:
            make_organisation(session)
        gc.freeze()  # forks copy less

    @property
    def rim(self) -> jobs.Rim:
        """What jobs are given."""
        return jobs.Rim(self.factory, self.app.extensions["lotocar.outside"], self.clock)

    def work(self, *names: str) -> None:
        """These jobs of the real timetable, once each."""
        for name in names:
            JOBS[name](self.rim)

    def prepare(self, seed: int) -> Case:
        """New people and a new request, on a number of their own."""
        with self.factory.begin() as session:
            number = f"+3363998{seed % 10_000:04d}"
            for other in session.scalars(select(Person).where(Person.lines.any(e164=number))):
                other.lines.clear()
            driver = make_driver(session, phone=number)
            passenger = make_passenger(session, phone=a_landline())
            trip = make_trip(session, driver=driver, seats=1)
            ride_request = make_request(session, passenger=passenger, legs=[a_leg(day=TUESDAY)])
            pickup_at = self.clock() + timedelta(hours=30)
            return Case(seed, driver.id, number, ride_request.id, ride_request.legs[0].id, trip.id, pickup_at)

    def ask(self, case: Case) -> int:
        """The desk asks Odile: what the desk's door does, in one transaction; the approach's number."""
        with self.factory.begin() as session:
            ride_request = session.get_one(RideRequest, case.request_id)
            proposal = Proposal(
                leg_id=case.leg_id,
                trip_id=case.trip_id,
                direction="out",
                departure_id=None,
                pickup_at=case.pickup_at,
                dropoff_at=case.pickup_at + timedelta(hours=1),
                detour_seconds=240,
            )
            policy = self.rim.outside.policy(organisation.current(session))
            asked = rides.approach(
                session,
                ride_request=ride_request,
                driver=session.get_one(Person, case.driver_id),
                proposals=[proposal],
                channel="sms",
                actor=NADIA,
                now=self.clock(),
                policy=policy,
            )
            return asked.id

    def approaches(self, session: Session, case: Case) -> list[Approach]:
        """The approaches of this case."""
        found = select(Approach).where(Approach.ride_request_id == case.request_id).order_by(Approach.id)
        return list(session.scalars(found))

    def knock(self, path: str, form: dict[str, str]) -> int:
        """Twilio knocks at our door with its signature; the status of the answer."""
        signature = RequestValidator(TOKEN).compute_signature(BASE + path, form)
        answer = self.app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code

    def call_back(self, record: Record, status: str) -> int:
        """The status callback of one message, to the address that we gave."""
        return self.knock(record.callback.removeprefix(BASE), self.twilio.status_form(record, status))

    def close(self) -> None:
        """Give the wall clock back."""
        self.let_go()
        clock.now = self.true_clock
        gc.unfreeze()

    def let_go(self) -> None:
        """Close every database connection of this process."""
        with self.app.app_context():
            db.session.remove()
            for engine in (self.engine, *db.engines.values()):
                engine.dispose()

    def sent(self, number: str) -> list[Record]:
        """What the provider created for this number; asked over HTTP, so that children see it too."""
        return [one for one in self._journal() if one.direction == "outbound-api" and one.to == number]

    def replies(self, number: str) -> list[Record]:
        """What this number wrote to us."""
        return [one for one in self._journal() if one.direction == "inbound" and one.from_ == number]

    def reply(self, number: str, body: str) -> Record:
        """Somebody writes: the provider has it, whatever becomes of its webhook."""
        form = urlencode({"From": number, "Body": body}).encode()
        with urlopen(f"{self.twilio.url}/_receive", form) as answer:
            return Record.from_json(json.load(answer))

    def _journal(self) -> list[Record]:
        with urlopen(f"{self.twilio.url}/_journal") as answer:
            return [Record.from_json(one) for one in json.load(answer)["journal"]]

    def pending(self, case: Case) -> bool:
        """Whether something of this case is still on its way, or was not yet read."""
        with self.factory() as session:
            read = select(InboundMessage.id).where(
                InboundMessage.from_number == case.number, InboundMessage.state != "received"
            )
            unread = session.scalar(read.limit(1)) is None
        return unread or self._any(case, "queued", "sending", "uncertain", "accepted", "sent")

    def unsent(self, case: Case) -> bool:
        """Whether a message of this case has not reached the provider yet."""
        return self._any(case, "queued", "sending", "uncertain")

    def _any(self, case: Case, *statuses: str) -> bool:
        with self.factory() as session:
            found = select(OutboxMessage.id).where(
                OutboxMessage.to_number == case.number, OutboxMessage.status.in_(statuses)
            )
            return session.scalar(found.limit(1)) is not None

    def forked(self, points: CrashPoints, act: Callable[[Callable[[str], None]], None]) -> Child:
        """A child that does `act` and dies at its point; `act` is given a way to tell what it acknowledged."""
        self.let_go()  # a connection must not live on both sides of a fork
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process == 0:
            os.close(reader)
            self._live(points, act, writer)
        os.close(writer)
        return Child(process, reader)

    def _live(self, points: CrashPoints, act: Callable[[Callable[[str], None]], None], writer: int) -> None:
        status = 1
        try:
            points.watch_engine(self.engine)
            with self.app.app_context():
                for engine in db.engines.values():
                    points.watch_engine(engine)
            points.watch_sender(self.app.extensions["lotocar.outside"].sms)
            act(lambda word: self._tell(writer, word))
            self._tell(writer, f"points {points.count}")
            status = 0
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._tell(writer, f"error {error!r} at {where.filename}:{where.lineno}")
        finally:
            os._exit(status)

    @staticmethod
    def _tell(writer: int, word: str) -> None:
        os.write(writer, f"{word}\n".encode())


@dataclass(slots=True)
class Child:
    """A forked process and what it said before it died."""

    process: int
    reader: int

    def wait(self) -> list[str]:
        """Its words, once it is dead; an acknowledgement said is a promise."""
        with os.fdopen(self.reader) as words:
            said = words.read().splitlines()
        os.waitpid(self.process, 0)
        return said

    def wait_until_frozen(self) -> bool:
        """Whether it froze (True) or ended (False)."""
        _, status = os.waitpid(self.process, os.WUNTRACED)
        return os.WIFSTOPPED(status)

    def thaw(self) -> None:
        """Let it go on, late."""
        os.kill(self.process, signal.SIGCONT)


@contextmanager
def database_of(engine: str, folder: str) -> Iterator[str]:
    """The address of a fresh database: an SQLite file, or a PostgreSQL server of our own."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/crash.sqlite3"
        return
    from tests.support.databases import _server_in

    server: Any = _server_in(Path(folder) / "postgresql")
    try:
        yield str(server.get_uri("postgres", driver="psycopg"))
    finally:
        server.stop()
