"""Roles of the team, what each may do, and how long a session holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

ROLES = ("reader", "referent", "agent", "coordinator")

# Each right and the roles that hold it. A référent acts like an agent within the communes of the account.
RIGHTS: dict[str, frozenset[str]] = {
    "desk.read": frozenset({"reader", "referent", "agent", "coordinator"}),
    "desk.act": frozenset({"referent", "agent", "coordinator"}),
    "people.contact": frozenset({"referent", "agent", "coordinator"}),  # sees phone numbers in full
    "people.watch": frozenset({"referent", "coordinator"}),  # sees who opened whose file
    "places.edit": frozenset({"agent", "coordinator"}),
    "registry.export": frozenset({"coordinator"}),
    "people.erase": frozenset({"coordinator"}),
    "staff.manage": frozenset({"coordinator"}),
    "service.manage": frozenset({"coordinator"}),
}

IDLE_LASTS = timedelta(minutes=30)
CONFIRMATION_LASTS = timedelta(minutes=15)
FILE_STAYS_OPEN = timedelta(hours=12)  # a working day: whoever opened a person's file need not say so again
# why data are taken out: a closed list, because the journal never holds free text
EXPORT_REASONS = ("registry", "funder", "person", "check")


def may(role: str, right: str) -> bool:
    """Whether this role holds the right. An unknown right is a programming error."""
    return role in RIGHTS[right]


def within_area(area: Collection[str], insee_codes: Collection[str]) -> bool:
    """Whether something touching these communes is inside the account's area; an empty area is everywhere."""
    return not area or any(code in area for code in insee_codes)


def is_idle(seen_at: datetime | None, now: datetime) -> bool:
    """Whether nobody was in front of the screen for half an hour; a session that never said so is idle."""
    return seen_at is None or now - seen_at > IDLE_LASTS


def is_fresh(confirmed_at: datetime | None, now: datetime) -> bool:
    """Whether the password was typed again lately enough for something grave."""
    return confirmed_at is not None and now - confirmed_at <= CONFIRMATION_LASTS
