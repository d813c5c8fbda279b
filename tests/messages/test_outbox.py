"""Queueing: in the fact's own transaction, once per purpose, its text frozen, and never to a landline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import UndefinedError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.messages.delivery import learn
from lotocar.messages.models import OutboxMessage
from lotocar.messages.outbox import cancel, takes_sms
from lotocar.messages.rules import Caps
from tests.messages.desk import GRANDMOTHER, NOON, ODILE, PICKUP, TWO_WAY, queue_one


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_the_same_purpose_is_queued_once(session: Session) -> None:
    first = queue_one(session)
    again = queue_one(session, values={"anything": "else"})
    assert again is first
    assert count(session) == 1


def test_the_text_is_frozen_and_ends_with_its_reference(session: Session) -> None:
    row = queue_one(session)
    assert row.body.endswith(f"Ref {row.reference}")
    assert "Marcel" in row.body
    assert "jeudi 26 novembre" in row.body


def test_the_reference_of_an_approach_is_kept(session: Session) -> None:
    values = {
        "passenger_first_name": "Marcel",
        "pickup_place": "Cahors",
        "destination": "Figeac",
        "pickup_at": PICKUP,
        "reference": "4821",
    }
    assert queue_one(session, values=values).reference == "4821"


def test_two_reminders_alike_do_not_have_the_same_text(session: Session) -> None:
    assert queue_one(session, key="a").body != queue_one(session, key="b").body


def test_a_landline_gets_no_sms_and_the_desk_is_told(session: Session) -> None:
    row = queue_one(session, to=GRANDMOTHER)
    assert (row.status, row.reason) == ("blocked", "number.landline")


@pytest.mark.parametrize("fact", ["stopped", "landline", "wrong"])
def test_what_the_channel_taught_us_of_a_number_stops_the_next_sms(session: Session, fact: str) -> None:
    learn(session, ODILE.e164, fact, source="21610", now=NOON)
    session.flush()
    assert queue_one(session).status == "blocked"
    assert not takes_sms(session, ODILE)


def test_the_sixteenth_message_of_a_day_to_one_number_waits_for_a_human(session: Session) -> None:
    rows = [queue_one(session, key=f"k{number}") for number in range(16)]
    assert [row.status for row in rows[:15]] == ["queued"] * 15
    assert (rows[15].status, rows[15].reason) == ("blocked", "cap.number")


def test_at_night_a_message_waits_for_eight_o_clock(session: Session) -> None:
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert queue_one(session, now=night).not_before == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_at_night_an_urgent_message_leaves_at_once(session: Session) -> None:
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert queue_one(session, now=night, urgent=True).not_before == night


def test_at_night_a_trip_within_three_hours_is_told_at_once(session: Session) -> None:
    night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert queue_one(session, now=night, trip_at=night + timedelta(hours=2)).not_before == night


def test_a_missing_value_is_refused_before_anything_is_written(session: Session) -> None:
    with pytest.raises(UndefinedError):
        queue_one(session, values={})
    assert count(session) == 0


def test_an_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        queue_one(session, kind="love_letter")


def test_what_has_not_left_can_be_taken_back(session: Session) -> None:
    row = queue_one(session)
    session.flush()
    assert cancel(session, dedup_key=row.dedup_key, reason="approach.withdrawn", now=NOON)
    assert row.status == "canceled"
    assert not cancel(session, dedup_key=row.dedup_key, reason="approach.withdrawn", now=NOON)


def test_how_many_a_number_gets_in_a_day_is_the_installation_s_choice(session: Session) -> None:
    policy = replace(TWO_WAY, caps=Caps(per_number=2))
    rows = [queue_one(session, key=f"k{number}", voice=policy) for number in range(3)]
    assert [row.reason for row in rows] == ["", "", "cap.number"]
