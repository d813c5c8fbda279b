"""The project's own files, for the house tests."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def own_files() -> tuple[Path, ...]:
    """Every file under version control, or about to be; what tools leave behind is not ours."""
    listed = subprocess.run(
        # whoever owns the checkout: a container's root reads what another user cloned
        [
            "git",
            "-c",
            f"safe.directory={ROOT}",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file())


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Each module of the application: its path from the root, and its syntax tree."""
    files = sorted((ROOT / "lotocar").rglob("*.py"))
    return tuple((str(file.relative_to(ROOT)), ast.parse(file.read_text())) for file in files)
