"""The registry's JSON for one couple (API v3, POST /journeys), keys in the order of its documentation.

No name and no whole number goes out. Optional keys are left out rather than null.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from typing import Any

from lotocar.civic.registry.couples.facts import CoupleFacts, Incentive, Payment, PersonFacts
from lotocar.civic.registry.couples.identity import phone_trunc
from lotocar.civic.registry.couples.rules import fit_plate, proof_class
from lotocar.values.geo import Point

DECIMALS = 5  # about a metre

Payload = dict[str, Any]


def payload(couple: CoupleFacts, *, ceiling: str = "A", zone: tzinfo = UTC) -> Payload:
    """The body to send for a couple that `rules.reasons` found fit.

    `ceiling` is the highest proof class the registry granted us. `zone` only chooses how instants are
    written; the registry's documentation wants UTC.
    """
    plate = fit_plate(couple.licence_plate)
    return {
        "operator_journey_id": couple.journey_id,
        "operator_trip_id": couple.trip_id,
        "operator_class": proof_class(couple.evidence, ceiling=ceiling),
        **({"licence_plate": plate} if plate else {}),
        "incentives": [_incentive(each) for each in couple.incentives],
        "start": _place_and_time(couple.start, couple.start_at, zone),
        "end": _place_and_time(couple.end, couple.end_at, zone),
        "distance": couple.distance_m,
        "driver": {"identity": _identity(couple.driver), "revenue": couple.revenue_cents},
        "passenger": _passenger(couple),
    }


def encode(body: Payload) -> str:
    """The JSON text as it travels: no space, UTF-8 letters, no exponent in positions."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _passenger(couple: CoupleFacts) -> Payload:
    adult = couple.passenger.adult
    side: Payload = {
        "identity": _identity(couple.passenger) | ({} if adult is None else {"over_18": adult}),
        "contribution": couple.contribution_cents,
    }
    if (
        couple.seats > 1 or couple.contribution_cents
    ):  # one free seat is the default; a price is for so many seats
        side["seats"] = couple.seats
    if couple.payments:
        side["payments"] = [_payment(each) for each in couple.payments]
    return side


def _identity(person: PersonFacts) -> Payload:
    return {
        "identity_key": person.key,
        "operator_user_id": person.user_id,
        "phone_trunc": phone_trunc(person.phone_e164 or ""),
    }


def _incentive(incentive: Incentive) -> Payload:
    return {"index": incentive.index, "amount": incentive.amount_cents, "siret": incentive.siret}


def _payment(payment: Payment) -> Payload:
    return {
        "index": payment.index,
        "siret": payment.siret,
        "type": payment.type,
        "amount": payment.amount_cents,
    }


def _place_and_time(point: Point, at: datetime, zone: tzinfo) -> Payload:
    return {"datetime": _instant(at, zone), "lat": _degrees(point.lat), "lon": _degrees(point.lon)}


def _instant(at: datetime, zone: tzinfo) -> str:
    """Whole seconds, cut and never rounded up, so that an end that was past stays past."""
    return at.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def _degrees(value: float) -> float:
    """Rounded to a metre; within ten metres of zero it is zero, which JSON would write with an exponent."""
    rounded = round(value, DECIMALS)
    return 0.0 if abs(rounded) < 1e-4 else rounded
