"""Forgetting a person: nothing of theirs is found anywhere, and nobody waits for them in vain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips.models import Trip
from lotocar.civic.privacy import erasure
from lotocar.errors import NotFound
from lotocar.values.geo import Stop
from tests.carpool.rides.agreeing import (
    NADIA,
    POLICY,
    a_request,
    agreed,
    ask,
    bodies,
    everything_left,
    seats_taken,
    states,
    told,
)
from tests.support.databases import every_table
from tests.support.factories import (
    NOW,
    a_leg,
    make_driver,
    make_organisation,
    make_passenger,
    make_trip,
)

HOME = Stop("4 impasse du Puits", "46042", 44.447_51, 1.440_61)


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


def erase(session: Session, person: Person) -> None:
    erasure.erase(session, person.id, actor=NADIA, now=NOW, policy=POLICY)
    session.flush()
    session.expire_all()


def everything(session: Session) -> Iterator[tuple[str, str]]:
    for table in every_table().sorted_tables:
        for row in session.execute(select(table)).mappings():
            yield from ((f"{table.name}.{column}", str(value)) for column, value in row.items())


def found(session: Session, *traces: str) -> set[str]:
    """Where any of these words stands in the whole database."""
    return {where for where, value in everything(session) if any(trace in value for trace in traces)}


def test_v9_an_erased_driver_is_found_nowhere_and_the_counts_remain(session: Session):
    odile = make_driver(session, first_name="Zénobie", last_name="Quercynol", phone="+33639980777")
    odile.car = "Clio vermillon"
    trip = make_trip(session, driver=odile, note="je klaxonne", precision="derrière le four")
    ride = agreed(session, trip=trip)
    tell_of = a_request(session)
    ask(session, tell_of, trip=trip)
    everything_left(session)
    traces = ("Zénobie", "Quercynol", "639980777", "vermillon", "klaxonne", "four")
    assert found(session, *traces)
    erase(session, odile)
    assert found(session, *traces) == set()
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Ride, Trip, RideRequest)]
    assert counts == [1, 1, 2]
    assert ride.driver.full_name == ""


def test_an_erased_passenger_is_found_nowhere(session: Session):
    marcel = make_passenger(session, first_name="Evariste", last_name="Poujolat", phone="+33639980666")
    asked = a_request(session, a_leg(origin=HOME), passenger=marcel, wish="mon chien Hercule")
    agreed(session, asked)
    tell_again = a_request(session, a_leg(origin=HOME), passenger=marcel)
    ride = agreed(session, tell_again)
    everything_left(session)
    traces = ("Evariste", "Poujolat", "639980666", "Hercule", "impasse")
    assert found(session, *traces)
    erase(session, marcel)
    assert found(session, *traces) == set()
    assert ride.leg.origin_insee == "46042"


def test_a_passenger_hears_that_the_driver_who_was_to_come_will_not_without_the_name(session: Session):
    trip, asked = make_trip(session), a_request(session)
    ride = agreed(session, asked, trip=trip)
    everything_left(session)
    erase(session, trip.driver)
    assert (ride.status, states(asked), asked.is_open) == ("cancelled_driver", ["unserved"], True)
    (news,) = bodies(session, asked.passenger, "ride_cancelled_passenger")
    assert "Votre conducteur ne peut plus" in news
    assert seats_taken(session, trip) == {}


def test_a_driver_hears_that_the_passenger_will_not_come_and_the_one_still_asked_is_let_go(session: Session):
    marcel = make_passenger(session)
    asked = a_request(session, passenger=marcel)
    ride, other = agreed(session, asked), ask(session, a_request(session, passenger=marcel))
    everything_left(session)
    erase(session, marcel)
    assert ride.status == "cancelled_passenger"
    assert "votre passager" in bodies(session, ride.driver, "ride_cancelled_driver")[0]
    assert "driver_withdrawn" in told(session, other.driver)
    assert {one.status for one in session.scalars(select(RideRequest))} == {"closed"}


def test_what_somebody_asked_for_another_goes_on_without_them(session: Session):
    nurse = make_passenger(session, first_name="Hildegarde", last_name="Infirmier")
    asked = a_request(session, caller=nurse, caller_relation="infirmière Hildegarde", wish="monter devant")
    agreed(session, asked)
    tell_state = asked.status
    erase(session, nurse)
    assert found(session, "Hildegarde", "Infirmier") == set()
    assert (asked.status, asked.wish, states(asked)) == (tell_state, "monter devant", ["confirmed"])


def test_nobody_is_erased_twice(session: Session):
    odile = make_driver(session)
    erase(session, odile)
    with pytest.raises(NotFound):
        erase(session, odile)
    with pytest.raises(NotFound):
        erasure.erase(session, 999_999, actor=NADIA, now=NOW, policy=POLICY)
