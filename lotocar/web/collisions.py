"""Two people corrected the same thing: what is saved beside what was being typed, and who saved it when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, Form, FormField, HiddenField

from lotocar.carpool.trips.models import Trip
from lotocar.journal import queries as journal
from lotocar.staff import queries as staff
from lotocar.values.wording import instant_words, unbreakable
from lotocar.web.trip_form import TripForm
from lotocar.web.trip_typed import typed as typed_as


@dataclass(frozen=True, slots=True)
class Difference:
    """One field on which the two versions disagree, in words."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True, slots=True)
class Clash:
    """What `_clash.html` shows: who saved the other version, and the differing fields as rows of a table."""

    title: str
    by: str
    rows: Sequence[tuple[str, str, str]]


def clash(session: Session, subject: tuple[str, int], saved: Form, typed: Form, *, title: str) -> Clash:
    """The two versions of this subject (kind, number), to choose between."""
    rows = [(one.label, one.saved or "(vide)", one.typed or "(vide)") for one in differences(saved, typed)]
    return Clash(title, _saved_by(session, subject), rows)


def trip_clash(session: Session, trip: Trip, typed: TripForm) -> Clash:
    """The two versions of a trip; the form now stands on the saved one, so that having read both one may save."""
    saved = TripForm(formdata=None, data=typed_as(trip))
    saved.show_trip(trip)
    typed.revision.data = saved.revision.data
    title = "Ce trajet a changé pendant que vous écriviez"
    return clash(session, ("trip", trip.id), saved, typed, title=title)


def differences(saved: Form, typed: Form) -> list[Difference]:
    """The fields that do not say the same in these two fillings of one form, in its order."""
    told = [Difference(label, _words(one), _words(other)) for label, one, other in _pairs(saved, typed)]
    return [one for one in told if one.saved != one.typed]


def _pairs(saved: Form, typed: Form) -> Iterator[tuple[str, Field, Field]]:
    """Each field that is shown in both fillings, by its label; those of a part are named after it: « lundi, départ »."""
    for one in saved:
        if isinstance(one, FormField):
            for label, inner, other in _pairs(one.form, typed[one.short_name].form):  # type: ignore[attr-defined]
                # the box of a day says the day alone
                named = (
                    one.label.text
                    if isinstance(inner, BooleanField)
                    else f"{one.label.text}, {label.lower()}"
                )
                yield named, inner, other
        elif not isinstance(one, HiddenField):
            yield one.label.text, one, typed[one.short_name]


def _saved_by(session: Session, subject: tuple[str, int]) -> str:
    """« Sami, samedi 21 novembre à 11 h »: whoever changed this last; empty when it was nobody of the team."""
    entries = [
        entry for entry in journal.story(session, [subject]) if entry.actor_kind in {"staff", "person"}
    ]
    if not entries or entries[-1].actor_kind != "staff":
        return ""
    last = entries[-1]
    name = staff.names(session, [last.actor_id or 0]).get(last.actor_id or 0, "")
    return f"{name}, {unbreakable(instant_words(last.at))}" if name else ""


def _words(field: Field) -> str:
    """What the field holds, as a reader would say it."""
    if choices := getattr(field, "choices", None):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(_labels(choices, {str(one) for one in chosen}))
    if isinstance(field.data, bool):
        return "oui" if field.data else "non"
    shown = field._value() if hasattr(field, "_value") else field.data
    return " ".join(str(shown or "").split())


def _labels(choices: Any, chosen: set[str]) -> Sequence[str]:
    pairs = choices.items() if isinstance(choices, dict) else (tuple(one)[:2] for one in choices)
    return [str(label) for value, label in pairs if str(value) in chosen]
