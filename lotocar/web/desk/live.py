"""Who could drive what is being typed: asked at each word, answered before the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request

from lotocar import clock
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.requests.rules import LegWish
from lotocar.web.desk import area, candidates, contacts, screens, words
from lotocar.web.desk.candidates import Row
from lotocar.web.desk.intake_form import JourneyForm
from lotocar.web.desk.looking import Looking, OverDates, WayOut, looking
from lotocar.web.edge import session
from lotocar.web.forms import place_code, row_number
from lotocar.web.render import page

FIRST = 6  # what one reads with a caller on the line


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of what is typed, on its dates."""

    wish: LegWish
    found: OverDates
    rows: Sequence[Row]
    ways_out: Sequence[WayOut]
    other_days: Sequence[WayOut]


def live_candidates() -> Response:
    """Who could drive what is typed so far; nothing is written, and the passenger's name never travels."""
    form = JourneyForm(formdata=request.args, meta={"csrf": False})
    form.validate()
    passenger_id = row_number(request.args.get("passenger_id"))
    search = _search(form, passenger_id)
    ways = _ways(form, search) if search else []
    nobody = bool(ways) and not any(way.rows for way in ways)
    others = contacts.between(ways[0].wish.origin, ways[0].wish.destination) if nobody else []
    return page(
        "desk/_live.html",
        legs=ways,
        form=form,
        words=words,
        rights=screens.rights(),
        first=FIRST,
        nobody=nobody,
        contacts=others,
        same_day=_same_day(passenger_id, form.day.value or ()),
        **_on_map(ways),
    )


def _on_map(ways: Sequence[Way]) -> dict[str, Any]:
    """What the map is asked for, once the list is on screen: both ends, and the trips in the order of the list."""
    if not ways:
        return {}
    wish = ways[0].wish
    trips = (str(row.found.trip_id) for way in ways for row in way.rows)
    return {"map_ends": (place_code(wish.origin), place_code(wish.destination)), "map_trips": ",".join(trips)}


def _same_day(passenger_id: int | None, days: Sequence[date]) -> Sequence[Leg]:
    """What this passenger already has on these days: a second booking is often a slip."""
    if passenger_id is None or not days:
        return []
    screens.the_person(passenger_id)
    return requests.same_day(session(), passenger_id, days, apart_from=None)


def _says_enough(form: JourneyForm) -> bool:
    """Whether a journey can be read; words half-typed may be wrong, a choice that no list offers may not."""
    known = form.origin.stop and form.destination.stop and form.day.value
    chosen = not (form.time_kind.errors or form.back_time_kind.errors)
    return bool(known) and chosen and form.origin.stop != form.destination.stop


def _search(form: JourneyForm, passenger_id: int | None) -> Looking | None:
    if not _says_enough(form) or not area.holds(screens.area(), form.wishes()):
        return None
    return looking(
        session(), seats=form.seats.data or 1, needs=form.needed, passenger_id=passenger_id, now=clock.now()
    )


def _ways(form: JourneyForm, search: Looking) -> list[Way]:
    wishes = form.wishes()
    return [
        _way([one for one in wishes if one.direction == direction], search)
        for direction in ("out", "back")
        if any(one.direction == direction for one in wishes)
    ]


def _way(wishes: Sequence[LegWish], search: Looking) -> Way:
    found = search.over_dates(wishes)
    rows = candidates.rows(
        session(),
        found.best,
        pickup=wishes[0].origin.label,
        covers=found.covers,
        sees_numbers=screens.rights()["numbers"],
        shown=FIRST,
    )
    return Way(
        wishes[0],
        found,
        rows,
        [] if found.best else search.ways_out(wishes[0], at_once=True),
        search.other_days(wishes[0], beyond=0 if found.best else 1),
    )
