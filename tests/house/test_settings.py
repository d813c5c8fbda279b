"""Every setting that the environment may give is told to those who install."""

from __future__ import annotations

import ast
import re

from tests.support.checkout import ROOT

NAME = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")


def settings_read() -> set[str]:
    """The names of variables in config.py: the constants written in capitals inside its functions."""
    functions = [
        node for node in ast.parse((ROOT / "config.py").read_text()).body if isinstance(node, ast.FunctionDef)
    ]
    constants = (
        node.value for function in functions for node in ast.walk(function) if isinstance(node, ast.Constant)
    )
    # a secret may come as a file, which the README says once for all
    return {
        value.removesuffix("_FILE") for value in constants if isinstance(value, str) and NAME.match(value)
    }


def test_config_reads_something():
    assert {"DATABASE_URL", "SECRET_KEY"} <= settings_read()


def test_every_setting_stands_in_the_readme():
    told = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "README.md").read_text()))
    assert settings_read() - told == set()
