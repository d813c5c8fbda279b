"""The life of one proof as a table, and what time does to it.

    draft → confirmed → ready → sending → sent → checked → ok | fraud | anomaly

`draft` waits for the word of both sides, `confirmed` has it (each side's own, or given to the desk on the phone), `ready` passes every check. The way
out may be: refused_fixable (nothing stored at the registry), refused_burnt (its number is used up), too_late,
not_done, cancelled. `uncertain` is for a send whose answer never came: the registry is read before anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lotocar.civic.registry.couples.rules import DENIED, EXPIRES_AFTER, SEND_WITHIN, SOON_AFTER, unproven
from lotocar.values.steps import Table, step

PROOF: Table = {
    ("draft", "confirm"): "confirmed",
    ("draft", "deny"): "not_done",
    ("draft", "expire"): "too_late",
    ("draft", "withdraw"): "cancelled",
    ("confirmed", "pass"): "ready",
    ("confirmed", "reopen"): "draft",
    ("confirmed", "deny"): "not_done",
    ("confirmed", "expire"): "too_late",
    ("confirmed", "withdraw"): "cancelled",
    ("ready", "hold"): "confirmed",  # a check no longer passes: consent withdrawn, hours corrected
    ("ready", "reopen"): "draft",
    ("ready", "deny"): "not_done",
    ("ready", "expire"): "too_late",
    ("ready", "withdraw"): "cancelled",
    ("ready", "claim"): "sending",
    ("not_done", "reopen"): "draft",  # the desk took its word back, and nothing was ever sent
    ("not_done", "confirm"): "confirmed",
    ("sending", "accept"): "sent",
    ("sending", "put_back"): "ready",  # nothing stored for certain
    ("sending", "doubt"): "uncertain",
    ("sending", "refuse"): "refused_fixable",
    ("sending", "burn"): "refused_burnt",
    ("uncertain", "accept"): "sent",
    ("uncertain", "put_back"): "ready",
    ("uncertain", "burn"): "refused_burnt",
    ("uncertain", "find_cancelled"): "cancelled",
    ("refused_fixable", "mend"): "confirmed",
    ("refused_fixable", "deny"): "not_done",
    ("refused_fixable", "expire"): "too_late",
    ("refused_fixable", "withdraw"): "cancelled",
    ("sent", "check"): "checked",
    ("sent", "find_cancelled"): "cancelled",
    ("sent", "burn"): "refused_burnt",
    ("sent", "correct"): "correcting",
    ("sent", "cancel"): "cancelling",
    ("correcting", "accept"): "sent",
    ("correcting", "doubt"): "uncertain",
    ("correcting", "cancel"): "cancelling",
    ("cancelling", "end"): "cancelled",
    ("checked", "cancel"): "cancelling",
    ("checked", "find_cancelled"): "cancelled",
    ("checked", "burn"): "refused_burnt",
    ("checked", "settle"): "ok",
    ("checked", "flag_fraud"): "fraud",
    ("checked", "flag_anomaly"): "anomaly",
    ("ok", "flag_fraud"): "fraud",
    ("ok", "flag_anomaly"): "anomaly",
    ("ok", "burn"): "refused_burnt",
    ("ok", "cancel"): "cancelling",
    ("ok", "find_cancelled"): "cancelled",
    ("fraud", "cancel"): "cancelling",
    ("fraud", "find_cancelled"): "cancelled",
    ("anomaly", "cancel"): "cancelling",
    ("anomaly", "find_cancelled"): "cancelled",
}
WAITING = frozenset({"draft", "confirmed", "ready", "refused_fixable"})  # not at the registry, may still go
UNSENT = WAITING | {"too_late", "not_done"}
AWAY = frozenset({"sending", "uncertain", "correcting", "cancelling"})  # under way, or of unknown fate
THERE = frozenset({"sent", "checked", "ok", "fraud", "anomaly"})
REFUSED_THERE = frozenset({"refused_burnt", "fraud", "anomaly"})  # no later « ok » undoes these
FINAL = frozenset({"ok", "fraud", "anomaly", "refused_burnt", "too_late", "cancelled"})

LEASE = timedelta(seconds=90)  # longer than every exchange that one send may need
SETTLE_AFTER = timedelta(seconds=60)  # a request that timed out may still be on its way in
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
CORRECT_WITHIN = EXPIRES_AFTER - timedelta(minutes=10)  # between our clock and the registry's
UNCONFIRMED_ALARM = timedelta(hours=12)
DOUBT_ALARM = timedelta(hours=1)
LATE_SHOWN = timedelta(days=1)
CHECK_AFTER = timedelta(hours=24)  # of the end of the ride: nobody may ask earlier
FINAL_AFTER = timedelta(hours=48)
PRESUMED_AFTER = timedelta(days=7)  # of a registry that never settled it: valid, says its own rule
ASK_AGAIN_AFTER = timedelta(hours=12)

CANCEL_CODES = ("NOT_DONE", "WRONG_PERSON", "DUPLICATE", "WRONG_DATA", "FRAUD", "TEST")

# what the registry says of a proof, and the step it means once the time for it has come
FATES = {
    "ok": "settle",
    "fraud_error": "flag_fraud",
    "anomaly_error": "flag_anomaly",
    "acquisition_error": "flag_anomaly",
    "canceled": "find_cancelled",
    "terms_violation_error": "burn",
    "validation_error": "flag_anomaly",
    "normalization_error": "flag_anomaly",
    "expired": "burn",
}


def after(state: str, act: str) -> str:
    """The proof's next state, or Refused."""
    return step("proof", PROOF, state, act)


def may(state: str, act: str) -> bool:
    """Whether the table has this step."""
    return (state, act) in PROOF


def word_of(*, status: str, driver_says: str | None, passenger_says: str | None) -> str:
    """What is known of a ride: "confirm" (by both sides), "deny", or "reopen" (a side is silent or disagrees)."""
    if status in DENIED:
        return "deny"
    untold = unproven(status=status, driver_says=driver_says, passenger_says=passenger_says)
    return "reopen" if untold else "confirm"


def heard_through(says: str | None, through: str) -> str:
    """Through whom a side confirmed: "own" words, the "desk" that asked them on the phone, or nobody ("")."""
    if says != "done":
        return ""
    return "desk" if through == "desk" else "own"


def is_too_late(start_at: datetime, *, now: datetime) -> bool:
    """Whether it stays at home for good: twenty hours after the start, four before the registry closes."""
    return now - start_at > SEND_WITHIN


def may_correct(start_at: datetime, *, now: datetime) -> bool:
    """Whether the registry still takes a correction of it."""
    return now - start_at <= CORRECT_WITHIN


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: it doubles, a quarter of an hour at most."""
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def fate_step(state: str, said: str, *, over_at: datetime, now: datetime) -> str:
    """The step that the registry's word means for a proof in this state; empty for none.

    Before 48 h only bad news and « checked » count; a refusal received is never undone by a later « ok ».
    """
    act = FATES.get(said, "")
    if state == "sent":
        if act in {"find_cancelled", "burn"}:
            return act
        return "check" if now - over_at >= CHECK_AFTER else ""
    if act == "settle" and now - over_at < FINAL_AFTER:
        return ""
    if not act and state == "checked" and now - over_at >= PRESUMED_AFTER:
        act = "settle"
    return act if may(state, act) else ""


def contradicts(state: str, said: str) -> bool:
    """Whether the registry now says « ok » of what it refused, or of what we cancelled."""
    return said == "ok" and state in REFUSED_THERE | {"cancelled"}


@dataclass(frozen=True, slots=True)
class Clocked:
    """What an alarm looks at."""

    status: str
    start_at: datetime
    reasons: Sequence[str] = ()
    doubted_at: datetime | None = None
    contradicted: bool = False
    error: str = ""


def alarm(proof: Clocked, *, now: datetime) -> str:
    """Why the desk should look at this proof now; empty when nothing presses.

    "contradiction", "refused", "doubt", "disputed" (one side denies it), "soon" (16 h gone by, four are left),
    "unconfirmed" (12 h without the word of both sides), "held" (a check stops it), "late" (20 h went by: shown for
    a day, so that somebody learns of it).
    """
    age = now - proof.start_at
    if proof.contradicted:
        return "contradiction"
    if proof.status in {"refused_fixable", "refused_burnt", "fraud", "anomaly"}:
        return "refused"
    if proof.error == "registry.act_refused":
        return "refused"
    if proof.status == "uncertain":
        since = proof.doubted_at or proof.start_at
        return "doubt" if now - since >= DOUBT_ALARM else ""
    if proof.status == "too_late":
        return "late" if age <= SEND_WITHIN + LATE_SHOWN else ""
    return _pressing(proof, age) if proof.status in WAITING else ""


def _pressing(proof: Clocked, age: timedelta) -> str:
    if "disputed" in proof.reasons:
        return "disputed"
    if age >= SOON_AFTER:
        return "soon"
    if proof.status == "draft":
        return "unconfirmed" if age >= UNCONFIRMED_ALARM else ""
    return "held" if proof.status == "confirmed" and proof.reasons else ""
