"""The index answers exactly what looking at every departure answers."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.matching.found import Found
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.search import candidates, indexed
from lotocar.carpool.trips.rules import SeatPart
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.matrix import Frame, MatrixRoads
from lotocar.world.roads.router import Roads
from tests.carpool.matching.cast import TUESDAY, make_departure, make_leg
from tests.carpool.matching.territories import Territory

ROADS = EstimatedRoads()
seeds = st.integers(0, 2**32)
# pytest --hypothesis-profile=thousands asks fifty times as many questions
MANY = settings().max_examples // 100


def both(index: Index, departures: list[DepartureFacts], leg: LegFacts) -> tuple[Found, Found]:
    asked = {driver: driver % 3 for driver in range(8)}
    return (
        indexed(index, leg, asked_recently=asked),
        candidates(departures, leg, ROADS, asked_recently=asked),
    )


def edgy_territory(
    seed: int, departures: int, legs: int, roads: Roads = ROADS
) -> tuple[list[DepartureFacts], list[LegFacts]]:
    """Departures of which two thirds lie exactly on a boundary of one of the legs."""
    land = Territory(seed, roads)
    asked = [land.leg() for _ in range(legs)]
    offered = [land.departure(number) for number in range(departures)]
    for number in range(0, departures, 3):
        offered[number] = land.at_the_limit(offered[number], land.dice.choice(asked))
    for number in range(1, departures, 3):
        offered[number] = land.on_the_edge_of_the_window(offered[number], land.dice.choice(asked))
    land.dice.shuffle(offered)
    return offered, asked


@settings(max_examples=100 * MANY, deadline=None)
@given(seed=seeds)
def test_index_and_loop_agree_on_any_territory(seed: int) -> None:
    offered, asked = edgy_territory(seed, departures=40, legs=6)
    index = Index.build(offered, ROADS)
    for leg in asked:
        through, looked_at = both(index, offered, leg)
        assert through == looked_at
        assert indexed(index, leg)[:2] == candidates(offered, leg, ROADS)[:2]


def test_index_and_loop_agree_on_thousands_of_legs() -> None:
    """Hundreds of territories; they are not so poor that nobody ever fits."""
    found = 0
    for seed in range(400 * MANY):
        offered, asked = edgy_territory(seed, departures=24, legs=5)
        index = Index.build(offered, ROADS)
        for leg in asked:
            through, looked_at = both(index, offered, leg)
            assert through == looked_at, (seed, leg)
            found += len(through)
    assert found > 1500 * MANY


def test_large_territories_are_cut_into_blocks_and_still_agree() -> None:
    for seed in range(3):
        land = Territory(seed, ROADS)
        land.places = [land.places[0], *Territory(seed + 50, ROADS).places]
        offered = [land.departure(number) for number in range(6000)]
        index = Index.build(offered, ROADS)
        assert len(index.table.runs.code) > len(set(index.table.runs.code.tolist()))
        for _ in range(4):
            through, looked_at = both(index, offered, land.leg())
            assert through == looked_at


@settings(max_examples=50 * MANY, deadline=None)
@given(seed=seeds)
def test_after_any_changes_the_index_is_what_a_new_one_would_be(seed: int) -> None:
    offered, asked = edgy_territory(seed, departures=40, legs=3)
    land = Territory(seed, ROADS)
    index = Index.build(offered, ROADS)
    for _ in range(land.dice.randint(1, 12)):
        trips = {land.dice.randrange(30) for _ in range(land.dice.randint(1, 5))}
        changed = [land.departure(number) for trip in trips for number in (2 * trip, 2 * trip + 1)]
        changed = [one for one in changed if land.dice.random() < 0.7]
        index = index.replaced(trips, changed)
        offered = [one for one in offered if one.trip_id not in trips] + changed
        assert len(index) == sum(one.is_open for one in offered)
        assert index.holds_the_same_as(Index.build(offered, ROADS))
        for leg in asked:
            through, looked_at = both(index, offered, leg)
            assert through == looked_at
            assert indexed(index, leg)[:3] == candidates(offered, leg, ROADS)[:3]


def rough_ground(seed: int) -> MatrixRoads:
    """Zones of any slowness around the territories, each way its own."""
    dice = np.random.default_rng(seed)
    slowness = dice.integers(40, 250, (30, 30)).astype(np.uint8)
    raster = dice.integers(0, 30, (60, 60)).astype(np.uint16)
    return MatrixRoads(slowness, raster, Frame(43.0, 0.0, 0.05, 0.05))


@settings(max_examples=60 * MANY, deadline=None)
@given(seed=seeds)
def test_index_and_loop_agree_on_roads_that_differ_from_zone_to_zone(seed: int) -> None:
    ground = rough_ground(seed)
    offered, asked = edgy_territory(seed, departures=40, legs=4, roads=ground)
    index = Index.build(offered, ground)
    for leg in asked:
        assert indexed(index, leg) == candidates(offered, leg, ground)


def test_a_long_tail_is_sorted_in() -> None:
    offered = [make_departure(trip_id=number, departure_id=number) for number in range(600)]
    index = Index.build(offered[:200], ROADS)
    for one in offered[200:]:
        index = index.replaced([one.trip_id], [one])
    assert len(index.table.columns) > 200
    assert indexed(index, make_leg()) == candidates(offered, make_leg(), ROADS)


def test_an_older_snapshot_is_untouched_by_a_change() -> None:
    before = Index.build([make_departure()], ROADS)
    after = before.replaced([10], [])
    assert (len(indexed(before, make_leg())), len(indexed(after, make_leg()))) == (1, 0)


def test_seats_and_pauses_follow_the_departure_when_it_changes() -> None:
    full = make_departure(seats=1, seats_taken={TUESDAY: (SeatPart(1),)})
    index = Index.build([full], ROADS)
    assert indexed(index, make_leg()) == []
    freed = index.replaced([10], [replace(full, seats_taken={TUESDAY: (SeatPart(0),)})])
    assert len(indexed(freed, make_leg())) == 1


def test_an_empty_territory_finds_nobody() -> None:
    assert indexed(Index.build([], ROADS), make_leg()) == []


def test_nothing_is_capped() -> None:
    offered = [make_departure(trip_id=number, departure_id=number) for number in range(1500)]
    assert len(indexed(Index.build(offered, ROADS), make_leg())) == 1500


def test_a_trip_costs_less_than_64_bytes() -> None:
    """Out, five days a week, at any hour and place; the size at a million is in docs/bench."""
    land = Territory(1, ROADS)
    offered = []
    for trip in range(1000):
        model = replace(land.departure(trip), vias=(), is_open=True, day=None, seats_taken={})
        numbers = range(5 * trip, 5 * trip + 5)
        offered += [
            replace(model, trip_id=trip, departure_id=number, weekday=day)
            for day, number in enumerate(numbers)
        ]
    index = Index.build(offered, ROADS)
    assert len(index) == 5000
    assert index.nbytes / 1000 <= 64


def test_hours_of_the_spring_night_are_found_by_both() -> None:
    night = date(2026, 3, 29)
    offered = [
        make_departure(day=night, departure_id=number, hour=time(number // 60, number % 60))
        for number in range(300)
    ]
    random.Random(1).shuffle(offered)
    index = Index.build(offered, ROADS)
    for hour in (time(0, 30), time(2, 30), time(3, 30), time(4, 30)):
        leg = make_leg(day=night, hour=hour, time_kind=TimeKind.LEAVE_AT)
        through, looked_at = both(index, offered, leg)
        assert through == looked_at
        assert through
