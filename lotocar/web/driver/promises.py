"""Questions, promises and past rides of a driver, as the private page says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import confirmations, queries
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import HAPPENED_OPEN
from lotocar.carpool.rides.texts import title_and_initial
from lotocar.values.days import local
from lotocar.values.wording import day_words, hour_words


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question that waits: its row's number, when and where in words."""

    id: int
    day: str
    origin: str
    destination: str
    hour: str
    passenger: str


@dataclass(frozen=True, slots=True)
class RideShown:
    """An agreed ride: its row's number, when, where and with whom in words."""

    id: int
    day: str
    origin: str
    destination: str
    pickup: str
    dropoff: str
    passenger: str
    seats: int


@dataclass(frozen=True, slots=True)
class Promises:
    """All three, the soonest first."""

    questions: list[QuestionShown]
    coming: list[RideShown]
    to_say: list[RideShown]


def promises_of(session: Session, driver_id: int, now: datetime) -> Promises:
    """What this driver is asked, has promised, and may tell us of."""
    rides = sorted(queries.live_rides_of_driver(session, driver_id), key=lambda ride: ride.pickup_at)
    return Promises(
        questions=[_question(one) for one in queries.open_to_driver(session, driver_id)],
        coming=[ride_shown(ride) for ride in rides if ride.status == "planned" and ride.dropoff_at > now],
        to_say=[ride_shown(ride) for ride in rides if is_askable(ride, driver_id, now)],
    )


def is_askable(ride: Ride, person_id: int, now: datetime) -> bool:
    """Whether this side may still tell whether the ride took place."""
    over = ride.dropoff_at <= now < ride.dropoff_at + HAPPENED_OPEN
    return over and confirmations.awaits(ride, person_id)


def _question(approach: Approach) -> QuestionShown:
    first = approach.legs[0]
    return QuestionShown(
        id=approach.id,
        day=day_words(local(first.pickup_at).date()),
        origin=first.leg.origin_label,
        destination=first.leg.destination_label,
        hour=hour_words(local(first.pickup_at).time()),
        passenger=title_and_initial(approach.ride_request.passenger),
    )


def ride_shown(ride: Ride) -> RideShown:
    """An agreed ride in words; this page lives longer than an SMS, and says less of the passenger."""
    return RideShown(
        id=ride.id,
        day=day_words(local(ride.pickup_at).date()),
        origin=ride.leg.origin_label,
        destination=ride.leg.destination_label,
        pickup=hour_words(local(ride.pickup_at).time()),
        dropoff=hour_words(local(ride.dropoff_at).time()),
        passenger=_discreet(ride.passenger),
        seats=ride.seats,
    )


def _discreet(passenger: Person) -> str:
    return title_and_initial(passenger) if passenger.civility in {"mme", "m"} else "un passager"
