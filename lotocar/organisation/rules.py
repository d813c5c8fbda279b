"""The closed lists that the desk chooses from: why one travels, and what help one needs. Nothing about health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lotocar.errors import Invalid
from lotocar.values.health import care_words
from lotocar.values.names import clean_name, fold

LABEL_MAX = 40
CODE_MAX = 20
LIST_MAX = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a closed list: what is stored, and what is read."""

    code: str
    label: str


DEFAULT_PURPOSES = (
    Choice("courses", "Courses"),
    Choice("demarches", "Démarches"),
    Choice("visite", "Visite"),
    Choice("rendez_vous", "Rendez-vous"),
    Choice("travail", "Travail ou formation"),
    Choice("autre", "Autre"),
)
DEFAULT_NEEDS = (
    Choice("boot", "De la place dans le coffre"),
    Choice("hand", "Un bras pour marcher"),
    Choice("door", "Être accompagné jusqu'à la porte"),
    Choice("animal", "Un animal"),
    Choice("child_seat", "Un siège enfant"),
    Choice("wait", "Que le conducteur attende"),
)
ALWAYS_OFFERED = "autre"  # whoever prefers not to say must have an answer


def check_purposes(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The list as it may be kept.

    Raises:
        Invalid: a label empty, too long, twice, or about health; « Autre » left out; too many.
    """
    kept = _checked(choices, field="purposes")
    if ALWAYS_OFFERED not in {one.code for one in kept}:
        raise Invalid("purposes.other_missing", field="purposes")
    return kept


def check_needs(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The list as it may be kept: the abilities that drivers are asked about, each worded by the team.

    Raises:
        Invalid: a label empty, too long, twice, or about health; a code that matching does not know.
    """
    kept = _checked(choices, field="needs")
    if not {one.code for one in kept} <= {one.code for one in DEFAULT_NEEDS}:
        raise Invalid("needs.unknown", field="needs")
    return kept


def new_code(label: str, taken: Sequence[str]) -> str:
    """A code for a new label: its folded words, made unique."""
    stem = "_".join(fold(label).split())[: CODE_MAX - 3] or "motif"
    return next(
        code for code in (stem, *(f"{stem}_{number}" for number in range(2, 99))) if code not in taken
    )


def _checked(choices: Sequence[Choice], *, field: str) -> tuple[Choice, ...]:
    kept = tuple(
        Choice(one.code, clean_name(one.label, field=field, max_length=LABEL_MAX)) for one in choices
    )
    if not 1 <= len(kept) <= LIST_MAX:
        raise Invalid("list.length", field=field, most=LIST_MAX)
    if len({fold(one.label) for one in kept}) < len(kept) or len({one.code for one in kept}) < len(kept):
        raise Invalid("list.twice", field=field)
    for one in kept:
        if words := care_words(one.label):
            raise Invalid("list.health", field=field, word=words[0])
    return kept
