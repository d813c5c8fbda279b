"""Fault 14: the provider down or our account refused. Circuit open, queue kept, the desk told within two minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.messages import circuit, health
from lotocar.messages.models import JobRun
from tests.messages.desk import queue_one
from tests.support.doors import PageClient
from tests.support.factories import NOW, make_organisation


@pytest.fixture
def desk(client: PageClient, session: Session) -> PageClient:
    make_organisation(session)
    client.sign_in(role="agent")
    return client


def beat(session: Session, at: datetime) -> None:
    session.add(JobRun(name="leader", holder="w", last_run_at=at))
    session.commit()


def test_fault_14_the_desk_sees_a_banner_on_every_screen_when_sending_is_refused(
    desk: PageClient, session: Session
) -> None:
    assert "Les SMS ne partent plus" not in desk.get("/bureau").text
    circuit.trip(session, reason="provider.account", now=NOW)
    session.commit()
    for path in ("/bureau", "/bureau/messages"):
        assert "Les SMS ne partent plus" in desk.get(path).text


def test_fault_25_a_worker_that_died_is_told_within_two_minutes(
    desk: PageClient, session: Session, clock: Any
) -> None:
    beat(session, NOW)
    clock.move_to(NOW + timedelta(seconds=60))
    assert "Les SMS partent en retard" not in desk.get("/bureau").text
    clock.move_to(NOW + timedelta(seconds=120))
    assert "Les SMS partent en retard" in desk.get("/bureau").text


def test_a_queue_that_does_not_move_is_told_within_two_minutes(session: Session) -> None:
    queue_one(session, now=NOW)
    session.flush()
    assert health.alert(session, now=NOW + timedelta(seconds=60)) == ""
    assert health.alert(session, now=NOW + timedelta(seconds=119)) == "queue.late"


def test_a_message_that_waits_for_the_morning_alarms_nobody(session: Session) -> None:
    night = NOW.replace(hour=22)
    queue_one(session, now=night)
    session.flush()
    assert health.alert(session, now=night + timedelta(hours=3)) == ""


def test_a_new_installation_without_a_worker_yet_alarms_nobody(session: Session) -> None:
    assert health.alert(session, now=NOW) == ""


@pytest.mark.parametrize(("sent", "alarm"), [(0, ()), (500, (50,)), (800, (50, 80)), (1000, (50, 80, 100))])
def test_the_day_s_allowance_raises_alarms(session: Session, sent: int, alarm: tuple[int, ...]) -> None:
    from lotocar.messages.rules import Caps

    assert tuple(Caps().alarms(sent)) == alarm
