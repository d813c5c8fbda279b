"""Kill -9 during a batch: whatever the point and the fault, each ride ends with one proof at the registry.

The points are those of the messages' bench: around every commit, before every write, around every exchange.
"""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session, sessionmaker

from lotocar.civic.registry.client.rpc import RpcRegistrar
from tests.civic.registry.evening import Clock, Evening
from tests.faults.crash_points import CrashPoints
from tests.support.fake_registry import FakeRegistry, Fault

SEEDS = 25
RIDES = 3
MOST_POINTS = 60
FAULTS = (Fault.NONE, Fault.NONE, Fault.NONE, *Fault)


class Life:
    """One seed: rides of today, a worker that dies, perhaps another, then one that lives."""

    def __init__(self, evening: Evening, engine: Any, seed: int) -> None:
        self.evening = evening
        self.engine = engine
        self.chance = random.Random(seed)

    def live(self) -> list[bool]:
        """Whether each child was killed."""
        evening = self.evening
        evening.rides(RIDES)
        killed = []
        for _ in range(self.chance.choice((1, 2))):
            evening.registry.script = [self.chance.choice(FAULTS) for _ in range(2)]
            killed.append(self._kill())
            evening.clock.forward(seconds=self.chance.choice((5, 100)))
        evening.registry.script = []
        for _ in range(12):
            evening.clock.forward(minutes=10)
            evening.send()
        return killed

    def _kill(self) -> bool:
        """A child does one tick and dies at a point drawn by lot; whether it had come that far."""
        points = CrashPoints(self.chance.randint(1, MOST_POINTS))
        self.engine.dispose()
        process = os.fork()
        if process == 0:
            self._tick(points)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def _tick(self, points: CrashPoints) -> None:
        try:
            points.watch_engine(self.engine)
            self._watch(points)
            self.evening.send()
            os._exit(0)
        finally:
            os._exit(1)

    def _watch(self, points: CrashPoints) -> None:
        registrar: Any = self.evening.registrar
        exchange = registrar._exchange

        def around(*arguments: Any) -> Any:
            points.reach()
            answer = exchange(*arguments)
            points.reach()
            return answer

        registrar._exchange = around


def test_a_batch_killed_at_any_point_loses_and_doubles_nothing(
    engine_url: str, registry: FakeRegistry, registry_clock: Clock
) -> None:
    engine = create_engine(engine_url, poolclass=NullPool)
    factory = sessionmaker(engine, class_=Session, expire_on_commit=False)
    registrar = RpcRegistrar(**_line(registry, registry_clock))
    evening = Evening(factory, registry, registrar, registry_clock)
    deaths = 0
    for seed in range(SEEDS):
        registry.forget()
        before = len(evening.proofs())
        deaths += sum(Life(evening, engine, seed).live())
        mine = evening.proofs()[before:]
        assert [proof.status for proof in mine] == ["sent"] * RIDES, f"seed {seed}"
        assert set(registry.journal) == {proof.journey_id for proof in mine}, f"seed {seed}"
        assert len({proof.ride_id for proof in mine}) == RIDES
        assert all(stored.posts == 1 for stored in registry.journal.values()), f"seed {seed}"
        registry_clock.now = registry_clock.now.replace(hour=18, minute=0, second=0)
    assert deaths > SEEDS / 2  # a bench that kills nobody proves nothing


def _line(registry: FakeRegistry, clock: Clock) -> dict[str, Any]:
    made = registry.registrar(ticks=clock.seconds, timeout_seconds=0.3)
    registry.slow_seconds = 0.5
    return {
        "base_url": made.base_url,
        **made.keys,
        "timeout": made.timeout,
        "ticks": made.ticks,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_reading_first_the_same_bench_would_see_doubles(evening: Evening) -> None:
    """A doubt that is simply sent again meets a conflict: the bench above could see it."""
    evening.rides()
    evening.registry.script = [Fault.RESET_AFTER]
    evening.send()
    with evening.factory.begin() as session:
        proof = session.merge(evening.proof())
        proof.status, proof.not_before = "ready", evening.clock()
    evening.send()
    assert [stored.posts for stored in evening.registry.journal.values()] == [2]
