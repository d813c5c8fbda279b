"""Life cycles as tables: every allowed step is a row, anything else is refused."""

from __future__ import annotations

from collections.abc import Mapping

from lotocar.errors import Refused

Table = Mapping[tuple[str, str], str]


def step(name: str, table: Table, state: str, act: str) -> str:
    """The state after `act`.

    Raises:
        Refused: the table has no such step; the code reads like "approach.accepted.accept".
    """
    try:
        return table[state, act]
    except KeyError:
        raise Refused(f"{name}.{state}.{act}") from None


def allows(table: Table, state: str, act: str) -> bool:
    """Whether the table has this step."""
    return (state, act) in table
