"""Who was asked and who drove of late, so that at equal merit the others come first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import CANCELLED
from lotocar.values.days import local

RECENT = timedelta(days=30)
FULL_MONTH = 10  # what a month driven to its limit weighs beside one question


def burden(session: Session, now: datetime) -> Mapping[int, int]:
    """What each driver bore of late; those who bore nothing are absent.

    One a question of the last 30 days, one a ride of the last 30 days or to come; and for those who set a
    limit, up to ten as this month fills up.
    """
    asked = select(Approach.driver_id, func.count()).where(Approach.created_at >= now - RECENT)
    drove = select(Ride.driver_id, func.count()).where(
        Ride.day >= local(now - RECENT).date(), Ride.status.not_in(CANCELLED)
    )
    borne: Counter[int] = Counter()
    for counted in (asked.group_by(Approach.driver_id), drove.group_by(Ride.driver_id)):
        borne.update({driver: count for driver, count in session.execute(counted)})
    borne.update(_month_filled(session, local(now).date()))
    return borne


def _month_filled(session: Session, today: date) -> Mapping[int, int]:
    first = today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    days = (
        select(Ride.driver_id, Person.monthly_limit, func.count(distinct(Ride.day)))
        .join(Person, Person.id == Ride.driver_id)
        .where(Person.monthly_limit.is_not(None), Ride.day >= first, Ride.day < after)
        .where(Ride.status.not_in(CANCELLED))
        .group_by(Ride.driver_id, Person.monthly_limit)
    )
    return {
        driver: round(FULL_MONTH * min(1.0, count / limit))
        for driver, limit, count in session.execute(days)
        if limit
    }


def drivers_of_last_time(session: Session, passenger_id: int) -> frozenset[int]:
    """Who drove this passenger on the last day that they travelled, or will."""
    mine = (Ride.passenger_id == passenger_id, Ride.status.in_(("planned", "done")))
    last = select(func.max(Ride.day)).where(*mine).scalar_subquery()
    return frozenset(session.scalars(select(Ride.driver_id).where(*mine, Ride.day == last)))
