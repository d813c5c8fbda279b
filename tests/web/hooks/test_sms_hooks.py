"""The machines' door: the signature first, the raw message kept, then its meaning; health and counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from config import Settings
from lotocar.app import create_app
from lotocar.carpool.rides.models import Approach
from lotocar.messages.delivery import claim
from lotocar.messages.models import DeliveryStatus, InboundMessage, JobRun, OutboxMessage
from lotocar.web.hooks import knocks
from tests.messages.desk import queue_one
from tests.support.doors import close_app
from tests.support.factories import NOW, make_approach, make_organisation
from tests.support.fake_twilio import ACCOUNT, OURS, TOKEN

INBOUND = "/hooks/twilio/inbound"


@pytest.fixture(autouse=True)
def quiet_door() -> None:
    knocks.KNOCKS.places.clear()


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def approach(session: Session) -> Approach:
    """Odile is asked; the question is committed."""
    make_organisation(session)
    asked = make_approach(session, reference="4821")
    asked.legs[0].leg.status = "approached"
    session.commit()
    return asked


def knock(
    http: FlaskClient,
    settings: Settings,
    path: str,
    form: dict[str, str],
    *,
    token: str = TOKEN,
    **headers: str,
) -> TestResponse:
    """A provider posting a signed form."""
    signature = RequestValidator(token).compute_signature(settings.public_base_url + path, form)
    return http.post(path, data=form, headers={"X-Twilio-Signature": signature} | headers)


@contextmanager
def set_so(settings: Settings) -> Iterator[FlaskClient]:
    """The same house with other settings."""
    app = create_app(settings)
    try:
        yield app.test_client()
    finally:
        close_app(app)


def letter(number: str, body: str, sid: str = "SM1") -> dict[str, str]:
    return {"MessageSid": sid, "From": number, "To": OURS, "Body": body, "NumMedia": "0"}


def count(session: Session, table: Any) -> int:
    session.expire_all()
    found = session.scalar(select(func.count()).select_from(table)) or 0
    session.rollback()
    return found


def test_a_signed_oui_accepts_and_gets_an_empty_answer(
    http: FlaskClient, settings: Settings, session: Session, approach: Approach
) -> None:
    answer = knock(http, settings, INBOUND, letter(approach.driver.lines[0].e164, "OUI"))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text.endswith("<Response></Response>")
    session.expire_all()
    assert approach.status == "accepted"


def test_threat_17_a_forged_message_is_refused_and_nothing_is_kept(
    http: FlaskClient, settings: Settings, session: Session, approach: Approach
) -> None:
    form = letter(approach.driver.lines[0].e164, "OUI")
    before = knocks.REFUSED._value.get()
    assert http.post(INBOUND, data=form).status_code == 403
    assert knock(http, settings, INBOUND, form, token="another").status_code == 403
    other_host = RequestValidator(TOKEN).compute_signature(f"https://evil.example{INBOUND}", form)
    hostile = {"X-Twilio-Signature": other_host, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert http.post(INBOUND, data=form, headers=hostile).status_code in {400, 403}
    assert count(session, InboundMessage) == 0
    assert knocks.REFUSED._value.get() > before


def test_threat_17_past_twenty_false_knocks_a_minute_one_is_told_to_go_but_the_true_one_still_passes(
    http: FlaskClient, settings: Settings, session: Session, approach: Approach
) -> None:
    codes = [http.post(INBOUND, data={"Body": "x"}).status_code for _ in range(22)]
    assert codes == [403] * 20 + [429] * 2
    assert knock(http, settings, INBOUND, letter(approach.driver.lines[0].e164, "OUI")).status_code == 200


def test_threat_18_a_true_message_replayed_has_no_second_effect(
    http: FlaskClient, settings: Settings, session: Session, approach: Approach
) -> None:
    form = letter(approach.driver.lines[0].e164, "OUI")
    for _ in range(3):
        assert knock(http, settings, INBOUND, form).status_code == 200
    assert count(session, InboundMessage) == 1


def test_fault_3_a_message_is_kept_though_its_reading_fails(
    http: FlaskClient, settings: Settings, session: Session
) -> None:
    """Without an organisation no answer can be written: the reading fails after the message was kept."""
    assert knock(http, settings, INBOUND, letter("+33639980001", "aide")).status_code == 200
    row = session.scalars(select(InboundMessage)).one()
    assert row.state == "received"


@pytest.mark.parametrize("body", ["", "a" * 1600, "👍", "<script>alert(1)</script>", "ligne\r\nligne"])
def test_any_text_is_kept_and_shown_to_a_human(
    http: FlaskClient, settings: Settings, session: Session, approach: Approach, body: str
) -> None:
    knock(http, settings, INBOUND, letter("+33639980777", body))
    row = session.scalars(select(InboundMessage)).one()
    assert (row.state, row.body) == ("human", body)


def test_a_post_without_an_identifier_is_refused(http: FlaskClient, settings: Settings) -> None:
    assert knock(http, settings, INBOUND, {"From": "+33639980001", "Body": "OUI"}).status_code == 400


class TestStatuses:
    """What becomes of our messages."""

    @pytest.fixture
    def message(self, session: Session) -> OutboxMessage:
        row = queue_one(session, now=NOW)
        session.flush()
        claim(session, row.id, now=NOW)
        session.commit()
        return row

    def tell(
        self, http: FlaskClient, settings: Settings, message: OutboxMessage, status: str, **changes: str
    ) -> int:
        form = {"MessageSid": "SM9", "MessageStatus": status, "To": message.to_number} | changes
        path = f"/hooks/twilio/status/{message.id}/1"
        return knock(http, settings, path, form).status_code

    def test_a_callback_moves_the_message(
        self, http: FlaskClient, settings: Settings, session: Session, message: OutboxMessage
    ) -> None:
        assert self.tell(http, settings, message, "delivered") == 200
        session.refresh(message)
        assert (message.status, message.provider_sid) == ("delivered", "SM9")

    def test_an_error_code_is_kept(
        self, http: FlaskClient, settings: Settings, session: Session, message: OutboxMessage
    ) -> None:
        self.tell(http, settings, message, "undelivered", ErrorCode="30005")
        session.refresh(message)
        assert (message.status, message.error_code, message.reason) == ("undelivered", 30005, "number.wrong")

    def test_threat_18_another_identifier_changes_nothing(
        self, http: FlaskClient, settings: Settings, session: Session, message: OutboxMessage
    ) -> None:
        self.tell(http, settings, message, "sent")
        assert self.tell(http, settings, message, "failed", MessageSid="SM-other") == 200
        session.refresh(message)
        assert message.status == "sent"
        assert count(session, DeliveryStatus) == 2

    def test_a_forged_callback_is_refused(
        self, http: FlaskClient, settings: Settings, session: Session, message: OutboxMessage
    ) -> None:
        path = f"/hooks/twilio/status/{message.id}/1"
        form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
        assert http.post(path, data=form).status_code == 403
        assert knock(http, settings, path, form, token="another").status_code == 403
        assert count(session, DeliveryStatus) == 0


class TestHealth:
    """Red within two minutes of a real fault."""

    def test_without_a_worker_the_page_is_red(self, http: FlaskClient) -> None:
        answer = http.get("/sante")
        assert (answer.status_code, answer.get_json()["red"]) == (503, ["worker.silent"])

    def test_with_a_worker_that_beats_it_is_well(self, http: FlaskClient, session: Session) -> None:
        session.add(JobRun(name="leader", holder="w", last_run_at=NOW))
        session.commit()
        assert http.get("/sante").get_json()["status"] == "ok"

    def test_counts_hold_no_name_and_no_number(
        self, http: FlaskClient, session: Session, approach: Approach
    ) -> None:
        queue_one(session, now=NOW)
        session.commit()
        text = http.get("/metrics").text
        assert "lotocar_messages_waiting 1.0" in text
        assert "lotocar_hooks_refused_total" in text
        for secret in ("Odile", "Marcel", "+336", "0639"):
            assert secret not in text

    def test_a_message_waiting_too_long_turns_it_red(
        self, http: FlaskClient, session: Session, clock: Any
    ) -> None:
        session.add(JobRun(name="leader", holder="w", last_run_at=NOW + timedelta(minutes=2)))
        queue_one(session, now=NOW)
        session.commit()
        clock.move_to(NOW + timedelta(minutes=2))
        assert http.get("/sante").get_json()["red"] == ["queue.late"]

    def test_a_wrong_token_of_ours_turns_it_red_until_a_true_knock_and_a_stranger_does_not(
        self, settings: Settings, session: Session, clock: Any
    ) -> None:
        make_organisation(session)
        session.add(JobRun(name="leader", holder="w", last_run_at=NOW))
        session.commit()
        stranger = letter("+33639980001", "merci") | {"AccountSid": "AC-of-another"}
        ours = letter("+33639980001", "merci") | {"AccountSid": ACCOUNT}
        with set_so(replace(settings, twilio_account_sid=ACCOUNT, sms_sender=OURS)) as http:
            knock(http, settings, INBOUND, stranger, token="another")
            assert http.get("/sante").get_json()["red"] == []
            knock(http, settings, INBOUND, ours, token="another")
            assert http.get("/sante").get_json()["red"] == ["webhook.refused"]
            assert count(session, InboundMessage) == 0
            knock(http, settings, INBOUND, ours)
            assert http.get("/sante").get_json()["red"] == []

    @pytest.mark.parametrize("path", ["/sante", "/metrics"])
    def test_without_its_database_the_page_is_red(self, settings: Settings, path: str) -> None:
        with set_so(replace(settings, database_url="sqlite:////nowhere/at/all.sqlite3")) as http:
            assert http.get(path).status_code == 503


class TestWhoMayCount:
    """The counts are told to who has the token; without one, to this machine only."""

    def test_without_a_token_only_this_machine_reads_them_and_never_through_a_proxy(
        self, http: FlaskClient
    ) -> None:
        assert http.get("/metrics").status_code == 200
        assert http.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
        assert http.get("/metrics", base_url="http://desk.example").status_code == 404
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
            assert http.get("/metrics", headers={name: "203.0.113.9"}).status_code == 404

    def test_with_a_token_who_says_it_reads_them_from_anywhere(self, settings: Settings) -> None:
        away = {"REMOTE_ADDR": "203.0.113.9"}
        words = {"Bearer counted": 200, "Bearer other": 404, "Basic YTpi": 404, "x": 404}
        with set_so(replace(settings, metrics_token="counted")) as http:
            for word, status in words.items():
                answer = http.get("/metrics", environ_base=away, headers={"Authorization": word})
                assert answer.status_code == status
            assert http.get("/metrics").status_code == 404
