"""Automatic calls: the question said twice, keys 1, 2, 3 and 0, nothing personal to a machine, two more tries."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker
from twilio.request_validator import RequestValidator

from config import Settings
from lotocar.carpool.rides.models import Approach
from lotocar.messages import calls
from lotocar.messages.models import OutboxMessage
from lotocar.messages.outbox import queue_call
from lotocar.messages.twilio import TwilioCaller
from tests.messages.desk import GRANDMOTHER, TWO_WAY, TestClock, seen_by_the_desk
from tests.support.factories import NOW, PICKUP, make_approach, make_driver, make_organisation
from tests.support.fake_twilio import ACCOUNT, TOKEN, FakeTwilio

OURS = "+33939980002"
SPEAKING = replace(TWO_WAY, voice=True)


@pytest.fixture
def approach(session: Session) -> Approach:
    """Odile, on a landline, is to be asked by a call."""
    make_organisation(session)
    driver = make_driver(session, phone=GRANDMOTHER.e164)
    asked = make_approach(session, driver=driver, channel="phone", status="to_contact", reference="4821")
    asked.legs[0].leg.status = "approached"
    session.commit()
    return asked


@pytest.fixture
def message(session: Session, approach: Approach) -> OutboxMessage:
    row = queue_call(
        session,
        now=NOW,
        kind="driver_approached",
        dedup_key="approach/1/call",
        to=GRANDMOTHER,
        person_id=approach.driver_id,
        subject_kind="approach",
        subject_id=approach.id,
        values={
            "passenger": "Mme D.",
            "origin": "Cahors",
            "destination": "Figeac",
            "pickup_at": PICKUP,
            "return_at": None,
            "seats": 1,
            "detour_minutes": 4,
        },
        voice=SPEAKING,
    )
    session.commit()
    return row


class Line:
    """A telephone line: the provider's side of one call."""

    def __init__(self, app: Flask, settings: Settings, session: Session, message: OutboxMessage) -> None:
        self.http = app.test_client()
        self.settings = settings
        self.session = session
        self.message = message
        self.path = f"/hooks/twilio/voice/{message.id}/1"
        self.numbers = itertools.count(1)

    def ring(self, engine: Engine, *, now: datetime = NOW) -> None:
        self.session.commit()  # SQLite has one writer
        clock = TestClock(now)
        with FakeTwilio(clock) as twilio:
            twilio.numbers = self.numbers
            caller = TwilioCaller(
                account_sid=ACCOUNT,
                auth_token=TOKEN,
                sender=OURS,
                voice_url=f"{self.settings.public_base_url}/hooks/twilio/voice",
                base_url=twilio.url,
            )
            self.placed = calls.call_due(sessionmaker(engine), caller, clock)
            self.calls = list(twilio.calls)
        self.session.expire_all()

    def post(self, path: str, token: str = TOKEN, **form: str) -> Any:
        sid = self.calls[0].sid if self.calls else "CA1"
        data = {"CallSid": sid, "To": GRANDMOTHER.e164} | form
        signature = RequestValidator(token).compute_signature(self.settings.public_base_url + path, data)
        answer = self.http.post(path, data=data, headers={"X-Twilio-Signature": signature})
        self.session.expire_all()
        return answer

    def says(self, path: str = "", **form: str) -> str:
        answer = self.post(self.path + path, **form)
        assert answer.status_code == 200
        return " ".join(ElementTree.fromstring(answer.text).itertext())

    def waiting(self) -> list[OutboxMessage]:
        return seen_by_the_desk(self.session, now=NOW)


@pytest.fixture
def line(app: Flask, settings: Settings, session: Session, engine: Engine, message: OutboxMessage) -> Line:
    line = Line(app, settings, session, message)
    line.ring(engine)
    return line


def test_the_call_names_our_row_records_nothing_and_asks_for_machines(line: Line) -> None:
    (call,) = line.calls
    assert (call.to, call.from_) == (GRANDMOTHER.e164, OURS)
    assert call.extra["Url"].endswith(line.path)
    assert (call.extra["Record"], call.extra["MachineDetection"]) == ("false", "Enable")
    assert line.message.status == "accepted"


def test_the_question_is_said_twice_in_french_with_its_keys(line: Line) -> None:
    answer = line.post(line.path, AnsweredBy="human")
    root = ElementTree.fromstring(answer.text)
    said = [element.text or "" for element in root.iter("Say")]
    assert sum("Mme D. cherche une voiture" in text for text in said) == 2
    assert all(element.get("language") == "fr-FR" for element in root.iter("Say"))
    assert "Pour oui, tapez 1" in " ".join(said)
    assert root.find("Gather").get("timeout") == "10"  # type: ignore[union-attr]


def test_one_accepts(line: Line, approach: Approach) -> None:
    line.says(AnsweredBy="human")
    assert "C'est noté" in line.says("/touche", Digits="1")
    line.says("/fin", CallStatus="completed")
    assert (approach.status, approach.answered_through) == ("accepted", "phone")
    assert line.message.status == "delivered"


def test_two_declines(line: Line, approach: Approach) -> None:
    line.says(AnsweredBy="human")
    line.says("/touche", Digits="2")
    assert approach.status == "declined"


def test_zero_puts_the_call_on_top_of_the_desk_s_list(line: Line, approach: Approach) -> None:
    line.says(AnsweredBy="human")
    assert "une personne vous rappellera" in line.says("/touche", Digits="0")
    line.says("/fin", CallStatus="completed")
    assert line.waiting() == [line.message]
    assert approach.status == "to_contact"


@pytest.mark.parametrize("digits", ["3", "7", "#", ""])
def test_any_other_key_repeats_three_rounds_at_most(line: Line, approach: Approach, digits: str) -> None:
    assert "Mme D." in line.says("/touche", Digits=digits)
    assert "Mme D." in line.says("/touche?tour=2", Digits=digits)
    assert "Mme D." not in line.says("/touche?tour=3", Digits=digits)
    line.says("/fin", CallStatus="completed")
    assert line.waiting() == [line.message]
    assert approach.status == "to_contact"


def test_a_second_key_changes_nothing(line: Line, approach: Approach) -> None:
    line.says("/touche", Digits="1")
    line.says("/touche", Digits="2")
    assert approach.status == "accepted"


def test_a_machine_hears_no_name_no_place_and_no_purpose(line: Line, session: Session) -> None:
    said = line.says(AnsweredBy="machine_start")
    assert "Covoiturage solidaire du Lot" in said
    for word in ("Mme", "Cahors", "Figeac", "voiture", "mardi"):
        assert word not in said
    line.says("/fin", CallStatus="completed", AnsweredBy="machine_start")
    assert line.message.status == "undelivered"


def test_busy_rings_twice_more_then_the_desk_rings(
    line: Line, session: Session, engine: Engine, approach: Approach
) -> None:
    waits = []
    for _ in range(3):
        line.says("/fin", CallStatus="busy")
        following = session.scalar(select(OutboxMessage).where(OutboxMessage.status == "queued"))
        if following is None:
            break
        waits.append(round((following.not_before - NOW) / timedelta(minutes=1)))
        line.message, line.path = following, f"/hooks/twilio/voice/{following.id}/1"
        line.ring(engine, now=following.not_before)
    assert waits == [15, 60]
    assert line.waiting() == [line.message]


def test_threat_17_a_forged_key_is_refused(line: Line, approach: Approach) -> None:
    assert line.post(f"{line.path}/touche", token="another", Digits="1").status_code == 403
    assert approach.status == "to_contact"


def test_threat_18_another_call_cannot_answer_this_question(line: Line, approach: Approach) -> None:
    assert line.post(f"{line.path}/touche", CallSid="CA-other", Digits="1").status_code == 404
    assert approach.status == "to_contact"


def test_nobody_is_rung_before_nine_or_after_eight(
    app: Flask, settings: Settings, session: Session, engine: Engine, message: OutboxMessage
) -> None:
    line = Line(app, settings, session, message)
    for hour in (6, 19, 22):  # 7 h, 20 h, 23 h in Paris
        line.ring(engine, now=NOW.replace(hour=hour))
        assert line.placed == 0


def test_without_a_permitted_number_a_landline_is_a_call_for_the_desk(
    session: Session, approach: Approach
) -> None:
    row = queue_call(
        session,
        now=NOW,
        kind="driver_withdrawn",
        dedup_key="x",
        to=GRANDMOTHER,
        person_id=None,
        subject_kind="approach",
        subject_id=approach.id,
        values={"destination": "Figeac", "pickup_at": PICKUP},
        voice=TWO_WAY,
    )
    assert (row.channel, row.status) == ("call", "needs_human")


def test_words_are_escaped_for_the_voice(line: Line) -> None:
    line.message.body = "Bonjour <Dial>0899</Dial> & merci"
    line.session.commit()
    root = ElementTree.fromstring(line.post(line.path, AnsweredBy="human").text)
    assert root.find(".//Dial") is None
