"""Departures that differ by their weekday only are one row, and each is still found under its own number."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.carpool.matching.facts import DayRange, DepartureFacts, TimeKind
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.patterns import Shelf, patterns
from lotocar.carpool.matching.search import candidates, indexed
from lotocar.carpool.trips.rules import SeatPart
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.matching.cast import TUESDAY, make_departure, make_leg
from tests.carpool.matching.territories import Territory

ROADS = EstimatedRoads()
SOLID = settings(deadline=None)


def weekdays(numbers: dict[int, int], **changes: object) -> list[DepartureFacts]:
    """One departure for each weekday, under the number beside it."""
    return [
        make_departure(weekday=weekday, departure_id=number, **changes) for weekday, number in numbers.items()
    ]


@pytest.mark.parametrize(
    ("numbers", "rows"),
    [
        ({0: 100, 1: 101, 2: 102, 3: 103, 4: 104}, 1),
        ({0: 100, 2: 102, 4: 104}, 1),
        ({0: 7, 6: 9}, 1),
        ({1: 5}, 1),
        ({0: 100, 1: 101, 2: 150}, 2),  # Wednesday came later
        ({0: 103, 1: 102, 2: 101}, 3),  # numbers go down
        ({0: 100, 1: 356}, 2),  # a step that does not fit in a byte
    ],
)
def test_numbers_that_go_up_evenly_are_one_pattern(numbers: dict[int, int], rows: int) -> None:
    offered = weekdays(numbers)
    random.Random(3).shuffle(offered)
    assert len(patterns(offered)) == rows
    index = Index.build(offered, ROADS)
    assert (len(index), index.rows) == (len(numbers), rows)
    for weekday, number in numbers.items():
        day = TUESDAY + timedelta(days=weekday - 1)
        found = indexed(index, make_leg(day=day))
        assert [one.departure_id for one in found] == [number]


def test_a_weekday_that_comes_twice_is_two_rows() -> None:
    offered = [*weekdays({0: 1, 1: 2}), make_departure(weekday=1, departure_id=3)]
    index = Index.build(offered, ROADS)
    assert index.rows == 2
    assert [one.departure_id for one in indexed(index, make_leg())] == [2, 3]


def test_another_hour_or_other_terms_are_another_row() -> None:
    usual = weekdays({0: 1, 1: 2, 2: 3})
    for change in (
        {"hour": time(9)},
        {"hour": None},
        {"seats": 1},
        {"pauses": (DayRange(TUESDAY, TUESDAY),)},
        {"seats_taken": {TUESDAY: (SeatPart(1),)}},
        {"team_only": True},
        {"abilities": 0},
        {"valid_until": TUESDAY},
    ):
        assert len(patterns([*usual[:2], replace(usual[2], **change)])) == 2


def test_closed_departures_are_left_out() -> None:
    assert patterns([make_departure(is_open=False)]) == []


@SOLID
@given(seed=st.integers(0, 2**32))
def test_weeks_are_found_day_by_day_as_a_loop_finds_them(seed: int) -> None:
    """Several weekdays a trip, numbered in any way; some change afterwards."""
    land = Territory(seed, ROADS)
    offered = [one for trip in range(15) for one in week(land, trip)]
    index = Index.build(offered, ROADS)
    legs = [land.leg() for _ in range(6)]
    for leg in legs:
        assert indexed(index, leg) == candidates(offered, leg, ROADS)
    changed = [one for trip in (3, 4, 20) for one in week(land, trip)]
    index = index.replaced({3, 4, 5, 20}, changed)
    offered = [one for one in offered if one.trip_id not in {3, 4, 5}] + changed
    assert len(index) == sum(one.is_open for one in offered)
    assert index.holds_the_same_as(Index.build(offered, ROADS))
    for leg in legs:
        assert indexed(index, leg) == candidates(offered, leg, ROADS)


def week(land: Territory, trip: int) -> list[DepartureFacts]:
    """A trip on some weekdays, two directions, now and then with another hour on one day."""
    dice, model = land.dice, replace(land.departure(0), trip_id=trip, day=None, is_open=True)
    step = dice.choice((1, 1, 2, 3, 100, 300))
    numbers = [5000 * trip + step * rank for rank in range(14)]
    if dice.random() < 0.3:
        dice.shuffle(numbers)
    found = []
    for weekday in sorted(dice.sample(range(7), dice.randint(1, 7))):
        hour = land.hour() if dice.random() < 0.1 else model.hour
        found.append(replace(model, weekday=weekday, hour=hour, departure_id=numbers[weekday]))
        if dice.random() < 0.3:
            back = replace(
                found[-1],
                direction="back",
                origin=model.destination,
                destination=model.origin,
                vias=model.vias[::-1],
                departure_id=numbers[7 + weekday],
            )
            found.append(back)
    return found


def test_extras_that_are_alike_stand_once_on_the_shelf() -> None:
    shelf = Shelf()
    breaks = (DayRange(date(2026, 12, 19), date(2027, 1, 3), "school"),)
    first = shelf.number_of(make_departure(pauses=breaks))
    assert shelf.number_of(make_departure(pauses=(*breaks,), departure_id=7)) == first
    assert shelf.number_of(make_departure()) == 0
    assert shelf[first].is_paused(date(2027, 1, 3))
    assert not shelf[first].is_paused(date(2027, 1, 4))


def test_the_shelf_forgets_what_is_used_no_more_when_the_index_is_sorted_anew() -> None:
    paused = make_departure(pauses=(DayRange(TUESDAY, TUESDAY),))
    index = Index.build([paused], ROADS)
    for number in range(400):
        taken = {TUESDAY: (SeatPart(1, number, number + 60),)}
        index = index.replaced([number], [make_departure(trip_id=number, seats_taken=taken)])
        index = index.replaced([number], [])
    assert len(index.shelf) < 300


def test_a_trip_longer_than_any_other_is_kept_whole() -> None:
    """A duration that does not fit in 16 bits widens the column; the others stay right."""
    offered = [
        make_departure(departure_id=1, trip_id=1),
        make_departure(departure_id=2, trip_id=2, base_seconds=200_000, max_detour_minutes=600),
    ]
    index = Index.build(offered[:1], ROADS).replaced([2], offered[1:])
    leg = make_leg(hour=None, time_kind=TimeKind.NONE)
    assert indexed(index, leg) == candidates(offered, leg, ROADS)
    assert len(indexed(index, leg)) == 2
