"""How firm a day is, as callers say it."""

from __future__ import annotations

from datetime import date

import pytest

from lotocar.errors import Invalid
from lotocar.values.flexible_days import flexible_words, read_either_day, read_flexibility

TODAY = date(2026, 11, 21)  # a Saturday
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.mark.parametrize(
    ("said", "bare", "count"),
    [
        ("mardi à un jour près", "mardi", 1),
        ("mardi, à 2 jours près", "mardi", 2),
        ("mardi (à un jour près)", "mardi", 1),
        ("plutôt mardi", "mardi", 1),
        ("mardi de préférence", "mardi", 1),
        ("vers le 24", "24", 1),
        ("mardi ou le lendemain", "mardi", 1),
        ("le 24/11 ou la veille", "le 24/11", 1),
        ("24/11/2026 à trois jours près", "24/11/2026", 3),
    ],
)
def test_a_day_that_may_move_is_read_apart_from_how_far(said: str, bare: str, count: int):
    assert read_flexibility(said) == (bare, count)


@pytest.mark.parametrize(
    "said", ["mardi", "lun-ven 3 semaines sauf 3/12", "dans 3 jours", "du 1/12 au 5/12", "", "n'importe quoi"]
)
def test_words_that_say_nothing_of_it_are_left_as_they_were(said: str):
    assert read_flexibility(said) == (said, 0)


@pytest.mark.parametrize(
    ("said", "day", "count"),
    [
        ("mardi ou mercredi", TUESDAY, 1),
        ("mercredi, sinon mardi", WEDNESDAY, 1),
        ("mardi, mercredi ou jeudi", TUESDAY, 2),
        ("le 24 ou le 25", TUESDAY, 1),
        ("mardi 24/11 ou bien jeudi 26/11", TUESDAY, 2),
    ],
)
def test_the_day_said_first_is_the_one_wished(said: str, day: date, count: int):
    assert read_either_day(said, TODAY) == (day, count)


def test_one_day_alone_is_no_choice():
    assert read_either_day("mardi", TODAY) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [("mardi ou samedi", "days_loose"), ("mardi ou bla", "day_unreadable"), ("mardi ou hier", "day_past")],
)
def test_days_too_far_apart_or_unreadable_are_said(said: str, code: str):
    with pytest.raises(Invalid, match=code):
        read_either_day(said, TODAY)


def test_more_than_three_days_is_too_loose():
    with pytest.raises(Invalid, match="days_loose"):
        read_flexibility("mardi à 5 jours près")


def test_it_is_told_in_words():
    assert [flexible_words(count) for count in range(4)] == [
        "",
        "à un jour près",
        "à deux jours près",
        "à trois jours près",
    ]
