"""Kill the real code at every commit, write and HTTP boundary, let it recover, and check that nothing is lost.

    ./run bench crash --engine sqlite --points 10000 --seed 1 --json

One point is one life (tests/faults/life.py): a process forked from a prepared one lives it and dies by kill -9 at a
boundary drawn from the seed, with a network fault drawn too; four times in ten a second one dies while recovering.
In one life in five the provider rings the landlines (somebody answers, nobody, a machine, or no word comes back).
One life in six freezes instead, with a message in hand, and comes back after others have taken over. One in ten
hears its webhooks over real HTTP, from the server that `./run serve` uses; the others are called in the process.
Then time passes on a clock of the bench's own, the timetable's real jobs run, and the invariants A to G are
checked on the rows of the point, and on everything each 500 points, when a new database begins.

A failing seed replays alone: --points 1 --seed N. Ctrl+C, or SIGTERM, stops early and prints the figures of the
points done. The JSON says where processes died and how often (`boundaries`), and which boundaries were passed but
never died at (`untouched`). The loss of power is not shown, since the machine goes on after a kill -9: for the same
reason SQLite runs without syncs here.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from tests.faults import invariants
from tests.faults.life import Life
from tests.faults.report import circumstances, database_version, say
from tests.faults.sabotage import SABOTAGES
from tests.faults.world import POINTS_A_DATABASE, World, installation

SAY_EVERY = 100
stopped = Event()


@dataclass
class Report:
    """What the bench counted. `points` are lives; `failing` says what each failing seed broke."""

    engine: str
    seed: int
    database: str = ""
    points: int = 0
    killed: int = 0
    killed_in_recovery: int = 0
    frozen: int = 0
    over_http: int = 0
    long: int = 0
    voice: int = 0
    accepted: int = 0
    sent: int = 0
    calls: int = 0
    lost: int = 0
    duplicated: int = 0
    silent: int = 0
    broken: int = 0
    seconds: float = 0.0
    failing: dict[int, list[str]] = field(default_factory=dict)
    boundaries: Counter[str] = field(default_factory=Counter)
    untouched: set[str] = field(default_factory=set)

    def count(self, life: Life) -> None:
        """One more life."""
        self.points += 1
        died = [end for end in life.ends if end.died_at]
        self.frozen += life.shape.late and bool(died)
        self.killed += not life.shape.late and bool(died)
        self.killed_in_recovery += not life.shape.late and len(died) > 1
        self.over_http += life.shape.door
        self.long += life.shape.long
        self.voice += life.shape.voice
        self.accepted += len(life.acknowledged & {"asked", "replied"})
        self.boundaries.update(end.died_at for end in died)
        self.untouched = self.untouched.union(*(end.passed for end in life.ends)) - self.boundaries.keys()

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

    def in_short(self, seconds: float) -> str:
        """One line of progress."""
        deaths = f"{self.killed} killed, {self.killed_in_recovery} again, {self.frozen} frozen"
        failing = dict(list(self.failing.items())[:3])
        return f"{self.points} points in {seconds:.0f} s: {deaths}; {len(self.failing)} failing {failing}"

    def as_json(self) -> dict[str, Any]:
        """All figures, ready to print."""
        return vars(self) | {
            "boundaries": dict(sorted(self.boundaries.items())),
            "untouched": sorted(self.untouched),
            "holds": self.holds,
        }


class Bench:
    """A whole run on one installation; `left` counts what the provider created for each row of this database."""

    def __init__(self, world: World, report: Report) -> None:
        self.world = world
        self.report = report
        self.left: Counter[str] = Counter()

    def point(self, seed: int) -> None:
        """One life, and what holds after it."""
        if seed % POINTS_A_DATABASE == 0:
            self.look_at_everything(seed)
            self.world.renew()
            self.left.clear()
        life = Life(self.world, seed)
        try:
            life.live()
            faults = [f"error: {end.error}" for end in life.ends if end.error]
            faults += invariants.breaches(self.world, life.case, acknowledged=life.acknowledged)
        except Exception as error:  # one seed that fails must not hide the others
            faults = [f"error: {error!r}"]
        self.world.tick_calls()
        sent, calls = self.world.twilio.sent(), self.world.twilio.calls
        self.left.update(invariants.row_of(record) for record in [*sent, *calls])
        self.report.sent += len(sent)
        self.report.calls += len(calls)
        self.report.count(life)
        self.report.note(seed, faults)

    def look_at_everything(self, seed: int) -> None:
        """The invariants over every row; a breach is told of the seed before which it was seen, negative."""
        with self.world.factory() as session:
            self.report.note(-seed, invariants.whole(session, left=self.left))


def run(
    engine: str, *, points: int, seed: int, without: str = "", progress: bool = False, stop_at: int = 0
) -> Report:
    """The whole bench on one engine; with `without`, one safeguard of the code is taken away first."""
    began = time.monotonic()
    with installation(engine, range(seed, seed + points)) as world, SABOTAGES[without]():
        report = Report(engine, seed, database_version(world.engine))
        bench = Bench(world, report)
        for one in range(seed, seed + points):
            bench.point(one)
            if progress and report.points % SAY_EVERY == 0:
                say(report.in_short(time.monotonic() - began))
            if stopped.is_set() or (stop_at and len(report.failing) >= stop_at):
                break
        bench.look_at_everything(seed + report.points)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when everything holds."""
    parser = argparse.ArgumentParser(
        prog="./run bench crash", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--points", type=int, default=200, help="how many lives (200)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1); the next ones follow")
    parser.add_argument(
        "--without", choices=sorted(SABOTAGES), default="", help="take one safeguard away first"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON; progress goes to stderr")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_about: stopped.set())
    about = circumstances("crash", given)
    report = run(
        options.engine, points=options.points, seed=options.seed, without=options.without, progress=True
    )
    printed = about | report.as_json()
    sys.stdout.write(json.dumps(printed, indent=None if options.json else 2, ensure_ascii=False) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
