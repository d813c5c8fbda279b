"""The other way round: which open or recently unserved requests a trip could serve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.facts import Candidate, DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.matching.rules import judge, prepare
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.world.roads.router import Roads

_UNSERVED = ("unserved_no_driver", "unserved_declined", "unserved_late")


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A leg that still looks for a driver; `is_closed` when its request was closed without anybody."""

    ride_request_id: int
    leg_id: int
    facts: LegFacts
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Served:
    """A need, and the best departure of the trip for it."""

    need: OpenNeed
    candidate: Candidate


def open_needs(session: Session, today: date) -> list[OpenNeed]:
    """The legs from today on that nobody has agreed to serve, by day, hour and number.

    Those of open requests, and those of requests closed for want of a driver.
    """
    waiting = and_(RideRequest.status.not_in(("draft", "closed")), Leg.status.in_(("unserved", "approached")))
    given_up = and_(RideRequest.outcome.in_(_UNSERVED), RideRequest.status == "closed")
    rows = session.execute(
        select(Leg, RideRequest)
        .join(RideRequest, Leg.ride_request_id == RideRequest.id)
        .where(Leg.day >= today, or_(waiting, given_up))
        .order_by(Leg.day, Leg.hour, Leg.id)
    )
    return [_need(leg, ride_request) for leg, ride_request in rows]


def _need(leg: Leg, ride_request: RideRequest) -> OpenNeed:
    facts = LegFacts(
        pickup=leg.origin.point,
        dropoff=leg.destination.point,
        day=leg.day,
        time_kind=TimeKind(leg.time_kind),
        hour=leg.hour,
        seats=ride_request.seats,
        passenger_id=ride_request.passenger_id,
    )
    return OpenNeed(ride_request.id, leg.id, facts, ride_request.status == "closed")


def served_by_trip(session: Session, trip_id: int, today: date, *, roads: Roads) -> list[Served]:
    """The needs that this trip could serve as it is now, in the order of `open_needs`."""
    return served(queries.departures_of_trips(session, [trip_id]), open_needs(session, today), roads)


def served(departures: Sequence[DepartureFacts], needs: Iterable[OpenNeed], roads: Roads) -> list[Served]:
    """Each need that one of these departures fits, with the one of least detour."""
    found = ((need, _best(departures, need.facts, roads)) for need in needs)
    return [Served(need, candidate) for need, candidate in found if candidate is not None]


def _best(departures: Sequence[DepartureFacts], leg: LegFacts, roads: Roads) -> Candidate | None:
    need = prepare(leg, roads)
    answers = (judge(departure, need, roads) for departure in departures)
    fitting = (one for one in answers if isinstance(one, Candidate))
    return min(fitting, key=lambda one: (one.detour_seconds, one.departure_id), default=None)
