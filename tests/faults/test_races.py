"""Fault 22: twenty say OUI at once for one seat. One winner, nineteen kind answers, on both engines."""

from __future__ import annotations

import os

from tests.faults import race_bench

ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))


def test_fault_22_twenty_claimants_of_the_last_seat_make_one_winner(engine_url: str) -> None:
    report = race_bench.run(engine_url, rounds=ROUNDS)
    assert report["failing"] == []
    assert report["fates"]["won"] == ROUNDS
    assert report["fates"]["too_late"] == ROUNDS * (race_bench.CLAIMANTS - 1)
