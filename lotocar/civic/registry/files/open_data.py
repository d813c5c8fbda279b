"""The State's public file of a month (data.gouv.fr), read for one thing: which communes of ours are in it.

It leaves out every ride whose start or end commune occurs fewer than six times in the month, all services together.
So a commune that is in it occurs six times at least, and a ride of ours is in it when both its communes are.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lotocar.civic.registry.models import OpenDataCommune
from lotocar.errors import Invalid

NEEDED = ("journey_start_date", "journey_start_insee", "journey_end_insee")


def is_open_data(header: str) -> bool:
    """Whether a file that begins with this line is the public one."""
    return all(name in header for name in NEEDED)


def count_communes(lines: Iterable[str], *, header: str) -> Mapping[tuple[str, str], int]:
    """How often each commune is a start or an end, by month (2026-11) and INSEE code.

    Raises:
        Invalid: registry.open_data, `line` says where a row cannot be read.
    """
    delimiter = ";" if header.count(";") >= header.count(",") else ","
    names = next(csv.reader([header], delimiter=delimiter))
    date, start, end = (names.index(name) for name in NEEDED)
    seen: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=2):
        if len(row) != len(names) or len(row[date]) < 10:
            raise Invalid("registry.open_data", line=number)
        month = row[date][:7]
        seen[month, row[start]] += 1
        seen[month, row[end]] += 1
    return seen


def keep_counts(
    session: Session, seen: Mapping[tuple[str, str], int], *, ours: Collection[str], now: datetime
) -> list[str]:
    """Keep what a file says of our communes, in place of what was known of its months; those months.

    A commune of ours that is absent is kept too, as seen 0 times: « not there » differs from « never read ».
    """
    months = sorted({month for month, _ in seen})
    session.execute(delete(OpenDataCommune).where(OpenDataCommune.month.in_(months)))
    for month in months:
        for insee in sorted(ours):
            session.add(OpenDataCommune(month=month, insee=insee, seen=seen.get((month, insee), 0), at=now))
    return months


def counts_of(session: Session, month: str) -> dict[str, OpenDataCommune]:
    """What the public file of that month says of our communes; empty when it was not read."""
    rows = session.scalars(select(OpenDataCommune).where(OpenDataCommune.month == month))
    return {row.insee: row for row in rows}
