"""The bench itself runs, and what it measures agrees with looking at every trip."""

from __future__ import annotations

import json

import pytest

from tests.bench.bench_matching import main


def test_a_small_measure_agrees_and_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--trips", "150", "--requests", "20", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["same_answers"]
    assert report["recall"] == 1.0
    assert report["bytes_per_departure"] <= 64
    methods = {"ours", "ours_first_50", "python_scan", "numpy_scan", "python_polylines", "original"}
    assert methods | {"build_s", "change_ms", "speedup_vs_python_scan"} <= report.keys()
