"""How French says dates, hours, durations and lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from lotocar.values import wording

TODAY = date(2026, 11, 21)
TUESDAY = date(2026, 11, 24)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_day_is_said_in_full() -> None:
    assert wording.day_words(TUESDAY) == "mardi 24 novembre"
    assert wording.day_words(date(2026, 12, 1)) == "mardi 1er décembre"
    assert wording.full_date(TUESDAY) == "mardi 24 novembre 2026"


def test_the_year_is_said_when_it_is_another_one() -> None:
    assert wording.day_words(TUESDAY, today=TODAY) == "mardi 24 novembre"
    assert wording.day_words(date(2027, 1, 5), today=TODAY) == "mardi 5 janvier 2027"
    assert wording.date_words(date(2025, 8, 1), today=TODAY) == "1er août 2025"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "aujourd'hui"),
        (date(2026, 11, 22), "demain dimanche 22 novembre"),
        (date(2026, 11, 20), "hier vendredi 20 novembre"),
        (TUESDAY, "mardi 24 novembre"),
    ],
)
def test_near_days_are_said_as_people_do(day: date, said: str) -> None:
    assert wording.near_day(day, TODAY) == said


@pytest.mark.parametrize(
    ("hour", "said"),
    [(time(8, 30), "8 h 30"), (time(9), "9 h"), (time(12), "12 h"), (time(8, 5), "8 h 05"), (time(0), "0 h")],
)
def test_hours_are_said_the_french_way(hour: time, said: str) -> None:
    assert wording.hour_words(hour) == said


def test_an_instant_is_said_on_french_clocks() -> None:
    assert wording.instant_words(datetime(2026, 11, 24, 7, 30, tzinfo=UTC)) == "mardi 24 novembre à 8 h 30"
    assert (
        wording.instant_words(datetime(2027, 7, 1, 7, 0, tzinfo=UTC), today=TODAY)
        == "jeudi 1er juillet 2027 à 9 h"
    )
    assert wording.near_instant(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), TODAY) == "aujourd'hui à 0 h 30"


def test_periods_do_not_say_a_month_twice() -> None:
    assert wording.period_words(date(2026, 12, 1), date(2026, 12, 15)) == "du 1er au 15 décembre"
    assert wording.period_words(date(2026, 11, 28), date(2026, 12, 3)) == "du 28 novembre au 3 décembre"
    assert (
        wording.period_words(date(2026, 12, 20), date(2027, 1, 3), today=TODAY)
        == "du 20 décembre au 3 janvier 2027"
    )
    assert wording.period_words(TUESDAY, TUESDAY) == "le mardi 24 novembre"


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (minutes(0.4), "moins d'une minute"),
        (minutes(1.5), "2 min"),
        (minutes(3.7), "4 min"),
        (minutes(59.4), "59 min"),
        (minutes(59.6), "1 h"),
        (minutes(65), "1 h 05"),
        (minutes(-120), "2 h"),
        (minutes(1500), "25 h"),
    ],
)
def test_durations_are_said_to_the_minute(duration: timedelta, said: str) -> None:
    assert wording.duration_words(duration) == said


def test_a_detour_under_a_minute_is_no_detour() -> None:
    assert wording.detour_words(minutes(0.9)) == "sur sa route"
    assert wording.detour_words(minutes(-1)) == "sur sa route"
    assert wording.detour_words(minutes(3.8)) == "détour d'environ 4 min"


def test_gaps_say_which_way_they_go() -> None:
    assert wording.arrival_gap_words(minutes(25)) == "arrive 25 min en avance"
    assert wording.arrival_gap_words(minutes(0)) == "arrive à l'heure"
    assert wording.arrival_gap_words(minutes(-10)) == "arrive 10 min trop tard"


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "50 m"),
        (860, "850 m"),
        (980, "1 km"),
        (3449, "3,4 km"),
        (3000, "3 km"),
        (9960, "10 km"),
        (22_400, "22 km"),
    ],
)
def test_distances_are_as_precise_as_they_are_short(metres: float, said: str) -> None:
    assert wording.distance_words(metres) == said


def test_lists_and_counts_follow_french() -> None:
    assert wording.listed([]) == ""
    assert wording.listed(["Odile"]) == "Odile"
    assert wording.listed(["a", "b", "c"]) == "a, b et c"
    assert wording.listed(["a", "b"], "ou") == "a ou b"
    assert [wording.counted(count, "place") for count in (0, 1, 2)] == ["0 place", "1 place", "2 places"]
    assert wording.counted(2, "trajet proposé", "trajets proposés") == "2 trajets proposés"


def test_pages_never_cut_an_hour_a_date_or_a_number() -> None:
    assert wording.unbreakable("mardi 1er décembre à 8 h 30 : « oui » !") == (
        "mardi 1er\u00a0décembre à 8\u00a0h\u00a030\u00a0: «\u00a0oui\u00a0»\u202f!"
    )
    assert wording.unbreakable("06 39 98 00 11, 22 km, 4 min") == (
        "06\u00a039\u00a098\u00a000\u00a011, 22\u00a0km, 4\u00a0min"
    )
