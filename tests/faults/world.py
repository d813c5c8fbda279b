"""A whole installation for the crash bench: database, application, worker's hands, Twilio and a clock of its own."""

from __future__ import annotations

import gc
import json
import logging
import random
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from multiprocessing import Value
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session, sessionmaker
from twilio.request_validator import RequestValidator
from waitress.server import create_server

from config import Settings
from lotocar import clock
from lotocar.app import create_app
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.rules import Proposal
from lotocar.db import db
from lotocar.errors import Refused
from lotocar.jobs.work import TIMETABLE, Rim
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.organisation import queries as organisation
from lotocar.outside import Outside
from lotocar.values.actor import Actor, ActorKind
from tests.faults.children import Act, Child, fork
from tests.faults.crash_points import CrashPoints
from tests.faults.stores import Store, store_of
from tests.support.databases import every_table
from tests.support.factories import (
    TUESDAY,
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
VOICE = "+33939980002"
JOBS = {job.name: job.run for job in TIMETABLE}
POINTS_A_DATABASE = 500
DAYS_A_POINT = 3  # people are awake, and yesterday's allowance no longer counts
PICKUP_IN = timedelta(hours=26)


class SharedClock:
    """One clock for parent and children, moved by whoever lives."""

    def __init__(self) -> None:
        self.seconds = Value("d", 0.0)
        self.began = 0.0

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds.value)

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds.value += seconds

    def start_day(self, number: int) -> None:
        """Noon of a day of its own."""
        self.began = self.seconds.value = number * 86_400.0

    def reach(self, hours: float) -> None:
        """Wait until so many hours after that noon, if they are not over yet."""
        self.seconds.value = max(self.seconds.value, self.began + hours * 3600)


@dataclass(slots=True)
class Case:
    """The rows of one seed: Odile may be asked for Marcel's leg."""

    seed: int
    driver_id: int
    number: str
    landline: str
    request_id: int
    leg_id: int
    trip_id: int
    pickup_at: datetime


class World:
    """The installation. Only the parent's thread of Twilio lives beside it; children are forked from here."""

    def __init__(
        self,
        store: Store,
        twilio: FakeTwilio,
        shared_clock: SharedClock,
        luck: random.Random,
        seeds: Iterable[int],
    ) -> None:
        self.store = store
        self.twilio = twilio
        self.clock = shared_clock
        self.points = CrashPoints(None)
        self.is_child = False
        self.door = 0  # the port of our own server, in a child that has one
        self.luck = luck
        self.settings = Settings(
            database_url=store.url,
            secret_key="for-the-bench-only-for-the-bench-only",
            public_base_url=BASE,
            testing=True,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_base_url=twilio.url,
            sms_sender=OURS,
            voice_sender=VOICE,
        )
        self.engine = create_engine(store.url)
        every_table().create_all(self.engine)
        self.app = create_app(self.settings)
        self.factory = sessionmaker(self.engine, expire_on_commit=False)
        self.speaking: Outside = self.app.extensions["lotocar.outside"]
        self.rim = Rim(self.factory, self.app.extensions["lotocar.outside"], self.clock)
        self.cases = self._found(seeds)
        self.let_go()
        store.keep()
        gc.freeze()  # forks copy less

    def begin(self, seed: int, *, voice: bool = False) -> Case:
        """A day of its own, a provider that knows nothing, chance of its own, people nobody has asked yet.

        With a `voice` landlines are rung by the provider; without one they are on the desk's list.
        """
        self.twilio.forget()
        outside = self.speaking if voice else replace(self.speaking, voice=None)
        self.app.extensions["lotocar.outside"] = outside
        self.rim = replace(self.rim, outside=outside)
        self.clock.start_day(seed % POINTS_A_DATABASE * DAYS_A_POINT)
        self.luck.seed(f"life {seed}")
        case = self.cases[seed % POINTS_A_DATABASE]
        return replace(case, seed=seed, pickup_at=self.clock() + PICKUP_IN)

    def renew(self) -> None:
        """A database without a past."""
        self.let_go()
        self.store.renew()

    def work(self, *names: str) -> None:
        """These jobs of the real timetable, once each."""
        for name in names:
            self.points.stage = f"job {name}"
            JOBS[name](self.rim)

    def _found(self, seeds: Iterable[int]) -> dict[int, Case]:
        """The house, and a driver and a passenger for each of these seeds."""
        with self.factory.begin() as session:
            make_organisation(session)
            return {
                number: people(session, number) for number in {seed % POINTS_A_DATABASE for seed in seeds}
            }

    def ask(self, case: Case) -> int:
        """The desk asks Odile: what the desk's door does, in one transaction; the approach's number."""
        self.points.stage = "desk asks"
        with self.factory.begin() as session:
            policy = self.rim.outside.policy(organisation.current(session))
            return put_question(session, case, policy=policy, now=self.clock())

    def tell(self, case: Case) -> None:
        """Nadia rang Marcel: he knows who comes."""
        with self.factory.begin() as session, suppress(Refused):  # nothing was agreed
            policy = self.rim.outside.policy(organisation.current(session))
            asked = session.get_one(RideRequest, case.request_id)
            rides.tell_passenger(
                session, asked, through="phone", actor=NADIA, now=self.clock(), policy=policy
            )

    def knock(self, path: str, form: dict[str, str]) -> int:
        """Twilio knocks at our door with its signature; the status of the answer."""
        self.points.stage = path.removeprefix("/hooks/twilio/").partition("/")[0] + " hook"
        self.points.reach("before reading", free=True)
        headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(BASE + path, form)}
        status = self._through_the_door(path, form, headers) if self.door else self._post(path, form, headers)
        self.points.reach("after answering", free=True)
        return status

    def _post(self, path: str, form: dict[str, str], headers: dict[str, str]) -> int:
        return self.app.test_client().post(path, data=form, headers=headers).status_code

    def _through_the_door(self, path: str, form: dict[str, str], headers: dict[str, str]) -> int:
        connection = HTTPConnection("127.0.0.1", self.door, timeout=20)
        headers |= {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(form), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def open_door(self) -> None:
        """Serve over HTTP from now on, as `./run serve` does."""
        logging.getLogger("waitress.queue").setLevel(
            logging.ERROR
        )  # one thread is enough for one knock at a time
        server = create_server(self.app, host="127.0.0.1", port=0, threads=1)
        Thread(target=server.run, daemon=True).start()
        self.door = server.effective_port

    def call_back(self, record: Record, status: str) -> int:
        """The status callback of one message, to the address that we gave."""
        return self.knock(record.callback.removeprefix(BASE), self.twilio.status_form(record, status))

    def ring(self, record: Record, key: str, outcome: str) -> None:
        """One call as the provider lives it: nobody or a machine, or somebody who listens and presses a key."""
        voice, form = record.extra["Url"].removeprefix(BASE), self.twilio.call_form
        answered = {"human": "human", "machine": "machine_start"}.get(outcome)
        if answered:
            self.knock(voice, form(record, AnsweredBy=answered))
        if outcome == "human" and key:
            self.knock(f"{voice}/touche", form(record, Digits=key))
        ended = form(record, CallStatus="completed" if answered else outcome)
        if outcome == "machine":
            ended["AnsweredBy"] = "machine_start"
        self.knock(f"{voice}/fin", ended)

    def let_go(self) -> None:
        """Close every database connection of this process."""
        with self.app.app_context():
            db.session.remove()
        for engine in self._engines():
            engine.dispose()

    def _engines(self) -> list[Any]:
        with self.app.app_context():
            return [self.engine, *db.engines.values()]

    def sent(self, number: str) -> list[Record]:
        """What the provider created for this number."""
        return [one for one in self._kept() if one.direction == "outbound-api" and one.to == number]

    def calls(self, number: str) -> list[Record]:
        """The calls that the provider placed to this number."""
        return [one for one in self._kept("calls") if one.to == number]

    def replies(self, number: str) -> list[Record]:
        """What this number wrote to us."""
        return [one for one in self._kept() if one.direction == "inbound" and one.from_ == number]

    def reply(self, number: str, body: str) -> Record:
        """Somebody writes: the provider has it, whatever becomes of its webhook."""
        form = urlencode({"From": number, "Body": body}).encode()
        with urlopen(f"{self.twilio.url}/_receive", form) as answer:
            return Record.from_json(json.load(answer))

    def deliver_all(self) -> None:
        """The provider has delivered everything, and says so when asked."""
        if self.is_child:
            urlopen(f"{self.twilio.url}/_deliver", b"").close()
        else:
            self.twilio.deliver()

    def _kept(self, what: str = "journal") -> list[Record]:
        if not self.is_child:
            return list(getattr(self.twilio, what))
        with urlopen(f"{self.twilio.url}/_journal") as answer:  # a child's copy of the journal is an old one
            return [Record.from_json(one) for one in json.load(answer)[what]]

    def has_read(self, case: Case) -> bool:
        """Whether something that this number wrote was read."""
        with self.factory() as session:
            read = select(InboundMessage.id).where(
                InboundMessage.from_number == case.number, InboundMessage.state != "received"
            )
            return session.scalar(read.limit(1)) is not None

    def any(self, case: Case, *statuses: str, attempt: int = 0, calls: bool = False) -> bool:
        """Whether a message of this case, or a call, stands so, after so many attempts."""
        with self.factory() as session:
            found = select(OutboxMessage.id).where(
                OutboxMessage.channel == ("voice" if calls else "sms"),
                OutboxMessage.to_number == (case.landline if calls else case.number),
                OutboxMessage.status.in_(statuses),
                OutboxMessage.attempt >= attempt,
            )
            return session.scalar(found.limit(1)) is not None

    def tick_calls(self) -> None:
        """The desk has made its calls of the day: the list that it reads is short again."""
        with self.factory.begin() as session:
            waiting = update(OutboxMessage).where(OutboxMessage.handled_at.is_(None))
            session.execute(waiting.values(handled_at=self.clock()))

    def forked(self, points: CrashPoints, act: Act, *, door: bool = False) -> Child:
        """A child that does `act` and meets its point; with `door`, webhooks reach it over HTTP."""
        if self.engine.dialect.name == "sqlite":
            self.let_go()  # an open file must not live on both sides of a fork
        self.luck.random()
        return fork(points, lambda: self._be_child(points, door), act)

    def _be_child(self, points: CrashPoints, door: bool) -> None:
        self.is_child, self.points = True, points
        self.luck.seed(f"child {self.luck.random()}")  # or it would draw the same numbers as its parent
        for engine in self._engines():
            engine.dispose(close=False)  # the connections of before are the parent's
            points.watch_engine(engine)
        points.watch_sender(self.rim.outside.sms)  # type: ignore[arg-type]  # Twilio, by the settings
        if self.rim.outside.voice is not None:
            points.watch_sender(self.rim.outside.voice)  # type: ignore[arg-type]  # Twilio too
        if door:
            self.open_door()


def put_question(session: Session, case: Case, *, policy: SenderPolicy, now: datetime) -> int:
    """Odile is asked by SMS for Marcel's leg; the approach's number."""
    proposal = Proposal(
        leg_id=case.leg_id,
        trip_id=case.trip_id,
        direction="out",
        departure_id=None,
        pickup_at=case.pickup_at,
        dropoff_at=case.pickup_at + timedelta(hours=1),
        detour_seconds=240,
    )
    asked = rides.approach(
        session,
        ride_request=session.get_one(RideRequest, case.request_id),
        driver=session.get_one(Person, case.driver_id),
        proposals=[proposal],
        channel="sms",
        actor=NADIA,
        now=now,
        policy=policy,
    )
    return asked.id


def people(session: Session, number: int) -> Case:
    """A driver with a trip, a passenger with a request: the rows of one seed."""
    mobile, landline = f"+3363998{number:04d}", f"+3353649{number:04d}"
    driver = make_driver(session, phone=mobile)
    passenger = make_passenger(session, phone=landline)
    trip = make_trip(session, driver=driver, seats=1)
    ride_request = make_request(session, passenger=passenger, legs=[a_leg(day=TUESDAY)])
    leg_id = ride_request.legs[0].id
    return Case(number, driver.id, mobile, landline, ride_request.id, leg_id, trip.id, BEGINNING)


@contextmanager
def installation(engine: str, seeds: Iterable[int] = ()) -> Iterator[World]:
    """A whole installation on this engine, with its own Twilio and clock, and people for these seeds."""
    shared_clock = SharedClock()
    with (
        tempfile.TemporaryDirectory(prefix="lotocar-crash-") as folder,
        FakeTwilio(shared_clock) as twilio,
        store_of(engine, Path(folder)) as store,
        _seams(shared_clock) as luck,
    ):
        world = World(store, twilio, shared_clock, luck, seeds)
        try:
            yield world
        finally:
            world.let_go()
            gc.unfreeze()


@contextmanager
def _seams(shared_clock: SharedClock) -> Iterator[random.Random]:
    """The clock and the chance of the standard library are ours for a while: a seed must replay alone."""
    luck = random.Random(0)
    true_clock, true_hex, true_below = clock.now, secrets.token_hex, secrets.randbelow
    clock.now = shared_clock
    secrets.token_hex = lambda size=32: luck.randbytes(size or 32).hex()
    secrets.randbelow = luck.randrange
    try:
        yield luck
    finally:
        clock.now, secrets.token_hex, secrets.randbelow = true_clock, true_hex, true_below
