"""What would be sent to the registry, as a file. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lotocar.civic.registry.checks import Review, review, rpc_day
from lotocar.civic.registry.csv_file import export_csv
from lotocar.civic.registry.geography import Where
from lotocar.civic.registry.json_file import export_json
from lotocar.civic.registry.queries import couples_since, exact_point
from lotocar.errors import Invalid
from lotocar.world.roads.router import Roads

FORMATS: Mapping[str, Callable[[Review], str]] = {"json": export_json, "csv": export_csv}


def export(
    session: Session,
    *,
    since: date,
    now: datetime,
    fmt: str,
    ceiling: str = "A",
    roads: Roads | None = None,
    where: Where = exact_point,
) -> str:
    """The couples of rides started on day `since` or later, in the form `fmt` ("json" or "csv").

    Raises:
        Invalid: registry.format, for any other form.
    """
    if fmt not in FORMATS:
        raise Invalid("registry.format", field="format")
    return FORMATS[fmt](
        review_since(session, since=since, now=now, ceiling=ceiling, roads=roads, where=where)
    )


def review_since(
    session: Session,
    *,
    since: date,
    now: datetime,
    ceiling: str = "A",
    roads: Roads | None = None,
    where: Where = exact_point,
) -> Review:
    """What may be sent and what may not, of the registry's days from `since` on.

    The day before is read too: a ride just after midnight may be too close to one just before.
    """
    day_before = since - timedelta(days=1) if since > date.min else since
    couples = couples_since(session, day_before, until=now, roads=roads, where=where)
    whole = review(couples, now=now, ceiling=ceiling)
    return Review(
        tuple(each for each in whole.ready if rpc_day(each.couple.start_at) >= since),
        tuple(each for each in whole.refused if rpc_day(each.couple.start_at) >= since),
    )
