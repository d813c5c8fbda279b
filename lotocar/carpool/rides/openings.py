"""Trips that came since nobody was found: noticed by a job, shown at the desk, never asked without a human."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.matching.needs import open_needs, served
from lotocar.carpool.matching.queries import departures_of_trips
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.rides.models import Approach, ApproachLeg, Opening, OpeningMark
from lotocar.carpool.trips.models import Trip
from lotocar.values.days import PARIS
from lotocar.world.roads.router import Roads

AT_ONCE = 20  # trips looked at in one round
MANY_ALIKE = 500  # an import changes many trips at once
UNFOUND = frozenset({"unserved", "failed"})


def look(session: Session, *, now: datetime, roads: Roads) -> int:
    """Look at the trips that changed since the last look, a few at a time; how many legs gained a way.

    The first look ever only marks where we stand: what was there before was searched when people called.
    """
    mark = session.get(OpeningMark, 1, with_for_update=True)
    if mark is None:
        session.add(OpeningMark(id=1, revision=session.scalar(select(func.max(Trip.revision))) or 0))
        return 0
    changed = select(Trip.id, Trip.revision).where(Trip.revision > mark.revision, Trip.status == "active")
    trips = session.execute(changed.order_by(Trip.revision, Trip.id).limit(AT_ONCE)).all()
    if not trips:
        return 0
    last = trips[-1].revision
    # one transaction gives many trips one revision: all of them are looked at together
    alike = select(Trip.id).where(Trip.revision == last, Trip.status == "active")
    numbers = {number for number, _ in trips} | set(session.scalars(alike.limit(MANY_ALIKE)))
    mark.revision = last
    return _notice(session, sorted(numbers), now=now, roads=roads)


def _notice(session: Session, trip_ids: Sequence[int], *, now: datetime, roads: Roads) -> int:
    today = now.astimezone(PARIS).date()
    legs = set(session.scalars(select(Leg.id).where(Leg.status.in_(UNFOUND), Leg.day >= today)))
    needs = [need for need in open_needs(session, today) if need.leg_id in legs]
    matches = (
        (match.need.leg_id, trip_id)
        for trip_id in trip_ids
        for match in served(departures_of_trips(session, [trip_id]), needs, roads)
    )
    return sum(_note(session, leg_id, trip_id, now) for leg_id, trip_id in matches)


def _note(session: Session, leg_id: int, trip_id: int, now: datetime) -> bool:
    """Whether it was still to be noted: a driver already asked for this leg is no news."""
    known = select(Opening.id).where(Opening.leg_id == leg_id, Opening.trip_id == trip_id)
    asked = (
        select(Approach.id)
        .join(Approach.legs)
        .join(Trip, Trip.driver_id == Approach.driver_id)
        .where(ApproachLeg.leg_id == leg_id, Trip.id == trip_id)
    )
    if session.scalar(known) is not None or session.scalar(asked.limit(1)) is not None:
        return False
    session.add(Opening(leg_id=leg_id, trip_id=trip_id, found_at=now))
    return True


def handle(session: Session, rows: Sequence[Opening], *, now: datetime) -> None:
    """Somebody looked at what turned up for a leg."""
    for row in rows:
        row.handled_at = row.handled_at or now
