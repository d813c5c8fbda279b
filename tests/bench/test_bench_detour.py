"""The detour bench itself runs, and what is confirmed by the engine is true."""

from __future__ import annotations

import json

import pytest

from tests.bench.bench_detour import main
from tests.support.countryside import Place, countryside
from tests.world.roads.test_matrix import CENTRES

SMALL = ["--nodes", "1500", "--towns", "20", "--drivers", "25", "--requests", "12", "--budget-ms", "5000"]


def test_a_small_measure_prints_its_figures_and_confirms_what_is_true(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*SMALL, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pairs"]["pairs"] == 25 * 12
    assert report["pairs"]["true"] > 0
    for once in ("first_time", "again"):
        assert report["confirmed"][once]["precision_of_confirmed"] == 1.0
        assert report["confirmed"][once]["true_lost"] == 0
    assert {"recall", "precision", "slack_s"} <= report["matrix"].keys() & report["constant"].keys()
    assert report["bars"]["confirmed_precision_1"]


def test_the_same_seed_draws_the_same_countryside() -> None:
    places = [Place(point, 100 * (1 + rank)) for rank, point in enumerate(CENTRES)]
    one, same, other = (countryside(places, 800, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert one.crossings == 800
    assert {way.tags["highway"] for way in one.ways} >= {"primary", "tertiary", "unclassified", "residential"}
