"""Roles of the team and what each may do."""

from __future__ import annotations

from collections.abc import Collection

ROLES = ("reader", "referent", "agent", "coordinator")

# Each right and the roles that hold it. A référent acts like an agent within the communes of the account.
RIGHTS: dict[str, frozenset[str]] = {
    "desk.read": frozenset({"reader", "referent", "agent", "coordinator"}),
    "desk.act": frozenset({"referent", "agent", "coordinator"}),
    "people.contact": frozenset({"referent", "agent", "coordinator"}),  # sees phone numbers in full
    "places.edit": frozenset({"agent", "coordinator"}),
    "registry.export": frozenset({"coordinator"}),
    "people.erase": frozenset({"coordinator"}),
    "staff.manage": frozenset({"coordinator"}),
}


def may(role: str, right: str) -> bool:
    """Whether this role holds the right. An unknown right is a programming error."""
    return role in RIGHTS[right]


def within_area(area: Collection[str], insee_codes: Collection[str]) -> bool:
    """Whether something touching these communes is inside the account's area; an empty area is everywhere."""
    return not area or any(code in area for code in insee_codes)
