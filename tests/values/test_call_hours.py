"""When somebody may be rung, from what they said of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lotocar.values.call_hours import read_call_hours
from lotocar.values.days import PARIS


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


SATURDAY = at(21, 11)


@pytest.mark.parametrize(
    ("said", "now", "opens"),
    [
        ("", SATURDAY, SATURDAY),
        ("", at(21, 6), at(21, 8)),
        ("", at(21, 21), at(22, 8)),
        ("après 18 h", SATURDAY, at(21, 18)),
        ("à partir de 18h30", SATURDAY, at(21, 18, 30)),
        ("après 18 h", at(21, 19), at(21, 19)),
        ("après 18 h", at(21, 20, 30), at(22, 18)),
        ("avant 10h", SATURDAY, at(22, 8)),
        ("pas avant 10h", at(21, 9), at(21, 10)),
        ("le matin", SATURDAY, SATURDAY),
        ("le matin", at(21, 14), at(22, 8)),
        ("l'après-midi", SATURDAY, at(21, 13, 30)),
        ("midi ou soir", at(21, 15), at(21, 18)),
        ("entre 12h et 14h", SATURDAY, at(21, 12)),
        ("12h-14h", at(21, 13), at(21, 13)),
        ("de 9h à 11h30 et après 18h", at(21, 12), at(21, 18)),
        ("le lundi", SATURDAY, at(23, 8)),
        ("du lundi au vendredi", SATURDAY, at(23, 8)),
        ("en semaine après 17h", SATURDAY, at(23, 17)),
        ("sauf samedi", SATURDAY, at(22, 8)),
        ("sauf le week-end", SATURDAY, at(23, 8)),
        ("le soir sauf le mercredi", at(25, 19), at(26, 18)),
        ("quand vous voulez", SATURDAY, SATURDAY),
        ("25h", SATURDAY, SATURDAY),
        ("après 22 h", SATURDAY, SATURDAY),
    ],
)
def test_a_person_is_rung_at_the_hours_they_gave(said: str, now: datetime, opens: datetime):
    assert read_call_hours(said).opens_at(now) == opens


def test_the_night_when_clocks_change_moves_nothing():
    evening = datetime(2026, 10, 24, 22, tzinfo=PARIS).astimezone(UTC)
    assert read_call_hours("").opens_at(evening) == datetime(
        2026, 10, 25, 7, tzinfo=UTC
    )  # 8 h in winter time
