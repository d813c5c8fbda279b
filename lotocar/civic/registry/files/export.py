"""Any period as a file: what went to the registry, what would go, and what would not. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.civic.registry.couples.checks import Filed, Review, review, rpc_day
from lotocar.civic.registry.couples.geography import Geography, Where
from lotocar.civic.registry.couples.queries import InseeOf, couples_since, exact_point
from lotocar.civic.registry.files.csv_file import export_csv
from lotocar.civic.registry.files.json_file import export_json
from lotocar.civic.registry.files.partner_csv import Journey, export_partner
from lotocar.civic.registry.models import Proof
from lotocar.civic.registry.proofs import trace_of_proof
from lotocar.errors import Invalid
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.world.places.gazetteer import Commune
from lotocar.world.roads.router import Roads

FORMATS: Mapping[str, Callable[[Review], str]] = {"json": export_json, "csv": export_csv}
NAMES = (*FORMATS, "partner")


def export(
    session: Session,
    *,
    since: date,
    now: datetime,
    fmt: str,
    until: date = date.max,
    environment: str = "off",
    ceiling: str = "A",
    roads: Roads | None = None,
    where: Where = exact_point,
    insee_of: InseeOf | None = None,
    geography: Geography | None = None,
) -> str:
    """The couples of rides started from day `since` to day `until`, in the form "json", "csv" or "partner".

    `environment` tells whose proofs are meant; "off" for none. `geography` names the communes of "partner".

    Raises:
        Invalid: registry.format, for any other form.
    """
    if fmt not in NAMES:
        raise Invalid("registry.format", field="format")
    found = review_since(
        session,
        since=since,
        until=until,
        now=now,
        environment=environment,
        ceiling=ceiling,
        roads=roads,
        where=where,
        insee_of=insee_of,
    )
    return export_partner(_journeys(found, geography)) if fmt == "partner" else FORMATS[fmt](found)


def review_since(
    session: Session,
    *,
    since: date,
    now: datetime,
    until: date = date.max,
    environment: str = "off",
    ceiling: str = "A",
    roads: Roads | None = None,
    where: Where = exact_point,
    insee_of: InseeOf | None = None,
) -> Review:
    """What went, what may be sent and what may not, of the registry's days from `since` to `until`.

    The day before is read too: a ride just after midnight may be too close to one just before.
    """
    day_before = since - timedelta(days=1) if since > date.min else since
    sent = _sent(session, environment, day_before)
    there = {proof.ride_id for proof in sent}
    couples = couples_since(session, day_before, until=now, roads=roads, where=where, insee_of=insee_of)
    whole = review(
        [couple for couple in couples if couple.ride_id not in there],
        now=now,
        already_sent=[trace_of_proof(proof) for proof in sent if proof.driver_key],
        ceiling=ceiling,
    )
    return Review(
        tuple(each for each in whole.ready if since <= rpc_day(each.couple.start_at) <= until),
        tuple(each for each in whole.refused if since <= rpc_day(each.couple.start_at) <= until),
        tuple(_filed(proof) for proof in sent if since <= rpc_day(proof.start_at) <= until),
    )


def _sent(session: Session, environment: str, since: date) -> list[Proof]:
    first = datetime.combine(max(since, date(1970, 1, 2)), time(), PARIS) if since < date.max else None
    if first is None:
        return []
    rows = session.scalars(
        select(Proof)
        .where(Proof.environment == environment, Proof.known_there, Proof.start_at >= first)
        .order_by(Proof.start_at, Proof.journey_id)
    )
    return list(rows)


def _filed(proof: Proof) -> Filed:
    return Filed(
        journey_id=proof.journey_id,
        trip_id=proof.trip_id,
        start_at=proof.start_at,
        end_at=proof.end_at,
        status=proof.status,
        registry_status=proof.registry_status,
        labels=tuple(proof.labels),
        body=json.loads(proof.body) if proof.body else None,
    )


def _journeys(found: Review, geography: Geography | None) -> list[Journey]:
    """As the registry would export them: only what it holds, whatever it thinks of it."""
    return [
        Journey(
            body=filed.body,
            status=filed.registry_status or "pending",
            start=_commune(filed.body["start"], geography),
            end=_commune(filed.body["end"], geography),
        )
        for filed in found.filed
        if filed.body is not None
    ]


def _commune(place: dict[str, float], geography: Geography | None) -> Commune | None:
    return None if geography is None else geography.commune_of(Point(place["lat"], place["lon"]))
