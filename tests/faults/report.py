"""What a fault bench leaves behind: its command, the code and the machine it ran on, and its figures."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

ROOT = Path(__file__).resolve().parents[2]


def circumstances(bench: str, options: Sequence[str]) -> dict[str, Any]:
    """The command, the commit of the code (with « + » when files were changed since) and the machine."""
    return {
        "command": " ".join(["./run bench", bench, *options]),
        "commit": _git("rev-parse", "--short=12", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def database_version(engine: Engine) -> str:
    """Which SQLite or PostgreSQL, and how it keeps its journal."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        return f"SQLite {sqlite3.sqlite_version}, journal {mode}"
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return f"PostgreSQL {version}"


def say(words: str) -> None:
    """Progress, apart from the figures."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def _git(*words: str) -> str:
    try:
        said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()
