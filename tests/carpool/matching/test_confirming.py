"""The first candidates measured by an engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

import numpy as np
import pytest
from numpy.typing import NDArray

from lotocar.carpool.matching.confirming import Confirmer
from lotocar.carpool.matching.facts import Candidate, DepartureFacts, LegFacts
from lotocar.carpool.matching.search import candidates
from lotocar.carpool.matching.wording import candidate_words
from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Leg
from tests.carpool.matching.cast import CAHORS, GOURDON, PRADINES, SOUILLAC, make_departure, make_leg

ROADS = EstimatedRoads(0.085)  # its own pace, so that a new calibration moves no figure here


class Engine:
    """Straight lines at another pace; a bridge is missing on the ways of `blocked`."""

    largest_table = 2500

    def __init__(self, pace: float = 0.085, blocked: frozenset[Point] = frozenset()) -> None:
        self.roads = EstimatedRoads(pace)
        self.blocked = blocked
        self.asked = 0

    def leg(self, a: Point, b: Point) -> Leg:
        raise NotImplementedError

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        self.asked += 1
        return np.array(
            [
                [np.nan if b in self.blocked else self.roads.leg(a, b).seconds for b in targets]
                for a in sources
            ]
        )


class Broken(Engine):
    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        raise Unavailable("roads.timeout")


def confirmed(
    engine: Engine, *departures: DepartureFacts, leg: LegFacts | None = None, first: int = 10
) -> list[Candidate]:
    leg, confirmer = leg or make_leg(), Confirmer(engine, first=first)
    found = candidates(departures, confirmer.widened(leg), ROADS)
    by_number = {one.departure_id: one for one in departures}
    return confirmer.confirmed(leg, found, by_number, asked_recently={})


def test_about_four_minutes_becomes_four_minutes() -> None:
    [one] = confirmed(Engine(), make_departure())
    assert one.exact
    assert candidate_words(one, pickup="Pradines").split(", ")[1] == "détour de 4 min"


def test_who_is_beyond_the_limit_by_road_falls_out() -> None:
    assert len(confirmed(Engine(0.085), make_departure(max_detour_minutes=5))) == 1
    assert confirmed(Engine(0.12), make_departure(max_detour_minutes=5)) == []


def test_who_was_estimated_just_beyond_the_limit_comes_in() -> None:
    tight = make_departure(max_detour_minutes=3)
    assert candidates([tight], make_leg(), ROADS) == []
    [one] = confirmed(Engine(0.06), tight)
    assert one.detour_seconds <= one.limit_seconds


def test_where_there_is_no_way_nobody_fits() -> None:
    assert confirmed(Engine(blocked=frozenset({PRADINES})), make_departure()) == []


def test_hours_are_those_of_the_road() -> None:
    [slow] = confirmed(Engine(0.1), make_departure())
    [quick] = confirmed(Engine(0.08), make_departure())
    assert slow.pickup_at
    assert quick.pickup_at
    assert slow.pickup_at > quick.pickup_at


@pytest.mark.parametrize("minutes", [3, 4])
def test_an_engine_that_fails_leaves_the_estimates_as_they_were(minutes: int) -> None:
    departure = make_departure(max_detour_minutes=minutes)
    assert confirmed(Broken(), departure) == candidates([departure], make_leg(), ROADS)


def test_only_the_first_are_measured_and_the_others_say_so() -> None:
    departures = [make_departure(departure_id=number) for number in range(5)]
    answers = confirmed(Engine(), *departures, first=2)
    assert [one.exact for one in answers] == [True, True, False, False, False]


def test_the_same_question_is_not_asked_twice() -> None:
    engine = Engine()
    confirmer = Confirmer(engine)
    departure = make_departure()
    found = candidates([departure], make_leg(), ROADS)
    for _ in range(3):
        confirmer.confirmed(make_leg(), found, {departure.departure_id: departure}, asked_recently={})
    assert engine.asked == 1


def test_a_table_too_large_for_the_engine_is_not_asked() -> None:
    engine = Engine()
    engine.largest_table = 3
    assert [one.exact for one in confirmed(engine, make_departure())] == [False]
    assert engine.asked == 0


def test_the_measured_order_counts() -> None:
    near = make_departure(trip_id=1, departure_id=1, origin=PRADINES, destination=GOURDON)
    far = make_departure(trip_id=2, departure_id=2, origin=CAHORS, destination=SOUILLAC, hour=time(8, 35))
    assert [one.trip_id for one in confirmed(Engine(), far, near)] == [1, 2]


def test_nobody_found_asks_nothing() -> None:
    engine = Engine()
    assert confirmed(engine) == []
    assert engine.asked == 0
