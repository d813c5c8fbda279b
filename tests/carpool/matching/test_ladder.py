"""What to try when nobody fits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.matching.found import NOBODY, Found
from lotocar.carpool.matching.ladder import Change, Finder, Rung, Step, ladder
from lotocar.carpool.matching.search import candidates
from lotocar.carpool.matching.wording import rung_words
from lotocar.values.geo import Point, Stop
from lotocar.world.roads.estimate import EstimatedRoads
from tests.carpool.matching.cast import CAHORS, FIGEAC, GRAMAT, SOUILLAC, make_departure, make_leg

ROADS = EstimatedRoads(0.085)  # its own pace, so that a new calibration moves no figure here


def finder(*departures: DepartureFacts) -> Finder:
    def find(leg: LegFacts) -> Found:
        return candidates(departures, leg, ROADS)

    return find


def steps(rungs: Sequence[Rung | Change]) -> list[str]:
    return [str(rung.step) for rung in rungs]


def test_an_hour_more() -> None:
    late = make_departure(hour=time(10), flexibility_minutes=0)
    [rung] = ladder(make_leg(), finder(late))
    assert (steps([rung]), rung_words(rung)) == (
        ["hour"],
        "une heure plus tôt ou plus tard : 1 conducteur possible",
    )


def test_the_day_before_or_after() -> None:
    monday, wednesday = make_departure(weekday=0), make_departure(weekday=2, departure_id=101)
    rungs = ladder(make_leg(), finder(monday, wednesday))
    assert steps(rungs) == ["day_before", "day_after"]
    assert rung_words(rungs[0]) == "la veille, lundi 23 novembre : 1 conducteur possible"
    assert rung_words(rungs[1]) == "le lendemain, mercredi 25 novembre : 1 conducteur possible"


def test_a_driver_to_persuade() -> None:
    [rung] = ladder(make_leg(), finder(make_departure(max_detour_minutes=1)))
    assert isinstance(rung, Rung)
    assert rung.step is Step.DETOUR
    assert rung.found[0].detour_seconds > rung.found[0].limit_seconds
    words = "un détour plus long que d'habitude, à leur demander : 1 conducteur possible"
    assert rung_words(rung) == words


def test_a_meeting_point_within_a_walk() -> None:
    hamlet = Point(CAHORS.lat + 0.015, CAHORS.lon)
    bus_stop, far = Stop("Gare de Cahors", "46042", CAHORS.lat, CAHORS.lon), Stop("Le Vigan", "46334", 45, 2)
    strict = make_departure(max_detour_minutes=0)
    leg = make_leg(pickup=hamlet, dropoff=SOUILLAC)
    rungs = ladder(leg, finder(strict), meeting_points=[far, bus_stop])
    walk = rungs[-1]
    assert isinstance(walk, Rung)
    assert (walk.step, walk.place, walk.walk_m) == (Step.PICKUP, bus_stop, 1668)
    assert rung_words(walk) == "partir à Gare de Cahors, à 1,7 km à pied : 1 conducteur possible"


def test_being_set_down_a_walk_away() -> None:
    beyond = Point(SOUILLAC.lat, SOUILLAC.lon + 0.02)
    square = Stop("Souillac", "46309", SOUILLAC.lat, SOUILLAC.lon)
    strict = make_departure(max_detour_minutes=0)
    rungs = ladder(make_leg(pickup=CAHORS, dropoff=beyond), finder(strict), meeting_points=[square])
    assert rungs[-1].step is Step.DROPOFF


def test_two_drivers_with_a_change_and_a_bounded_wait() -> None:
    gramat = Stop("Gramat", "46128", GRAMAT.lat, GRAMAT.lon)
    first = make_departure(destination=GRAMAT, hour=time(8))  # there about 9 h 02
    second = make_departure(
        departure_id=101, driver_id=7, origin=GRAMAT, destination=FIGEAC, hour=time(9, 20)
    )
    leg = make_leg(pickup=CAHORS, dropoff=FIGEAC, time_kind=TimeKind.LEAVE_AT, hour=time(8))
    [change] = ladder(leg, finder(first, second), villages=[gramat])
    assert isinstance(change, Change)
    assert timedelta(minutes=5) <= change.wait <= timedelta(minutes=30)
    assert rung_words(change).startswith("deux conducteurs, avec un changement à Gramat et ")
    arriving = make_leg(pickup=CAHORS, dropoff=FIGEAC, hour=time(10, 30))
    assert steps(ladder(arriving, finder(first, second), villages=[gramat])) == ["change"]
    too_long = make_departure(departure_id=101, driver_id=7, origin=GRAMAT, destination=FIGEAC, hour=time(10))
    assert ladder(leg, finder(first, too_long), villages=[gramat]) == []
    same_driver = make_departure(departure_id=101, origin=GRAMAT, destination=FIGEAC, hour=time(9, 20))
    assert ladder(leg, finder(first, same_driver), villages=[gramat]) == []


def test_villages_off_the_way_are_not_tried() -> None:
    asked: list[LegFacts] = []

    def find(leg: LegFacts) -> Found:
        asked.append(leg)
        return NOBODY

    far_off = Stop("Souillac", "46309", SOUILLAC.lat, SOUILLAC.lon)
    ladder(make_leg(pickup=CAHORS, dropoff=FIGEAC), find, villages=[far_off])
    assert all(leg.dropoff == FIGEAC for leg in asked)


def test_who_fits_already_is_on_no_rung() -> None:
    assert ladder(make_leg(), finder(make_departure(), make_departure(departure_id=101))) == []


def test_nobody_at_all_gives_an_empty_ladder() -> None:
    assert ladder(make_leg(day=date(2026, 11, 28)), finder()) == []


def test_a_longer_detour_names_whom_to_persuade() -> None:
    [rung] = ladder(make_leg(), finder(make_departure(max_detour_minutes=1)))
    said = rung_words(rung, {1: "Odile Vernet"})
    assert (
        said == "un détour plus long que d'habitude, à leur demander : Odile Vernet (4 min au lieu de 1 min)"
    )


def test_a_meeting_point_too_far_to_walk_is_where_one_is_brought() -> None:
    hamlet = Point(CAHORS.lat + 0.05, CAHORS.lon)
    station = Stop("Gare de Cahors", "46042", CAHORS.lat, CAHORS.lon)
    rungs = ladder(
        make_leg(pickup=hamlet, dropoff=SOUILLAC),
        finder(make_departure(max_detour_minutes=0)),
        meeting_points=[station],
    )
    assert (
        rung_words(rungs[-1])
        == "partir à Gare de Cahors, à 5,6 km en s'y faisant conduire : 1 conducteur possible"
    )


def test_who_waits_too_long_gets_what_was_found_so_far() -> None:
    asked = []

    def find(leg: LegFacts) -> Found:
        asked.append(leg)
        return NOBODY

    villages = [Stop("Gramat", "46128", GRAMAT.lat, GRAMAT.lon)]
    late = iter([False, True, True, True])
    assert ladder(make_leg(), find, villages=villages, is_late=lambda: next(late)) == []
    assert len(asked) == 2  # the leg itself, and one rung
