"""What the two libraries know, as our own types."""

from __future__ import annotations

from datetime import date

from lotocar.world.calendars import library


def breaks(year: int, zone: str) -> dict[str, tuple[date, date]]:
    return {one.name: (one.first, one.last) for where, one in library.school_breaks(year) if where == zone}


def test_the_breaks_of_a_year_go_by_zone() -> None:
    assert breaks(2026, "C")["Vacances d'hiver"] == (date(2026, 2, 21), date(2026, 3, 8))
    assert breaks(2026, "A")["Vacances d'hiver"] == (date(2026, 2, 7), date(2026, 2, 22))


def test_christmas_is_one_break_over_two_years_and_belongs_to_the_first() -> None:
    first, last = breaks(2026, "B")["Vacances de Noël"]
    assert (first, last.year) == (date(2026, 12, 19), 2027)
    assert [one for one in breaks(2027, "B").values() if one[0] == date(2027, 1, 1)] == []


def test_a_year_that_the_library_does_not_know_has_no_break() -> None:
    assert breaks(2031, "C") == {}
    assert library.school_years().stop == 2029


def test_public_holidays_are_those_of_the_country_then_of_some_departements() -> None:
    found = [*library.public_holidays(2026)]
    assert {one.day for one in found if one.departement == ""} >= {date(2026, 7, 14), date(2026, 11, 11)}
    assert {one.day for one in found if one.departement == "57"} == {date(2026, 4, 3), date(2026, 12, 26)}
    assert {one.day for one in found if one.departement == "974"} == {date(2026, 12, 20)}
    assert all(one.name for one in found)
