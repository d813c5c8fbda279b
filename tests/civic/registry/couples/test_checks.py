"""What stands against a couple because of the others."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotocar.civic.registry.couples.checks import Review, review, rpc_day, trace_of
from lotocar.civic.registry.couples.facts import Code, CoupleFacts, Reason, Role
from tests.civic.registry.fictional import MARCEL, MORNING, NOW, ODILE, TO, a_person, short


def ids(found: Review) -> list[str]:
    return [ready.couple.journey_id for ready in found.ready]


def why(found: Review) -> dict[int, tuple[Reason, ...]]:
    return {refused.couple.ride_id: refused.reasons for refused in found.refused}


def test_a_car_of_two_passengers_is_two_journeys() -> None:
    first = short(1, MORNING, trip_id="c3" * 16)
    second = short(2, MORNING, trip_id="c3" * 16, passenger=TO)
    found = review([second, first], now=NOW)
    assert ids(found) == [first.journey_id, second.journey_id]
    assert {ready.body["operator_trip_id"] for ready in found.ready} == {"c3" * 16}


@pytest.mark.parametrize("minutes", [0, 18, 30, 30.99])
def test_the_same_two_people_again_before_31_minutes_are_refused(minutes: float) -> None:
    there = short(1, MORNING)
    back = short(2, there.end_at + timedelta(minutes=minutes))
    found = review([there, back], now=NOW)
    assert ids(found) == [there.journey_id]
    assert why(found) == {2: (Reason(Code.TOO_CLOSE),)}


def test_thirty_one_minutes_pass() -> None:
    there = short(1, MORNING)
    back = short(2, there.end_at + timedelta(minutes=31))
    assert len(review([there, back], now=NOW).ready) == 2


def test_the_same_two_people_are_the_same_whoever_drives() -> None:
    there = short(1, MORNING)
    back = short(2, there.end_at + timedelta(minutes=10), driver=MARCEL, passenger=ODILE)
    assert why(review([there, back], now=NOW)) == {2: (Reason(Code.TOO_CLOSE),)}


def test_a_ride_sent_before_counts_whichever_side_of_the_new_one_it_stands() -> None:
    ride = short(1, MORNING)
    for start_at in (ride.start_at - timedelta(minutes=45), ride.end_at + timedelta(minutes=25)):
        sent = [trace_of(short(9, start_at))]
        assert why(review([ride], now=NOW, already_sent=sent)) == {1: (Reason(Code.TOO_CLOSE),)}
    for start_at in (ride.start_at - timedelta(minutes=51), ride.end_at + timedelta(minutes=31)):
        assert review([ride], now=NOW, already_sent=[trace_of(short(9, start_at))]).refused == ()


def test_another_passenger_may_follow_at_once() -> None:
    there = short(1, MORNING)
    next_one = short(2, there.end_at + timedelta(minutes=5), passenger=TO)
    assert len(review([there, next_one], now=NOW).ready) == 2


def day_of(count: int, **changes: Any) -> list[CoupleFacts]:
    """So many rides of Odile an hour apart, each with another passenger."""
    return [
        short(n, MORNING + n * timedelta(hours=1), passenger=a_person(100 + n), **changes)
        for n in range(1, count + 1)
    ]


def test_the_fifth_trip_of_a_driver_s_day_stays_at_home() -> None:
    found = review(day_of(6), now=NOW)
    assert len(found.ready) == 4
    assert why(found) == dict.fromkeys((5, 6), (Reason(Code.TOO_MANY_TRIPS, Role.DRIVER),))


def test_the_passenger_s_trips_are_counted_too_and_in_any_role() -> None:
    driven = [replace(couple, driver=couple.passenger, passenger=ODILE) for couple in day_of(2)]
    driving = day_of(5)[2:]
    found = review([*driven, *driving], now=NOW)
    assert why(found) == {5: (Reason(Code.TOO_MANY_TRIPS, Role.DRIVER),)}


def test_the_couples_of_one_car_are_one_trip() -> None:
    cars = [
        short(
            10 * n + seat,
            MORNING + n * timedelta(hours=1),
            trip_id=f"{n:032x}",
            passenger=a_person(100 + seat),
        )
        for n in range(4)
        for seat in range(1, 4)
    ]
    assert len(review(cars, now=NOW).ready) == 12


def test_what_was_sent_counts_in_the_day() -> None:
    *earlier, last = day_of(5)
    found = review([last], now=NOW, already_sent=[trace_of(couple) for couple in earlier])
    assert why(found) == {5: (Reason(Code.TOO_MANY_TRIPS, Role.DRIVER),)}


@pytest.mark.parametrize(
    ("evening", "day"),
    [
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), 20),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), 21),
        (datetime(2026, 7, 20, 21, 59, tzinfo=UTC), 20),
        (datetime(2026, 7, 20, 22, 0, tzinfo=UTC), 21),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 29),  # the night that loses an hour
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), 30),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 25),  # the night that gains one
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), 25),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), 26),
    ],
)
def test_a_day_of_the_registry_is_a_day_in_paris(evening: datetime, day: int) -> None:
    assert rpc_day(evening).day == day


def test_a_fifth_trip_after_midnight_in_paris_is_the_first_of_its_day() -> None:
    evening = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 19 h in Paris
    couples = [
        short(n, evening + (n - 1) * timedelta(hours=1, minutes=15), passenger=a_person(100 + n))
        for n in range(1, 6)
    ]
    found = review(couples, now=evening + timedelta(hours=12))
    assert rpc_day(couples[3].start_at) < rpc_day(couples[4].start_at)
    assert len(found.ready) == 5


def test_the_long_sunday_of_october_still_has_four_trips() -> None:
    first = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 0 h 30 on Sunday 25
    couples = [
        short(n, first + n * timedelta(hours=3, minutes=54), passenger=a_person(100 + n)) for n in range(6)
    ]
    found = review(couples, now=first + timedelta(hours=20))
    assert [rpc_day(ready.couple.start_at).day for ready in found.ready] == [25] * 4
    assert set(why(found)) == {4, 5}


def test_two_people_of_one_landline_and_name_are_one_for_the_registry() -> None:
    wife = replace(TO, person_id=34, user_id="4d" * 16)
    couples = [
        short(n, MORNING, trip_id="c3" * 16, passenger=one) for n, one in enumerate((MARCEL, TO, wife))
    ]
    found = review(couples, now=NOW)
    assert ids(found) == [couples[0].journey_id]
    assert why(found) == dict.fromkeys((1, 2), (Reason(Code.HOUSEHOLD),))


def test_the_second_of_a_household_is_refused_when_the_first_was_sent() -> None:
    wife = replace(TO, person_id=34, user_id="4d" * 16)
    first, second = (short(n, MORNING, trip_id="c3" * 16, passenger=one) for n, one in enumerate((TO, wife)))
    found = review([first, second], now=NOW, already_sent=[trace_of(first)])
    assert why(found) == {0: (Reason(Code.ID_USED),), 1: (Reason(Code.HOUSEHOLD),)}


def test_a_passenger_is_once_in_a_car() -> None:
    first, again = short(1, MORNING, trip_id="c3" * 16), short(2, MORNING, trip_id="c3" * 16)
    found = review([again, first], now=NOW)
    assert ids(found) == [first.journey_id]
    assert why(found) == {2: (Reason(Code.COUPLE_TWICE),)}


def test_a_car_has_one_driver() -> None:
    first = short(1, MORNING, trip_id="c3" * 16)
    second = short(2, MORNING, trip_id="c3" * 16, driver=a_person(77), passenger=TO)
    assert why(review([first, second], now=NOW)) == dict.fromkeys((1, 2), (Reason(Code.DRIVERS_DIFFER),))


def test_a_car_keeps_the_driver_it_was_sent_with() -> None:
    sent = trace_of(short(9, MORNING, trip_id="c3" * 16, driver=a_person(77), passenger=TO))
    found = review([short(1, MORNING, trip_id="c3" * 16)], now=NOW, already_sent=[sent])
    assert why(found) == {1: (Reason(Code.DRIVERS_DIFFER),)}


def test_nobody_is_in_two_cars_at_once() -> None:
    first = short(1, MORNING)
    second = short(2, MORNING + timedelta(minutes=5), driver=a_person(77))
    assert why(review([first, second], now=NOW)) == {2: (Reason(Code.PASSENGER_OVERLAP),)}


def test_a_change_of_car_on_the_way_may_overlap_a_little() -> None:
    first = short(1, MORNING)
    second = short(2, MORNING + timedelta(minutes=12), driver=a_person(77))
    assert len(review([first, second], now=NOW).ready) == 2


def test_an_identifier_serves_once() -> None:
    ride = short(1, MORNING)
    assert why(review([ride, ride], now=NOW)) == {1: (Reason(Code.ID_USED),)}
    assert review([ride], now=NOW, already_sent=[trace_of(ride)]).ready == ()


def test_of_a_ride_sent_long_ago_only_that_is_said() -> None:
    ride = short(1, NOW - timedelta(days=3))
    assert why(review([ride], now=NOW, already_sent=[trace_of(ride)])) == {1: (Reason(Code.ID_USED),)}


def test_what_is_refused_hinders_nobody() -> None:
    refused = short(1, MORNING, passenger=replace(MARCEL, consent=False))
    back = short(2, refused.end_at + timedelta(minutes=5))
    found = review([refused, back], now=NOW)
    assert ids(found) == [back.journey_id]


def test_twenty_times_more_rides_of_one_couple_do_not_take_four_hundred_times_longer() -> None:
    def seconds(count: int) -> float:
        couples = [short(n, MORNING + timedelta(seconds=n % 7200)) for n in range(count)]
        begun = time.process_time()
        review(couples, now=NOW)
        return time.process_time() - begun

    seconds(100)
    assert seconds(4_000) < 100 * max(seconds(200), 0.002)
