"""Sums of money: whole euro cents, read as people type them and said as they are written."""

from __future__ import annotations

import re

from lotocar.errors import Invalid

TYPED = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?\s*(?:€|euros?)?", re.IGNORECASE)


def read_cents(text: str, *, field: str) -> int:
    """Cents of « 1,50 », « 2 € » or « 0.5 »; nothing typed is nothing given.

    Raises:
        Invalid: money_unreadable, at this field.
    """
    bare = text.strip()
    if not bare:
        return 0
    found = TYPED.fullmatch(bare)
    if found is None:
        raise Invalid("money_unreadable", field=field)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)


def in_euros(cents: int) -> str:
    """« 1,50 »; empty for nothing, as a form shows it."""
    return f"{cents // 100},{cents % 100:02d}" if cents else ""
