"""Random rides, honest and absurd, over real HTTP; `./run bench rides` makes more of them, from another seed."""

from __future__ import annotations

import os
import random

from lotocar.civic.registry.couples.checks import review
from lotocar.civic.registry.couples.facts import Code
from lotocar.civic.registry.couples.payload import encode
from tests.civic.registry import rides_bench
from tests.civic.registry.evening import Clock
from tests.support.fake_registry import FakeRegistry, judge

RIDES = int(os.environ.get("REGISTRY_RIDES", "5000"))


def test_all_that_go_are_taken_and_all_that_stay_had_the_right_reason() -> None:
    report = rides_bench.run(rides=RIDES, seed=20261121)
    assert report.wrong == []
    assert report.unseen == []
    assert report.accepted + report.stopped == report.rides == RIDES
    assert report.accepted > RIDES / 3
    assert {Code.TOO_MANY_TRIPS, Code.TOO_CLOSE, Code.PASSENGER_OVERLAP} <= set(report.reasons)


def test_a_number_used_once_is_used_for_ever(registry: FakeRegistry, registry_clock: Clock) -> None:
    now = registry_clock.now
    couple = rides_bench.an_honest_ride(random.Random(7), 1, now)
    first = review([couple], now=now)
    registry.registrar().send(encode(first.ready[0].body))
    again = review([couple], now=now, already_sent=[first.ready[0].trace])
    assert [reason.code for reason in again.refused[0].reasons] == [Code.ID_USED]
    assert judge(registry.book, first.ready[0].body, now)[0] == 409
