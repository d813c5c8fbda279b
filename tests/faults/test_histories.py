"""Fault 16: words of the provider duplicated, reordered, replayed or missing, and texts told many times, against a
small reference model.

A hundred thousand of them through the database: `./run bench histories --count 100000 --json`.
"""

from __future__ import annotations

import os
import random

from lotocar.messages import rules
from tests.faults import histories_bench
from tests.faults.histories_bench import WORDS, model

HISTORIES = int(os.environ.get("HISTORIES", "300"))


def test_fault_16_a_hundred_thousand_histories_of_words_equal_the_model() -> None:
    chance = random.Random(20261121)
    for number in range(100_000):
        words = chance.choices(WORDS, k=chance.randint(0, 9))
        state = "sending"
        for word in words:
            state = rules.heard(state, word)
        assert state == model(words), f"history {number}: {words}"


def test_fault_16_histories_through_the_database_equal_the_model(engine_url: str) -> None:
    report = histories_bench.run(engine_url, count=HISTORIES, seed=1)
    assert (report["histories"], report["failing"]) == (HISTORIES, {})
