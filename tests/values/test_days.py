"""Days and weekdays as people type them. Today is Saturday 21 November 2026."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.errors import Invalid
from lotocar.values.days import DAY_NAMES, read_day, read_weekdays
from lotocar.values.wording import date_words, day_words, full_date, listed

TODAY = date(2026, 11, 21)
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "typed",
    [
        "mardi",
        "Mardi",
        "mar.",
        "le mardi",
        "mardi prochain",
        "mardi qui vient",
        "prochain mardi",
        "mardi de la semaine prochaine",
        "la semaine prochaine, mardi",
        "24/11",
        "24/11/26",
        "24/11/2026",
        "24-11-2026",
        "24.11",
        "24.11.26",
        "24 11",
        "24 / 11",
        "24112026",
        "241126",
        "2026-11-24",
        "24 novembre",
        "24 nov",
        "24 nov.",
        "24 Novembre 2026",
        "le 24 novembre 26",
        "vingt-quatre novembre",
        "mar 24 nov",
        "mardi 24",
        "mardi 24/11",
        "mardi 24 novembre",
        "mardi, 24 novembre 2026",
        "mardi le 24 novembre",
        "le 24",
        "24",
        "pour le 24",
        "dans 3 jours",
        "dans trois jours",
        "\u00a0mardi 24\u202fnovembre ",
    ],
)
def test_every_way_to_say_next_tuesday(typed: str) -> None:
    assert read_day(typed, TODAY) == TUESDAY


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("aujourd'hui", TODAY),
        ("aujourd’hui", TODAY),
        ("demain", date(2026, 11, 22)),
        ("après-demain", date(2026, 11, 23)),
        ("apres demain", date(2026, 11, 23)),
        ("1er décembre", date(2026, 12, 1)),
        ("le 1er", date(2026, 12, 1)),
        ("31", date(2026, 12, 31)),  # November has no 31st
        ("mardi 15", date(2026, 12, 15)),
        ("mercredi", date(2026, 11, 25)),
        ("lundi en huit", date(2026, 11, 30)),
        ("lundi en quinze", date(2026, 12, 7)),
        ("dans une semaine", date(2026, 11, 28)),
        ("dans huit jours", date(2026, 11, 28)),
        ("dans 15 jours", date(2026, 12, 5)),
        ("dans 2 semaines", date(2026, 12, 5)),
        ("05/01", date(2027, 1, 5)),
        ("3 juin", date(2027, 6, 3)),
        ("15 août", date(2027, 8, 15)),
        ("21/11/2027", date(2027, 11, 21)),
    ],
)
def test_other_days(typed: str, day: date) -> None:
    assert read_day(typed, TODAY) == day


def test_a_weekday_said_on_that_very_day_is_a_week_later() -> None:
    assert read_day("samedi", TODAY) == date(2026, 11, 28)
    assert read_day("samedi prochain", TODAY) == date(2026, 11, 28)
    assert read_day("ce samedi", TODAY) == TODAY


def test_december_typed_in_january_is_a_slip_not_next_december() -> None:
    with pytest.raises(Invalid, match="day_past"):
        read_day("24/12", date(2027, 1, 10))


def test_the_29th_of_february_needs_its_year() -> None:
    assert read_day("29/02", date(2027, 12, 1)) == date(2028, 2, 29)
    with pytest.raises(Invalid, match="day_impossible"):
        read_day("29/02", TODAY)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "day_empty"),
        (" . ", "day_empty"),
        ("bientôt", "day_unreadable"),
        ("mardi mercredi", "day_unreadable"),
        ("24/11/", "day_unreadable"),
        ("24-11/2026", "day_unreadable"),
        ("mardi 9h", "day_unreadable"),
        ("11/24/2026", "day_impossible"),
        ("31/02", "day_impossible"),
        ("32", "day_impossible"),
        ("0/0", "day_impossible"),
        ("2026-02-30", "day_impossible"),
        ("01/01/0000", "day_impossible"),
        ("hier", "day_past"),
        ("avant-hier", "day_past"),
        ("mardi dernier", "day_past"),
        ("20/11", "day_past"),
        ("20/11/2026", "day_past"),
        ("24/11/1926", "day_past"),
        ("23/11/2027", "day_too_far"),
        ("31/12/9999", "day_too_far"),
        ("dans 99 semaines", "day_too_far"),
        ("mardi 25 novembre", "day_contradiction"),
        ("lundi 24", "day_contradiction"),
    ],
)
def test_a_day_that_cannot_be_says_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_day(typed, TODAY, field="day")
    assert (refusal.value.code, refusal.value.field) == (code, "day")


def test_a_contradiction_tells_the_day_and_what_was_said() -> None:
    with pytest.raises(Invalid) as refusal:
        read_day("mardi 25 novembre", TODAY)
    assert refusal.value.details == {"day": date(2026, 11, 25), "said": 1}


@given(st.integers(0, 300), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_day_in_words_reads_back(ahead: int, today: date) -> None:
    day = today + timedelta(days=ahead)
    for words in (
        day_words(day),
        date_words(day),
        full_date(day),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day:%d/%m}",
    ):
        assert read_day(words, today) == day


@given(st.sampled_from(DAY_NAMES), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_weekday_is_within_the_seven_days_to_come(name: str, today: date) -> None:
    day = read_day(name, today)
    assert DAY_NAMES[day.weekday()] == name
    assert timedelta(0) < day - today <= timedelta(days=7)


@given(st.text(max_size=30) | st.text(alphabet="0123456789/-. lundimars", max_size=14))
def test_any_text_is_a_day_within_reach_or_a_refusal(text: str) -> None:
    with suppress(Invalid):
        assert TODAY <= read_day(text, TODAY) <= TODAY + timedelta(days=366)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("lundi au vendredi", "01234"),
        ("Lundi au vendredi", "01234"),
        ("du lundi au jeudi", "0123"),
        ("du lundi au vendredi inclus", "01234"),
        ("lun-ven", "01234"),
        ("lundi - vendredi", "01234"),
        ("vendredi au lundi", "0456"),
        ("lun. mer. ven", "024"),
        ("lun-mer-ven", "024"),
        ("lu ma je", "013"),
        ("mardi et jeudi", "13"),
        ("lundi, mardi", "01"),
        ("lundi/jeudi", "03"),
        ("lundi mardi jeudi vendredi", "0134"),
        ("lundis et jeudis", "03"),
        ("le lundi et le jeudi", "03"),
        ("tous les mardis", "1"),
        ("chaque lundi", "0"),
        ("lundi au mercredi et vendredi", "0124"),
        ("tous les jours", "0123456"),
        ("7j/7", "0123456"),
        ("en semaine", "01234"),
        ("week-end", "56"),
        ("le weekend", "56"),
        ("en semaine et samedi", "012345"),
        ("sauf mercredi", "013456"),
        ("sauf week-end", "01234"),
        ("tous les jours sauf mercredi", "013456"),
        ("tous les jours (sauf le dimanche)", "012345"),
        ("du lundi au vendredi sauf le mercredi", "0134"),
    ],
)
def test_weekdays_are_read_as_people_write_them(typed: str, days: str) -> None:
    assert read_weekdays(typed) == {int(day) for day in days}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "weekdays_empty"),
        ("-", "weekdays_unreadable"),
        ("lundi matin", "weekdays_unreadable"),
        ("mardi ou jeudi", "weekdays_unreadable"),
        ("une semaine sur deux", "weekdays_unreadable"),
        ("le 1er mardi du mois", "weekdays_unreadable"),
        ("lundi sauf", "weekdays_unreadable"),
        ("lundi sauf lundi", "weekdays_none"),
    ],
)
def test_weekdays_that_cannot_be_read_say_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_weekdays(typed, field="days")
    assert (refusal.value.code, refusal.value.field) == (code, "days")


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_weekdays_in_words_read_back(days: frozenset[int]) -> None:
    assert read_weekdays(listed([DAY_NAMES[day] for day in sorted(days)])) == days


@given(st.text(max_size=30) | st.text(alphabet="lundimarjes etau,-", max_size=30))
def test_any_text_is_weekdays_or_a_refusal(text: str) -> None:
    with suppress(Invalid):
        assert read_weekdays(text) <= frozenset(range(7))
