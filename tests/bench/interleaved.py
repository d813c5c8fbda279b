"""Several methods asked the same questions in turn, so that what loads the machine loads them all."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Any

import numpy as np

from lotocar.carpool.matching.facts import LegFacts
from tests.bench.methods import Method, Numbers


@dataclass(slots=True)
class Measure:
    """What one method did: by the rank of the request, durations in milliseconds and what was found."""

    method: Method
    wall: dict[int, float] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)
    found: dict[int, Numbers] = field(default_factory=dict)

    def ask(self, rank: int, leg: LegFacts) -> None:
        # a method that has somebody else work says how long they were at it
        busy_s = getattr(self.method, "busy_s", thread_time)
        started, busy = perf_counter(), busy_s()
        answer = self.method.find(leg)
        self.cpu[rank] = 1000 * (busy_s() - busy)
        self.wall[rank] = 1000 * (perf_counter() - started)
        self.found[rank] = self.method.numbers(answer)

    @property
    def spent_s(self) -> float:
        return sum(self.wall.values()) / 1000

    def summary(self, truth: Measure | None) -> dict[str, Any]:
        """Percentiles; recall and precision against the truth, on the requests that both were asked."""
        wall, cpu = [*self.wall.values()], [*self.cpu.values()]
        said: dict[str, Any] = {
            "gives": self.method.gives,
            "requests": len(wall),
            "mean_ms": rounded(np.mean(wall)),
            **{f"p{share}_ms": rounded(np.percentile(wall, share)) for share in (50, 90, 99)},
            "cpu_mean_ms": rounded(np.mean(cpu)),
            "cpu_p50_ms": rounded(np.percentile(cpu, 50)),
            "cpu_p99_ms": rounded(np.percentile(cpu, 99)),
        }
        return said if truth is None else said | self.against(truth)

    def against(self, truth: Measure) -> dict[str, Any]:
        both = self.found.keys() & truth.found.keys()
        hits = sum(len(self.found[rank] & truth.found[rank]) for rank in both)
        return {
            "compared_on": len(both),
            "recall": _share(hits, sum(len(truth.found[rank]) for rank in both)),
            "precision": _share(hits, sum(len(self.found[rank]) for rank in both)),
            "same_answers": all(self.found[rank] == truth.found[rank] for rank in both),
        }

    def speedup_of(self, other: Measure) -> dict[str, float]:
        """How many times faster the other is, in the mean over the requests that both were asked.

        By the clock, and by processor time, which other work on the machine hardly moves.
        """
        both = [*(self.wall.keys() & other.wall.keys())]
        mean = {
            name: [float(np.mean([getattr(one, name)[rank] for rank in both])) for one in (self, other)]
            for name in ("wall", "cpu")
        }
        return {name: rounded(mine / theirs) for name, (mine, theirs) in mean.items()}

    @property
    def tail(self) -> dict[str, float]:
        """The 99th percentile over the median, by the clock and by processor time."""
        spread = {name: np.percentile([*getattr(self, name).values()], (50, 99)) for name in ("wall", "cpu")}
        return {name: rounded(p99 / p50) for name, (p50, p99) in spread.items()}


def interleaved(
    quick: Sequence[Method], slow: Sequence[Method], legs: Sequence[LegFacts], budget_s: float
) -> dict[str, Measure]:
    """Every request asked of the quick methods; of each slow one, evenly spread requests within its budget.

    After slow ones the quick ones are asked once without being measured: a sweep over every trip empties the
    processor's caches, which no real neighbour does.
    """
    measures = {one.name: Measure(one) for one in (*quick, *slow)}
    for one in (*quick, *slow):
        one.find(legs[0])
    # what the slow methods hold is no part of the product's process: the collector need not visit it
    gc.collect()
    gc.freeze()
    for rank in _spread(len(legs)):
        for one in quick:
            measures[one.name].ask(rank, legs[rank])
        due = [one for one in slow if measures[one.name].spent_s < budget_s]
        for one in due:
            measures[one.name].ask(rank, legs[rank])
        for one in quick if due else ():
            one.find(legs[0])
    gc.unfreeze()
    return measures


def _spread(count: int) -> list[int]:
    """The ranks in an order of which any beginning is a fair sample."""
    return [int(one) for one in np.random.default_rng(1).permutation(count)]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def rounded(value: Any) -> float:
    """Three decimals."""
    return round(float(value), 3)
