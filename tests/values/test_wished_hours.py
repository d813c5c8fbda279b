"""An hour with what is meant by it."""

from __future__ import annotations

from datetime import time

import pytest

from lotocar.errors import Invalid
from lotocar.values.wished_hours import WishedHour, hour_as_typed, read_wished_hour


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("10h", WishedHour(None, time(10))),
        ("avant 10h", WishedHour("arrive_by", time(10))),
        ("pour 9h30", WishedHour("arrive_by", time(9, 30))),
        ("arriver à 10h", WishedHour("arrive_by", time(10))),
        ("après 11h30, pas sûre", WishedHour("leave_at", time(11, 30), unsure=True)),
        ("à partir de 11h30", WishedHour("leave_at", time(11, 30))),
        ("vers 17h", WishedHour("around", time(17))),
        ("entre 8h et 10h", WishedHour("between", time(8), time(10))),
        ("le matin", WishedHour("between", time(8), time(12))),
        ("après-midi", WishedHour("between", time(13, 30), time(18))),
        ("peu importe", WishedHour("none", None)),
        ("5h de l'après-midi", WishedHour(None, time(17))),
        ("vers 11h30 ?", WishedHour("around", time(11, 30), unsure=True)),
    ],
)
def test_an_hour_is_read_with_what_is_meant(said: str, wished: WishedHour):
    assert read_wished_hour(said) == wished


@pytest.mark.parametrize(
    ("said", "code"), [("", "hour_empty"), ("zut", "hour_unreadable"), ("entre 12h et 8h", "hours_crossed")]
)
def test_what_cannot_be_read_says_why(said: str, code: str):
    with pytest.raises(Invalid) as refusal:
        read_wished_hour(said, field="hour")
    assert (refusal.value.code, refusal.value.field) == (code, "hour")


@pytest.mark.parametrize(
    "wished",
    [
        WishedHour("around", time(17)),
        WishedHour("between", time(8), time(12)),
        WishedHour("around", time(9, 30), unsure=True),
    ],
)
def test_an_hour_shown_in_a_form_is_read_again(wished: WishedHour):
    said = hour_as_typed(wished.kind or "", wished.hour, wished.until, unsure=wished.unsure)
    assert read_wished_hour(said) == wished
