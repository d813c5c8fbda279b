"""The life of a request (machine 1) and of its legs (machine 2).

The request's state says who holds the ball; it is derived from its least advanced leg, so that
« aller trouvé, retour manquant » is visible. Only drafting, taking and closing are acts of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from lotocar.values.steps import Table, step

REQUEST: Table = {
    ("draft", "submit"): "to_process",
    ("draft", "close"): "closed",
    ("to_process", "take"): "searching",
    ("to_process", "close"): "closed",
    ("searching", "close"): "closed",
    ("awaiting_driver", "close"): "closed",
    ("to_confirm", "close"): "closed",
    ("confirmed", "close"): "closed",
    ("closed", "reopen"): "to_process",
}

LEG: Table = {
    ("unserved", "approach"): "approached",
    ("approached", "approach"): "approached",
    ("approached", "release"): "unserved",  # nobody left to answer
    ("unserved", "agree"): "agreed",  # hand-picked, agreed on the phone at once
    ("approached", "agree"): "agreed",
    ("agreed", "tell"): "confirmed",
    ("agreed", "release"): "unserved",  # the driver or the passenger fell out
    ("confirmed", "release"): "unserved",
    ("agreed", "finish"): "done",
    ("confirmed", "finish"): "done",
    ("unserved", "fail"): "failed",
    ("approached", "fail"): "failed",
    ("agreed", "fail"): "failed",
    ("confirmed", "fail"): "failed",
    ("done", "fail"): "failed",  # a wrong outcome corrected
    ("failed", "finish"): "done",
    ("failed", "release"): "unserved",  # reopened
    ("done", "release"): "confirmed",  # an outcome taken back
}

ORDER = ("unserved", "approached", "agreed", "confirmed", "done")
FROM_LEG = {
    "unserved": "searching",
    "approached": "awaiting_driver",
    "agreed": "to_confirm",
    "confirmed": "confirmed",
    "done": "confirmed",
}

# « suite donnée »: compulsory at closing. Which say that somebody was carried?
OUTCOMES = (
    "served_carpool",
    "served_purpose_trip",
    "referred_transit",
    "out_of_scope",
    "unserved_no_driver",
    "unserved_declined",
    "unserved_late",
    "withdrawn_by_passenger",
    "no_show",
)
SERVED = frozenset({"served_carpool", "served_purpose_trip"})

# Closed on purpose: none says anything about health.
PURPOSES = ("courses", "demarches", "visite", "rendez_vous", "travail", "autre")


def request_after(state: str, act: str) -> str:
    """The request's next state by an act of its own, or Refused."""
    return step("request", REQUEST, state, act)


def leg_after(state: str, act: str) -> str:
    """The leg's next state, or Refused."""
    return step("leg", LEG, state, act)


def status_of(current: str, legs: Sequence[str], *, taken: bool) -> str:
    """The state of a request whose legs are in these states.

    Draft and closed stay as they are. A request that nobody took (`taken`) and whose legs wait stays to_process.
    Failed legs no longer hold the request back.
    """
    if current in {"draft", "closed"}:
        return current
    live = [state for state in legs if state != "failed"]
    if not live:
        return "searching" if taken else "to_process"
    least = min(live, key=ORDER.index)
    if least == "unserved" and not taken:
        return "to_process"
    return FROM_LEG[least]
