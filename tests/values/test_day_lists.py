"""Several days said in one breath."""

from __future__ import annotations

from datetime import date

import pytest

from lotocar.errors import Invalid
from lotocar.values.day_lists import MOST_DAYS, days_as_typed, read_days

TODAY = date(2026, 11, 21)  # a Saturday


def d(text: str) -> list[date]:
    return [date(2026, int(month), int(day)) for day, month in (one.split("/") for one in text.split())]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("mardi", "24/11"),
        ("24/11, 26/11 et 1/12", "24/11 26/11 1/12"),
        ("mardi et jeudi", "24/11 26/11"),
        ("mardi 24 novembre et jeudi 26", "24/11 26/11"),
        ("lundi au vendredi", "23/11 24/11 25/11 26/11 27/11"),
        ("tous les mardis jusqu'au 15/12", "24/11 1/12 8/12 15/12"),
        ("lun mer ven 2 sem", "23/11 25/11 27/11 30/11 2/12 4/12"),
        ("à partir du 1/12 les mardis 4 semaines sauf 8/12 et 15/12", "1/12 22/12"),
        ("du 24/11 au 4/12 lundi, mercredi", "25/11 30/11 2/12"),
        ("du lundi au mercredi, sauf mardi", "23/11 25/11"),
        ("mardi et jeudi, pas le 26/11", "24/11"),
    ],
)
def test_days_are_read_as_people_say_them(said: str, days: str):
    assert list(read_days(said, TODAY)) == d(days)


def test_three_weeks_from_monday_to_friday_but_one_thursday_are_fourteen_dates():
    for said in (
        "lun-ven 3 semaines sauf 3/12",
        "du lundi au vendredi pendant trois semaines sauf jeudi 3 décembre",
    ):
        days = read_days(said, TODAY)
        assert (len(days), days[0], days[-1]) == (14, date(2026, 11, 23), date(2026, 12, 11))
        assert date(2026, 12, 3) not in days


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", "day_empty"),
        ("bla", "day_unreadable"),
        ("mardi et bla", "day_unreadable"),
        ("31/02", "day_impossible"),
        ("tous les mardis", "days_endless"),
        ("mardi sauf mardi", "days_none"),
        ("tous les jours jusqu'au 30/6", "days_too_many"),
    ],
)
def test_what_cannot_be_read_says_why(said: str, code: str):
    with pytest.raises(Invalid) as refusal:
        read_days(said, TODAY, field="day")
    assert (refusal.value.code, refusal.value.field) == (code, "day")


def test_days_shown_in_a_form_are_read_again():
    days = read_days("lun-ven 3 semaines", TODAY)
    assert read_days(days_as_typed(days), TODAY) == days
    assert len(days) < MOST_DAYS
