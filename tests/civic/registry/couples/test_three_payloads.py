"""The three bodies that the registry is known to accept, to the byte, from rides in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.couples.checks import review
from lotocar.civic.registry.couples.payload import encode, payload
from lotocar.civic.registry.couples.queries import couples_of, whole_rides
from lotocar.civic.registry.models import RideDetail
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop
from tests.civic.registry.couples.test_payload import CAR, FULL, MINIMAL
from tests.civic.registry.fictional import NOW
from tests.support.factories import (
    a_leg,
    make_approach,
    make_consent,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)

CAHORS = Stop("Cahors", "46042", 44.44752, 1.44103)
FIGEAC = Stop("Figeac", "46102", 44.60862, 2.03186)
GOURDON = Stop("Gourdon", "46127", 44.7376, 1.3838)
CAJARC = Stop("Cajarc", "46045", 44.4853, 1.843)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=UTC)


@pytest.fixture
def cast(session: Session) -> dict[str, Person]:
    people = {
        "odile": make_driver(
            session,
            public_id="drv-0000000000000000000000000000001a",
            last_name="Delmas",
            phone="+33639980011",
        ),
        "marcel": make_passenger(
            session,
            public_id="psg-0000000000000000000000000000002b",
            last_name="D'Hérûg-de-l'Hérault",
            phone="+33639980022",
        ),
        "to": make_passenger(
            session, public_id="psg-0000000000000000000000000000003c", last_name="Tô", phone="+33536490033"
        ),
    }
    for person in people.values():
        make_consent(session, person, "registry")
    return people


def a_ride(
    session: Session, driver: Person, passenger: Person, origin: Stop, destination: Stop, **changes: Any
) -> Ride:
    leg = a_leg(day=NOW.date(), origin=origin, destination=destination)
    approach = make_approach(
        session,
        trip=make_trip(session, driver=driver),
        ride_request=make_request(session, passenger=passenger, legs=[leg]),
        status="accepted",
    )
    return make_ride(session, approach=approach, status="done", **changes)


def bodies(session: Session, **how: Any) -> list[str]:
    session.flush()
    couples = couples_of(session, session.scalars(whole_rides().order_by(Ride.id)).all())
    assert review(couples, now=NOW).refused == ()
    return [encode(payload(couple, **how)) for couple in couples]


def test_the_minimal_one(session: Session, cast: dict[str, Person]) -> None:
    a_ride(
        session,
        cast["odile"],
        cast["marcel"],
        CAHORS,
        FIGEAC,
        journey_key="5f0c1f3a9b7e4d2c8a1b6e7f90a1b2c3",
        car_trip_key="0b9d6c1e4f3a4b7d9c2e5a8f71d3c4b5",
        pickup_at=at(13, 5),
        dropoff_at=at(14, 12),
        distance_m=70_500,
    )
    assert bodies(session) == [MINIMAL]


def test_the_full_one_without_the_whole_number(session: Session, cast: dict[str, Person]) -> None:
    ride = a_ride(
        session,
        cast["odile"],
        cast["marcel"],
        GOURDON,
        CAHORS,
        journey_key="a1" * 16,
        car_trip_key="b2" * 16,
        pickup_at=at(7, 30),
        dropoff_at=at(8, 18),
        distance_m=43_800,
        contribution_cents=200,
        passenger_said_through="desk",  # only the driver's own word proves the ride: class B
    )
    session.add(
        RideDetail(
            ride_id=ride.id,
            licence_plate="AB-123-CD",
            incentives=[[0, 150, "12345678900011"], [1, 50, "98765432100022"]],
            payments=[[0, "98765432100022", "titre-mobilite", 200]],
            passenger_adult=True,
        )
    )
    assert bodies(session, ceiling="B", zone=PARIS) == [FULL]
    assert '"operator_class":"A"' in bodies(session)[0]  # never above the ceiling


def test_two_passengers_of_one_car(session: Session, cast: dict[str, Person]) -> None:
    shared = {"car_trip_key": "c3" * 16, "dropoff_at": at(17, 20)}
    a_ride(
        session,
        cast["odile"],
        cast["marcel"],
        CAHORS,
        FIGEAC,
        journey_key="d4" * 16,
        pickup_at=at(16, 0),
        distance_m=71_200,
        **shared,
    )
    a_ride(
        session,
        cast["odile"],
        cast["to"],
        CAJARC,
        FIGEAC,
        journey_key="e5" * 16,
        pickup_at=at(16, 50),
        distance_m=25_300,
        seats=2,
        **shared,
    )
    assert bodies(session) == list(CAR)
