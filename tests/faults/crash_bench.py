"""Kill the real code at every commit, write and HTTP boundary, let it recover, and check that nothing is lost.

    python -m tests.faults.crash_bench --engine sqlite --points 10000 --seed 1 --json

One point is one life: the desk asks a driver by SMS, the worker sends, the provider calls back, the driver
answers OUI, the worker sends the thanks. A child process lives it and dies by kill -9 at a point drawn from the
seed, with a network fault drawn too; half the time a second child dies while recovering. Then time passes on a
clock of the bench's own, the timetable's real jobs run, and the invariants A to G are checked. A failing seed
replays alone: --points 1 --seed N.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.faults import invariants
from tests.faults.crash_points import CrashPoints
from tests.faults.sabotage import SABOTAGES
from tests.faults.world import Case, SharedClock, World, database_of
from tests.support.fake_twilio import FakeTwilio, Fault

# Most lives see a healthy network; the others one fault on their first or second send.
FAULTS = (
    Fault.NONE,
    Fault.NONE,
    Fault.NONE,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.TRUNCATED,
    Fault.RATE,
)
LIST_LAGS = (0, 0, 45, 110, 200)  # shorter than the two searches and the lease together
MOST_POINTS = 90  # more than any life has; a child that dies at none simply lives
ROUND_SECONDS = 31
ROUNDS = 14
LONG_AFTER_SECONDS = 2.5 * 3600


@dataclass
class Report:
    """What the bench counted."""

    engine: str
    points: int
    seed: int
    killed: int = 0
    killed_in_recovery: int = 0
    accepted: int = 0
    lost: int = 0
    duplicated: int = 0
    silent: int = 0
    broken: int = 0
    seconds: float = 0.0
    failing: dict[int, list[str]] = field(default_factory=dict)

    def note(self, seed: int, faults: list[str]) -> None:
        """Count what a seed showed."""
        if not faults:
            return
        self.failing[seed] = faults
        self.lost += any("lost" in fault for fault in faults)
        self.duplicated += any("duplicated" in fault for fault in faults)
        self.silent += any("silent" in fault for fault in faults)
        self.broken += any(fault[:2] in {"A:", "D:", "E:", "F:", "G:"} for fault in faults)

    @property
    def holds(self) -> bool:
        return not self.failing


class Life:
    """One point: a case, what its child promised, and what the provider does meanwhile."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.case: Case = world.prepare(seed)
        self.webhook_works = self.chance.random() < 0.7
        self.callbacks_work = self.chance.random() < 0.8
        self.acknowledged: set[str] = set()

    def live(self) -> tuple[bool, bool]:
        """Live, die, recover; whether the first and the second child were killed."""
        twilio = self.world.twilio
        twilio.script = [self.chance.choice(FAULTS) for _ in range(self.chance.choice((1, 2)))]
        twilio.lag = timedelta(seconds=self.chance.choice(LIST_LAGS))
        first = self._kill(self._whole_life)
        second = self.chance.random() < 0.5 and self._kill(lambda tell: self._rounds(3, tell))
        twilio.script = []
        self._recover()
        return first, second

    def _kill(self, act: Callable[[Callable[[str], None]], None]) -> bool:
        points = CrashPoints(self.chance.randint(1, MOST_POINTS))
        said = self.world.forked(points, act).wait()
        for word in said:
            assert not word.startswith("error"), f"seed {self.case.seed}: {word}"
        self.acknowledged |= set(said)
        return not any(word.startswith("points") for word in said)

    def _whole_life(self, tell: Callable[[str], None]) -> None:
        world = self.world
        world.ask(self.case)
        tell("asked")
        world.work("send")
        self._call_back_all()
        if world.sent(self.case.number):
            self._answer_yes(tell)
        world.work("send")
        self._call_back_all()
        world.work("reconcile", "poll")

    def _answer_yes(self, tell: Callable[[str], None]) -> None:
        """Odile says yes; her phone's words are at the provider's, whether our webhook hears them or not."""
        record = self.world.reply(self.case.number, "OUI")
        tell("replied")
        if self.webhook_works:
            self.world.knock("/hooks/twilio/inbound", self.world.twilio.inbound_form(record))

    def _call_back_all(self) -> None:
        if self.callbacks_work:
            for record in self.world.sent(self.case.number):
                for status in self.chance.choice(
                    (("sent", "delivered"), ("delivered", "sent"), ("delivered",))
                ):
                    self.world.call_back(record, status)

    def _rounds(self, count: int, tell: Callable[[str], None]) -> None:
        for _ in range(count):
            self.world.work("send", "reconcile", "read_replies")
            self.world.clock.forward(ROUND_SECONDS)

    def _recover(self) -> None:
        """Everybody does what they would do: the desk sends its form again, the driver answers, time passes."""
        world = self.world
        with world.factory() as session:
            asked = world.approaches(session, self.case)
        if not asked and "asked" not in self.acknowledged:
            world.ask(self.case)
        for number in range(ROUNDS):
            world.work("send", "reconcile", "read_replies")
            self._call_back_all()
            if world.sent(self.case.number) and not world.replies(self.case.number):
                self._answer_yes(lambda _word: None)
                self.acknowledged.add("replied")
            if number % 5 == 4:
                world.work("pull")
            if self._is_over():
                break
            world.clock.forward(ROUND_SECONDS)
        self._afternoon()

    def _afternoon(self) -> None:
        """Hours later: the last reply is pulled, what it caused is sent, and receipts are asked for."""
        world = self.world
        world.clock.forward(LONG_AFTER_SECONDS)
        world.work("pull", "read_replies")
        for _ in range(ROUNDS):
            world.work("send", "reconcile")
            if not world.unsent(self.case):
                break
            world.clock.forward(ROUND_SECONDS)
        for record in world.twilio.sent(to=self.case.number):
            record.status = "delivered"
        world.clock.forward(LONG_AFTER_SECONDS)
        world.work("poll")

    def _is_over(self) -> bool:
        return not self.world.pending(self.case)


def run(
    engine: str, *, points: int, seed: int, without: str = "", progress: bool = False, stop_at: int = 0
) -> Report:
    """The whole bench on one engine; with `without`, one safeguard of the code is taken away first."""
    report = Report(engine, points, seed)
    began = time.monotonic()
    with installation(engine) as world, SABOTAGES[without]():
        for one in range(seed, seed + points):
            _one(world, one, report)
            if progress and (one - seed) % 200 == 199:
                _say(f"{one - seed + 1} points, {len(report.failing)} failing")
            if stop_at and len(report.failing) >= stop_at:
                break
        with world.factory() as session:
            report.note(-1, invariants.f_whole(session))
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _one(world: World, seed: int, report: Report) -> None:
    world.twilio.forget()
    world.clock.next_day()
    life = Life(world, seed)
    first, second = life.live()
    report.killed += first
    report.killed_in_recovery += second
    report.accepted += len(life.acknowledged & {"asked", "replied"})
    report.note(seed, invariants.breaches(world, life.case, acknowledged=life.acknowledged))


@contextmanager
def installation(engine: str) -> Iterator[World]:
    """A whole installation on this engine, with its own Twilio and clock."""
    shared_clock = SharedClock()
    with tempfile.TemporaryDirectory(prefix="lotocar-crash-") as folder:
        os.chmod(folder, 0o755)
        with FakeTwilio(shared_clock) as twilio, database_of(engine, folder) as url:
            world = World(url, twilio, shared_clock)
            try:
                yield world
            finally:
                world.close()


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when everything holds."""
    parser = argparse.ArgumentParser(prog="./run bench crash", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", choices=sorted(SABOTAGES), default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = run(
        options.engine,
        points=options.points,
        seed=options.seed,
        without=options.without,
        progress=not options.json,
    )
    printed: dict[str, Any] = vars(report) | {"holds": report.holds}
    sys.stdout.write(json.dumps(printed, indent=None if options.json else 2, ensure_ascii=False) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
