"""A year of one person's rides, and the CO2 counted in two ways."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.papers.cars import had_a_car, hear_car
from lotocar.civic.registry.papers.statements import (
    PUBLIC_SCALE,
    Statement,
    co2_of_month,
    statement,
    years_of,
)
from lotocar.values.actor import SYSTEM
from tests.support.factories import (
    NOW,
    a_leg,
    make_approach,
    make_driver,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)


def a_ride(
    session: Session, driver: Person, passenger: Person, day: date, hour: int = 8, **changes: Any
) -> Ride:
    begun = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    approach = make_approach(
        session,
        trip=make_trip(session, driver=driver),
        ride_request=make_request(session, passenger=passenger, legs=[a_leg(day=day)]),
        status="accepted",
    )
    values: dict[str, Any] = {
        "status": "done",
        "pickup_at": begun,
        "dropoff_at": begun + timedelta(hours=1),
        "distance_m": 50_000,
    }
    return make_ride(session, approach=approach, **(values | changes))


def test_days_are_distinct_dates_in_either_role(session: Session) -> None:
    odile, marcel = make_driver(session), make_passenger(session)
    a_ride(session, odile, marcel, date(2026, 3, 2))
    a_ride(session, odile, marcel, date(2026, 3, 2), hour=17)
    a_ride(session, odile, marcel, date(2026, 3, 9))
    a_ride(session, marcel, odile, date(2026, 3, 16))
    found = statement(session, odile.id, 2026)
    assert (found.days, len(found.lines), found.distance_m) == (3, 4, 200_000)
    assert (len(found.of_role("driver")), len(found.of_role("passenger"))) == (3, 1)


@pytest.mark.parametrize(
    "changes", [{"status": "planned"}, {"status": "passenger_no_show"}, {"driver_says": "not_done"}]
)
def test_only_rides_known_to_have_taken_place_are_stated(session: Session, changes: dict[str, Any]) -> None:
    odile, marcel = make_driver(session), make_passenger(session)
    a_ride(session, odile, marcel, date(2026, 3, 2), **changes)
    assert statement(session, odile.id, 2026).lines == []


def test_a_year_begins_and_ends_in_paris(session: Session) -> None:
    odile, marcel = make_driver(session), make_passenger(session)
    eve = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # already 2026 in Paris
    a_ride(session, odile, marcel, date(2026, 1, 1), pickup_at=eve, dropoff_at=eve + timedelta(hours=1))
    assert len(statement(session, odile.id, 2026).lines) == 1
    assert statement(session, odile.id, 2025).lines == []
    assert years_of(session, odile.id, now=NOW) == [2026]


def test_co2_by_the_convention_and_of_passengers_who_said_they_had_a_car(session: Session) -> None:
    odile, marcel = make_driver(session), make_passenger(session)
    jeanne = make_passenger(session, first_name="Jeanne", car="Clio grise")
    paul = make_passenger(session, first_name="Paul", roles=["driver", "passenger"])
    for passenger in (marcel, jeanne, paul):
        a_ride(session, odile, passenger, date(2026, 3, 2))
    tell(session, jeanne, has_car=True)
    tell(session, marcel, has_car=False)
    found = statement(session, odile.id, 2026).co2
    assert (round(found.convention_kg, 2), round(found.with_a_car_kg, 2)) == (29.25, 9.75)
    assert (found.unasked, round(found.unasked_kg, 2)) == (
        1,
        9.75,
    )  # that Paul drives for others tells nothing
    assert co2_of_month(session, "2026-03") == found
    assert co2_of_month(session, "2026-12").convention_kg == 0


def tell(session: Session, person: Person, has_car: bool | None) -> None:
    hear_car(session, person, has_car, through="desk", actor=SYSTEM, now=NOW)


def test_the_latest_answer_counts_and_may_be_taken_back(session: Session) -> None:
    marcel = make_passenger(session)
    for has_car, known in ((True, {marcel.id: True}), (False, {marcel.id: False}), (None, {})):
        tell(session, marcel, has_car)
        session.flush()
        assert had_a_car(session, [marcel.id]) == known
    assert had_a_car(session, []) == {}


def test_the_public_scale_has_three_steps() -> None:
    def euros(days: int) -> int:
        lines: list[Any] = [
            type("L", (), {"day": date(2026, 1, 1) + timedelta(days=n)})() for n in range(days)
        ]
        return Statement(2026, lines, None).public_euros  # type: ignore[arg-type]

    assert [euros(days) for days in (0, 29, 30, 59, 60, 99, 100, 200)] == [
        0,
        0,
        100,
        100,
        200,
        200,
        300,
        300,
    ]
    assert PUBLIC_SCALE[-1] == (30, 100)
