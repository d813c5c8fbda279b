"""The candidates of one leg as text for a machine: what `./run match --json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from lotocar.carpool.matching import wording
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts, Reason, TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import exhaustive, search
from lotocar.values.days import local
from lotocar.values.geo import Stop
from lotocar.world.roads.router import Ground


def match_json(
    session: Session,
    *,
    origin: Stop,
    destination: Stop,
    day: date,
    time_kind: TimeKind = TimeKind.NONE,
    hour: time | None = None,
    seats: int = 1,
    ground: Ground,
    look_at_every_trip: bool = False,
) -> str:
    """The candidates in order, as JSON; the same text whether through the index or by looking at every trip.

    Instants are local, with their offset. `pickup_at`, `dropoff_at` and `gap_seconds` are null where the
    driver gave no hour.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    leg = LegFacts(origin.point, destination.point, day, time_kind, hour, seats)
    if look_at_every_trip:
        found = exhaustive(session, leg, roads=ground)
    else:
        found = search(session, leg, mirror=Mirror(ground))
    answer = {
        "from": _stop(origin),
        "to": _stop(destination),
        "date": day.isoformat(),
        "time_kind": str(time_kind),
        "hour": None if hour is None else hour.isoformat("minutes"),
        "seats": seats,
        "candidates": [_candidate(one, pickup=origin.label) for one in found],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _stop(stop: Stop) -> Mapping[str, Any]:
    return {"label": stop.label, "insee": stop.insee}


def _candidate(one: Candidate, *, pickup: str) -> Mapping[str, Any]:
    return {
        "trip_id": one.trip_id,
        "departure_id": one.departure_id,
        "direction": one.direction,
        "detour_seconds": one.detour_seconds,
        "limit_seconds": one.limit_seconds,
        "departure_at": _plain(one.departure_at),
        "pickup_at": _plain(one.pickup_at),
        "dropoff_at": _plain(one.dropoff_at),
        "gap_seconds": one.gap_seconds,
        "shift_seconds": one.shift_seconds,
        "free_seats": one.free_seats,
        "distances": "exact" if one.exact else "estimate",
        "usual_error_seconds": one.error_seconds,
        "words": wording.candidate_words(one, pickup=pickup),
        "reasons": [_reason(reason, pickup=pickup) for reason in one.reasons],
    }


def _reason(reason: Reason, *, pickup: str) -> Mapping[str, Any]:
    data = {name: _plain(value) for name, value in reason.data.items()}
    return {"code": reason.code, **data, "words": wording.reason_words(reason, pickup=pickup)}


def _plain(value: object) -> object:
    """Instants as local ISO 8601 with their offset, days as ISO, the rest as it is."""
    if isinstance(value, datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value
