"""Figures that a service sent, trusted only once checked."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Unavailable


def whole(value: Any) -> int:
    """A number of seconds or metres, rounded.

    Raises:
        ValueError: not a number, or below zero.
    """
    number = float(value)
    if not isfinite(number) or number < 0:
        raise ValueError(value)
    return round(number)


def as_table(rows: Any, sources: int, targets: int) -> NDArray[np.float64]:
    """Seconds, sources × targets; not a number where the service sent null.

    Raises:
        Unavailable: another shape, or something else than durations ("roads.nonsense").
    """
    try:
        table = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        raise Unavailable("roads.nonsense") from None
    if table.shape != (sources, targets) or (table < 0).any() or np.isinf(table).any():
        raise Unavailable("roads.nonsense")
    return table
