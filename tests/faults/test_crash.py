"""Faults 1 to 4, 13, 16 and 17: the crash bench on a sample of seeds, and a test of the test.

The whole bench is `./run bench crash --engine sqlite --points 10000 --seed 1 --json`.
"""

from __future__ import annotations

import os

import pytest

from tests.faults import crash_bench

POINTS = int(os.environ.get("CRASH_POINTS", "25"))


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_faults_1_2_3_kill_nine_anywhere_loses_nothing_repeats_nothing_hides_nothing(engine: str) -> None:
    report = crash_bench.run(engine, points=POINTS, seed=1)
    assert (report.lost, report.duplicated, report.silent, report.failing) == (0, 0, 0, {})
    assert report.killed + report.frozen > POINTS * 3 / 4  # or the points were never reached


@pytest.mark.parametrize(
    ("safeguard", "harm", "seed"),
    [
        ("claim", "duplicated", 1),
        ("lease", "duplicated", 82),
        ("fence", "duplicated", 21),
        ("fresh-list", "duplicated", 1361),
        ("call-doubt", "duplicated", 145),
        ("call-end", "silent", 125),
        ("reconcile", "duplicated", 1),
        ("pull", "lost", 1),
        ("unread", "silent", 1),
        ("outbox-key", "duplicated", 49),
        ("inbound-key", "duplicated", 1),
    ],
)
def test_without_one_safeguard_the_bench_fails(safeguard: str, harm: str, seed: int) -> None:
    """Each seed is where the harm shows first, or shortly before."""
    report = crash_bench.run("sqlite", points=60, seed=seed, without=safeguard, stop_at=1)
    assert not report.holds
    assert getattr(report, harm) >= 1
