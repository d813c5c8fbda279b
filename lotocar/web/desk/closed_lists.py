"""The closed lists as the coordinator keeps them, for the forms of the desk."""

from __future__ import annotations

from typing import Any

from lotocar.organisation import queries as organisation
from lotocar.organisation.rules import DEFAULT_PURPOSES
from lotocar.web.edge import session


def purposes() -> dict[Any, str]:
    """The reasons to travel that are offered, by code."""
    return {one.code: one.label for one in organisation.current(session()).purposes}


def known_purposes() -> dict[Any, str]:
    """Those, and the house's own that are no longer offered: an old request keeps its reason."""
    return {one.code: one.label for one in DEFAULT_PURPOSES} | purposes()


def needs() -> dict[Any, str]:
    """The kinds of help that are offered, by code."""
    return {one.code: one.label for one in organisation.current(session()).needs}
