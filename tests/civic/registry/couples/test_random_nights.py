"""Random rides around midnight, ordinary and DST, against the registry's comparisons written down naively."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lotocar.civic.registry.couples.checks import Sent, review, trace_of
from lotocar.civic.registry.couples.facts import Code, CoupleFacts, Reason
from lotocar.civic.registry.couples.rules import reasons
from lotocar.civic.registry.files.schema import check_payload
from lotocar.values.geo import Point
from tests.civic.registry.fictional import FIGEAC, NOW, a_couple, a_person, short

PARIS = ZoneInfo("Europe/Paris")
SURNAMES = ("Delmas", "Vernet", "Poujol", "Roux")
ALONE = [a_person(number, last_name=name) for number, name in enumerate(SURNAMES, start=1)]
HOUSEHOLD = [
    a_person(50 + number, phone_e164="+33536490033", last_name="Tô", user_id=f"{number}" * 32)
    for number in (1, 2)
]
MIDNIGHTS = (  # in Paris: an ordinary one, then those of the two days on which clocks change
    datetime(2026, 11, 20, 23, 0, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
)
RARELY_WRONG: list[dict[str, Any]] = [{}] * 20 + [
    {"status": "planned"},
    {"seats": 9},
    {"revenue_cents": 100},
    {"distance_m": 900},
    {"driver_says": "not_done"},
]
Night = tuple[list[CoupleFacts], datetime]


@st.composite
def nights(draw: st.DrawFn) -> Night:
    """Rides of six people around one midnight, mostly in order, and the instant at which they are judged."""
    midnight = draw(st.sampled_from(MIDNIGHTS))
    count = draw(st.integers(1, 16))
    return [draw(rides(number, midnight)) for number in range(count)], midnight + timedelta(hours=8)


@st.composite
def rides(draw: st.DrawFn, number: int, midnight: datetime) -> CoupleFacts:
    """One of these rides: mostly of a car of its own, sometimes shared, rarely with another driver's car."""
    start_at = midnight + timedelta(minutes=draw(st.integers(-300, 300)))
    driver, passenger = draw(st.permutations(ALONE + HOUSEHOLD))[:2]
    car = draw(
        st.sampled_from([9_000 + number] * 6 + [driver.person_id * 100, driver.person_id * 100 + 1, 1])
    )
    values: dict[str, Any] = {
        "end_at": start_at + timedelta(minutes=draw(st.sampled_from((12, 18, 20, 25, 120)))),
        "trip_id": f"{car:032x}",
        "driver": driver,
        "passenger": passenger,
        "contribution_cents": 200,
        "revenue_cents": 200,
    }
    twice = draw(st.sampled_from([0] * 20 + [1]))  # now and then an identifier serves twice
    return short(max(number - twice, 0), start_at, **(values | draw(st.sampled_from(RARELY_WRONG))))


def refused_by_the_registry(
    before: list[Sent], new: Sent, *, gap_refused: timedelta = timedelta(minutes=30)
) -> set[str]:
    """Its comparisons as its documentation puts them, by looking at everything sent before."""
    pair = {new.driver_key, new.passenger_key}
    found = set()
    if any(old.journey_id == new.journey_id for old in before):
        found.add("conflict")
    if any(len(_trips_that_day(before, key, new) - {new.trip_id}) >= 4 for key in pair):
        found.add("too_many_trips_by_day")
    for old in before:
        gap = max(new.start_at - old.end_at, old.start_at - new.end_at)
        if {old.driver_key, old.passenger_key} == pair and old.trip_id != new.trip_id and gap <= gap_refused:
            found.add("too_close_trips")
    return found


def _trips_that_day(before: list[Sent], key: str, new: Sent) -> set[str]:
    day = new.start_at.astimezone(PARIS).date()
    return {
        old.trip_id
        for old in before
        if key in (old.driver_key, old.passenger_key) and old.start_at.astimezone(PARIS).date() == day
    }


@settings(deadline=None)
@given(nights())
def test_whatever_is_accepted_would_be_accepted_in_any_order(night: Night) -> None:
    couples, now = night
    traces = [ready.trace for ready in review(couples, now=now).ready]
    for place, trace in enumerate(traces):
        assert refused_by_the_registry(traces[:place] + traces[place + 1 :], trace) == set()


@settings(deadline=None)
@given(nights())
def test_each_refusal_for_other_rides_has_them_among_those_that_go(night: Night) -> None:
    couples, now = night
    found = review(couples, now=now)
    going = [ready.trace for ready in found.ready]
    fit = [couple for couple in couples if not reasons(couple, now=now)]
    just_under = timedelta(minutes=31) - timedelta(microseconds=1)
    for refused in found.refused:
        said = {reason.code for reason in refused.reasons}
        against = refused_by_the_registry(going, trace_of(refused.couple), gap_refused=just_under)
        assert Code.TOO_CLOSE not in said or "too_close_trips" in against
        assert Code.TOO_MANY_TRIPS not in said or "too_many_trips_by_day" in against
        assert Code.ID_USED not in said or any(
            other.journey_id == refused.couple.journey_id for other in fit if other is not refused.couple
        )


@settings(deadline=None)
@given(nights())
def test_every_accepted_body_passes_the_schema(night: Night) -> None:
    couples, now = night
    for ready in review(couples, now=now).ready:
        assert check_payload(ready.body) == []
        assert reasons(ready.couple, now=now) == ()
        assert now - ready.couple.start_at <= timedelta(hours=24)


@settings(deadline=None)
@given(nights(), st.randoms())
def test_every_couple_is_answered_once_and_the_order_given_changes_nothing(
    night: Night, luck: random.Random
) -> None:
    couples = list({couple.journey_id: couple for couple in night[0]}.values())
    found = review(couples, now=night[1])
    answered = [one.couple.journey_id for one in (*found.ready, *found.refused)]
    assert sorted(answered) == sorted(couple.journey_id for couple in couples)
    assert all(refused.reasons for refused in found.refused)
    assert review(luck.sample(couples, len(couples)), now=night[1]) == found


@settings(deadline=None)
@given(nights())
def test_what_was_sent_is_not_sent_again_and_makes_room_for_nothing(night: Night) -> None:
    couples, now = night
    once = review(couples, now=now)
    again = review(couples, now=now, already_sent=[ready.trace for ready in once.ready])
    assert again.ready == ()
    sent = {ready.couple for ready in once.ready}
    assert all(
        refused.reasons == (Reason(Code.ID_USED),) for refused in again.refused if refused.couple in sent
    )


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
