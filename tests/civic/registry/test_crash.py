"""Kill -9 during a batch, on a sample of seeds, and a test of the test.

The whole bench is `./run bench registry --engine sqlite --points 500 --seed 1 --json`.
"""

from __future__ import annotations

import os

import pytest

from tests.civic.registry import crash_bench
from tests.civic.registry.evening import Evening
from tests.support.fake_registry import Fault

POINTS = int(os.environ.get("CRASH_POINTS", "25"))


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_fault_24_a_batch_killed_at_any_point_loses_and_doubles_nothing(engine: str) -> None:
    report = crash_bench.run(engine, points=POINTS, seed=1)
    assert (report.lost, report.doubled, report.failing) == (0, 0, {})
    assert report.killed > POINTS / 2  # a bench that kills nobody proves nothing


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
