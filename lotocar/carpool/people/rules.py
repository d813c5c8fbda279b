"""Where a person stands with the service (machine 5), and what may be revealed of them."""

from __future__ import annotations

from lotocar.values.steps import Table, step

ENROLMENT: Table = {
    ("candidate", "accept"): "accepted",
    ("candidate", "refuse"): "refused",
    ("accepted", "suspend"): "suspended",
    ("accepted", "leave"): "left",
    ("candidate", "leave"): "left",
    ("suspended", "accept"): "accepted",
    ("suspended", "leave"): "left",
    ("refused", "accept"): "accepted",
    ("left", "apply"): "candidate",
    ("left", "accept"): "accepted",
}


def enrolment_after(state: str, act: str) -> str:
    """The enrolment's next state, or Refused."""
    return step("enrolment", ENROLMENT, state, act)


def may_give_contact(*, minor: bool, guardian_consented: bool) -> bool:
    """Whether contact details may go out to or about this passenger: a minor needs a recorded authorisation."""
    return guardian_consented or not minor
