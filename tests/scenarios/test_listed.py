"""docs/scenarios.md says of each scenario which test plays it."""

from __future__ import annotations

import ast
import re

from tests.support.checkout import ROOT

FOLDER = ROOT / "tests" / "scenarios"


def test_the_list_and_the_tests_agree():
    listed = re.findall(
        r"\| (test_\w+\.py::test_\w+) \| held \|", (ROOT / "docs" / "scenarios.md").read_text()
    )
    played = [
        f"{file.name}::{node.name}"
        for file in sorted(FOLDER.glob("test_*.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and re.match(r"test_[ovp]\d+_", node.name)
    ]
    assert sorted(listed) == sorted(played)
