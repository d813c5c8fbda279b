"""One pane a leg: where and when, its state, its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import Candidate
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides.models import Approach
from lotocar.errors import Invalid
from lotocar.values import wording
from lotocar.web.desk import candidates


@dataclass(frozen=True, slots=True)
class LegPane:
    """What the request's page shows of one leg. `also` are the keys of drivers who can drive the other leg too."""

    leg: Leg
    wish: str
    rows: Sequence[candidates.Row]
    count: int
    also: frozenset[int]


def leg_panes(
    session: Session,
    ride_request: RideRequest,
    approaches: Sequence[Approach],
    *,
    now: datetime,
    sees_numbers: bool,
) -> list[LegPane]:
    """A pane for each leg, with candidates while it is to be served."""
    found = {leg.id: candidates_of(session, leg, now=now) for leg in ride_request.legs}
    able = {leg_id: {one.driver_id for one in ones} for leg_id, ones in found.items()}
    both = frozenset(set.intersection(*able.values())) if len(able) > 1 else frozenset[int]()
    return [
        LegPane(
            leg=leg,
            wish=wish_words(leg),
            rows=candidates.rows(
                session,
                found[leg.id],
                approaches=[one for one in approaches if leg.id in {part.leg_id for part in one.legs}],
                sees_numbers=sees_numbers,
            ),
            count=len(found[leg.id]),
            also=both,
        )
        for leg in ride_request.legs
    ]


def candidates_of(session: Session, leg: Leg, *, now: datetime) -> list[Candidate]:
    """Who could drive this leg; nobody any more once it is agreed."""
    if leg.status not in {"unserved", "approached"} or not leg.ride_request.is_open:
        return []
    facts = candidates.facts_of(
        leg, seats=leg.ride_request.seats, passenger_id=leg.ride_request.passenger_id, now=now
    )
    try:
        return candidates.search(session, facts, now=now)
    except Invalid:
        return []


def wish_words(leg: Leg) -> str:
    """« pour arriver avant 10 h », « à partir de 11 h 30 », or nothing."""
    if leg.hour is None:
        return "à toute heure"
    hour = wording.hour_words(leg.hour)
    return f"arriver avant {hour}" if leg.time_kind == "arrive_by" else f"partir après {hour}"
