"""Who fits, at what detour, and otherwise why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DayRange, LegFacts, Rule, TimeKind
from lotocar.carpool.matching.ranking import rank
from lotocar.carpool.matching.rules import fits, seats_left
from lotocar.carpool.trips.rules import SeatPart
from lotocar.errors import Invalid
from lotocar.values.geo import Point
from lotocar.world.roads.estimate import SLOWNESS, EstimatedRoads
from tests.carpool.matching.cast import (
    CAHORS,
    FIGEAC,
    GOURDON,
    GRAMAT,
    LALBENQUE,
    LIMOGNE,
    MARCEL,
    ODILE,
    PRADINES,
    PRAYSSAC,
    PUY_L_EVEQUE,
    SALVIAC,
    SOUILLAC,
    TUESDAY,
    candidate,
    exclusion,
    make_departure,
    make_leg,
)

ROADS = EstimatedRoads(0.085)  # its own pace, so that a new calibration moves no figure here


def test_o1_the_driver_of_tuesday_0830_serves_an_arrival_at_ten_with_about_four_minutes_of_detour() -> None:
    found = candidate(fits(make_departure(), make_leg(), ROADS))
    assert round(found.detour_seconds / 60) == 4
    assert found.departure_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert found.dropoff_at is not None
    assert found.dropoff_at < datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert found.gap_seconds is not None
    assert -3600 < found.gap_seconds < 0
    assert not found.exact


def test_o1_also_holds_on_thursday_with_the_thursday_departure_only() -> None:
    thursday = make_leg(day=date(2026, 11, 26))
    assert exclusion(fits(make_departure(), thursday, ROADS)).rule is Rule.DAY
    candidate(fits(make_departure(weekday=3), thursday, ROADS))


def test_o3_a_driver_without_a_way_back_does_not_serve_the_way_back() -> None:
    out = make_departure(destination=GOURDON)
    leg = make_leg(pickup=GOURDON, dropoff=CAHORS, hour=None)
    assert exclusion(fits(out, leg, ROADS)).rule is Rule.DETOUR
    back = make_departure(direction="back", origin=GOURDON, destination=CAHORS, hour=time(17, 30))
    assert candidate(fits(back, leg, ROADS)).departure_at == datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


def test_v2_a_paused_driver_is_absent_and_one_learns_until_when() -> None:
    away = make_departure(weekday=3, pauses=(DayRange(date(2026, 12, 1), date(2026, 12, 15)),))
    answer = exclusion(fits(away, make_leg(day=date(2026, 12, 3)), ROADS))
    assert (answer.rule, answer.by, answer.data["until"]) == (Rule.PAUSE, 13, date(2026, 12, 15))
    candidate(fits(away, make_leg(day=date(2026, 12, 17)), ROADS))


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 12, 15)])
def test_both_ends_of_a_pause_are_paused(day: date) -> None:
    away = make_departure(pauses=(DayRange(date(2026, 12, 1), date(2026, 12, 15)),))
    assert exclusion(fits(away, make_leg(day=day), ROADS)).rule is Rule.PAUSE


WORKED_VALUES = [  # driver, passenger, and the original's: 1.4 × straight line at 60 km/h
    (CAHORS, SOUILLAC, PRADINES, GOURDON, 3.7),
    (PUY_L_EVEQUE, CAHORS, PRAYSSAC, CAHORS, 0.2),
    (FIGEAC, CAHORS, LIMOGNE, CAHORS, 11.5),
    (GOURDON, CAHORS, SALVIAC, CAHORS, 11.5),
    (FIGEAC, CAHORS, LALBENQUE, CAHORS, 18.7),
    (SOUILLAC, CAHORS, GRAMAT, CAHORS, 23.8),
    (CAHORS, PRADINES, CAHORS, GOURDON, 79.0),
    (CAHORS, GOURDON, GOURDON, CAHORS, 90.0),
]


@pytest.mark.parametrize(("origin", "destination", "pickup", "dropoff", "original"), WORKED_VALUES)
def test_our_detours_stand_beside_those_of_the_original(
    origin: Point, destination: Point, pickup: Point, dropoff: Point, original: float
) -> None:
    departure = make_departure(origin=origin, destination=destination, max_detour_minutes=600)
    leg = make_leg(pickup=pickup, dropoff=dropoff, hour=None)
    ours = candidate(fits(departure, leg, EstimatedRoads())).detour_seconds / 60
    assert ours == pytest.approx(original * SLOWNESS / 0.084, rel=0.05, abs=0.6)


@pytest.mark.parametrize(
    ("origin", "destination", "pickup", "dropoff"),
    [(CAHORS, PRADINES, CAHORS, GOURDON), (CAHORS, GOURDON, GOURDON, CAHORS)],
    ids=["stops short", "wrong way"],
)
def test_wrong_way_and_part_of_the_way_fall_out_through_the_detour(
    origin: Point, destination: Point, pickup: Point, dropoff: Point
) -> None:
    departure = make_departure(origin=origin, destination=destination, max_detour_minutes=45)
    answer = exclusion(fits(departure, make_leg(pickup=pickup, dropoff=dropoff, hour=None), ROADS))
    assert answer.rule is Rule.DETOUR
    assert answer.by is not None
    assert answer.by > 1800


@pytest.mark.parametrize("minutes", range(5, 11))
def test_no_detour_is_hidden_between_five_and_ten_minutes(minutes: int) -> None:
    """The original showed nobody between 5 and 10 minutes."""
    departure = make_departure(base_seconds=0, max_detour_minutes=600)
    detour = candidate(fits(departure, make_leg(), ROADS)).detour_seconds
    bent = make_departure(base_seconds=detour - 60 * minutes, max_detour_minutes=minutes)
    assert candidate(fits(bent, make_leg(), ROADS)).detour_seconds == 60 * minutes


def test_a_detour_equal_to_the_limit_fits_and_one_second_more_does_not() -> None:
    free = make_departure(base_seconds=0, max_detour_minutes=600)
    total = candidate(fits(free, make_leg(), ROADS)).detour_seconds
    equal = make_departure(base_seconds=total - 600)
    beyond = make_departure(base_seconds=total - 601)
    assert candidate(fits(equal, make_leg(), ROADS)).detour_seconds == 600
    answer = exclusion(fits(beyond, make_leg(), ROADS))
    assert (answer.rule, answer.by) == (Rule.DETOUR, 1)


def test_a_detour_is_never_below_zero() -> None:
    assert candidate(fits(make_departure(base_seconds=90_000), make_leg(), ROADS)).detour_seconds == 0


def test_the_same_two_places_cost_no_detour() -> None:
    found = candidate(fits(make_departure(), make_leg(pickup=CAHORS, dropoff=SOUILLAC, hour=None), ROADS))
    assert found.detour_seconds == 0


def test_the_last_seat_fits_and_one_more_does_not() -> None:
    nearly_full = make_departure(seats=3, seats_taken={TUESDAY: (SeatPart(2),)})
    assert candidate(fits(nearly_full, make_leg(seats=1), ROADS)).free_seats == 1
    answer = exclusion(fits(nearly_full, make_leg(seats=2), ROADS))
    assert (answer.rule, answer.by) == (Rule.SEATS, 1)
    candidate(fits(nearly_full, make_leg(seats=3, day=date(2026, 12, 1)), ROADS))


def test_a_stopped_trip_oneself_and_a_pair_to_avoid_are_excluded_first() -> None:
    leg = make_leg(avoid=frozenset({ODILE}))
    assert exclusion(fits(make_departure(is_open=False), leg, ROADS)).rule is Rule.CLOSED
    assert exclusion(fits(make_departure(driver_id=MARCEL), leg, ROADS)).rule is Rule.SAME_PERSON
    assert exclusion(fits(make_departure(), leg, ROADS)).rule is Rule.AVOIDED


def test_validity_counts_both_its_days() -> None:
    whole = make_departure(valid_from=TUESDAY, valid_until=TUESDAY)
    candidate(fits(whole, make_leg(), ROADS))
    later = exclusion(fits(whole, make_leg(day=date(2026, 12, 1)), ROADS))
    sooner = exclusion(fits(whole, make_leg(day=date(2026, 11, 17)), ROADS))
    assert (later.rule, later.by, sooner.rule, sooner.by) == (Rule.VALIDITY, 7, Rule.VALIDITY, 7)


def test_a_one_off_fits_on_its_date_only() -> None:
    once = make_departure(day=TUESDAY)
    assert not candidate(fits(once, make_leg(), ROADS)).is_weekly
    answer = exclusion(fits(once, make_leg(day=date(2026, 12, 1)), ROADS))
    assert (answer.rule, answer.by) == (Rule.DAY, 7)


def test_one_learns_how_many_days_away_the_departure_is() -> None:
    assert exclusion(fits(make_departure(weekday=0), make_leg(hour=None), ROADS)).by == 1
    assert exclusion(fits(make_departure(weekday=4), make_leg(hour=None), ROADS)).by == 3


def test_v5_each_weekday_keeps_its_own_hour() -> None:
    monday, friday = make_departure(weekday=0, hour=time(7, 30)), make_departure(weekday=4, hour=time(8))
    leg = make_leg(day=date(2026, 11, 27), hour=None)
    assert exclusion(fits(monday, leg, ROADS)).rule is Rule.DAY
    assert candidate(fits(friday, leg, ROADS)).departure_at == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def hour_leg(kind: TimeKind, hour: time, **changes: Any) -> LegFacts:
    """From the driver's own origin, so that the pick-up is at the departure's hour."""
    return make_leg(pickup=CAHORS, dropoff=SOUILLAC, time_kind=kind, hour=hour, **changes)


@pytest.mark.parametrize(
    ("wanted", "flexibility", "gap", "shift"),
    [
        (time(8, 30), 0, 0, 0),
        (time(8, 45), 0, -15 * 60, 0),  # ready a quarter of an hour before
        (time(8, 46), 0, None, 60),
        (time(8, 46), 1, -16 * 60, 60),  # the driver leaves a minute later
        (time(7, 0), 0, 90 * 60, 0),
        (time(6, 59), 0, None, 60),
        (time(6, 44), 15, 106 * 60, None),
        (time(6, 45), 15, 105 * 60, -15 * 60),  # a quarter of an hour earlier
    ],
)
def test_leaving_at_opens_a_window_that_flexibility_widens(
    wanted: time, flexibility: int, gap: int | None, shift: int | None
) -> None:
    departure = make_departure(flexibility_minutes=flexibility)
    answer = fits(departure, hour_leg(TimeKind.LEAVE_AT, wanted), ROADS)
    if gap is None or shift is None:
        assert (exclusion(answer).rule, exclusion(answer).by) == (Rule.HOUR, 60)
    else:
        assert (candidate(answer).gap_seconds, candidate(answer).shift_seconds) == (gap, shift)


def test_being_there_by_an_hour_means_not_a_second_later_unless_the_driver_is_flexible() -> None:
    ride = ROADS.leg(CAHORS, SOUILLAC).seconds  # 70 min 40 s or so: the drop-off is at 09:40 and some
    late = ride - 70 * 60
    strict = make_departure(flexibility_minutes=0)
    answer = exclusion(fits(strict, hour_leg(TimeKind.ARRIVE_BY, time(9, 40)), ROADS))
    assert (answer.rule, answer.by, answer.data["late"]) == (Rule.HOUR, late, True)
    supple = candidate(fits(make_departure(), hour_leg(TimeKind.ARRIVE_BY, time(9, 40)), ROADS))
    assert (supple.gap_seconds, supple.shift_seconds) == (late, -late)


@pytest.mark.parametrize(("hour", "fits_it"), [(7, 29), (7, 30), (9, 30), (9, 31)])
def test_around_an_hour_is_an_hour_on_both_sides(hour: int, fits_it: int) -> None:
    departure = make_departure(flexibility_minutes=0)
    answer = fits(departure, hour_leg(TimeKind.AROUND, time(hour, fits_it)), ROADS)
    assert isinstance(answer, Candidate) == (fits_it == 30)


def test_half_a_day_has_no_hour_of_its_own() -> None:
    morning = hour_leg(TimeKind.BETWEEN, time(0), until=time(12))
    found = candidate(fits(make_departure(), morning, ROADS))
    assert (found.gap_seconds, found.shift_seconds, found.wanted_at) == (None, 0, None)
    late = make_departure(hour=time(12, 10))
    assert candidate(fits(late, morning, ROADS)).shift_seconds == -600
    assert exclusion(fits(make_departure(hour=time(12, 16)), morning, ROADS)).by == 60


def test_a_tolerance_widens_the_window_at_both_ends() -> None:
    strict = make_departure(flexibility_minutes=0)
    for wanted in (time(7, 0), time(8, 45)):
        fits_exactly = hour_leg(TimeKind.LEAVE_AT, wanted)
        candidate(fits(strict, fits_exactly, ROADS))
    for wanted in (time(6, 0), time(9, 45)):
        assert exclusion(fits(strict, hour_leg(TimeKind.LEAVE_AT, wanted), ROADS)).rule is Rule.HOUR
        candidate(fits(strict, hour_leg(TimeKind.LEAVE_AT, wanted, tolerance_minutes=60), ROADS))


def test_a_driver_may_be_asked_beyond_the_limit_when_one_says_so() -> None:
    tight = make_departure(max_detour_minutes=1)
    assert exclusion(fits(tight, make_leg(), ROADS)).rule is Rule.DETOUR
    found = candidate(fits(tight, make_leg(extra_detour_minutes=5), ROADS))
    assert found.detour_seconds > found.limit_seconds == 60


def test_an_own_window_replaces_the_usual_one() -> None:
    leg = hour_leg(TimeKind.LEAVE_AT, time(8, 0), window_minutes=29)
    assert exclusion(fits(make_departure(flexibility_minutes=0), leg, ROADS)).rule is Rule.HOUR
    leg = hour_leg(TimeKind.LEAVE_AT, time(8, 0), window_minutes=30)
    candidate(fits(make_departure(flexibility_minutes=0), leg, ROADS))


def test_without_an_hour_any_departure_of_its_day_fits() -> None:
    for hour in (time(0), time(12), time(23, 59)):
        found = candidate(fits(make_departure(hour=hour), make_leg(hour=None), ROADS))
        assert (found.gap_seconds, found.shift_seconds) == (None, 0)


def test_a_driver_without_an_hour_fits_his_day_and_comes_after_a_known_hour() -> None:
    unknown = candidate(fits(make_departure(hour=None), make_leg(), ROADS))
    known = candidate(fits(make_departure(trip_id=11), make_leg(), ROADS))
    assert (unknown.pickup_at, unknown.gap_seconds) == (None, None)
    assert rank(known, {}) < rank(unknown, {})


def test_leaving_before_midnight_to_pick_up_after_it() -> None:
    """Leaves on Monday at 23:55; the passenger wants Tuesday at 00:05 in the next village."""
    late = make_departure(weekday=0, hour=time(23, 55))
    leg = make_leg(time_kind=TimeKind.LEAVE_AT, hour=time(0, 5))
    found = candidate(fits(late, leg, ROADS))
    assert (found.day, found.pickup_at and found.pickup_at.date()) == (date(2026, 11, 23), date(2026, 11, 23))
    assert exclusion(fits(make_departure(weekday=6, hour=time(23, 55)), leg, ROADS)).rule is Rule.DAY


def test_a_pause_counts_on_the_day_the_driver_leaves() -> None:
    leg = make_leg(time_kind=TimeKind.LEAVE_AT, hour=time(0, 5))
    late = make_departure(weekday=0, hour=time(23, 55), pauses=(DayRange(TUESDAY, TUESDAY),))
    candidate(fits(late, leg, ROADS))


def test_just_after_midnight_serves_the_evening_before() -> None:
    leg = make_leg(time_kind=TimeKind.LEAVE_AT, hour=time(23, 50))
    found = candidate(fits(make_departure(weekday=2, hour=time(0, 5)), leg, ROADS))
    assert found.day == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        (date(2026, 3, 28), time(8, 30), datetime(2026, 3, 28, 7, 30, tzinfo=UTC)),
        (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: 03:30
        (date(2026, 3, 29), time(8, 30), datetime(2026, 3, 29, 6, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 10, 25), time(3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_local_hour_is_kept_through_the_nights_when_clocks_change(
    day: date, hour: time, instant: datetime
) -> None:
    departure = make_departure(weekday=None, day=day, hour=hour)
    assert candidate(fits(departure, make_leg(day=day, hour=None), ROADS)).departure_at == instant


def test_what_has_already_passed_is_not_proposed() -> None:
    leg = make_leg(pickup=CAHORS, hour=None, not_before=datetime(2026, 11, 24, 7, 30, 30, tzinfo=UTC))
    answer = exclusion(fits(make_departure(), leg, ROADS))
    assert (answer.rule, answer.by) == (Rule.GONE, 30)
    candidate(fits(make_departure(hour=time(8, 31)), leg, ROADS))
    candidate(fits(make_departure(hour=None), leg, ROADS))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dropoff": PRADINES}, "leg.same_place"),
        ({"seats": 0}, "leg.seats"),
        ({"seats": 9}, "leg.seats"),
        ({"time_kind": TimeKind.NONE}, "leg.hour"),
        ({"hour": None, "time_kind": TimeKind.LEAVE_AT}, "leg.hour"),
        ({"window_minutes": -1}, "leg.window"),
        ({"until": time(11)}, "leg.until"),
        ({"time_kind": TimeKind.BETWEEN}, "leg.until"),
        ({"time_kind": TimeKind.BETWEEN, "until": time(9, 59)}, "leg.until"),
        ({"tolerance_minutes": -1}, "leg.window"),
        ({"window_minutes": 721}, "leg.window"),
    ],
)
def test_a_leg_that_makes_no_sense_is_said_so(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        fits(make_departure(), make_leg(**changes), ROADS)
    assert caught.value.code == code


def test_candidates_come_by_detour_then_gap_then_fairness_then_number() -> None:
    leg = make_leg(time_kind=TimeKind.LEAVE_AT, hour=time(8, 30))
    base = {"pickup_early": make_departure(hour=time(8, 30)), "later": make_departure(hour=time(8, 50))}
    near, far = (candidate(fits(departure, leg, ROADS)) for departure in base.values())
    wide = candidate(fits(make_departure(origin=PRADINES, hour=time(9)), leg, ROADS))
    assert wide.detour_seconds < near.detour_seconds
    assert sorted([far, near, wide], key=lambda one: rank(one, {})) == [wide, near, far]
    twin = candidate(fits(make_departure(trip_id=9, driver_id=7), leg, ROADS))
    assert rank(twin, {}) < rank(near, {})
    assert rank(near, {7: 1}) < rank(twin, {7: 1})


def test_a_minute_of_detour_and_five_minutes_of_gap_weigh_less_than_fairness() -> None:
    leg = make_leg(time_kind=TimeKind.LEAVE_AT, hour=time(8, 30))
    one = candidate(fits(make_departure(hour=time(8, 30)), leg, ROADS))
    twin = one._replace(driver_id=7, trip_id=9)
    same_minute = one.detour_seconds - one.detour_seconds % 60
    nearer = one._replace(detour_seconds=same_minute)
    farther = twin._replace(detour_seconds=same_minute + 59)
    assert rank(nearer, {}) < rank(farther, {})
    assert rank(farther, {ODILE: 1}) < rank(nearer, {ODILE: 1})
    beyond = twin._replace(detour_seconds=same_minute + 60)
    assert rank(nearer, {ODILE: 99}) < rank(beyond, {ODILE: 99})
    assert one.leaves is not None
    assert one.gap_seconds is not None
    punctual = one.leaves - one.gap_seconds
    sooner, later = one._replace(leaves=punctual - 299), twin._replace(leaves=punctual + 300)
    assert rank(sooner, {ODILE: 99}) < rank(later, {ODILE: 99})
    assert rank(twin._replace(leaves=punctual + 299), {ODILE: 1}) < rank(sooner, {ODILE: 1})


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (0, 600, 2),  # gets out where the first gets in
        (0, 601, 1),
        (600, 1100, 1),
        (1199, 1300, 0),  # both are there for a second
        (1200, 1300, 1),  # the first has just got out
        (1800, 2400, 2),
        (0, 4000, 0),
    ],
)
def test_a_seat_is_taken_on_the_part_of_the_way_where_somebody_sits(start: int, end: int, free: int) -> None:
    taken = (SeatPart(1, 600, 1200), SeatPart(1, 1100, 1800))
    assert seats_left(2, taken, start, end) == free


def test_a_seat_free_on_the_passenger_s_part_of_the_way_is_enough() -> None:
    alone = fits(make_departure(seats=1), make_leg(), ROADS)
    drive = candidate(alone)
    assert drive.pickup_at is not None
    assert drive.departure_at is not None
    gets_in = round((drive.pickup_at - drive.departure_at).total_seconds())
    before = SeatPart(1, 0, gets_in)
    assert (
        candidate(
            fits(make_departure(seats=1, seats_taken={TUESDAY: (before,)}), make_leg(), ROADS)
        ).free_seats
        == 1
    )
    overlapping = SeatPart(1, 0, gets_in + 1)
    full = make_departure(seats=1, seats_taken={TUESDAY: (overlapping,)})
    assert exclusion(fits(full, make_leg(), ROADS)).rule is Rule.SEATS


@pytest.mark.parametrize(
    ("abilities", "needs", "rule", "to_ask"),
    [
        (None, 3, None, 3),
        (0, 0, None, 0),
        (0, 1, Rule.NEEDS, 0),
        (1, 1, None, 0),
        (1, 3, Rule.NEEDS, 0),
        (63, 63, None, 0),
    ],
)
def test_needs_against_abilities(abilities: int | None, needs: int, rule: Rule | None, to_ask: int) -> None:
    answer = fits(make_departure(abilities=abilities), make_leg(needs=needs), ROADS)
    if rule is None:
        assert candidate(answer).to_ask == to_ask
    else:
        assert (exclusion(answer).rule, exclusion(answer).by) == (rule, 1)


def test_what_only_the_team_proposes_is_hidden_from_the_public() -> None:
    shy = make_departure(team_only=True)
    candidate(fits(shy, make_leg(), ROADS))
    assert exclusion(fits(shy, make_leg(is_public=True), ROADS)).rule is Rule.HIDDEN


def test_the_error_of_an_estimate_is_told_and_its_slack_widens_the_limit() -> None:
    careful = replace(ROADS, slack_seconds=120, usual_error_seconds=75)
    detour = candidate(fits(make_departure(), make_leg(), ROADS)).detour_seconds
    strict = make_departure(max_detour_minutes=detour // 60)
    assert detour % 60, "otherwise it fits as it is"
    assert exclusion(fits(strict, make_leg(), ROADS)).rule is Rule.DETOUR
    found = candidate(fits(strict, make_leg(), careful))
    assert (found.error_seconds, found.detour_seconds > found.limit_seconds) == (75, True)
