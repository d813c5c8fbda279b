"""Flexible dates, series, there and back."""

from __future__ import annotations

from datetime import date, time, timedelta

from lotocar.carpool.matching.facts import DayRange, LegFacts, TimeKind
from lotocar.carpool.matching.found import Found
from lotocar.carpool.matching.search import candidates
from lotocar.carpool.matching.series import both_ways, companions, counts, on_each_day, unserved
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.matching.cast import CAHORS, SOUILLAC, make_departure, make_leg

MONDAY = date(2026, 11, 23)
WEEK = [MONDAY + timedelta(days=step) for step in range(5)]
EVERY_DAY = [
    make_departure(departure_id=weekday, weekday=weekday, pauses=(DayRange(WEEK[3], WEEK[3]),))
    for weekday in range(5)
]
TUESDAYS = make_departure(departure_id=9, driver_id=7, trip_id=9)


def find(leg: LegFacts) -> Found:
    return candidates([*EVERY_DAY, TUESDAYS], leg, EstimatedRoads())


def test_each_date_of_a_series_has_its_own_answer() -> None:
    found = on_each_day(make_leg(), reversed(WEEK), find)
    assert list(found) == WEEK
    assert counts(found) == dict(zip(WEEK, (1, 2, 1, 0, 1), strict=True))
    assert unserved(found) == (WEEK[3],)


def test_who_serves_most_of_a_series_comes_first() -> None:
    first, second = companions(on_each_day(make_leg(), WEEK, find))
    assert (first.driver_id, first.days) == (1, (WEEK[0], WEEK[1], WEEK[2], WEEK[4]))
    assert (second.driver_id, second.days) == (7, (WEEK[1],))


def test_the_same_driver_there_and_back_is_known() -> None:
    home = [
        make_departure(direction="back", origin=SOUILLAC, destination=CAHORS, hour=time(17), driver_id=7),
        make_departure(direction="back", origin=SOUILLAC, destination=CAHORS, hour=time(17), driver_id=8),
    ]
    back = make_leg(pickup=SOUILLAC, dropoff=CAHORS, time_kind=TimeKind.LEAVE_AT, hour=time(16, 30))
    assert both_ways(find(make_leg()), candidates(home, back, EstimatedRoads())) == {7}
