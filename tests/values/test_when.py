"""A day and an hour in one breath, as the desk types them. Today is Saturday 21 November 2026."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotocar.errors import Invalid
from lotocar.values.when import When, read_when

TODAY = date(2026, 11, 21)
SUNDAY, MONDAY, TUESDAY = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("", When()),
        ("mardi", When(TUESDAY)),
        ("demain 9h", When(SUNDAY, time(9))),
        ("demain 14", When(SUNDAY, time(14))),
        ("demain à 0930", When(SUNDAY, time(9, 30))),
        ("demain 9:30", When(SUNDAY, time(9, 30))),
        ("demain midi", When(SUNDAY, time(12))),
        ("9 heures et demie demain", When(SUNDAY, time(9, 30))),
        ("10h mardi", When(TUESDAY, time(10))),
        ("24/11 à 10h", When(TUESDAY, time(10))),
        ("mardi 24 à 10", When(TUESDAY, time(10))),
        ("9h 24/11", When(TUESDAY, time(9))),
        ("9h30 24 novembre", When(TUESDAY, time(9, 30))),
        ("2026-11-24 08:30", When(TUESDAY, time(8, 30))),
        ("lundi 23 novembre à 8 h 30", When(MONDAY, time(8, 30))),
        ("après-demain 9h", When(MONDAY, time(9))),
        ("dans 3 jours à 8h30", When(TUESDAY, time(8, 30))),
        ("pour mardi 9h", When(TUESDAY, time(9))),
        ("mardi avant 10h", When(TUESDAY, time(10), "arrive_by")),
        ("mardi avant midi", When(TUESDAY, time(12), "arrive_by")),
        ("avant 10", When(None, time(10), "arrive_by")),
        ("pour 9h30", When(None, time(9, 30), "arrive_by")),
        ("arriver mardi à 10h", When(TUESDAY, time(10), "arrive_by")),
        ("être là-bas à 10h mardi", When(TUESDAY, time(10), "arrive_by")),
        ("rdv mardi 10h", When(TUESDAY, time(10), "arrive_by")),
        ("mardi à partir de 8h", When(TUESDAY, time(8), "leave_at")),
        ("pas avant 9h demain", When(SUNDAY, time(9), "leave_at")),
        ("départ demain 8h", When(SUNDAY, time(8), "leave_at")),
        ("après 11h30, pas sûre", When(None, time(11, 30), "leave_at", unsure=True)),
        ("mardi 9h ?", When(TUESDAY, time(9), unsure=True)),
        ("peut-être mardi", When(TUESDAY, unsure=True)),
        ("elle n'est pas sûre de l'heure, mardi", When(TUESDAY, unsure=True)),
        ("vers 9h", When(None, time(9), around=True)),
        ("demain, 9 h environ", When(SUNDAY, time(9), around=True)),
        ("partir mardi vers 9h", When(TUESDAY, time(9), "leave_at", around=True)),
        ("demain matin", When(SUNDAY, part="morning")),
        ("mardi après midi", When(TUESDAY, part="afternoon")),
        ("dans la matinée", When(part="morning")),
        ("ce soir", When(TODAY, part="evening")),
        ("mardi soir 7h", When(TUESDAY, time(19))),
        ("mardi matin 9h", When(TUESDAY, time(9))),
        ("9h du matin demain", When(SUNDAY, time(9))),
    ],
)
def test_moments_are_read_as_the_desk_types_them(typed: str, when: When) -> None:
    assert read_when(typed, TODAY) == when


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("n'importe quand", "when_unreadable"),
        ("mardi et jeudi 9h", "when_unreadable"),
        ("entre 9h et 10h", "several_hours"),
        ("demain 9h ou 10h", "several_hours"),
        ("mardi 25h", "hour_impossible"),
        ("mardi matin 14h", "hour_impossible"),
        ("hier 9h", "day_past"),
        ("31/02 9h", "day_impossible"),
        ("mardi 25 novembre 9h", "day_contradiction"),
    ],
)
def test_a_moment_that_cannot_be_says_why(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_when(typed, TODAY, field="when")
    assert (refusal.value.code, refusal.value.field) == (code, "when")


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            ["mardi", "demain", "9h", "24/11", "avant", "à", "vers", "le", "10", "soir", "?", "et"]
        )
    ).map(" ".join)
)
def test_any_text_is_a_moment_or_a_refusal(text: str) -> None:
    with suppress(Invalid):
        when = read_when(text, TODAY)
        assert when.day is None or when.day >= TODAY
