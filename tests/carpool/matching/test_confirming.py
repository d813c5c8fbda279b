"""The first candidates measured by an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from threading import Event
from time import monotonic

import numpy as np
import pytest
from numpy.typing import NDArray

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.confirming import REST_S, Confirmer
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.search import candidates
from lotocar.carpool.matching.wording import candidate_words
from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Pair, by_one_table
from lotocar.world.roads.estimate import EstimatedRoads
from lotocar.world.roads.router import Leg
from tests.carpool.matching.cast import CAHORS, GOURDON, PRADINES, SOUILLAC, make_departure, make_leg

ROADS = EstimatedRoads(
    0.085, slack_seconds=120
)  # its own pace, so that a new calibration moves no figure here


class Engine:
    """Straight lines at another pace; a bridge is missing on the ways of `blocked`."""

    largest_table = 2500
    goes_by_rows = False
    is_quick = True

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

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        yield by_one_table(self, pairs)


class Broken(Engine):
    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        self.asked += 1
        raise Unavailable("roads.timeout")


class Stuck(Engine):
    """Answers when the test says so, pair by pair after the first `quick` ones."""

    def __init__(self, quick: int = 0) -> None:
        super().__init__()
        self.quick = quick
        self.gate = Event()

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        self.asked += 1
        for rank, (a, b) in enumerate(pairs):
            if rank >= self.quick:
                assert self.gate.wait(20)
            yield {(a, b): self.roads.leg(a, b).seconds}


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


def confirmed(
    engine: Engine, *departures: DepartureFacts, leg: LegFacts | None = None, first: int = 10
) -> list[Candidate]:
    leg, confirmer = leg or make_leg(), Confirmer(engine, first=first)
    found = candidates(departures, leg, ROADS)
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
    [estimated] = candidates([tight], make_leg(), ROADS)
    assert estimated.detour_seconds > estimated.limit_seconds
    [one] = confirmed(Engine(0.06), tight)
    assert one.exact
    assert one.detour_seconds <= one.limit_seconds
    assert confirmed(Engine(0.085), tight) == []


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


def ask(confirmer: Confirmer, *departures: DepartureFacts) -> list[Candidate]:
    found = candidates(departures, make_leg(), ROADS)
    return confirmer.confirmed(make_leg(), found, {one.departure_id: one for one in departures})


def test_the_same_question_is_not_asked_twice() -> None:
    engine = Engine()
    confirmer = Confirmer(engine)
    for _ in range(3):
        assert ask(confirmer, make_departure())[0].exact
    assert engine.asked == 1


def test_a_duration_kept_with_the_trip_does_not_mix_with_the_engine_s() -> None:
    [one] = confirmed(Engine(), make_departure())
    [other] = confirmed(Engine(), make_departure(base_seconds=10_000))
    assert one.detour_seconds == other.detour_seconds > 0


def test_a_slow_engine_is_waited_for_once_then_answers_for_the_next_search() -> None:
    engine, hands = Stuck(), Hands()
    confirmer = Confirmer(engine, budget_s=0.05, now_s=hands)
    started = monotonic()
    assert [one.exact for one in ask(confirmer, make_departure())] == [False]
    assert [one.exact for one in ask(confirmer, make_departure())] == [False]
    assert monotonic() - started < 2
    assert engine.asked == 1  # left alone after the first
    engine.gate.set()
    confirmer.settle()
    assert [one.exact for one in ask(confirmer, make_departure())] == [True]
    assert engine.asked == 1


def test_an_engine_left_alone_is_asked_again_after_a_while() -> None:
    engine, hands = Broken(), Hands()
    confirmer = Confirmer(engine, now_s=hands)
    for _ in range(3):
        ask(confirmer, make_departure())
    assert engine.asked == 1
    hands.s += REST_S + 1
    ask(confirmer, make_departure())
    assert engine.asked == 2


def test_what_is_measured_within_the_budget_is_exact_and_the_rest_an_estimate() -> None:
    engine = Stuck(quick=4)  # the four legs of the first departure
    confirmer = Confirmer(engine, budget_s=0.2)
    near_by = Point(CAHORS.lat + 0.01, CAHORS.lon), Point(SOUILLAC.lat + 0.01, SOUILLAC.lon)
    departures = [
        make_departure(trip_id=1, departure_id=1, origin=CAHORS, destination=SOUILLAC),
        make_departure(trip_id=2, departure_id=2, origin=near_by[0], destination=near_by[1]),
    ]
    assert sorted(one.exact for one in ask(confirmer, *departures)) == [False, True]
    engine.gate.set()
    confirmer.settle()
    assert all(one.exact for one in ask(confirmer, *departures))


def test_the_second_leg_of_a_page_waits_for_nobody_and_is_exact_the_next_time() -> None:
    engine = Stuck()
    confirmer = Confirmer(engine, budget_s=60)
    found = candidates([make_departure()], make_leg(), ROADS)
    known = {one.departure_id: make_departure() for one in found}
    assert confirmer.confirmed(make_leg(), found, known, waits=False) == found
    engine.gate.set()
    confirmer.settle()
    assert confirmer.confirmed(make_leg(), found, known, waits=False)[0].exact
    assert engine.asked == 1


def test_many_searches_at_once_do_not_pile_up_on_a_slow_engine() -> None:
    engine, hands = Stuck(), Hands()
    confirmer = Confirmer(engine, budget_s=0.01, now_s=hands)
    for _ in range(6):
        hands.s += REST_S + 1
        ask(confirmer, make_departure())
    assert engine.asked == 2
    engine.gate.set()
    confirmer.settle()


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
