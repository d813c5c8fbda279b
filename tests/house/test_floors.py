"""The house stands on its floors: imports go down only, and each room keeps to its own act."""

from __future__ import annotations

import ast
import subprocess
import sys

from tests.support.checkout import ROOT, modules

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def _calls(tree: ast.Module) -> set[str]:
    """The names called or reached through a dot: « os.environ », « session.commit »."""
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)}


def test_imports_go_down_only():
    answer = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


def test_every_package_says_what_it_holds():
    silent = [
        path for path, tree in modules() if path.endswith("__init__.py") and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_only_config_reads_the_environment():
    readers = [path for path, tree in modules() if {"os.environ", "os.getenv"} & _calls(tree)]
    assert readers == []


def test_rooms_never_commit():
    rooms = ("carpool", "civic", "journal", "messages", "organisation", "staff", "world")
    committers = [
        path
        for path, tree in modules()
        if path.startswith(tuple(f"lotocar/{room}/" for room in rooms))
        and any(name.endswith((".commit", "_session.rollback")) for name in _calls(tree))
    ]
    assert committers == []


def test_the_wall_clock_is_read_in_one_file():
    readers = [
        path
        for path, tree in modules()
        if path != "lotocar/clock.py"
        and {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"} & _calls(tree)
    ]
    assert readers == []
