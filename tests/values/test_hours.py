"""Hours as typed or said, and the instants they name on DST nights too."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.errors import Invalid
from lotocar.values.hours import PARIS, local, local_instant, local_instant_lenient, read_hour
from lotocar.values.wording import hour_words

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("9h", time(9)),
        ("9 h", time(9)),
        ("9H30", time(9, 30)),
        ("9h30", time(9, 30)),
        ("09h05", time(9, 5)),
        ("9:30", time(9, 30)),
        ("09:30:00", time(9, 30)),
        ("9.30", time(9, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9 h 30", time(9, 30)),
        ("9\u00a0h\u202f30", time(9, 30)),
        ("9 heures", time(9)),
        ("9 heures 30", time(9, 30)),
        ("9 heures et demie", time(9, 30)),
        ("9h et demi", time(9, 30)),
        ("9h et quart", time(9, 15)),
        ("10h moins le quart", time(9, 45)),
        ("10h moins 10", time(9, 50)),
        ("huit heures moins vingt", time(7, 40)),
        ("neuf heures trente", time(9, 30)),
        ("dix-sept heures quarante-cinq", time(17, 45)),
        ("vingt et une heures", time(21)),
        ("une heure", time(1)),
        ("midi", time(12)),
        ("Midi et demi", time(12, 30)),
        ("midi et quart", time(12, 15)),
        ("midi moins le quart", time(11, 45)),
        ("midi dix", time(12, 10)),
        ("minuit", time(0)),
        ("minuit et demi", time(0, 30)),
        ("minuit moins 10", time(23, 50)),
        ("14", time(14)),
        ("5", time(5)),
        ("quatorze", time(14)),
        ("7 h du matin", time(7)),
        ("7h du mat", time(7)),
        ("5h du soir", time(17)),
        ("5h30 du soir", time(17, 30)),
        ("5 h moins le quart de l'après-midi", time(16, 45)),
        ("2h de l’après midi", time(14)),
        ("1h aprem", time(13)),
        ("17 h du soir", time(17)),
        ("à 9h", time(9)),
        ("vers 9 h", time(9)),
        ("17 h 45 min", time(17, 45)),
        ("0h", time(0)),
    ],
)
def test_hours_are_read_as_people_say_them(typed: str, hour: time) -> None:
    assert read_hour(typed) == hour


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "hour_empty"),
        ("  ", "hour_empty"),
        ("-", "hour_unreadable"),
        ("bientôt", "hour_unreadable"),
        ("8h30-9h", "hour_unreadable"),
        ("9h ou 10h", "hour_unreadable"),
        ("9:5", "hour_unreadable"),
        ("25:00", "hour_impossible"),
        ("24h", "hour_impossible"),
        ("9h60", "hour_impossible"),
        ("2400", "hour_impossible"),
        ("99", "hour_impossible"),
        ("14 h du matin", "hour_impossible"),
        ("12h du soir", "hour_impossible"),
        ("9h de l'après-midi", "hour_impossible"),
    ],
)
def test_an_hour_that_cannot_be_says_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_hour(typed, field="hour")
    assert (refusal.value.code, refusal.value.field) == (code, "hour")


@given(st.times().map(lambda hour: hour.replace(second=0, microsecond=0, tzinfo=None)))
def test_an_hour_in_words_reads_back(hour: time) -> None:
    assert read_hour(hour_words(hour)) == hour
    assert read_hour(hour.isoformat()) == hour
    assert read_hour(f"{hour:%H%M}") == hour


@given(st.text(max_size=30) | st.text(alphabet="0123456789hH:. midnute", max_size=12))
def test_any_text_is_an_hour_or_a_refusal(text: str) -> None:
    with suppress(Invalid):
        assert read_hour(text).second == 0


def test_wall_time_becomes_utc_in_winter_and_summer() -> None:
    assert local_instant(date(2026, 11, 24), time(8, 30)) == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert local_instant(date(2027, 7, 1), time(8, 30)) == datetime(2027, 7, 1, 6, 30, tzinfo=UTC)
    assert local(datetime(2026, 11, 24, 7, 30, tzinfo=UTC)).time() == time(8, 30)


def test_an_hour_skipped_in_spring_is_refused() -> None:
    with pytest.raises(Invalid, match="hour_missing"):
        local_instant(SPRING, time(2, 30))
    assert local_instant(SPRING, time(3)) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_an_hour_shown_twice_in_autumn_must_be_chosen() -> None:
    with pytest.raises(Invalid, match="hour_twice"):
        local_instant(AUTUMN, time(2, 30))
    assert local_instant(AUTUMN, time(2, 30), fold=0) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert local_instant(AUTUMN, time(2, 30), fold=1) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_weekly_hour_always_has_its_instant() -> None:
    assert local(local_instant_lenient(SPRING, time(2, 30))).time() == time(3, 30)
    assert local_instant_lenient(AUTUMN, time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.times())
def test_instants_show_the_wall_time_they_were_made_of(day: date, hour: time) -> None:
    wall = hour.replace(tzinfo=None, fold=0)
    with suppress(Invalid):  # two nights a year
        instant = local_instant(day, wall)
        assert instant.astimezone(PARIS).replace(tzinfo=None) == datetime.combine(day, wall)
        assert instant == local_instant_lenient(day, wall)
