"""The sheet of a day and of the next: who rides, whom to ring the evening before, which calls are due.

The same facts make the screen, the printed page and the letter of 17:00, so that paper and screen agree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import waiting as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import queries, waiting
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.values.hours import local_instant_lenient

MOST = 100  # of each list: nobody reads further on paper


@dataclass(frozen=True, slots=True)
class EveCall:
    """Somebody of a coming ride to be rung: they have no mobile, or prefer a call. `is_driver` says which side."""

    ride: Ride
    person: Person
    is_driver: bool


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What a day holds. `days` gives the rides of the day and of the next; the lists of calls are as of now."""

    day: date
    days: Sequence[tuple[date, Sequence[Ride]]]
    eve_calls: Sequence[EveCall]
    callbacks: Sequence[RideRequest]
    silent: Sequence[Approach]


@dataclass(frozen=True, slots=True)
class DriverSheet:
    """What one driver does on one day, by hour."""

    driver: Person
    day: date
    rides: Sequence[Ride]


def day_sheet(session: Session, day: date, *, now: datetime, communes: Collection[str] = ()) -> DaySheet:
    """The sheet of this day, within these communes (empty: everywhere)."""
    following = day + timedelta(days=1)
    rides = queries.rides_on(session, [day, following], communes=communes)
    by_tomorrow_night = max(now, local_instant_lenient(following, time(23, 59)))
    promised = requests.callbacks(now=by_tomorrow_night, communes=communes)
    silent = waiting.silent(now=now, communes=communes)
    return DaySheet(
        day=day,
        days=[(one, [ride for ride in rides if ride.day == one]) for one in (day, following)],
        eve_calls=[call for ride in rides if ride.pickup_at > now for call in _eve_calls(ride)],
        callbacks=sorted(
            requests.read(session, session.scalars(promised.limit(MOST)).all()),
            key=lambda one: one.callback_at or now,
        ),
        silent=sorted(
            waiting.read_approaches(session, session.scalars(silent.limit(MOST)).all()),
            key=lambda one: one.expires_at,
        ),
    )


def driver_sheets(session: Session, day: date, *, communes: Collection[str] = ()) -> list[DriverSheet]:
    """One sheet a driver for this day, by the hour of the first ride."""
    by_driver: dict[int, list[Ride]] = {}
    for ride in queries.rides_on(session, [day], communes=communes):
        by_driver.setdefault(ride.driver_id, []).append(ride)
    return [DriverSheet(ones[0].driver, day, ones) for ones in by_driver.values()]


def _eve_calls(ride: Ride) -> list[EveCall]:
    sides = ((ride.passenger, False), (ride.driver, True))
    return [
        EveCall(ride, person, is_driver)
        for person, is_driver in sides
        if person.contact_preference == "call" or people.sms_line(person) is None
    ]
