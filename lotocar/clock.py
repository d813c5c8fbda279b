"""The only reader of the wall clock; imported at the rim (web, jobs, cli) and passed on as `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware and UTC."""
    return datetime.now(UTC)
