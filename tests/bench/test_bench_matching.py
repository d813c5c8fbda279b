"""The bench itself runs, and what it measures agrees with looking at every trip."""

from __future__ import annotations

import json

import pytest

from config import ROOT
from tests.bench import bench_page
from tests.bench.bench_matching import main
from tests.bench.worked import table


def test_a_small_measure_agrees_and_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--trips", "150", "--requests", "20", "--changes", "20", "--budget", "2", "--json"]
    assert main(asked) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["same_answers"]
    assert report["recall"] == 1.0
    assert report["changes_done"]
    assert report["after_changes"]["same_answers"]
    assert report["after_changes_rebuilt_agrees"]
    methods = {"ours", "ours_every_candidate", "python_scan", "numpy_scan", "python_polylines", "original"}
    assert methods | {"build_s", "bytes_per_trip", "change", "speedup_vs_python_scan"} <= report.keys()
    assert report["postgis_pair"] == {"absent": True}


def test_a_small_page_measure_shows_the_same_cards_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_page.main(["--trips", "150", "--requests", "5", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["same_cards"]
    assert report["searched"]["pages"] == report["canned"]["pages"] == 5


def test_the_table_of_worked_values_is_what_both_rules_give() -> None:
    kept = (ROOT / "docs" / "bench" / "matching.md").read_text()
    assert "\n".join(table()) in kept
