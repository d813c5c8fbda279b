"""Nobody passes as asked: what else there is, for somebody alone before a screen. No name of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.ladder import Change, Rung, Step
from lotocar.carpool.matching.search import search, ways_out
from lotocar.carpool.matching.wording import rung_words
from lotocar.carpool.requests.rules import LegWish
from lotocar.values.wording import counted
from lotocar.web.edge import outside, session
from lotocar.web.passenger.showing import Card, cards

FIRST = 5  # other hours shown at once


@dataclass(frozen=True, slots=True)
class Others:
    """Trips of that day at another hour, and further ideas as (sentence, address or none)."""

    hours: Sequence[Card] = ()
    ideas: Sequence[tuple[str, str | None]] = ()


def others_of(wish: LegWish, leg: LegFacts, values: Mapping[str, str], *, today: date) -> Others:
    """What one thing changed in this search would give; `values` is the search as an address says it."""
    rungs = ways_out(session(), leg, mirror=outside().mirror)
    return Others(
        hours=_other_hours(wish, leg, today) if leg.hour is not None else (),
        ideas=[_idea(one, values) for one in rungs if one.step is not Step.HOUR],
    )


def _other_hours(wish: LegWish, leg: LegFacts, today: date) -> list[Card]:
    all_day = replace(leg, time_kind=TimeKind.NONE, hour=None, until=None)
    found = search(session(), all_day, mirror=outside().mirror)
    return cards(session(), found[:FIRST], pickup=wish.origin.label, today=today)


def _idea(rung: Rung | Change, values: Mapping[str, str]) -> tuple[str, str | None]:
    words = rung_words(rung)
    words = words[:1].upper() + words[1:]
    asked: dict[str, Any] = {**values}
    if rung.step in {Step.DAY_BEFORE, Step.DAY_AFTER} and isinstance(rung, Rung):
        asked["day"] = f"{rung.leg.day:%d/%m/%Y}"
        return words, url_for("passenger.search", **asked)
    if rung.step is Step.DETOUR and isinstance(rung, Rung):
        drivers = counted(len(rung.found.drivers), "conducteur passe", "conducteurs passent")
        return f"{drivers} un peu plus loin : l'équipe peut leur demander", url_for("passenger.ask", **asked)
    return words, None
