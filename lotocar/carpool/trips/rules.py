"""What a trip may become, and which days it runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lotocar.values.steps import Table, step

TRIP: Table = {
    ("pending", "confirm"): "active",  # the driver's number was confirmed
    ("active", "stop"): "stopped",
    ("stopped", "resume"): "active",
    ("pending", "delete"): "deleted",
    ("active", "delete"): "deleted",
    ("stopped", "delete"): "deleted",
    ("deleted", "restore"): "active",
}


def trip_after(state: str, act: str) -> str:
    """The trip's next state, or Refused."""
    return step("trip", TRIP, state, act)


def is_paused(day: date, pauses: Iterable[tuple[date, date]]) -> bool:
    """Whether the day falls in one of these (first, last) ranges, both ends included."""
    return any(first <= day <= last for first, last in pauses)
