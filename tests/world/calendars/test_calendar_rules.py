"""Which days a trip that follows a calendar does not run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lotocar.errors import Invalid
from lotocar.world.calendars.rules import Break, Calendar, Closure, check_break, ends_soon, zone_of
from lotocar.world.places.gazetteer import gazetteer

CHRISTMAS = Break(date(2026, 12, 19), date(2027, 1, 3), "Noël")
WINTER = Break(date(2027, 2, 20), date(2027, 3, 7), "Hiver")
CALENDAR = Calendar(
    {"C": (CHRISTMAS, WINTER)},
    {"": (date(2026, 12, 25),), "57": (date(2026, 12, 26),), "67": (date(2026, 12, 26),)},
)


def closed(day: date, departement: str = "46", *, terms: str = "", holidays: bool = False) -> list[str]:
    found = CALENDAR.closures(departement, school_terms=terms, skips_holidays=holidays)
    return [one.why for one in found if one.first <= day <= one.last]


@pytest.mark.parametrize(
    ("departement", "zone"),
    [
        ("46", "C"),
        ("69", "A"),
        ("13", "B"),
        ("67", "B"),
        ("75", "C"),
        ("2A", "corse"),
        ("2B", "corse"),
        ("974", "974"),
    ],
)
def test_each_departement_has_its_zone(departement: str, zone: str) -> None:
    assert zone_of(departement) == zone


def test_every_departement_of_the_mainland_is_in_a_zone_and_no_other() -> None:
    mainland = {one for one in gazetteer().departement_names if one[:2] not in {"97", "98", "2A", "2B"}}
    assert {zone_of(one) for one in mainland} == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("day", "in_term", "in_break"),
    [
        (date(2026, 12, 18), [], ["term"]),
        (date(2026, 12, 19), ["school"], []),
        (date(2027, 1, 3), ["school"], []),
        (date(2027, 1, 4), [], ["term"]),
        (date(2028, 7, 1), [], ["term"]),  # past what is known, school goes on
    ],
)
def test_term_and_breaks_share_the_year(day: date, in_term: list[str], in_break: list[str]) -> None:
    assert (closed(day, terms="term"), closed(day, terms="break")) == (in_term, in_break)


def test_a_zone_without_data_has_no_break() -> None:
    assert closed(CHRISTMAS.first, "2A", terms="term") == []
    assert closed(CHRISTMAS.first, "2A", terms="break") == ["term"]


def test_a_trip_that_follows_nothing_runs_all_the_year() -> None:
    assert CALENDAR.closures("46", school_terms="", skips_holidays=False) == ()


def test_alsace_and_moselle_have_a_holiday_of_their_own() -> None:
    saint_stephen = date(2026, 12, 26)
    assert closed(saint_stephen, "67", holidays=True) == ["holiday"]
    assert closed(saint_stephen, "57", holidays=True) == ["holiday"]
    assert closed(saint_stephen, "46", holidays=True) == []
    assert closed(date(2026, 12, 25), "67", holidays=True) == ["holiday"]


def test_breaks_that_touch_leave_no_day_in_between() -> None:
    touching = Calendar({"C": (CHRISTMAS, Break(date(2027, 1, 4), date(2027, 1, 10), "Neige"))}, {})
    closures = touching.closures("46", school_terms="break", skips_holidays=False)
    assert closures == (
        Closure(date.min, date(2026, 12, 18), "term"),
        Closure(date(2027, 1, 11), date.max, "term"),
    )


def test_one_is_warned_six_months_before_the_data_end() -> None:
    today = date(2026, 11, 21)
    assert ends_soon(None, today)
    assert ends_soon(today + timedelta(days=182), today)
    assert not ends_soon(today + timedelta(days=183), today)


@pytest.mark.parametrize(
    ("zone", "name", "last", "code"),
    [
        ("", "Noël", CHRISTMAS.last, "calendar.zone"),
        ("C", " ", CHRISTMAS.last, "calendar.name"),
        ("C", "x" * 61, CHRISTMAS.last, "calendar.name"),
        ("C", "Noël", date(2026, 12, 18), "calendar.order"),
    ],
)
def test_a_break_that_nobody_could_have_is_refused(zone: str, name: str, last: date, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_break(zone, name, CHRISTMAS.first, last)
    assert refusal.value.code == code
