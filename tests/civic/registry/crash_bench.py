"""Kill the registry's worker at every commit, write and HTTP boundary: each ride ends with one proof, never two.

    ./run bench registry --engine sqlite --points 500 --seed 1 --json

One point is one life: rides of today, a worker forked and killed by kill -9 at a boundary drawn from the seed, with
network faults drawn too (before and after the registry stored anything), half of the time a second one that dies
while recovering, then one that lives. In one life out of four everything was sent before, and the workers die while
one proof is taken back and another corrected. A failing seed replays alone: --points 1 --seed N.
Ctrl+C, or SIGTERM, stops early and prints the figures of the points done.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.orm import Session, sessionmaker

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import operations
from lotocar.civic.registry.models import Proof
from lotocar.values.actor import SYSTEM
from tests.civic.registry.evening import BEGINNING, Clock, Evening
from tests.faults.children import End, fork
from tests.faults.crash_points import CrashPoints
from tests.faults.report import circumstances, database_version, say
from tests.faults.stores import Store, store_of
from tests.support.databases import every_table
from tests.support.fake_registry import FakeRegistry, Fault

RIDES = 3
POINTS_A_DATABASE = 40
SEND_POINTS, ACT_POINTS = 60, 30  # a little more than a tick of either has
FAULTS = (Fault.NONE, Fault.NONE, Fault.NONE, *Fault)
SAY_EVERY = 50
OTHER_DISTANCE_M = 69_000
stopped = Event()


@dataclass
class Report:
    """What the bench counted; `failing` says what each failing seed broke."""

    engine: str
    seed: int
    database: str = ""
    points: int = 0
    killed: int = 0
    killed_in_recovery: int = 0
    proofs: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0
    failing: dict[int, list[str]] = field(default_factory=dict)
    boundaries: Counter[str] = field(default_factory=Counter)
    untouched: set[str] = field(default_factory=set)

    def count(self, life: Life, faults: list[str]) -> None:
        """One more life."""
        self.points += 1
        died = [end.died_at for end in life.ends if end.died_at]
        self.killed += bool(died)
        self.killed_in_recovery += len(died) > 1
        self.proofs += RIDES
        self.boundaries.update(died)
        self.untouched = self.untouched.union(*(end.passed for end in life.ends)) - self.boundaries.keys()
        if faults:
            self.failing[life.seed] = faults
        self.lost += any(fault.startswith("lost") for fault in faults)
        self.doubled += any(fault.startswith("doubled") for fault in faults)

    @property
    def holds(self) -> bool:
        return not self.failing

    def as_json(self) -> dict[str, Any]:
        """All figures, ready to print."""
        return vars(self) | {
            "boundaries": dict(sorted(self.boundaries.items())),
            "untouched": sorted(self.untouched),
            "holds": self.holds,
        }


class World:
    """One installation on this engine, its registry over HTTP and its clock; a new database every forty points."""

    def __init__(self, store: Store, registry: FakeRegistry, clock: Clock) -> None:
        self.store, self.registry, self.clock = store, registry, clock
        engine = create_engine(store.url)
        every_table().create_all(engine)
        self.version = database_version(engine)
        engine.dispose()  # nobody may be connected while it is kept
        store.keep()
        self.evening, self.engine = self._open()

    def renew(self) -> None:
        """A database with nothing in it."""
        self.engine.dispose()
        self.store.renew()
        self.evening, self.engine = self._open()

    def _open(self) -> tuple[Evening, Engine]:
        engine = create_engine(self.store.url, poolclass=NullPool)
        factory = sessionmaker(engine, class_=Session, expire_on_commit=False)
        made = self.registry.registrar(ticks=self.clock.seconds, timeout_seconds=0.3)
        return Evening(factory, self.registry, made, self.clock), engine


class Life:
    """One seed. `first` is how many proofs stood before; `acts` tells that they die while acting, not sending."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.evening, self.seed = world, world.evening, seed
        self.chance = random.Random(seed)
        self.acts = self.chance.random() < 0.25
        self.first = len(self.evening.proofs())
        self.ends: list[End] = []

    def live(self) -> None:
        """Rides, deaths, and a worker that lives."""
        self.world.registry.forget()
        self.world.clock.now = BEGINNING
        self.evening.rides(RIDES)
        if self.acts:
            self._ask_to_act()
        for _ in range(self.chance.choice((1, 2))):
            self.world.registry.script = [self.chance.choice(FAULTS) for _ in range(2)]
            self.ends.append(self._kill())
            self.world.clock.forward(seconds=self.chance.choice((5, 100)))
        self.world.registry.script = []
        for _ in range(12):
            self.world.clock.forward(minutes=10)
            self.evening.send()

    def mine(self) -> list[Proof]:
        """The proofs of this life."""
        return self.evening.proofs()[self.first :]

    def _ask_to_act(self) -> None:
        for _ in range(10):  # a slow machine may need more than one go
            self.evening.send()
            self.world.clock.forward(minutes=2)
            if {proof.status for proof in self.mine()} == {"sent"}:
                break
        taken_back, corrected, _ = self.mine()
        with self.evening.factory.begin() as session:
            proof = operations.proof_of(session, taken_back.id)
            operations.cancel(session, proof, code="TEST", actor=SYSTEM, now=self.world.clock())
            session.get_one(Ride, corrected.ride_id).distance_m = OTHER_DISTANCE_M
        with self.evening.factory.begin() as session:
            proof = operations.proof_of(session, corrected.id)
            operations.correct(session, proof, terms=self.evening.terms, actor=SYSTEM, now=self.world.clock())

    def _kill(self) -> End:
        points = CrashPoints(self.chance.randint(1, ACT_POINTS if self.acts else SEND_POINTS))
        self.world.engine.dispose()

        def prepare() -> None:
            points.stage = "acts" if self.acts else "sends"
            points.watch_engine(self.world.engine)
            _watch(points, self.evening.registrar)

        return fork(points, prepare, lambda _tell: _tick(self.evening)).wait()


def _tick(evening: Evening) -> None:
    evening.send()


def _watch(points: CrashPoints, registrar: Any) -> None:
    """Points on both sides of each exchange, also of those that end badly."""
    exchange = registrar._exchange

    def around(kind: str, method: str, *arguments: Any) -> Any:
        points.reach(f"before {method} {kind}")
        try:
            return exchange(kind, method, *arguments)
        finally:
            points.reach(f"after {method} {kind}", free=True)

    registrar._exchange = around


def breaches(life: Life) -> list[str]:
    """What a life lost or doubled, at home and at the registry."""
    journal, mine = life.world.registry.journal, life.mine()
    expected = ["cancelled", "sent", "sent"] if life.acts else ["sent"] * RIDES
    found = [f"error: {end.error}" for end in life.ends if end.error]
    found += [f"doubled: {one.posts} posts" for one in journal.values() if one.posts > 1]
    if len({proof.ride_id for proof in mine}) != len(mine) or len(journal) > RIDES:
        found.append(f"doubled: {len(mine)} proofs, {len(journal)} at the registry")
    if [proof.status for proof in mine] != expected:
        found.append(f"lost: {[proof.status for proof in mine]}")
    if set(journal) != {proof.journey_id for proof in mine}:
        found.append("lost: the registry holds others than we say")
    elif life.acts and (
        journal[mine[0].journey_id].cancel_code != "TEST"
        or journal[mine[1].journey_id].body["distance"] != OTHER_DISTANCE_M
    ):
        found.append("lost: an act")
    return found


@contextmanager
def world_of(engine: str) -> Iterator[World]:
    """A whole installation on this engine."""
    clock = Clock()
    with (
        tempfile.TemporaryDirectory(prefix="lotocar-registry-") as folder,
        FakeRegistry(clock) as registry,
        store_of(engine, Path(folder)) as store,
    ):
        registry.slow_seconds = 0.5
        world = World(store, registry, clock)
        try:
            yield world
        finally:
            world.engine.dispose()


def run(engine: str, *, points: int, seed: int, progress: bool = False) -> Report:
    """The whole bench on one engine."""
    began = time.monotonic()
    with world_of(engine) as world:
        report = Report(engine, seed, world.version)
        for one in range(seed, seed + points):
            if report.points and report.points % POINTS_A_DATABASE == 0:
                world.renew()
            life = Life(world, one)
            try:
                life.live()
                report.count(life, breaches(life))
            except Exception as error:  # one seed that fails must not hide the others
                report.count(life, [f"error: {error!r}"])
            if progress and report.points % SAY_EVERY == 0:
                say(f"{report.points} points, {report.killed} killed, failing: {report.failing}")
            if stopped.is_set():
                break
    report.seconds = round(time.monotonic() - began, 1)
    return report


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when everything holds."""
    parser = argparse.ArgumentParser(
        prog="./run bench registry", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--points", type=int, default=200, help="how many lives (200)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1); the next ones follow")
    parser.add_argument("--json", action="store_true", help="one line of JSON; progress goes to stderr")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_about: stopped.set())
    about = circumstances("registry", given)
    report = run(options.engine, points=options.points, seed=options.seed, progress=True)
    printed = about | report.as_json()
    sys.stdout.write(json.dumps(printed, indent=None if options.json else 2, ensure_ascii=False) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
