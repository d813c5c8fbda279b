"""A driver who passes by declared places: the passenger is put where the whole way is shortest."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, Rule
from lotocar.carpool.matching.rules import Way, fits, pairs_of, prepare, way
from lotocar.values.geo import Point
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Leg
from tests.carpool.matching.cast import (
    CAHORS,
    FIGEAC,
    GRAMAT,
    SOUILLAC,
    candidate,
    exclusion,
    make_departure,
    make_leg,
)
from tests.carpool.matching.territories import Territory

ROADS = EstimatedRoads(0.085)


def way_of(departure: DepartureFacts, leg: LegFacts) -> Way:
    return way(departure, prepare(leg, ROADS), ROADS)


def seconds(*stops: Point) -> int:
    return sum(ROADS.leg(a, b).seconds for a, b in pairwise(stops))


def test_a_place_passed_by_costs_no_detour() -> None:
    leg = make_leg(pickup=CAHORS, dropoff=FIGEAC, hour=None)
    straight = make_departure(destination=SOUILLAC)
    by_figeac = make_departure(destination=SOUILLAC, vias=(FIGEAC,))
    assert exclusion(fits(straight, leg, ROADS)).rule is Rule.DETOUR
    assert candidate(fits(by_figeac, leg, ROADS)).detour_seconds == 0


def test_between_two_places_passed_by_the_hours_count_what_comes_before() -> None:
    departure = make_departure(destination=SOUILLAC, vias=(FIGEAC, GRAMAT))
    found = candidate(fits(departure, make_leg(pickup=FIGEAC, dropoff=GRAMAT, hour=None), ROADS))
    assert found.pickup_at == datetime.fromtimestamp(
        datetime(2026, 11, 24, 7, 30, tzinfo=UTC).timestamp() + seconds(CAHORS, FIGEAC), UTC
    )
    assert (found.detour_seconds, found.ride_seconds) == (0, seconds(FIGEAC, GRAMAT))


def test_the_passenger_goes_through_the_places_in_between() -> None:
    departure = make_departure(destination=SOUILLAC, vias=(FIGEAC, GRAMAT))
    drive = way_of(departure, make_leg(pickup=FIGEAC, dropoff=SOUILLAC))
    assert drive.ride_seconds == seconds(FIGEAC, GRAMAT, SOUILLAC)
    assert drive.detour_seconds == 0


def test_the_order_of_the_places_is_kept() -> None:
    departure = make_departure(destination=SOUILLAC, vias=(FIGEAC, GRAMAT), max_detour_minutes=1)
    backwards = make_leg(pickup=GRAMAT, dropoff=FIGEAC, hour=None)
    assert exclusion(fits(departure, backwards, ROADS)).rule is Rule.DETOUR


def every_insertion(departure: DepartureFacts, leg: LegFacts) -> int:
    """The shortest whole way, by trying every place for both."""
    stops = list(departure.stops)
    ways = [
        seconds(*stops[:i], leg.pickup, *stops[i:j], leg.dropoff, *stops[j:])
        for i in range(1, len(stops))
        for j in range(i, len(stops))
    ]
    return min(ways)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_it_is_the_best_of_all_insertions(seed: int) -> None:
    land = Territory(seed, ROADS)
    departure, leg = land.departure(0), land.leg()
    drive = way_of(departure, leg)
    base = seconds(*departure.stops) if departure.base_seconds is None else departure.base_seconds
    assert drive.detour_seconds == max(0, every_insertion(departure, leg) - base)


class Listening:
    """Roads that remember what they were asked."""

    slack_seconds = usual_error_seconds = 0

    def __init__(self) -> None:
        self.asked: set[tuple[Point, Point]] = set()

    def leg(self, a: Point, b: Point) -> Leg:
        self.asked.add((a, b))
        return ROADS.leg(a, b)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_roads_to_measure_are_all_known_beforehand(seed: int) -> None:
    land, roads = Territory(seed, ROADS), Listening()
    departure, leg = land.departure(0), land.leg()
    way(departure, prepare(leg, roads), roads)
    assert roads.asked == set(pairs_of(departure, leg))
