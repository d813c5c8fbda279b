"""Acceptance scenarios about who is found, played on the database by the house's own operations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.listing import match_json
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.rules import fits
from lotocar.carpool.matching.search import exhaustive, search
from lotocar.carpool.matching.series import companions, on_each_day, unserved
from lotocar.carpool.matching.wording import candidate_words, hour_note
from lotocar.carpool.people.models import Person
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import Trip
from lotocar.carpool.trips.rules import DepartureOffer, TripOffer
from lotocar.values.actor import SYSTEM
from lotocar.values.days import local
from lotocar.values.geo import Point, Stop
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.roads.estimate import EstimatedRoads
from tests.bench.bench_matching import towns
from tests.bench.offers import Land, departures, requests
from tests.carpool.matching.cast import candidate, make_departure, make_leg
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GOURDON,
    SOUILLAC,
    TUESDAY,
    make_driver,
    make_organisation,
    make_trip,
    weekly,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PRADINES = Stop("Pradines", "46224", 44.4786, 1.3983)
ROADS = EstimatedRoads()


@pytest.fixture
def driver(session: Session) -> Person:
    make_organisation(session)
    return make_driver(session)


def post(session: Session, driver: Person, offer: TripOffer) -> Trip:
    return trips.post_trip(session, driver=driver, offer=offer, confirmed=True, actor=SYSTEM, now=NOW)


def found(session: Session, leg: LegFacts) -> list[Candidate]:
    through = search(session, leg, mirror=Mirror(ROADS))
    assert through == exhaustive(session, leg, roads=ROADS)
    return through


def leaves(candidate: Candidate) -> time:
    assert candidate.departure_at is not None
    return local(candidate.departure_at).time()


def test_o1_the_driver_of_tuesdays_and_thursdays_is_first_at_about_four_minutes(
    session: Session, driver: Person
) -> None:
    days = tuple(DepartureOffer("out", weekday=day, hour=time(8, 30)) for day in (1, 3))
    trip = post(session, driver, TripOffer(CAHORS, SOUILLAC, "regular", days))
    make_trip(session, origin=SOUILLAC, destination=FIGEAC, departures=[weekly(1, time(8, 30))])
    leg = LegFacts(PRADINES.point, GOURDON.point, TUESDAY, TimeKind.ARRIVE_BY, time(10))
    first = found(session, leg)[0]
    assert first.trip_id == trip.id
    assert "détour d'environ 4 min" in candidate_words(first, pickup="Pradines")
    assert hour_note(first) == "le départ de 8 h 30 convient pour arriver à 10 h"


def test_o1_is_about_four_minutes_from_the_gazetteer_s_own_positions() -> None:
    cahors, souillac, pradines, gourdon = (_commune(insee) for insee in ("46042", "46309", "46224", "46127"))
    departure = make_departure(origin=cahors, destination=souillac)
    answer = fits(departure, make_leg(pickup=pradines, dropoff=gourdon), ROADS)
    assert round(candidate(answer).detour_seconds / 60) == 4


def _commune(insee: str) -> Point:
    found = gazetteer().commune(insee)
    assert found is not None
    return found.point


def test_o3_the_way_back_is_found_once_it_has_an_hour_and_with_that_hour(
    session: Session, driver: Person
) -> None:
    out = DepartureOffer("out", weekday=1, hour=time(8, 30))
    trip = post(session, driver, TripOffer(CAHORS, GOURDON, "regular", (out,)))
    home = LegFacts(GOURDON.point, CAHORS.point, TUESDAY)
    assert found(session, home) == []
    back = DepartureOffer("back", weekday=1, hour=time(17, 30))
    both = TripOffer(CAHORS, GOURDON, "regular", (out, back))
    trips.change_trip(session, trip, both, actor=SYSTEM, now=NOW)
    session.flush()
    [one] = found(session, home)
    assert (one.direction, leaves(one)) == ("back", time(17, 30))


def test_o12_four_hundred_drivers_and_a_thousand_legs_answer_in_a_second_and_say_estimate(
    session: Session,
) -> None:
    """No service is reachable in these tests: sockets are closed."""
    land = Land([town for town in towns() if 43.9 < town.point.lat < 45.2], seed=12)
    drivers = [make_driver(session, phone=None) for _ in range(400)]
    for number, one in zip(range(1000), departures(land, 1000), strict=False):
        make_trip(
            session,
            driver=drivers[number % 400],
            origin=Stop("", "46042", one.origin.lat, one.origin.lon),
            destination=Stop("", "46042", one.destination.lat, one.destination.lon),
            departures=[weekly(number % 5, one.hour)],
        )
    mirror = Mirror(ROADS)
    spent = []
    for leg in requests(land, 20):
        started = perf_counter()
        search(session, leg, mirror=mirror)
        spent.append(perf_counter() - started)
    assert max(spent) < 1.0  # the first one builds the index
    text = match_json(session, origin=CAHORS, destination=FIGEAC, day=TUESDAY, ground=ROADS)
    assert '"distances": "estimate"' in text or '"candidates": []' in text


def test_v2_a_driver_who_pauses_is_not_found_in_between(session: Session, driver: Person) -> None:
    thursdays = DepartureOffer("out", weekday=3, hour=time(8))
    trip = post(session, driver, TripOffer(FIGEAC, CAHORS, "regular", (thursdays,)))
    later = DepartureOffer("out", weekday=3, hour=time(8, 30))
    trips.change_trip(session, trip, TripOffer(FIGEAC, CAHORS, "regular", (later,)), actor=SYSTEM, now=NOW)
    trips.pause(session, trip, date(2026, 12, 1), date(2026, 12, 15), actor=SYSTEM, now=NOW)
    session.flush()
    assert found(session, LegFacts(FIGEAC.point, CAHORS.point, date(2026, 12, 3))) == []
    for day in (date(2026, 11, 26), date(2026, 12, 17)):
        [one] = found(session, LegFacts(FIGEAC.point, CAHORS.point, day))
        assert leaves(one) == time(8, 30)


def test_v5_a_search_by_date_uses_the_hour_of_that_weekday(session: Session, driver: Person) -> None:
    hours = {0: time(7, 30), 1: time(7, 30), 4: time(8)}
    days = tuple(DepartureOffer("out", weekday=day, hour=hour) for day, hour in hours.items())
    post(session, driver, TripOffer(FIGEAC, CAHORS, "regular", days))
    for day, hour in ((date(2026, 11, 23), time(7, 30)), (date(2026, 11, 27), time(8))):
        [one] = found(session, LegFacts(FIGEAC.point, CAHORS.point, day))
        assert leaves(one) == hour
    assert found(session, LegFacts(FIGEAC.point, CAHORS.point, date(2026, 11, 25))) == []


SAINT_CERE = Stop("Saint-Céré", "46251", 44.8592, 1.8933)
BIARS = Stop("Biars-sur-Cère", "46029", 44.9281, 1.8500)


def test_o8_a_series_is_served_date_by_date_by_the_same_driver_where_possible(session: Session) -> None:
    """Monday to Friday at 5 h 30 for three weeks; the driver rests on Thursday 3 December."""
    every_day = make_trip(
        session,
        origin=SAINT_CERE,
        destination=BIARS,
        departures=[weekly(day, time(5, 30)) for day in range(5)],
    )
    thursdays = make_trip(session, origin=SAINT_CERE, destination=BIARS, departures=[weekly(3, time(5, 45))])
    thursday = date(2026, 12, 3)
    trips.pause(session, every_day, thursday, thursday, actor=SYSTEM, now=NOW)
    monday = date(2026, 11, 23)
    dates = [monday + timedelta(days=7 * week + day) for week in range(3) for day in range(5)]
    leg = LegFacts(SAINT_CERE.point, BIARS.point, monday, TimeKind.LEAVE_AT, time(5, 30))
    mirror = Mirror(EstimatedRoads())
    by_day = on_each_day(leg, dates, lambda asked: search(session, asked, mirror=mirror))
    first, second = companions(by_day)
    assert (first.driver_id, len(first.days)) == (every_day.driver_id, 14)
    assert thursday not in first.days
    assert second.driver_id == thursdays.driver_id
    assert {thursday} <= set(second.days)
    assert unserved(by_day) == ()
    trips.stop(session, thursdays, actor=SYSTEM, now=NOW)
    alone = on_each_day(leg, dates, lambda asked: search(session, asked, mirror=mirror))
    assert unserved(alone) == (thursday,)
