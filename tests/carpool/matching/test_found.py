"""An answer counts everybody, and says in full only those whom one looks at."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.carpool.matching import hits
from lotocar.carpool.matching.candidate import Asked, Candidate
from lotocar.carpool.matching.confirming import Measured
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.found import Chained, Found, Listed
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.ranking import rank
from lotocar.carpool.matching.search import candidates, indexed
from lotocar.carpool.matching.series import EachOnce, companions, on_each_day, served_by
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.matching.cast import make_departure, make_leg
from tests.carpool.matching.test_index import MANY, edgy_territory

ROADS = EstimatedRoads()
seeds = st.integers(0, 2**32)
ASKED = {driver: driver % 3 for driver in range(8)}


def crowded(seed: int) -> tuple[Found, Found]:
    """The same departures found through the index and by looking at each: often dozens."""
    offered, asked = edgy_territory(seed, departures=120, legs=1)
    leg = replace(asked[0], time_kind=TimeKind.NONE, hour=None, until=None, extra_detour_minutes=60)
    index = Index.build(offered[:80], ROADS).replaced((), offered[80:])
    return indexed(index, leg, asked_recently=ASKED), candidates(offered, leg, ROADS, asked_recently=ASKED)


@settings(max_examples=60 * MANY, deadline=None)
@given(seed=seeds, cuts=st.lists(st.integers(0, 60), max_size=4))
def test_the_count_is_that_of_all_and_each_page_a_slice_of_all(seed: int, cuts: list[int]) -> None:
    through, looked_at = crowded(seed)
    whole = [*looked_at]
    assert len(through) == len(whole)
    for cut in cuts:  # pages asked for in any order, before anybody has asked for all
        assert through[cut : cut + 7] == whole[cut : cut + 7]
    edges = [0, *sorted(cuts), len(whole)]
    assert [one for a, b in pairwise(edges) for one in through[a:b]] == whole
    assert [*through] == whole
    assert through[::-1] == whole[::-1]
    assert through[-3:] == whole[-3:]


@settings(max_examples=60 * MANY, deadline=None)
@given(seed=seeds)
def test_what_is_told_without_making_anybody_is_what_all_of_them_say(seed: int) -> None:
    through, looked_at = crowded(seed)
    assert (through.drivers, through.departures) == (looked_at.drivers, looked_at.departures)
    assert dict(through.least_detours()) == dict(looked_at.least_detours())
    for driver in range(8):
        assert through.of_driver(driver) == looked_at.of_driver(driver)
    some = sorted(looked_at.departures)[::3]
    assert through.without(some) == looked_at.without(some)
    assert through.without(()) == looked_at


def test_only_the_page_that_is_looked_at_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def noticed(asked: Asked, trip: int, departure: int, *rest: int) -> Candidate:
        made.append(departure)
        return make(asked, trip, departure, *rest)

    make = hits._candidate
    monkeypatch.setattr(hits, "_candidate", noticed)
    offered = [make_departure(trip_id=number, departure_id=number) for number in range(1500)]
    found = indexed(Index.build(offered, ROADS), make_leg())
    assert (len(found), bool(found), len(found.drivers), made) == (1500, True, 1, [])
    assert [one.departure_id for one in found[20:40]] == [*range(20, 40)] == made
    assert found[1499].departure_id == 1499
    assert made == [*range(20, 40), 1499]
    with pytest.raises(IndexError):
        found[1500]


@settings(max_examples=60 * MANY, deadline=None)
@given(seed=seeds, cut=st.integers(0, 30))
def test_once_measured_each_stands_where_its_rank_puts_it(seed: int, cut: int) -> None:
    """Of the first ten a third fall out, and the others come back with another detour."""
    through, looked_at = crowded(seed)
    first = [*looked_at[:10]]
    exact = [
        one._replace(detour_seconds=one.detour_seconds // 2, exact=True) for one in first[::3] + first[1::3]
    ]
    estimates = through.without({one.departure_id for one in first})
    measured = Measured(estimates, exact, ASKED)
    whole = sorted([*exact, *looked_at[10:]], key=lambda one: rank(one, ASKED))
    assert (len(measured), measured[cut : cut + 5]) == (len(whole), whole[cut : cut + 5])
    assert [*measured] == whole
    assert (measured.drivers, measured.departures) == (Listed(whole).drivers, Listed(whole).departures)
    assert dict(measured.least_detours()) == dict(Listed(whole).least_detours())
    for driver in range(8):
        assert measured.of_driver(driver) == Listed(whole).of_driver(driver)
    assert Measured(Listed(), exact[:1], ASKED) == exact[:1]


def test_days_that_would_do_as_well_come_one_after_another() -> None:
    through, looked_at = crowded(4)
    days = Chained([through, Listed(), looked_at])
    whole = [*looked_at, *looked_at]
    assert len(days) == len(whole) > 20
    for start in range(0, len(whole), 7):
        assert days[start : start + 7] == whole[start : start + 7]


@settings(max_examples=30 * MANY, deadline=None)
@given(seed=seeds)
def test_a_series_says_the_same_of_an_index_and_of_a_loop(seed: int) -> None:
    offered, asked = edgy_territory(seed, departures=60, legs=4)
    leg = replace(asked[0], time_kind=TimeKind.NONE, hour=None, until=None)
    index, dates = Index.build(offered, ROADS), {one.day for one in asked}

    def found(leg: LegFacts) -> Found:
        return candidates(offered, leg, ROADS)

    through = on_each_day(leg, dates, lambda one: indexed(index, one))
    looked_at = on_each_day(leg, dates, found)
    assert companions(through) == companions(looked_at)
    each = EachOnce(through)
    assert each == [_first(looked_at, one.driver_id) for one in companions(looked_at)]
    assert each.drivers == {one.driver_id for one in each}
    for driver in each.drivers:
        assert served_by(driver, through) == served_by(driver, looked_at)


def _first(by_day: object, driver_id: int) -> Candidate:
    assert isinstance(by_day, dict)
    return next(one for found in by_day.values() for one in found if one.driver_id == driver_id)
