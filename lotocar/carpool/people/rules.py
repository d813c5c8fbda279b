"""Where a person stands with the service (machine 5), who is the same person, and what may be revealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lotocar.errors import Invalid, Refused
from lotocar.values.names import fold
from lotocar.values.phone import PhoneNumber
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

ROLES = ("driver", "passenger")
# what a driver may offer besides a seat, and a passenger need; none says anything about health
ABILITIES = ("boot", "hand", "door", "animal", "child_seat", "wait")
MOST_A_MONTH = 31
# what one calls the places somebody keeps going to; none says why they go there
USUAL_PLACES = ("maison", "travail", "famille", "courses", "rendez_vous", "autre")

CONSENTS = ("share_phone", "registry")
CIVILITIES = ("", "mme", "m")  # "" when nobody told us
CONTACT_PREFERENCES = ("sms", "call")

CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
# (window, most codes in it): for one number, for one network address, for the whole installation
CODES_PER_NUMBER = ((timedelta(minutes=15), 3), (timedelta(days=1), 8))
CODES_PER_NETWORK = ((timedelta(hours=1), 10),)
CODES_IN_ALL = ((timedelta(days=1), 400),)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A number by which somebody may be reached; `label` says whose it is when not theirs (« voisine »)."""

    number: PhoneNumber
    label: str = ""


def bits_of(codes: str) -> int:
    """These comma-separated abilities as bits, the first of ABILITIES being 1.

    Raises:
        Invalid: ability.unknown.
    """
    wanted = {code for code in codes.split(",") if code}
    if not wanted <= set(ABILITIES):
        raise Invalid("ability.unknown", field="needs")
    return sum(1 << rank for rank, code in enumerate(ABILITIES) if code in wanted)


def codes_of(bits: int) -> str:
    """The same bits as comma-separated codes, in the order of ABILITIES."""
    return ",".join(code for rank, code in enumerate(ABILITIES) if bits >> rank & 1)


def enrolment_after(state: str, act: str) -> str:
    """The enrolment's next state, or Refused."""
    return step("enrolment", ENROLMENT, state, act)


def may_give_contact(*, minor: bool, guardian_consented: bool) -> bool:
    """Whether contact details may go out to or about this passenger: a minor needs a recorded authorisation."""
    return guardian_consented or not minor


def is_same_person(first_name: str, last_name: str, known_first: str, known_last: str) -> bool:
    """Whether two names found on one number are one person: a household shares its landline.

    Surnames must agree once folded; first names may be missing or an initial. Without a surname on one side,
    the first names must be equal.
    """
    first, known = fold(first_name), fold(known_first)
    if not fold(last_name) or not fold(known_last):
        return bool(first) and first == known
    if fold(last_name) != fold(known_last):
        return False
    return not first or not known or first == known or _is_initial(first, known) or _is_initial(known, first)


def _is_initial(short: str, name: str) -> bool:
    return len(short) == 1 and name.startswith(short)


def refuse_beyond(counts: list[tuple[int, int]]) -> None:
    """Stop when one of these (codes sent, most allowed) is reached.

    Raises:
        Refused: code.too_many.
    """
    if any(sent >= most for sent, most in counts):
        raise Refused("code.too_many")
