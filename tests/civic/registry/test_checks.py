"""What stands against a couple because of the others."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.checks import Review, Sent, review, rpc_day, trace_of
from lotocar.civic.registry.facts import Code, CoupleFacts, Reason, Role
from lotocar.civic.registry.rules import reasons
from lotocar.civic.registry.schema import check_payload
from lotocar.values.geo import Point
from tests.civic.registry.couples import CAJARC, FIGEAC, MARCEL, NOW, ODILE, TO, a_couple, a_person

PARIS = ZoneInfo("Europe/Paris")
MORNING = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def short(number: int, start_at: datetime, **changes: Any) -> CoupleFacts:
    """A ride of 20 minutes and 20 kilometres."""
    values: dict[str, Any] = {
        "start_at": start_at,
        "end_at": start_at + timedelta(minutes=20),
        "start": CAJARC,
        "distance_m": 20_000,
    }
    return a_couple(number, **(values | changes))


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
    couples = [short(n, first + n * timedelta(hours=4), passenger=a_person(100 + n)) for n in range(6)]
    found = review(couples, now=first + timedelta(hours=21))
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


def test_what_is_refused_hinders_nobody() -> None:
    refused = short(1, MORNING, passenger=replace(MARCEL, consent=False))
    back = short(2, refused.end_at + timedelta(minutes=5))
    found = review([refused, back], now=NOW)
    assert ids(found) == [back.journey_id]


# --- random days -----------------------------------------------------------------------------------

PEOPLE = [
    a_person(n, last_name=name) for n, name in enumerate(("Delmas", "Vernet", "Poujol", "Roux"), start=1)
]
PEOPLE += [a_person(50 + n, phone_e164="+33536490033", last_name="Tô", user_id=f"{n}" * 32) for n in (1, 2)]
NIGHTS = (  # an ordinary night, and the two on which clocks change
    datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
    datetime(2026, 3, 28, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 0, tzinfo=UTC),
)


@st.composite
def rides(draw: st.DrawFn) -> CoupleFacts:
    number = draw(st.integers(1, 10_000))
    night = draw(st.sampled_from(NIGHTS))
    start_at = night + timedelta(minutes=draw(st.integers(-300, 300)))
    minutes = draw(st.sampled_from((10, 18, 20, 25, 120)))
    driver, passenger = draw(st.permutations(PEOPLE))[:2]
    return short(
        number,
        start_at,
        end_at=start_at + timedelta(minutes=minutes),
        trip_id=f"{draw(st.integers(1, 9)):032x}",
        driver=driver,
        passenger=passenger,
        status=draw(st.sampled_from(("done", "done", "done", "done", "planned"))),
        seats=draw(st.integers(0, 9)),
        contribution_cents=200,
        revenue_cents=draw(st.sampled_from((200, 200, 200, 150))),
    )


DAYS = st.lists(rides(), max_size=14)
JUDGED_AT = st.sampled_from([night + timedelta(hours=8) for night in NIGHTS])


def would_refuse(before: list[Sent], new: Sent) -> set[str]:
    """The registry's comparisons, written down as its documentation puts them, by looking at everything."""
    pair = {new.driver_key, new.passenger_key}
    found = set()
    if any(old.journey_id == new.journey_id for old in before):
        found.add("conflict")
    for key in pair:
        same_day = {
            old.trip_id
            for old in before
            if key in (old.driver_key, old.passenger_key)
            and old.start_at.astimezone(PARIS).date() == new.start_at.astimezone(PARIS).date()
        }
        if len(same_day - {new.trip_id}) >= 4:
            found.add("too_many_trips_by_day")
    for old in before:
        if {old.driver_key, old.passenger_key} == pair and old.trip_id != new.trip_id:
            gap = max(new.start_at - old.end_at, old.start_at - new.end_at)
            if gap <= timedelta(minutes=30):
                found.add("too_close_trips")
    return found


@settings(deadline=None)
@given(DAYS, JUDGED_AT)
def test_whatever_is_accepted_would_be_accepted_in_any_order(
    couples: list[CoupleFacts], now: datetime
) -> None:
    found = review(couples, now=now)
    traces = [ready.trace for ready in found.ready]
    for place, trace in enumerate(traces):
        assert would_refuse(traces[:place] + traces[place + 1 :], trace) == set()


@settings(deadline=None)
@given(DAYS, JUDGED_AT)
def test_every_accepted_body_passes_the_schema(couples: list[CoupleFacts], now: datetime) -> None:
    for ready in review(couples, now=now).ready:
        assert check_payload(ready.body) == []
        assert reasons(ready.couple, now=now) == ()
        assert now - ready.couple.start_at <= timedelta(hours=24)


@settings(deadline=None)
@given(DAYS, JUDGED_AT, st.randoms())
def test_every_couple_is_answered_once_and_the_order_given_changes_nothing(
    couples: list[CoupleFacts], now: datetime, luck: random.Random
) -> None:
    couples = list({couple.journey_id: couple for couple in couples}.values())
    found = review(couples, now=now)
    answered = [*ids(found), *(refused.couple.journey_id for refused in found.refused)]
    assert sorted(answered) == sorted(couple.journey_id for couple in couples)
    assert all(refused.reasons for refused in found.refused)
    shuffled = luck.sample(couples, len(couples))
    assert review(shuffled, now=now) == found


@settings(deadline=None)
@given(DAYS, JUDGED_AT)
def test_sending_in_two_times_refuses_what_was_already_sent_and_sends_nothing_new(
    couples: list[CoupleFacts], now: datetime
) -> None:
    once = review(couples, now=now)
    again = review(couples, now=now, already_sent=[ready.trace for ready in once.ready])
    assert again.ready == ()
    sent = {ready.couple.journey_id for ready in once.ready}
    for refused in again.refused:
        if refused.couple.journey_id in sent and not reasons(refused.couple, now=now):
            assert refused.reasons == (Reason(Code.ID_USED),)


@settings(deadline=None)
@given(DAYS, JUDGED_AT)
def test_each_refusal_for_another_ride_has_that_ride(couples: list[CoupleFacts], now: datetime) -> None:
    found = review(couples, now=now)
    accepted = [ready.trace for ready in found.ready]
    for refused in found.refused:
        said = {reason.code for reason in refused.reasons}
        others = [trace for trace in accepted if trace.start_at <= refused.couple.start_at]
        if Code.TOO_CLOSE in said:
            new = trace_of(refused.couple)
            near = [
                old
                for old in others
                if old.pair == new.pair and old.end_at > new.start_at - timedelta(minutes=31)
            ]
            assert near


@settings(deadline=None)
@given(
    st.floats(allow_nan=True), st.floats(allow_nan=True), st.integers(-5, 10**9), st.integers(-(10**6), 10**6)
)
def test_absurd_numbers_are_refused_or_give_a_fit_body(
    lat: float, lon: float, metres: int, seconds: int
) -> None:
    start_at = NOW - timedelta(hours=3)
    couple = a_couple(
        1,
        start_at=start_at,
        start=Point(lat, lon),
        end=FIGEAC,
        distance_m=metres,
        end_at=start_at + timedelta(seconds=seconds),
    )
    found = review([couple], now=NOW)
    assert len(found.ready) + len(found.refused) == 1
    assert all(check_payload(ready.body) == [] for ready in found.ready)


def test_twenty_times_more_rides_of_one_couple_do_not_take_four_hundred_times_longer() -> None:
    def seconds(count: int) -> float:
        couples = [short(n, MORNING + timedelta(seconds=n % 7200)) for n in range(count)]
        begun = time.process_time()
        review(couples, now=NOW)
        return time.process_time() - begun

    seconds(100)
    assert seconds(4_000) < 100 * max(seconds(200), 0.002)
