"""The one script: help at once, a plain word when something is missing, any folder, any path."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lotocar.cli.commands import main
from tests.support.checkout import ROOT

NEEDED = ("cat", "dirname", "readlink", "mkdir", "cmp")


def _run(
    script: Path, *arguments: str, path: str = os.environ["PATH"], cwd: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(script), *arguments],
        cwd=cwd,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the script alone, in a folder whose name has a space and an accent."""
    folder = tmp_path / "chez Zoé & fils"
    folder.mkdir()
    return Path(shutil.copy(ROOT / "run", folder / "run"))


def _tools(folder: Path, python: str) -> str:
    """A PATH with a few tools, and a python3 that is this shell script."""
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name) or name)
    stub = folder / "python3"
    stub.write_text(f"#!/bin/sh\n{python}\n")
    stub.chmod(0o755)
    return str(folder)


def test_help_needs_no_environment_and_works_from_any_folder(elsewhere: Path, tmp_path: Path):
    answer = _run(elsewhere, "--help", cwd=tmp_path)
    assert answer.returncode == 0
    assert "./run demo" in answer.stdout
    assert not (elsewhere.parent / ".venv").exists()


def test_without_the_venv_module_it_says_what_to_install(elsewhere: Path, tmp_path: Path):
    python = f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"'
    answer = _run(elsewhere, "demo", path=_tools(tmp_path / "bin", python), cwd=tmp_path)
    assert answer.returncode == 1
    assert answer.stderr == "Il manque le module venv de Python : sudo apt install python3-venv\n"


def test_without_a_recent_python_it_says_what_to_install(elsewhere: Path, tmp_path: Path):
    answer = _run(elsewhere, "demo", path=_tools(tmp_path / "bin", "exit 1"), cwd=tmp_path)
    assert answer.returncode == 1
    assert "Il manque Python 3.11" in answer.stderr


def test_its_help_lists_every_command():
    told = (ROOT / "run").read_text()
    assert [name for name in main.commands if not re.search(rf"(\./run|\|) {name}\b", told)] == []
