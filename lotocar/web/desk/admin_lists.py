"""The closed lists that the desk chooses from: why one travels, what help one needs. Nothing about health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request

from lotocar.errors import Invalid
from lotocar.organisation import operations as acts
from lotocar.organisation import queries as organisation
from lotocar.organisation.rules import (
    ALWAYS_OFFERED,
    DEFAULT_NEEDS,
    LABEL_MAX,
    Choice,
    new_code,
)
from lotocar.web.desk import admin, screens
from lotocar.web.edge import session
from lotocar.web.forms import showable
from lotocar.web.render import see_other

WORDS = {
    "list.health": "« {word} » parle de santé : ce mot ne peut pas figurer ici. Écrivez « Rendez-vous », par exemple.",
    "list.twice": "Deux lignes disent la même chose.",
    "list.length": "Entre une et {most} lignes.",
    "name_too_long": "C'est trop long : {limit} caractères au plus.",
    "name_empty": "Une ligne est vide : effacez-la avec sa case, ou écrivez son nom.",
    "name_control": "Un nom contient un caractère invisible : retapez-le.",
    "purposes.other_missing": "« Autre » reste toujours proposé : chacun a le droit de ne pas dire pourquoi.",
}
NEW_LINES = 2


def lists() -> Response:
    """Both lists."""
    return _show()


def change_purposes() -> Response:
    """The reasons to travel, as they were typed: an empty new line is left out."""
    kept = _ticked(organisation.current(session()).purposes)
    for label in filter(None, _new_labels()):
        kept.append(Choice(new_code(label, [one.code for one in kept]), label))
    return _keep("purposes", kept, acts.list_purposes)


def change_needs() -> Response:
    """The kinds of help, each as the team words it."""
    return _keep("needs", _ticked(_all_needs()), acts.list_needs)


def _keep(name: str, kept: Sequence[Choice], write: Callable[..., None]) -> Response:
    try:
        write(session(), kept)
    except Invalid as error:
        sentence = WORDS.get(error.code, "Vérifiez cette liste.").format(**error.details)
        return _show(blamed=name, sentence=sentence, status=422)
    admin.note(f"service.{name}_changed")
    return see_other("desk.lists", notice="Liste enregistrée : le prochain appel la propose.")


def _ticked(known: Sequence[Choice]) -> list[Choice]:
    """The known lines whose box is ticked, with the label that was typed."""
    offered = _offered(known)
    return [one for one in _typed(known) if one.code in offered]


def _new_labels() -> list[str]:
    """What was typed in the lines of something new, empty ones included."""
    return [showable(request.form.get(f"new-{number}", "")).strip() for number in range(NEW_LINES)]


def _all_needs() -> list[Choice]:
    """Every ability that matching knows, with the team's own words for those it offers."""
    offered = {one.code: one for one in organisation.current(session()).needs}
    return [offered.get(one.code, one) for one in DEFAULT_NEEDS]


def _show(*, blamed: str = "", sentence: str = "", status: int = 200) -> Response:
    """Both lists; the one that was refused as it was typed."""
    house = organisation.current(session())
    needs, purposes = _all_needs(), list(house.purposes)
    context: dict[str, Any] = {
        "purposes": _typed(purposes) if blamed == "purposes" else purposes,
        "needs": _typed(needs) if blamed == "needs" else needs,
        "offered_purposes": _offered(purposes) if blamed == "purposes" else {one.code for one in purposes},
        "offered": _offered(needs) if blamed == "needs" else {one.code for one in house.needs},
        "new_labels": _new_labels() if blamed == "purposes" else [""] * NEW_LINES,
        "always": ALWAYS_OFFERED,
    }
    return screens.show(
        "desk/lists.html",
        screen="settings",
        status=status,
        blamed=blamed,
        sentence=sentence,
        most=LABEL_MAX,
        **context,
    )


def _typed(known: Sequence[Choice]) -> list[Choice]:
    """The known lines with what was typed in each."""
    return [Choice(one.code, showable(request.form.get(f"label-{one.code}", one.label))) for one in known]


def _offered(known: Sequence[Choice]) -> set[str]:
    return {one.code for one in known if request.form.get(f"offered-{one.code}") == "yes"} | {ALWAYS_OFFERED}
