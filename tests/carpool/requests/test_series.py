"""The same journey on several dates: one request, each date of its own; and calls kept while they are typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.requests import corrections, drafts
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.requests.rules import MOST_DATES, check_legs
from lotocar.errors import Invalid, Refused
from lotocar.values.actor import Actor, ActorKind
from tests.carpool.requests.test_request_rules import BACK, OUT
from tests.support.factories import NOW, TUESDAY, make_account, make_passenger

NADIA = Actor(ActorKind.STAFF, 1)
DAYS = [TUESDAY + timedelta(days=more) for more in range(3)]


def a_series(session: Session) -> RideRequest:
    legs = [replace(way, day=day) for day in DAYS for way in (OUT, BACK)]
    return requests.submit(
        session, form_key="series", passenger=make_passenger(session), legs=legs, actor=NADIA, now=NOW
    )


def standing(asked: RideRequest) -> list[tuple[date, str]]:
    return [(leg.day, leg.direction) for leg in asked.legs if leg.status != "dropped"]


def test_a_series_is_one_request_with_a_leg_for_each_date_and_way(session: Session):
    asked = a_series(session)
    assert asked.is_series
    assert standing(asked) == [(day, way) for day in DAYS for way in ("out", "back")]


def test_calling_a_date_off_leaves_the_others(session: Session):
    asked = a_series(session)
    off = [leg for leg in asked.legs if leg.day == DAYS[1]]
    assert corrections.call_off(session, asked, off, actor=NADIA, now=NOW) == off
    assert standing(asked) == [(day, way) for day in (DAYS[0], DAYS[2]) for way in ("out", "back")]


def test_the_last_date_is_not_called_off(session: Session):
    asked = a_series(session)
    with pytest.raises(Refused, match=r"request\.last_date"):
        corrections.call_off(session, asked, asked.legs, actor=NADIA, now=NOW)


def test_a_correction_of_a_series_touches_the_dates_that_change_only(session: Session):
    asked = a_series(session)
    legs = [
        replace(way, day=day)
        for day in (DAYS[0], DAYS[2], DAYS[2] + timedelta(days=1))
        for way in (OUT, BACK)
    ]
    changed = corrections.correct(
        session,
        asked,
        expected_revision=asked.revision,
        legs=legs,
        seats=1,
        purpose=asked.purpose,
        wish="",
        staff_note="",
        actor=NADIA,
        now=NOW,
    )
    assert {leg.day for leg in changed} == {DAYS[1]}
    assert {day for day, _ in standing(asked)} == {DAYS[0], DAYS[2], DAYS[2] + timedelta(days=1)}


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ([OUT, OUT], "request.date_twice"),
        ([BACK], "request.legs"),
        (
            [replace(OUT, day=TUESDAY + timedelta(days=more)) for more in range(MOST_DATES + 1)],
            "request.legs",
        ),
    ],
)
def test_dates_that_make_no_series_are_refused(legs: list[object], code: str):
    with pytest.raises(Invalid) as refusal:
        check_legs(legs, today=NOW.date())  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_call_is_kept_for_whoever_types_it_until_it_is_a_request(session: Session):
    nadia, sami = make_account(session), make_account(session)
    kept = drafts.keep(
        session, form_key="series", account_id=nadia.id, person_id=None, content={"origin": "Cahors"}, now=NOW
    )
    session.flush()
    assert kept
    assert drafts.taken_up(session, "series", account_id=nadia.id) == {"origin": "Cahors"}
    assert drafts.taken_up(session, "series", account_id=sami.id) is None
    assert not drafts.keep(
        session, form_key="series", account_id=sami.id, person_id=None, content={}, now=NOW
    )
    a_series(session)
    assert not drafts.keep(
        session, form_key="series", account_id=nadia.id, person_id=None, content={}, now=NOW
    )


def test_a_call_about_somebody_erased_or_a_week_old_is_forgotten(session: Session):
    nadia, marcel = make_account(session), make_passenger(session)
    for key, person_id in (("his", marcel.id), ("old", None)):
        drafts.keep(session, form_key=key, account_id=nadia.id, person_id=person_id, content={}, now=NOW)
        session.flush()
    requests.erase_person(session, marcel.id, now=NOW)
    assert [one.form_key for one in drafts.of_account(session, nadia.id)] == ["old"]
    drafts.forget_old(session, now=NOW + timedelta(days=8))
    assert not drafts.of_account(session, nadia.id)
