"""Tables that a French spreadsheet opens without a question and computes nothing from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# what a spreadsheet would compute: also the wide forms, and what comes before a formula without being seen
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"  # without it Excel reads accents as two letters each


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text: semicolons, a mark at the head, one line a row, no cell that computes."""
    page = io.StringIO()
    table = csv.writer(page, delimiter=";", lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return MARK + page.getvalue()


def harmless(cell: object) -> object:
    """The cell, with a quote before what a spreadsheet would take for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(FORMULA):
        return f"'{cell}"
    return cell
