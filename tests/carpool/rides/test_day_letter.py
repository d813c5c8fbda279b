"""The day sheet leaves for the team at 17:00: each day once, whoever runs, and never fails in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import config
from lotocar.carpool.rides.day_letter import due_day
from lotocar.jobs.work import Rim, mail_day_sheet
from lotocar.messages.models import Mailing
from lotocar.messages.smtp import SmtpMailer
from lotocar.web.desk.todo_action import Ask
from lotocar.web.desk.todo_list import counts
from tests.messages.desk import TestClock
from tests.support.factories import (
    NOW,
    TUESDAY,
    a_leg,
    make_account,
    make_approach,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_ride,
)
from tests.support.fake_smtp import FakeSmtp, fake_smtp

MONDAY_AT_FIVE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 17 h in Paris, in winter


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with fake_smtp() as server:
        yield server


@pytest.fixture
def hands() -> TestClock:
    return TestClock(MONDAY_AT_FIVE)


@pytest.fixture
def rim(app: Flask, engine: Engine, smtp: FakeSmtp, hands: TestClock) -> Rim:
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        make_organisation(session)
        _a_ride(session)
    outside = replace(app.extensions["lotocar.outside"], mailer=mailer(smtp))
    return Rim(factory, outside, hands)


def mailer(smtp: FakeSmtp) -> SmtpMailer:
    return SmtpMailer(
        host="127.0.0.1",
        port=smtp.port,
        security="none",
        user="",
        password="",
        sender="bureau@lotocar.example",
        team=("nadia@lotocar.example", "paul@lotocar.example"),
    )


def _a_ride(session: Session) -> None:
    driver = make_driver(session, first_name="Odile", last_name="Vernet", car="Clio grise")
    passenger = make_passenger(session, first_name="Marcel", last_name="Poujol", call_hours="le matin")
    asked = make_request(
        session,
        passenger=passenger,
        status="confirmed",
        wish="monter <devant>",
        legs=[a_leg(day=TUESDAY, status="confirmed")],
    )
    approach = make_approach(session, ride_request=asked, driver=driver, status="accepted", answered_at=NOW)
    make_ride(session, approach=approach)


def the_mailing(rim: Rim) -> Mailing:
    with rim.factory() as session:
        return session.query(Mailing).one()


def parts(smtp: FakeSmtp) -> dict[str, str]:
    [letter] = smtp.letters
    return {
        part.get_filename() or part.get_content_type(): part.get_content()
        for part in letter.walk()
        if not part.is_multipart()
    }


def test_the_letter_holds_the_sheet_twice_and_needs_nothing_else(rim: Rim, smtp: FakeSmtp):
    assert mail_day_sheet(rim)
    [letter] = smtp.letters
    assert letter["Subject"] == "Covoiturage solidaire du Lot : feuille du lundi 23 novembre 2026"
    assert letter["To"] == "nadia@lotocar.example, paul@lotocar.example"
    said = parts(smtp)
    sheet = said["feuille-du-jour-2026-11-23.html"]
    assert sheet == said["text/html"]
    for words in (
        "Marcel Poujol",
        "Odile Vernet",
        "Clio grise",
        "8 h 30",
        "Cahors → Figeac",
        "joindre : le matin",
    ):
        assert words in sheet
    assert "monter &lt;devant&gt;" in sheet
    for elsewhere in ("<link", "<script", "src=", "href="):
        assert elsewhere not in sheet
    assert "8 h 30 : Marcel Poujol, Cahors -> Figeac, avec Odile Vernet" in said["text/plain"]
    assert "05 36 49" not in said["text/plain"]


def test_it_leaves_once_a_day_however_often_one_looks(rim: Rim, smtp: FakeSmtp, hands: TestClock):
    for _ in range(3):
        mail_day_sheet(rim)
        hands.now += timedelta(minutes=1)
    assert len(smtp.letters) == 1
    hands.now = MONDAY_AT_FIVE + timedelta(days=1)
    mail_day_sheet(rim)
    assert len(smtp.letters) == 2


def test_it_does_not_leave_before_five(rim: Rim, smtp: FakeSmtp, hands: TestClock):
    mail_day_sheet(rim)
    hands.now = MONDAY_AT_FIVE + timedelta(days=1, minutes=-1)
    mail_day_sheet(rim)
    assert len(smtp.letters) == 1


def test_two_workers_send_one_letter(rim: Rim, smtp: FakeSmtp):
    together = Barrier(4)

    def work() -> None:
        together.wait()
        mail_day_sheet(rim)

    workers = [Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(smtp.letters) == 1
    assert the_mailing(rim).status == "sent"


def test_a_worker_that_starts_in_the_evening_or_the_next_morning_still_sends_it(
    rim: Rim, smtp: FakeSmtp, hands: TestClock
):
    hands.now = MONDAY_AT_FIVE + timedelta(hours=15)  # Tuesday at 8
    assert mail_day_sheet(rim)
    [letter] = smtp.letters
    assert "mardi 24 novembre" in letter["Subject"]  # the rides of that morning
    assert the_mailing(rim).key == "day_sheet/2026-11-23"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-10-24T14:59", "2026-10-23"),  # summer: 16 h 59 in Paris
        ("2026-10-24T15:00", "2026-10-24"),
        ("2026-10-25T15:30", "2026-10-24"),  # winter since this morning: 16 h 30
        ("2026-10-25T16:00", "2026-10-25"),
        ("2026-03-28T16:00", "2026-03-28"),
        ("2026-03-29T15:00", "2026-03-29"),  # summer since this morning
    ],
)
def test_five_is_five_on_french_clocks_all_year(now: str, day: str):
    assert due_day(datetime.fromisoformat(now).replace(tzinfo=UTC)).isoformat() == day


@pytest.mark.parametrize(
    ("trouble", "error"),
    [("refuse", "mail.refused"), ("silent", "mail.silent"), ("busy", "mail.unreachable")],
)
def test_a_letter_that_does_not_leave_is_seen_at_the_desk_and_tried_again(
    rim: Rim, smtp: FakeSmtp, hands: TestClock, trouble: str, error: str
):
    smtp.trouble = trouble
    assert not mail_day_sheet(rim)
    assert (the_mailing(rim).status, the_mailing(rim).error) == ("failed", error)
    with rim.factory.begin() as session:
        ask = Ask(now=hands.now, account_id=make_account(session).id)
        assert counts(session, ask).by_kind["letter"] == 1
    assert not mail_day_sheet(rim)  # not at once
    smtp.trouble = ""
    hands.now += timedelta(minutes=2)
    assert mail_day_sheet(rim)
    assert the_mailing(rim).status == "sent"
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 1


def test_addresses_refused_while_others_were_taken_are_said_and_nobody_gets_it_twice(
    rim: Rim, smtp: FakeSmtp, hands: TestClock
):
    smtp.trouble = "some"
    assert mail_day_sheet(rim)
    assert (the_mailing(rim).status, the_mailing(rim).error) == ("failed", "mail.some")
    hands.now += timedelta(hours=1)
    assert not mail_day_sheet(rim)
    assert len(smtp.letters) == 1


def test_a_worker_killed_while_sending_leaves_the_letter_to_another(
    rim: Rim, smtp: FakeSmtp, hands: TestClock
):
    class Killed(BaseException):
        pass

    class Dying:
        def send(self, _letter: Any) -> list[str]:
            raise Killed

    with pytest.raises(Killed):
        mail_day_sheet(replace(rim, outside=replace(rim.outside, mailer=Dying())))
    assert not mail_day_sheet(rim)  # perhaps it is still at it
    hands.now += timedelta(minutes=3)
    assert mail_day_sheet(rim)
    assert len(smtp.letters) == 1


def test_without_a_mail_server_nothing_is_mailed(app: Flask, rim: Rim):
    assert not mail_day_sheet(replace(rim, outside=app.extensions["lotocar.outside"]))


FINE = {
    "SECRET_KEY": "k" * 32,
    "PUBLIC_BASE_URL": "https://lotocar.example",
    "SMTP_HOST": "smtp.example",
    "MAIL_FROM": "bureau@lotocar.example",
    "MAIL_TEAM": "nadia@lotocar.example, paul@lotocar.example",
}


def test_the_settings_of_mail_are_read():
    settings = config.from_environment(FINE)
    assert (settings.smtp_port, settings.smtp_security) == (587, "starttls")
    assert settings.mail_team == ("nadia@lotocar.example", "paul@lotocar.example")


@pytest.mark.parametrize(
    "change",
    [
        {"MAIL_TEAM": ""},
        {"MAIL_FROM": "bureau"},
        {"MAIL_TEAM": "nadia@lotocar.example\r\nBcc: x@example.org"},
        {"SMTP_SECURITY": "none"},
        {"SMTP_SECURITY": "ssl3"},
    ],
)
def test_unfit_settings_of_mail_stop_the_start(change: dict[str, str]):
    with pytest.raises(config.BadSetting):
        config.from_environment(FINE | change)
