"""What a request is, from its legs; and which journeys make sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from lotocar.carpool.requests import rules
from lotocar.carpool.requests.rules import LegWish, check_legs, due_at, leg_after, request_after, status_of
from lotocar.errors import Invalid, Refused
from tests.support.factories import CAHORS, FIGEAC, NOW, TUESDAY

TODAY = date(2026, 11, 21)
OUT = LegWish(
    direction="out", origin=CAHORS, destination=FIGEAC, day=TUESDAY, time_kind="arrive_by", hour=time(10)
)
BACK = LegWish(
    direction="back", origin=FIGEAC, destination=CAHORS, day=TUESDAY, time_kind="leave_at", hour=time(17)
)


@pytest.mark.parametrize(
    ("legs", "taken", "status"),
    [
        (["unserved"], False, "to_process"),
        (["unserved"], True, "searching"),
        (["approached"], True, "awaiting_driver"),
        (["approached"], False, "awaiting_driver"),
        (["agreed"], True, "to_confirm"),
        (["confirmed"], True, "confirmed"),
        (["done"], True, "confirmed"),
        (["agreed", "unserved"], True, "searching"),  # aller trouvé, retour manquant
        (["confirmed", "approached"], True, "awaiting_driver"),
        (["confirmed", "failed"], True, "confirmed"),
        (["confirmed", "dropped"], True, "confirmed"),
        (["failed"], True, "searching"),
        (["dropped", "failed"], False, "to_process"),
    ],
)
def test_a_request_is_where_its_least_advanced_leg_is(legs: list[str], taken: bool, status: str):
    assert status_of("searching", legs, taken=taken) == status


@pytest.mark.parametrize("held", ["draft", "closed"])
def test_drafts_and_closed_requests_do_not_follow_their_legs(held: str):
    assert status_of(held, ["agreed"], taken=True) == held


def test_only_the_steps_of_the_tables_are_allowed():
    assert request_after("confirmed", "close") == "closed"
    assert leg_after("confirmed", "release") == "unserved"
    with pytest.raises(Refused, match=r"request\.closed\.close"):
        request_after("closed", "close")
    with pytest.raises(Refused, match=r"leg\.done\.approach"):
        leg_after("done", "approach")


def test_every_leg_state_gives_the_request_a_state():
    states = {state for pair in rules.LEG.items() for state in (pair[0][0], pair[1])}
    assert states == {*rules.FROM_LEG, *rules.GIVEN_UP} == {*rules.ORDER, *rules.GIVEN_UP}


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ([], "request.legs"),
        ([OUT, BACK, BACK], "request.more_backs"),
        ([replace(OUT, destination=CAHORS)], "request.same_place"),
        ([replace(OUT, day=TODAY - timedelta(days=1))], "request.day_past"),
        ([replace(OUT, day=date(9999, 12, 31))], "request.day_far"),
        ([replace(OUT, hour=None)], "request.hour_without_meaning"),
        ([replace(OUT, time_kind="none")], "request.hour_without_meaning"),
        ([OUT, replace(BACK, day=TUESDAY - timedelta(days=1))], "request.back_before_out"),
    ],
)
def test_a_journey_that_makes_no_sense_is_refused_with_its_field(legs: list[LegWish], code: str):
    with pytest.raises(Invalid) as refusal:
        check_legs(legs, today=TODAY)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "legs", [[OUT], [OUT, BACK], [replace(OUT, day=TODAY)], [replace(OUT, hour=None, time_kind="none")]]
)
def test_a_journey_that_makes_sense_passes(legs: list[LegWish]):
    check_legs(legs, today=TODAY)


MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 8 h in Paris


@pytest.mark.parametrize(
    ("status", "now", "due"),
    [
        ("to_process", NOW, NOW + timedelta(hours=2)),
        ("awaiting_driver", NOW, NOW + timedelta(hours=24)),
        ("searching", MORNING - timedelta(hours=16), MORNING - timedelta(hours=14)),  # before the eve is over
        ("searching", MORNING - timedelta(hours=3), MORNING - timedelta(hours=3)),  # at once
        ("confirmed", NOW, None),
        ("closed", NOW, None),
    ],
)
def test_each_state_says_by_when_to_look_again(status: str, now: datetime, due: datetime | None):
    assert due_at(status, now=now, first_day_starts=MORNING, callback_at=None) == due


def test_a_promised_call_comes_first_until_the_request_is_closed():
    promised = NOW + timedelta(days=1)
    assert due_at("searching", now=NOW, first_day_starts=MORNING, callback_at=promised) == promised
    assert due_at("closed", now=NOW, first_day_starts=MORNING, callback_at=promised) is None
