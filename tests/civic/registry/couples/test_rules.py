"""What stands against one couple, looked at alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lotocar.civic.registry.couples.facts import (
    Code,
    CoupleFacts,
    Evidence,
    Incentive,
    Payment,
    Reason,
    Role,
    Route,
    Warn,
)
from lotocar.civic.registry.couples.rules import in_france, price_rebuilds, proof_class, reasons, warnings
from lotocar.civic.registry.wording import SENTENCES, WARNINGS, sentence
from lotocar.values.geo import Point
from tests.civic.registry.fictional import CAHORS, FIGEAC, MARCEL, NOW, ODILE, a_couple

SIRET = "12345678900011"
START = a_couple().start_at


def codes(couple: CoupleFacts) -> list[str]:
    return [reason.code for reason in reasons(couple, now=NOW)]


def test_nothing_stands_against_an_ordinary_ride() -> None:
    assert reasons(a_couple(), now=NOW) == ()
    assert warnings(a_couple(), now=NOW) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "planned"}, Code.NOT_CONFIRMED),
        ({"status": "unknown"}, Code.NOT_CONFIRMED),
        ({"status": "passenger_no_show"}, Code.NOT_DONE),
        ({"status": "cancelled_driver"}, Code.NOT_DONE),
        ({"driver_says": "not_done"}, Code.DISPUTED),
        ({"driver_says": "done", "passenger_says": "not_done"}, Code.DISPUTED),
        ({"journey_id": "12"}, Code.BAD_ID),
        ({"trip_id": "A" * 32}, Code.BAD_ID),
        ({"passenger": ODILE}, Code.SAME_PERSON),
        ({"passenger": replace(ODILE, person_id=99)}, Code.SAME_IDENTITY),
        ({"passenger": replace(ODILE, person_id=99, last_name="DELMAS ")}, Code.SAME_IDENTITY),
        ({"passenger": replace(ODILE, person_id=99, last_name="Roux")}, Code.SAME_PHONE),
        ({"end_at": START - timedelta(seconds=1)}, Code.END_BEFORE_START),
        ({"end_at": START + timedelta(seconds=59)}, Code.TOO_BRIEF),
        ({"end_at": NOW + timedelta(seconds=1)}, Code.IN_FUTURE),
        ({"distance_m": 999}, Code.TOO_SHORT),
        ({"distance_m": 0}, Code.TOO_SHORT),
        ({"distance_m": 1_000_001}, Code.TOO_LONG),
        ({"start": Point(91, 0)}, Code.BAD_POSITION),
        ({"end": Point(44.4, float("nan"))}, Code.BAD_POSITION),
        ({"end": Point(44.4, float("inf"))}, Code.BAD_POSITION),
        ({"start": Point(CAHORS.lon, CAHORS.lat)}, Code.OUTSIDE_FRANCE),
        ({"end": Point(0.0, 0.0)}, Code.OUTSIDE_FRANCE),
        ({"end": CAHORS}, Code.SAME_PLACE),
        ({"distance_m": 20_000}, Code.SHORTER_THAN_LINE),
        ({"end_at": START + timedelta(minutes=30)}, Code.TOO_FAST),
        ({"distance_m": 1_000, "end": Point(44.4564, 1.44103), "end_at": START + timedelta(minutes=13)}, Code.TOO_SLOW),
        ({"seats": 0}, Code.BAD_SEATS),
        ({"seats": 9}, Code.BAD_SEATS),
        ({"contribution_cents": -1, "revenue_cents": -1}, Code.BAD_MONEY),
        ({"contribution_cents": 1_000_001, "revenue_cents": 1_000_001}, Code.BAD_MONEY),
        ({"contribution_cents": 200}, Code.BAD_PRICE),
        ({"incentives": (Incentive(20, 100, SIRET),), "revenue_cents": 100}, Code.BAD_INCENTIVE),
        ({"incentives": (Incentive(0, 100, "12"),), "revenue_cents": 100}, Code.BAD_INCENTIVE),
        ({"incentives": (Incentive(0, 50, SIRET), Incentive(0, 50, SIRET)), "revenue_cents": 100}, Code.BAD_INCENTIVE),
        ({"incentives": (Incentive(0, 100_001, SIRET),), "revenue_cents": 100_001}, Code.BAD_INCENTIVE),
        ({"payments": (Payment(0, SIRET, "", 100),)}, Code.BAD_PAYMENT),
    ],
)  # fmt: skip
def test_one_thing_wrong_gives_its_one_reason(changes: dict[str, Any], code: Code) -> None:
    assert codes(a_couple(**changes)) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent": False}, Code.NO_CONSENT),
        ({"adult": False, "guardian_missing": True}, Code.NO_GUARDIAN),
        ({"phone_e164": None}, Code.NO_PHONE),
        ({"phone_e164": ""}, Code.NO_PHONE),
        ({"phone_e164": "0639980011"}, Code.BAD_PHONE),
        ({"last_name": ""}, Code.BAD_NAME),
        ({"last_name": "Ильина"}, Code.BAD_NAME),
        ({"user_id": ""}, Code.BAD_ID),
        ({"user_id": "x" * 257}, Code.BAD_ID),
    ],
)
@pytest.mark.parametrize("who", [Role.DRIVER, Role.PASSENGER])
def test_a_reason_about_a_person_names_the_side(changes: dict[str, Any], code: Code, who: Role) -> None:
    person = replace(ODILE if who is Role.DRIVER else MARCEL, **changes)
    couple = replace(a_couple(), **{who: person})
    assert reasons(couple, now=NOW) == (Reason(code, who),)


def test_every_reason_is_given_at_once_but_not_what_follows_from_another() -> None:
    couple = a_couple(distance_m=500, seats=0, passenger=replace(MARCEL, consent=False, phone_e164=None))
    assert set(codes(couple)) == {"too_short", "bad_seats", "no_consent", "no_phone"}


def test_a_ride_not_known_to_be_done_has_no_other_reason() -> None:
    assert codes(a_couple(status="unknown", distance_m=5, driver=replace(ODILE, consent=False))) == [
        "not_confirmed"
    ]


@pytest.mark.parametrize(
    ("age", "soon", "refused"),
    [
        (timedelta(hours=16), False, False),
        (timedelta(hours=16, seconds=1), True, False),
        (timedelta(hours=20), True, False),
        (timedelta(hours=20, seconds=1), True, True),
        (timedelta(days=400), True, True),
    ],
)
def test_we_close_twenty_hours_after_the_start_and_say_so_four_hours_before(
    age: timedelta, soon: bool, refused: bool
) -> None:
    couple = a_couple(start_at=NOW - age)
    assert (Warn.SOON in warnings(couple, now=NOW)) is soon
    assert (codes(couple) == [Code.EXPIRED]) is refused


def test_the_end_may_be_now() -> None:
    assert codes(a_couple(start_at=NOW - timedelta(minutes=67))) == []


def test_one_kilometre_passes() -> None:
    near = Point(44.4564, 1.44103)  # a kilometre north of Cahors
    assert codes(a_couple(end=near, distance_m=1_000, end_at=START + timedelta(minutes=3))) == []


@pytest.mark.parametrize(
    ("metres", "minutes", "exact", "alike"),
    [
        (70_000, 65, True, True),
        (176_000, 65, True, True),
        (176_500, 65, True, False),  # our road would be more than 2.5 times longer
        (17_700, 65, True, True),
        (17_600, 65, True, False),  # four times shorter
        (70_000, 168, True, False),  # 2.5 times slower
        (70_000, 9.5, True, False),  # seven times faster
        (290, 65, True, False),
    ],
)
def test_a_ride_looks_like_its_road(metres: int, minutes: float, exact: bool, alike: bool) -> None:
    route = Route(metres, timedelta(minutes=minutes), exact)
    assert codes(a_couple(route=route)) == ([] if alike else [Code.UNLIKE_ROUTE])


@pytest.mark.parametrize(
    ("metres", "seconds", "exact", "alike"),
    [
        (900, 90, True, True),
        (299, 90, True, False),  # the registry flags a road under 300 metres
        (900, 50, True, False),  # and one under a minute
        (900, 50, False, True),  # which an estimate cannot tell
    ],
)
def test_a_short_ride_has_a_road_that_counts(metres: int, seconds: int, exact: bool, alike: bool) -> None:
    route = Route(metres, timedelta(seconds=seconds), exact)
    near = Point(44.4564, 1.44103)
    couple = a_couple(end=near, distance_m=1_000, end_at=START + timedelta(minutes=3), route=route)
    assert codes(couple) == ([] if alike else [Code.UNLIKE_ROUTE])


@pytest.mark.parametrize(
    ("driver", "passenger", "ceiling", "sent"),
    [
        (False, False, "A", "A"),
        (False, False, "C", "A"),
        (True, False, "A", "A"),
        (True, False, "C", "B"),
        (False, True, "B", "B"),
        (True, True, "B", "B"),
        (True, True, "C", "C"),
    ],
)
def test_the_class_is_what_the_evidence_supports_under_the_ceiling(
    driver: bool, passenger: bool, ceiling: str, sent: str
) -> None:
    assert proof_class(Evidence(driver=driver, passenger=passenger), ceiling=ceiling) == sent


def test_our_fee_is_part_of_the_price() -> None:
    assert price_rebuilds(a_couple(contribution_cents=300, fee_cents=50, revenue_cents=250))
    assert not price_rebuilds(a_couple(contribution_cents=300, fee_cents=50, revenue_cents=300))


@pytest.mark.parametrize(
    "point",
    [
        CAHORS,
        FIGEAC,
        Point(42.7, 9.45),
        Point(51.05, 2.35),
        Point(48.45, -5.1),
        Point(-20.88, 55.45),
        Point(16.2, -61.5),
    ],
)
def test_french_communes_are_in_france(point: Point) -> None:
    assert in_france(point)


def test_a_plate_too_long_for_the_registry_is_said_and_holds_nothing_back() -> None:
    couple = a_couple(licence_plate="A" * 33)
    assert codes(couple) == []
    assert warnings(couple, now=NOW) == (Warn.PLATE_LEFT_OUT,)


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("who", [None, *Role])
def test_each_reason_is_a_french_sentence_that_names_nobody(code: Code, who: Role | None) -> None:
    told = sentence(Reason(code, who))
    assert told[0].isupper()
    assert told.endswith(".")
    assert "{" not in told
    assert not {"Odile", "Marcel", "Delmas"} & set(told.split())


def test_each_code_has_words_and_each_word_its_code() -> None:
    assert set(SENTENCES) == set(Code)
    assert set(WARNINGS) == set(Warn)
