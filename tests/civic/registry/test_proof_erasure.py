"""Erasing a person leaves of their proofs what an audit may ask for, and for three years only."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import operations
from lotocar.civic.registry.models import PassengerCar, RideDetail
from lotocar.civic.registry.papers.cars import hear_car
from lotocar.values.actor import SYSTEM
from tests.civic.registry.evening import Evening
from tests.support.databases import every_table


def erase_driver(evening: Evening) -> int:
    with evening.factory.begin() as session:
        person_id = session.scalars(select(Ride)).first().driver_id  # type: ignore[union-attr]
        operations.erase_person(session, person_id, now=evening.clock())
        return person_id


def test_of_a_proof_that_was_sent_the_audit_s_part_remains(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    evening.send()
    before = evening.proof()
    with evening.factory.begin() as session:
        session.add(RideDetail(ride_id=ride_id, licence_plate="AB-123-CD"))
    erase_driver(evening)
    after = evening.proof()
    assert (after.body, after.answer, after.passenger_user_id) == ("", "", "")
    assert (after.journey_id, after.driver_key, after.status) == (
        before.journey_id,
        before.driver_key,
        "sent",
    )
    assert after.consents == before.consents
    with evening.factory() as session:
        stored = str([session.execute(select(table)).all() for table in _ours()])
    assert "AB-123-CD" not in stored
    assert before.driver_key[:10] in stored
    assert '"phone_trunc"' not in stored


def test_of_a_proof_that_never_went_nothing_about_the_person_remains(evening: Evening) -> None:
    evening.rides(status="planned")
    evening.send()
    erase_driver(evening)
    proof = evening.proof()
    assert (proof.status, proof.driver_key, proof.passenger_key, proof.consents) == ("cancelled", "", "", {})
    assert evening.send() == 0
    assert len(evening.proofs()) == 1  # and no other is made


def test_what_a_person_said_of_their_car_goes_with_them(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    with evening.factory.begin() as session:
        ride = session.get_one(Ride, ride_id)
        for person in (ride.driver, ride.passenger):
            hear_car(session, person, True, through="link", actor=SYSTEM, now=evening.clock())
        passenger_id = ride.passenger_id
    erase_driver(evening)
    with evening.factory() as session:
        assert [row.person_id for row in session.scalars(select(PassengerCar))] == [passenger_id]


def test_its_fate_is_still_followed_and_it_can_be_taken_back(evening: Evening) -> None:
    (ride_id,) = evening.rides()
    evening.send()
    erase_driver(evening)
    evening.clock.forward(hours=24)
    evening.check()
    assert evening.statuses() == ["checked"]
    evening.change(ride_id, status="driver_no_show")
    for _ in range(2):
        evening.send()
        evening.clock.forward(minutes=1)
    assert evening.statuses() == ["cancelled"]


def test_what_audits_need_is_forgotten_after_three_years(evening: Evening) -> None:
    evening.rides()
    evening.send()
    evening.clock.forward(days=3 * 365 - 1)
    with evening.factory.begin() as session:
        assert operations.forget_old(session, now=evening.clock()) == 0
        assert operations.forget_old(session, now=evening.clock() + timedelta(days=2)) == 1
    proof = evening.proof()
    assert (proof.body, proof.driver_key, proof.passenger_key, proof.consents) == ("", "", "", {})
    assert proof.status == "sent"


def _ours() -> list[object]:
    return [table for table in every_table().sorted_tables if table.name.startswith("registry_")]
