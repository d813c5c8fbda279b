"""The tables of the outbox: only legal moves, ranks that only rise, codes with a safe default, hours of the night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.errors import Refused
from lotocar.messages import rules

ACTS = sorted({act for _, act in rules.OUTBOX})


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("act", ACTS)
def test_only_the_moves_of_the_table_are_legal(state: str, act: str) -> None:
    if (state, act) in rules.OUTBOX:
        assert rules.message_after(state, act) in rules.STATES
    else:
        with pytest.raises(Refused):
            rules.message_after(state, act)


@pytest.mark.parametrize("state", sorted(rules.TERMINAL))
def test_nothing_moves_what_is_over(state: str) -> None:
    assert not any(rules.may(state, act) for act in ACTS)
    assert all(rules.heard(state, word) == state for word in rules.PROVIDER_WORD)


@given(st.lists(st.sampled_from([*rules.PROVIDER_WORD, "receiving", "", "nonsense"])))
def test_words_in_any_order_only_raise_the_rank_and_the_first_end_wins(words: list[str]) -> None:
    state = "sending"
    ranks = [rules.RANK[state]]
    for word in words:
        state = rules.heard(state, word)
        ranks.append(rules.RANK[state])
    assert ranks == sorted(ranks)
    ends = [rules.PROVIDER_WORD[word] for word in words if rules.PROVIDER_WORD.get(word) in rules.TERMINAL]
    if ends:
        assert state == ends[0]


@given(st.integers())
def test_any_code_not_in_the_table_is_never_retried_and_goes_to_a_human(code: int) -> None:
    remedy = rules.remedy(code)
    if code not in rules.REMEDIES:
        assert (remedy.act, remedy.retry_in, remedy.human) == ("hand", None, True)


@pytest.mark.parametrize(
    ("code", "act", "fact"),
    [
        (21211, "refuse", "wrong"),
        (21614, "block", "landline"),
        (21635, "block", "landline"),
        (30006, "block", "landline"),
        (21610, "block", "stopped"),
        (30005, "refuse", "wrong"),
        (21602, "refuse", ""),
        (30007, "refuse", ""),
        (21611, "retry", ""),
    ],
)
def test_a_known_code_has_its_remedy(code: int, act: str, fact: str) -> None:
    assert (rules.remedy(code).act, rules.remedy(code).number_fact) == (act, fact)


def test_a_country_not_enabled_blames_the_account_and_nobody_else() -> None:
    remedy = rules.remedy(21408)
    assert remedy.alarm
    assert remedy.holds_sender
    assert not remedy.number_fact


@given(st.integers(1, 100), st.floats(0, 1))
def test_waiting_between_tries_grows_and_stays_under_twenty_minutes(failures: int, jitter: float) -> None:
    wait = rules.backoff(failures, jitter=jitter)
    assert timedelta(seconds=30) <= wait <= timedelta(minutes=20)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-24T06:59:59", "2026-11-24T07:00:00"),  # 7 h 59 in winter
        ("2026-11-24T07:00:00", "2026-11-24T07:00:00"),
        ("2026-11-24T19:29:59", "2026-11-24T19:29:59"),  # 20 h 29
        ("2026-11-24T19:30:00", "2026-11-25T07:00:00"),
        ("2026-07-14T18:30:00", "2026-07-15T06:00:00"),  # 20 h 30 in summer
        ("2027-03-27T21:00:00", "2027-03-28T06:00:00"),  # the short night
        ("2027-03-28T00:30:00", "2027-03-28T06:00:00"),
        ("2027-10-30T20:00:00", "2027-10-31T07:00:00"),  # the long night
        ("2027-10-31T00:30:00", "2027-10-31T07:00:00"),
        ("2027-10-31T01:30:00", "2027-10-31T07:00:00"),
    ],
)
def test_fault_7_people_are_left_alone_until_eight_on_any_night(now: str, leaves: str) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert rules.leaves_at(now=instant, night_from=None).isoformat() == f"{leaves}+00:00"


@pytest.mark.parametrize(
    ("trip", "night_from"),
    [
        ("2026-11-25T06:30:00", "2026-11-25T03:30:00"),  # at 7 h 30, before anybody may be written to
        ("2026-11-25T07:59:00", "2026-11-25T04:59:00"),  # at 8 h 59: eight o'clock leaves less than an hour
        ("2026-11-25T08:00:00", None),  # at 9 h: eight o'clock is soon enough
        ("2026-11-25T13:00:00", None),
    ],
)
def test_only_a_trip_that_cannot_wait_for_eight_wakes_somebody(trip: str, night_from: str | None) -> None:
    at = rules.night_from(
        now=datetime(2026, 11, 24, 22, 0, tzinfo=UTC),
        urgent=False,
        trip_at=datetime.fromisoformat(trip).replace(tzinfo=UTC),
    )
    assert (at.isoformat() if at else None) == (f"{night_from}+00:00" if night_from else None)


def test_validity_never_outlives_the_use_of_a_message() -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert rules.validity_seconds(now=now, useful_until=None) == 36_000
    assert rules.validity_seconds(now=now, useful_until=now + timedelta(minutes=10)) == 600
    assert rules.validity_seconds(now=now, useful_until=now + timedelta(days=3)) == 36_000
    assert rules.validity_seconds(now=now, useful_until=now) == 1


def test_a_lease_from_the_future_means_that_the_clock_was_set_back() -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert rules.lease_is_over(lease_until=now + hour, claimed_at=now + hour, now=now)
    assert not rules.lease_is_over(lease_until=now + rules.LEASE, claimed_at=now, now=now)
    assert rules.lease_is_over(lease_until=now, claimed_at=now - rules.LEASE, now=now)


def test_codes_stop_before_the_reserve_of_agreed_rides() -> None:
    caps = rules.Caps(per_day=100, reserved_share=0.3)
    assert caps.allows("driver_code", sent_today=69)
    assert not caps.allows("driver_code", sent_today=70)
    assert caps.allows("passenger_confirmed", sent_today=99)
    assert not caps.allows("passenger_confirmed", sent_today=100)
    assert list(caps.alarms(80)) == [50, 80]
