"""The other way round: which open or recently unserved requests a trip could serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.rules import judge, prepare
from lotocar.carpool.matching.search import days_of_wish, leg_facts
from lotocar.carpool.people import queries as people
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.world.roads.router import Roads

COMING = timedelta(weeks=4)
_UNSERVED = ("unserved_no_driver", "unserved_declined", "unserved_late")


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A leg that still looks for a driver; `is_closed` when its request was closed without anybody.

    `days` are those that would do, the one asked for first.
    """

    ride_request_id: int
    leg_id: int
    facts: LegFacts
    is_closed: bool
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """A need, and the best departure of the trip for it."""

    need: OpenNeed
    candidate: Candidate


def open_needs(session: Session, today: date, *, until: date = date.max) -> list[OpenNeed]:
    """The legs from today on (to `until`) that nobody has agreed to serve, by day, hour and number.

    Those of open requests, and those of requests closed for want of a driver.
    """
    waiting = and_(RideRequest.status.not_in(("draft", "closed")), Leg.status.in_(("unserved", "approached")))
    given_up = and_(RideRequest.outcome.in_(_UNSERVED), RideRequest.status == "closed")
    rows = session.execute(
        select(Leg, RideRequest)
        .join(RideRequest, Leg.ride_request_id == RideRequest.id)
        .where(Leg.day >= today, Leg.day <= until, or_(waiting, given_up))
        .order_by(Leg.day, Leg.hour, Leg.id)
    )
    pairs = people.pairs_to_avoid(session)
    return [_need(session, leg, ride_request, pairs, today) for leg, ride_request in rows]


def _need(
    session: Session,
    leg: Leg,
    ride_request: RideRequest,
    pairs: Mapping[int, frozenset[int]],
    today: date,
) -> OpenNeed:
    facts = leg_facts(
        session,
        leg,
        seats=ride_request.seats,
        needs=ride_request.needs,
        passenger_id=ride_request.passenger_id,
        avoid=pairs.get(ride_request.passenger_id, frozenset()),
    )
    days = tuple(days_of_wish(leg, today=today))
    return OpenNeed(ride_request.id, leg.id, facts, ride_request.status == "closed", days)


def along_the_road(session: Session, driver_id: int, today: date, *, roads: Roads) -> list[Served]:
    """What this driver could still do for somebody in the coming weeks: open requests only, one line a leg.

    For the driver's own eyes, so without what nobody should be told: the screen shows communes and days.
    """
    departures = [one for one in queries.departures_of_driver(session, driver_id) if one.is_open]
    if not departures:
        return []
    needs = open_needs(session, today, until=today + COMING)
    return served(departures, (one for one in needs if not one.is_closed), roads)


def served(departures: Sequence[DepartureFacts], needs: Iterable[OpenNeed], roads: Roads) -> list[Served]:
    """Each need that one of these departures fits, with the one of least detour on the first day that has one."""
    found = ((need, _first(departures, need, roads)) for need in needs)
    return [Served(need, candidate) for need, candidate in found if candidate is not None]


def _first(departures: Sequence[DepartureFacts], need: OpenNeed, roads: Roads) -> Candidate | None:
    days = need.days or (need.facts.day,)
    found = (_best(departures, replace(need.facts, day=day), roads) for day in days)
    return next((one for one in found if one is not None), None)


def _best(departures: Sequence[DepartureFacts], leg: LegFacts, roads: Roads) -> Candidate | None:
    need = prepare(leg, roads)
    answers = (judge(departure, need, roads) for departure in departures)
    fitting = (one for one in answers if isinstance(one, Candidate))
    return min(fitting, key=lambda one: (one.detour_seconds, one.departure_id), default=None)
