"""Every state in which somebody must do something is in « À faire »; in every other, somebody else holds the ball.

The states are read from the tables of the rules: a new one fails here until it is said which of the two it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.people import rules as people
from lotocar.carpool.requests import rules as requests
from lotocar.carpool.requests.models import Draft
from lotocar.carpool.rides import rules as rides
from lotocar.carpool.rides.models import HandOver, Opening
from lotocar.carpool.trips import rules as trips
from lotocar.civic.registry import life, standing
from lotocar.civic.registry.models import Proof, RegistryDesk
from lotocar.messages import rules as messages
from lotocar.messages.models import Mailing
from lotocar.web.desk.todo_action import Ask
from lotocar.web.desk.todo_list import counts, todo_list
from lotocar.web.desk.todo_sources import SOURCES
from tests.support.checkout import ROOT
from tests.support.factories import (
    NOW,
    a_landline,
    a_leg,
    make_account,
    make_approach,
    make_driver,
    make_line,
    make_organisation,
    make_request,
    make_ride,
    make_trip,
    unique_hex,
)
from tests.web.desk.test_todo_list import failure, letter

HOUR = timedelta(hours=1)


def states(table: Any) -> set[str]:
    """Every state that a table of steps knows."""
    return {state for state, _ in table} | set(table.values())


def quiet_request(session: Session, status: str = "confirmed", leg: str = "confirmed", **changes: Any) -> Any:
    return make_request(session, status=status, legs=[a_leg(status=leg)], **changes)


def a_question(session: Session, **changes: Any) -> Any:
    return make_approach(
        session, ride_request=quiet_request(session, "awaiting_driver", "approached"), **changes
    )


def a_ride(
    session: Session,
    leg: str = "confirmed",
    request: str = "confirmed",
    return_plan: str = "",
    **changes: Any,
) -> Any:
    asked = quiet_request(session, request, leg, return_plan=return_plan)
    agreed = make_approach(session, ride_request=asked, status="accepted", answered_at=NOW)
    return make_ride(session, approach=agreed, **({"passenger_told_at": NOW} | changes))


PAST = {"pickup_at": NOW - 3 * HOUR, "dropoff_at": NOW - 2 * HOUR}

# machine, state -> the kind under which it waits, and how to bring it about
Made = Callable[[Session], Any]
WAITS: dict[tuple[str, str], tuple[str, Made]] = {
    ("request", "to_process"): (
        "new",
        lambda s: quiet_request(s, "to_process", "unserved", due_at=NOW + HOUR),
    ),
    ("request", "searching"): (
        "search",
        lambda s: quiet_request(s, "searching", "unserved", due_at=NOW - HOUR),
    ),
    ("request", "to_confirm"): ("tell", lambda s: a_ride(s, "agreed", "to_confirm", passenger_told_at=None)),
    ("request", "confirmed, nothing left"): ("close", lambda s: quiet_request(s, "confirmed", "failed")),
    ("request", "promised"): ("callback", lambda s: quiet_request(s, callback_at=NOW - HOUR)),
    ("request", "handed over"): ("note", lambda s: a_note(s)),
    ("request", "way back to be asked for"): (
        "return",
        lambda s: a_ride(s, return_plan="later", pickup_at=NOW + 72 * HOUR, dropoff_at=NOW + 73 * HOUR),
    ),
    ("request", "way back, there and silent"): ("return", lambda s: a_ride(s, return_plan="rings", **PAST)),
    ("request", "driven, way back open"): (
        "return",
        lambda s: a_ride(s, "done", return_plan="rings", status="done", **PAST),
    ),
    ("call", "left by a colleague"): ("draft", lambda s: a_call(s)),
    ("approach", "to_contact"): (
        "ring",
        lambda s: a_question(s, status="to_contact", channel="phone", asked_at=None),
    ),
    ("approach", "no_answer"): ("ring", lambda s: a_question(s, status="no_answer")),
    ("approach", "to_reconfirm"): ("reconfirm", lambda s: a_question(s, status="to_reconfirm")),
    ("approach", "sent, a day ago"): ("silent", lambda s: a_question(s, asked_at=NOW - 25 * HOUR)),
    ("approach", "sent, nearly lapsed"): ("silent", lambda s: a_question(s, expires_at=NOW + HOUR)),
    ("ride", "planned, over"): ("settle", lambda s: a_ride(s, **PAST)),
    ("ride", "unknown"): ("settle", lambda s: a_ride(s, status="unknown", **PAST)),
    ("ride", "never asked about the registry"): ("consent", lambda s: a_ride(s, pickup_at=NOW + HOUR)),
    ("trip", "pending"): ("number", lambda s: a_pending_trip(s)),
    ("leg", "unserved, a trip came"): ("opening", lambda s: an_opening(s)),
    ("enrolment", "candidate"): ("number", lambda s: a_pending_trip(s, reached=True)),
    ("registry", "standing still"): (
        "registry",
        lambda s: setattr(the_registry(s), "trouble", "registry.keys"),
    ),
    ("letter", "failed"): (
        "letter",
        lambda s: s.add(Mailing(key="day_sheet/2026-11-20", status="failed", not_before=NOW, created_at=NOW)),
    ),
    ("inbound", "human"): ("message", lambda s: letter(s, "+33639980009")),
    ("inbound", "received"): ("message", lambda s: letter(s, "+33639980009", state="received")),
    ("outbox", "needs_human, to be said"): (
        "say",
        lambda s: failure(s, channel="call", status="needs_human", reason="call.needed"),
    ),
    **{
        ("outbox", status): (
            "failure",
            lambda s, status=status: failure(s, status=status, claimed_at=NOW - HOUR),
        )
        for status in (
            "failed",
            "undelivered",
            "expired",
            "blocked",
            "canceled",
            "needs_human",
            "uncertain",
            "sending",
        )
    },
    **{
        ("proof", state): ("proof", lambda s, state=state, changes=changes: a_proof(s, state, **changes))
        for state, changes in {
            "draft": {"start_at": NOW - 13 * HOUR},
            "confirmed": {"reasons": [["no_consent", "driver"]]},
            "ready, nearly too late": {"start_at": NOW - 17 * HOUR},
            "uncertain": {"doubted_at": NOW - 2 * HOUR},
            "refused_fixable": {},
            "refused_burnt": {},
            "fraud": {},
            "anomaly": {},
            "too_late": {"start_at": NOW - 21 * HOUR},
            "sent, refused to be cancelled": {"error": "registry.act_refused"},
        }.items()
    },
}

# who holds the ball in the states that wait for nobody of the team
HELD_ELSEWHERE = {
    "request": {
        "draft": "the call that is still going on; a call that dropped is in the list by itself",
        "awaiting_driver": "the drivers asked, each a question of its own",
        "confirmed": "the day of the journey",
        "closed": "nobody",
    },
    "approach": {
        "queued": "the driver asked before still holds the ball",
        "sent": "the driver, for a day",
        "accepted": "the ride, from then on",
        "declined": "the search",
        "expired": "the search",
        "withdrawn": "nobody",
    },
    "ride": {
        "planned": "the day of the ride",
        "done": "nobody",
        "passenger_no_show": "the request, to be closed",
        "driver_no_show": "the request, to be closed",
        "cancelled_passenger": "nobody",
        "cancelled_driver": "the search",
    },
    "outbox": {
        "queued": "the worker; a banner says when it does not run",
        "accepted": "the operator",
        "sent": "the operator",
        "delivered": "nobody",
    },
    "trip": {"active": "nobody", "stopped": "the driver", "deleted": "nobody"},
    "leg": {
        "approached": "the drivers asked",
        "agreed": "the request, to confirm",
        "confirmed": "the day of the ride",
        "done": "nobody",
        "failed": "the request, to be closed; a trip that comes opens it again",
        "dropped": "nobody",
    },
    "enrolment": {"accepted": "nobody", "refused": "nobody", "suspended": "nobody", "left": "nobody"},
    "proof": {
        "ready": "the worker, until the last hours",
        "sending": "the worker",
        "correcting": "the worker",
        "cancelling": "the worker",
        "sent": "the registry",
        "checked": "the registry",
        "ok": "nobody",
        "not_done": "nobody",
        "cancelled": "nobody",
    },
}
TABLES = {
    "request": requests.REQUEST,
    "leg": requests.LEG,
    "enrolment": people.ENROLMENT,
    "proof": life.PROOF,
    "approach": rides.APPROACH,
    "ride": rides.RIDE,
    "outbox": messages.OUTBOX,
    "trip": trips.TRIP,
}


def a_note(session: Session) -> None:
    asked = quiet_request(session)
    session.add(
        HandOver(ride_request_id=asked.id, author_id=make_account(session).id, note="Rappeler", at=NOW)
    )


def a_pending_trip(session: Session, *, reached: bool = False) -> None:
    driver = make_driver(session, phone=None)
    make_line(session, driver, e164=a_landline(), confirmed_at=NOW if reached else None)
    if reached:
        driver.enrolments[0].status = "candidate"
    make_trip(session, driver=driver, status="pending")


def a_call(session: Session, account_id: int | None = None, **changes: Any) -> Draft:
    """A call of a colleague, left for half an hour."""
    content = '{"last_name": "Vidal", "phone": "05 36 49 01 12", "origin": "Cahors"}'
    values = {"form_key": unique_hex(), "content": content, "updated_at": NOW - timedelta(minutes=31)}
    draft = Draft(account_id=account_id or make_account(session).id, **(values | changes))
    session.add(draft)
    session.flush()
    return draft


def the_registry(session: Session) -> RegistryDesk:
    return session.get(RegistryDesk, 1) or _kept_desk(session)


def _kept_desk(session: Session) -> RegistryDesk:
    desk = RegistryDesk(id=1, environment="demo", switched_at=NOW, trouble="", trouble_at=NOW)
    session.add(desk)
    return desk


def a_proof(session: Session, state: str, **changes: Any) -> None:
    the_registry(session)
    ride = a_ride(session, "done", "closed", status="done", **PAST)
    values = {
        "environment": "demo",
        "status": state.partition(",")[0],
        "ride_id": ride.id,
        "live_ride_id": ride.id,
        "journey_id": ride.journey_key,
        "trip_id": ride.car_trip_key,
        "start_at": NOW - 3 * HOUR,
        "end_at": NOW - 2 * HOUR,
        "not_before": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    session.add(Proof(**(values | changes)))


def an_opening(session: Session) -> None:
    asked = quiet_request(session, "searching", "unserved", due_at=NOW + HOUR)
    session.add(Opening(leg_id=asked.legs[0].id, trip_id=make_trip(session).id, found_at=NOW))


def ask_of(session: Session, **changes: Any) -> Ask:
    """The list as a coordinator reads it, where proofs are sent."""
    values = {"now": NOW, "account_id": make_account(session).id, "registry": True}
    return Ask(**(values | {"proofs": standing.alarming(session, now=NOW)} | changes))


def listed(session: Session) -> set[str]:
    session.flush()
    ask = ask_of(session)
    found = counts(session, ask)
    waits = todo_list(session, ask, found)
    kinds = {line.action.kind for line in (*waits.now, *waits.later)}
    assert kinds == {kind for kind, count in found.by_kind.items() if count}  # counted as it is listed
    return kinds


@pytest.fixture(autouse=True)
def _house(session: Session) -> None:
    make_organisation(session)


@pytest.mark.parametrize("state", sorted(WAITS), ids=": ".join)
def test_a_state_that_wants_somebody_is_in_the_list(session: Session, state: tuple[str, str]):
    kind, bring_about = WAITS[state]
    bring_about(session)
    assert kind in listed(session)


def test_every_state_of_every_machine_waits_for_the_team_or_for_somebody_else():
    for machine, table in TABLES.items():
        waits = {state.partition(",")[0] for name, state in WAITS if name == machine}
        assert states(table) <= waits | set(HELD_ELSEWHERE[machine]), machine


def test_every_machine_of_the_house_is_looked_at():
    written = {
        name
        for file in (ROOT / "lotocar").rglob("*.py")
        for name in re.findall(r"^([A-Z_]+): Table = ", file.read_text(), re.MULTILINE)
    }
    assert written == {machine.upper() for machine in TABLES}


def test_every_kind_of_the_list_is_brought_about_by_some_state():
    assert {source.kind for source in SOURCES} == {kind for kind, _ in WAITS.values()}


def test_an_empty_list_means_that_nothing_waits(session: Session):
    a_ride(session, pickup_at=NOW + 72 * HOUR, dropoff_at=NOW + 73 * HOUR)
    a_question(session)
    make_trip(session)
    failure(session, status="delivered")
    failure(session, kind="driver_already_found", status="failed")  # a courtesy: nobody rings about it
    letter(session, "+33639980009", state="handled")
    quiet_request(session, "closed", "done")
    quiet_request(session, "searching", "unserved", due_at=NOW + HOUR)
    assert listed(session) == set()


def test_what_does_not_concern_a_reader_is_not_in_their_list(session: Session):
    for state in (("letter", "failed"), ("ride", "never asked about the registry"), ("proof", "fraud")):
        WAITS[state][1](session)
    a_call(session)
    session.flush()
    assert "letter" not in counts(session, ask_of(session, communes=["46042"])).by_kind
    assert "consent" not in counts(session, ask_of(session, registry=False)).by_kind
    assert "proof" not in counts(session, ask_of(session, proofs=None)).by_kind
    assert "draft" not in counts(session, ask_of(session, acts=False)).by_kind


def test_ones_own_call_waits_after_ten_minutes_and_a_colleagues_after_thirty(session: Session):
    me = make_account(session).id
    for account, minutes in ((me, 9), (me, 11), (None, 29), (None, 31)):
        a_call(session, account, updated_at=NOW - timedelta(minutes=minutes))
    assert counts(session, ask_of(session, account_id=me)).by_kind["draft"] == 2
    assert counts(session, ask_of(session, account_id=me, communes=["46042"])).by_kind["draft"] == 1
