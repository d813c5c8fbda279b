"""From rides in the database to the file, on both databases."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.couples.checks import review
from lotocar.civic.registry.couples.facts import Code
from lotocar.civic.registry.couples.identity import identity_key
from lotocar.civic.registry.couples.queries import couples_since, own_phone
from lotocar.civic.registry.files.export import export, review_since
from lotocar.errors import Invalid
from lotocar.values.geo import Point, Stop
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    TUESDAY,
    make_approach,
    make_consent,
    make_driver,
    make_line,
    make_passenger,
    make_person,
    make_request,
    make_ride,
    make_trip,
)

EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def consenting(session: Session, *people: Person) -> None:
    for person in people:
        make_consent(session, person, "registry")


def a_ride(session: Session, **changes: Any) -> Ride:
    """Odile took Marcel to Figeac on Tuesday morning; both agreed."""
    ride = make_ride(session, **({"status": "done"} | changes))
    consenting(session, ride.driver, ride.passenger)
    return ride


def export_of(session: Session, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"since": TUESDAY, "now": EVENING, "fmt": "json"}
    return dict(json.loads(export(session, **(values | changes))))


def reasons_of(session: Session, **changes: Any) -> list[list[str]]:
    refused = export_of(session, **changes)["refused"]
    return [[reason["code"] for reason in one["reasons"]] for one in refused]


def test_a_ride_done_with_both_consents_is_in_the_export(session: Session) -> None:
    ride = a_ride(session)
    (body,) = export_of(session)["journeys"]
    assert body == {
        "operator_journey_id": ride.journey_key,
        "operator_trip_id": ride.car_trip_key,
        "operator_class": "A",
        "incentives": [],
        "start": {"datetime": "2026-11-24T07:30:00Z", "lat": 44.4475, "lon": 1.4406},
        "end": {"datetime": "2026-11-24T08:30:00Z", "lat": 44.6086, "lon": 2.0317},
        "distance": 68000,
        "driver": {
            "identity": {
                "identity_key": identity_key(ride.driver.lines[0].e164, "Vernet"),
                "operator_user_id": ride.driver.public_id,
                "phone_trunc": ride.driver.lines[0].e164[:-2],
            },
            "revenue": 0,
        },
        "passenger": {
            "identity": {
                "identity_key": identity_key(ride.passenger.lines[0].e164, "Poujol"),
                "operator_user_id": ride.passenger.public_id,
                "phone_trunc": ride.passenger.lines[0].e164[:-2],
            },
            "contribution": 0,
        },
    }


def test_the_couple_is_in_the_table_too(session: Session) -> None:
    ride = a_ride(session)
    table = export(session, since=TUESDAY, now=EVENING, fmt="csv")
    (row,) = csv.DictReader(io.StringIO(table), delimiter=";")
    assert (row["etat"], row["trajet"]) == ("à envoyer", ride.journey_key)


def test_the_driver_keeps_what_the_passenger_gives(session: Session) -> None:
    a_ride(session, contribution_cents=300, seats=2)
    (body,) = export_of(session)["journeys"]
    assert (body["driver"]["revenue"], body["passenger"]["contribution"], body["passenger"]["seats"]) == (
        300,
        300,
        2,
    )


def test_the_latest_word_on_the_registry_counts(session: Session) -> None:
    ride = a_ride(session)
    make_consent(session, ride.passenger, "registry", given=False)
    make_consent(session, ride.passenger, "share_phone")
    assert reasons_of(session) == [["no_consent"]]
    make_consent(session, ride.passenger, "registry")
    assert reasons_of(session) == []


def test_sharing_a_number_is_no_consent_to_the_registry(session: Session) -> None:
    ride = make_ride(session, status="done")
    make_consent(session, ride.driver, "registry")
    make_consent(session, ride.passenger, "share_phone")
    assert reasons_of(session) == [["no_consent"]]


@pytest.mark.parametrize("status", ["planned", "unknown"])
def test_a_past_ride_nobody_told_us_about_is_listed_to_be_asked(session: Session, status: str) -> None:
    a_ride(session, status=status)
    assert reasons_of(session) == [["not_confirmed"]]


@pytest.mark.parametrize(
    "status", ["passenger_no_show", "driver_no_show", "cancelled_driver", "cancelled_passenger"]
)
def test_a_ride_that_did_not_take_place_is_no_matter_of_the_registry(session: Session, status: str) -> None:
    a_ride(session, status=status, live_leg_id=None)
    assert export_of(session) == {"journeys": [], "warnings": [], "refused": [], "sent": []}


def test_a_ride_to_come_is_not_listed(session: Session) -> None:
    a_ride(session, status="planned")
    assert reasons_of(session, now=datetime(2026, 11, 24, 7, 0, tzinfo=UTC)) == []


def test_a_ride_one_side_denies_is_refused(session: Session) -> None:
    a_ride(session, driver_says="done", passenger_says="not_done")
    assert reasons_of(session) == [["disputed"]]


def test_rides_of_last_week_are_listed_as_too_old(session: Session) -> None:
    a_ride(session)
    assert reasons_of(session, now=EVENING + timedelta(days=7)) == [["expired"]]


def test_rides_before_the_period_are_left_out_but_still_count(session: Session) -> None:
    late = datetime(2026, 11, 24, 21, 50, tzinfo=UTC)  # 22 h 50 on Tuesday in Paris
    before = a_ride(session, pickup_at=late, dropoff_at=late + timedelta(minutes=65))
    after = before.dropoff_at + timedelta(minutes=10)
    back = make_ride(
        session,
        status="done",
        driver=before.driver,
        passenger=before.passenger,
        day=date(2026, 11, 25),
        pickup_at=after,
        dropoff_at=after + timedelta(minutes=65),
    )
    found = review_since(session, since=date(2026, 11, 25), now=EVENING + timedelta(hours=10))
    assert found.ready == ()
    assert [(one.couple.ride_id, one.reasons[0].code) for one in found.refused] == [(back.id, Code.TOO_CLOSE)]


def test_two_passengers_of_a_car_share_its_key(session: Session) -> None:
    first = a_ride(session)
    other = make_passenger(session, last_name="Roux")
    request = make_request(session, passenger=other)
    approach = make_approach(session, trip=first.trip, ride_request=request, status="accepted")
    a_ride(session, approach=approach, car_trip_key=first.car_trip_key)
    journeys = export_of(session)["journeys"]
    assert [body["operator_trip_id"] for body in journeys] == [first.car_trip_key] * 2
    assert len({body["operator_journey_id"] for body in journeys}) == 2


def test_a_couple_on_one_landline_in_two_requests_is_refused_with_what_to_do(session: Session) -> None:
    first = a_ride(session)
    wife = make_passenger(session, first_name="Jeanne", phone=first.passenger.lines[0].e164)
    approach = make_approach(session, trip=first.trip, ride_request=make_request(session, passenger=wife))
    a_ride(session, approach=approach, car_trip_key=first.car_trip_key)
    refused = export_of(session)["refused"]
    assert [one["reasons"][0]["code"] for one in refused] == ["household", "household"]
    assert "deux places" in refused[0]["reasons"][0]["message"]


def test_a_minor_goes_with_a_guardian_s_word_and_their_age_said(session: Session) -> None:
    ride = a_ride(session)
    ride.passenger.minor = True
    session.flush()
    assert reasons_of(session) == [["no_guardian"]]
    ride.passenger.guardian_consent_at = EVENING
    session.flush()
    (body,) = export_of(session)["journeys"]
    assert body["passenger"]["identity"]["over_18"] is False


def test_a_person_without_a_number_of_their_own_is_refused(session: Session) -> None:
    neighbour = make_passenger(session, phone=None)
    make_line(session, neighbour, e164="+33536490042", label="voisine")
    a_ride(session, approach=make_approach(session, ride_request=make_request(session, passenger=neighbour)))
    assert reasons_of(session) == [["no_phone"]]


def test_a_mobile_is_preferred_then_a_confirmed_line(session: Session) -> None:
    person = make_person(session, phone=None)
    make_line(session, person, e164="+33536490001", confirmed_at=None)
    assert own_phone(person.lines) == "+33536490001"
    make_line(session, person, e164="+33536490002")
    assert own_phone(person.lines) == "+33536490002"
    make_line(session, person, e164="+33639980003", confirmed_at=None)
    assert own_phone(person.lines) == "+33639980003"
    make_line(session, person, e164="+33639980004")
    make_line(session, person, e164="+33639980005", label="fille")
    assert own_phone(person.lines) == "+33639980004"


def test_a_place_can_be_declared_as_the_centre_of_its_commune(session: Session) -> None:
    a_ride(session)

    def centre(stop: Stop) -> Point:
        return Point(44.45, 1.44) if stop.insee == "46042" else stop.point

    (body,) = export_of(session, where=centre)["journeys"]
    assert (body["start"]["lat"], body["start"]["lon"]) == (44.45, 1.44)


def test_a_ride_is_compared_with_our_own_roads_when_they_are_given(session: Session) -> None:
    a_ride(session, dropoff_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC))  # ten hours instead of one
    (couple,) = couples_since(session, TUESDAY, until=EVENING, roads=EstimatedRoads())
    assert couple.route is not None
    assert 60_000 < couple.route.distance_m < 75_000
    assert reasons_of(session, roads=EstimatedRoads()) == [["unlike_route"]]


def test_an_ordinary_ride_looks_like_our_estimate(session: Session) -> None:
    a_ride(session)
    assert len(export_of(session, roads=EstimatedRoads())["journeys"]) == 1


def test_an_unknown_form_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match=r"registry\.format"):
        export(session, since=TUESDAY, now=EVENING, fmt="xml")


def test_any_first_day_is_answered(session: Session) -> None:
    for since in (date.min, date.max):
        export(session, since=since, now=EVENING, fmt="csv")


def test_an_export_writes_nothing_and_asks_as_often_for_many_rides_as_for_one(
    session: Session, engine: Engine
) -> None:
    def asked() -> list[str]:
        session.commit()
        session.expire_all()
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement.split()[0])

        event.listen(engine, "before_cursor_execute", note)
        export(session, since=TUESDAY, now=EVENING, fmt="json")
        event.remove(engine, "before_cursor_execute", note)
        session.rollback()
        return statements

    a_ride(session)
    once = asked()
    trip, driver = make_trip(session), make_driver(session)
    for _ in range(8):
        a_ride(
            session,
            approach=make_approach(session, trip=trip, driver=driver, ride_request=make_request(session)),
        )
    many = asked()
    assert set(once) | set(many) <= {"SELECT", "BEGIN"}
    assert len(many) == len(once)


def test_the_review_of_the_database_is_the_review_of_its_facts(session: Session) -> None:
    a_ride(session)
    couples = couples_since(session, TUESDAY, until=EVENING)
    assert review(couples, now=EVENING) == review_since(session, since=TUESDAY, now=EVENING)
