"""The life of a proof: the table, the alarms, and what the registry's word means at each age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lotocar.civic.registry import life
from lotocar.civic.registry.life import Clocked
from lotocar.errors import Refused

START = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
STATES = {state for state, _ in life.PROOF} | set(life.PROOF.values())
ACTS = {act for _, act in life.PROOF}


def at(**age: float) -> datetime:
    return START + timedelta(**age)


def test_the_straight_way() -> None:
    state = "draft"
    for act in ("confirm", "pass", "claim", "accept", "check", "settle"):
        state = life.after(state, act)
    assert state == "ok"


def test_every_step_outside_the_table_is_refused() -> None:
    for state in STATES:
        for act in ACTS:
            if (state, act) not in life.PROOF:
                with pytest.raises(Refused):
                    life.after(state, act)


def test_only_a_ready_proof_is_claimed_and_only_a_confirmed_one_gets_ready() -> None:
    assert [state for state, act in life.PROOF if act == "claim"] == ["ready"]
    assert [state for state, act in life.PROOF if act == "pass"] == ["confirmed"]


def test_every_state_can_be_reached() -> None:
    reached = {"draft"}
    while more := {after for (state, _), after in life.PROOF.items() if state in reached} - reached:
        reached |= more
    assert reached == STATES


@pytest.mark.parametrize(
    ("status", "driver", "passenger", "word"),
    [
        ("planned", None, None, "reopen"),
        ("planned", "done", None, "reopen"),
        ("unknown", None, None, "reopen"),
        ("done", "done", "done", "confirm"),
        ("done", None, None, "reopen"),
        ("done", "done", None, "reopen"),
        ("planned", "done", "done", "reopen"),
        ("done", "done", "not_done", "reopen"),
        ("passenger_no_show", None, None, "deny"),
        ("driver_no_show", "done", None, "deny"),
        ("cancelled_driver", None, None, "deny"),
    ],
)
def test_what_is_known_of_a_ride(status: str, driver: str | None, passenger: str | None, word: str) -> None:
    assert life.word_of(status=status, driver_says=driver, passenger_says=passenger) == word


@pytest.mark.parametrize(
    ("state", "said", "hours", "act"),
    [
        ("sent", "ok", 23, ""),
        ("sent", "pending", 24, "check"),
        ("sent", "canceled", 1, "find_cancelled"),
        ("sent", "terms_violation_error", 1, "burn"),
        ("checked", "ok", 30, ""),
        ("checked", "ok", 48, "settle"),
        ("checked", "fraud_error", 30, "flag_fraud"),
        ("checked", "anomaly_error", 48, "flag_anomaly"),
        ("checked", "pending", 72, ""),
        ("checked", "pending", 7 * 24, "settle"),
        ("ok", "fraud_error", 72, "flag_fraud"),
        ("fraud", "ok", 72, ""),
        ("anomaly", "ok", 72, ""),
        ("refused_burnt", "ok", 72, ""),
        ("cancelled", "ok", 72, ""),
        ("checked", "a word of tomorrow", 72, ""),
    ],
)
def test_the_registry_s_word_at_its_age(state: str, said: str, hours: int, act: str) -> None:
    assert life.fate_step(state, said, over_at=START, now=at(hours=hours)) == act


def test_a_later_ok_over_a_refusal_is_a_contradiction() -> None:
    refused = {state for state in STATES if life.contradicts(state, "ok")}
    assert refused == {"refused_burnt", "fraud", "anomaly", "cancelled"}
    assert not any(life.contradicts(state, "pending") for state in STATES)


@pytest.mark.parametrize(
    ("proof", "hours", "alarm"),
    [
        (Clocked("draft", START), 11, ""),
        (Clocked("draft", START), 12, "unconfirmed"),
        (Clocked("draft", START), 16, "soon"),
        (Clocked("draft", START, reasons=["disputed"]), 1, "disputed"),
        (Clocked("ready", START), 15.9, ""),
        (Clocked("ready", START), 16, "soon"),
        (Clocked("confirmed", START, reasons=["no_consent"]), 1, "held"),
        (Clocked("confirmed", START, reasons=["no_consent"]), 16, "soon"),
        (Clocked("too_late", START), 20.1, "late"),
        (Clocked("too_late", START), 44.1, ""),
        (Clocked("uncertain", START, doubted_at=START), 0.5, ""),
        (Clocked("uncertain", START, doubted_at=START), 1, "doubt"),
        (Clocked("refused_fixable", START), 1, "refused"),
        (Clocked("refused_burnt", START), 1, "refused"),
        (Clocked("fraud", START), 100, "refused"),
        (Clocked("ok", START), 100, ""),
        (Clocked("ok", START, contradicted=True), 100, "contradiction"),
        (Clocked("sent", START), 23, ""),
        (Clocked("cancelling", START, error="registry.act_refused"), 23, "refused"),
    ],
)
def test_what_the_desk_is_warned_of(proof: Clocked, hours: float, alarm: str) -> None:
    assert life.alarm(proof, now=at(hours=hours)) == alarm


def test_nothing_leaves_later_than_twenty_hours_after_the_start() -> None:
    assert not life.is_too_late(START, now=at(hours=20))
    assert life.is_too_late(START, now=at(hours=20, seconds=1))


def test_a_correction_leaves_until_ten_minutes_before_the_registry_closes() -> None:
    assert life.may_correct(START, now=at(hours=23, minutes=50))
    assert not life.may_correct(START, now=at(hours=23, minutes=50, seconds=1))


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [life.pause(failures).total_seconds() for failures in (0, 1, 2, 3, 6, 60, 6000)]
    assert waits == [30, 30, 60, 120, 900, 900, 900]


@pytest.mark.parametrize(
    ("says", "through", "word"),
    [
        *(("done", through, "own") for through in ("sms", "link", "call", "")),
        ("done", "desk", "desk"),
        (None, "", ""),
        ("not_done", "sms", ""),
    ],
)
def test_who_confirmed_a_side_is_named(says: str | None, through: str, word: str) -> None:
    assert life.heard_through(says, through) == word
