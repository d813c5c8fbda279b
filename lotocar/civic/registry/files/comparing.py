"""Our proofs beside the file that the registry gives its partners: what it lacks, what it adds, what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.civic.registry import life
from lotocar.civic.registry.files.partner_csv import TEN_MINUTES, Row, rounded_up
from lotocar.civic.registry.models import Proof

NEAR_M = 10  # kilometres are written with a few decimals


@dataclass(frozen=True, slots=True)
class Compared:
    """Numbers of journeys. `differing` tells what differs of those on both sides.

    `missing` are ours, there by our books, of the hours that the file covers.
    """

    rows: int
    same: int
    missing: Sequence[str]
    strangers: Sequence[str]
    differing: Mapping[str, Sequence[str]] = field(default_factory=dict)


def compare(session: Session, environment: str, rows: Sequence[Row]) -> Compared:
    """What this file says, against what we keep of the same registry."""
    ours = _ours(session, environment, rows)
    listed = {row.journey_id for row in rows}
    told = {
        row.journey_id: list(_differences(row, ours[row.journey_id]))
        for row in rows
        if row.journey_id in ours
    }
    differing = {journey_id: found for journey_id, found in told.items() if found}
    missing = [one.journey_id for one in ours.values() if one.status in life.THERE - {"sent"}]
    return Compared(
        rows=len(rows),
        same=len(told) - len(differing),
        missing=[journey_id for journey_id in missing if journey_id not in listed],
        strangers=sorted(listed - ours.keys()),
        differing=differing,
    )


def _ours(session: Session, environment: str, rows: Sequence[Row]) -> dict[str, Proof]:
    if not rows:
        return {}
    starts = [row.start_at for row in rows]
    found = session.scalars(
        select(Proof)
        .where(
            Proof.environment == environment,
            Proof.known_there,
            Proof.start_at > min(starts) - TEN_MINUTES,
            Proof.start_at <= max(starts),
        )
        .order_by(Proof.start_at, Proof.id)
    )
    return {proof.journey_id: proof for proof in found}


def _differences(row: Row, proof: Proof) -> Iterator[str]:
    if rounded_up(proof.start_at) != row.start_at:
        yield "start"
    if not proof.body:
        return  # forgotten with a person
    body = json.loads(proof.body)
    if abs(body["distance"] - row.distance_m) > NEAR_M:
        yield "distance"
    if body["passenger"].get("seats", 1) != row.seats:
        yield "seats"
    if (body["passenger"]["contribution"], body["driver"]["revenue"]) != (
        row.contribution_cents,
        row.revenue_cents,
    ):
        yield "money"
