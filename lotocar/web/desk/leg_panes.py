"""One pane a leg: where and when, its state, its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.matching.facts import Candidate, LegFacts
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides.models import Approach
from lotocar.errors import Invalid
from lotocar.values import wording
from lotocar.web.desk import candidates

FIRST = 6  # what one reads with a caller on the line


@dataclass(frozen=True, slots=True)
class LegPane:
    """What the request's page shows of one leg: the first rows at once, the others on demand."""

    leg: Leg
    wish: str
    rows: Sequence[candidates.Row]
    count: int
    ways_out: Sequence[str]

    @property
    def first(self) -> Sequence[candidates.Row]:
        return self.rows[:FIRST]

    @property
    def others(self) -> Sequence[candidates.Row]:
        return self.rows[FIRST:]


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
                pickup=leg.origin_label,
                both_ways=both,
                approaches=[one for one in approaches if leg.id in {part.leg_id for part in one.legs}],
                sees_numbers=sees_numbers,
            ),
            count=len(found[leg.id]),
            ways_out=_ways_out(session, leg, found[leg.id], now),
        )
        for leg in ride_request.legs
        if leg.status != "dropped"
    ]


def _is_looked_for(leg: Leg) -> bool:
    return leg.status in {"unserved", "approached"} and leg.ride_request.is_open


def _facts(leg: Leg, now: datetime) -> LegFacts:
    asked = leg.ride_request
    return candidates.facts_of(leg, seats=asked.seats, passenger_id=asked.passenger_id, now=now)


def _ways_out(session: Session, leg: Leg, found: Sequence[Candidate], now: datetime) -> list[str]:
    if found or not _is_looked_for(leg):
        return []
    try:
        return candidates.ways_out(session, _facts(leg, now))
    except Invalid:
        return []


def candidates_of(session: Session, leg: Leg, *, now: datetime) -> list[Candidate]:
    """Who could drive this leg; nobody any more once it is agreed."""
    if not _is_looked_for(leg):
        return []
    try:
        return candidates.search(session, _facts(leg, now), now=now)
    except Invalid:
        return []


def wish_words(leg: Leg) -> str:
    """« pour arriver avant 10 h », « à partir de 11 h 30 », or nothing."""
    if leg.hour is None:
        return "à toute heure"
    hour = wording.hour_words(leg.hour)
    return f"arriver avant {hour}" if leg.time_kind == "arrive_by" else f"partir après {hour}"
