"""The public front: a search, its results, and the places offered while one types. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Response, request, url_for

from lotocar import clock
from lotocar.carpool.matching.confirming import by_road
from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.found import Chained, Found
from lotocar.carpool.matching.search import days_of_wish, leg_facts
from lotocar.carpool.requests.rules import HALF_DAYS, LegWish, check_legs
from lotocar.carpool.rides.fairness import burden
from lotocar.errors import Invalid
from lotocar.values.days import PARIS
from lotocar.values.wording import day_words, hour_words
from lotocar.web.edge import outside, session
from lotocar.web.forms import find_places, place_code, place_option, showable
from lotocar.web.passenger.forms import HOUR_KINDS, SearchForm
from lotocar.web.passenger.otherwise import Others, others_of
from lotocar.web.passenger.showing import cards
from lotocar.web.render import page
from lotocar.world.transit.queries import contacts_between

PAGE_SIZE = 20


def home() -> Response:
    """The search form, and the telephone; filled in for who changes a search."""
    form = SearchForm(formdata=None, data={name: showable(said) for name, said in request.args.items()})
    answer = page("passenger/home.html", form=form)
    return hidden_from_robots(answer) if request.args else answer


def search() -> Response:
    """Who passes that way on that day, in order; « nothing » is said plainly, with what can be done."""
    form = SearchForm(request.args)
    if not form.validate():
        return hidden_from_robots(page("passenger/home.html", form=form, status=422))
    wish, now = form.out(), clock.now()
    try:
        check_legs([wish], today=now.astimezone(PARIS).date())
        found = _found(wish, now)
    except Invalid as refusal:
        form.blame(refusal)
        return hidden_from_robots(page("passenger/home.html", form=form, status=422))
    return hidden_from_robots(_results(form, wish, found, now))


def _found(wish: LegWish, now: datetime) -> Found:
    """Who passes on the day asked for, then on those that would do as well."""
    leg, borne = facts_of(wish, now), burden(session(), now)
    return Chained(
        [
            by_road(
                session(),
                replace(leg, day=day),
                mirror=outside().mirror,
                confirmer=outside().confirmer,
                asked_recently=borne,
                waits=rank == 0,
            )
            for rank, day in enumerate(days_of_wish(wish, today=now.astimezone(PARIS).date()))
        ]
    )


def places() -> Response:
    """The options of the place field, while somebody types."""
    typed = (request.args.get("q") or "").strip()
    options = [place_option(hit) for hit in find_places(typed)] if len(typed) > 1 else []
    return hidden_from_robots(page("passenger/places.html", options=options))


def facts_of(wish: LegWish, now: datetime) -> LegFacts:
    """The leg as matching reads it; what has already left, or only the team may propose, is of no use."""
    return leg_facts(session(), wish, now=now, is_public=True)


def hidden_from_robots(response: Response) -> Response:
    """The page, kept out of search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def asked(wish: LegWish) -> dict[str, str]:
    """The search as the values of an address: what was understood, not what was typed."""
    values = {
        "origin": wish.origin.label,
        "origin_code": place_code(wish.origin),
        "destination": wish.destination.label,
        "destination_code": place_code(wish.destination),
        "day": f"{wish.day:%d/%m/%Y}",
    }
    if wish.flexible_days:
        values["flexible"] = "y"
    if wish.hour is None:
        return values
    if (half := _half_day(wish)) is not None:
        return values | {"time_kind": half}
    return values | {"time_kind": wish.time_kind, "hour": hour_words(wish.hour)}


def _half_day(wish: LegWish) -> str | None:
    return next((name for name, hours in HALF_DAYS.items() if hours == (wish.hour, wish.until)), None)


def _results(form: SearchForm, wish: LegWish, found: Found, now: datetime) -> Response:
    today = now.astimezone(PARIS).date()
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    values = asked(wish)
    others = Others() if found else others_of(wish, facts_of(wish, now), values, today=today)
    return page(
        "passenger/results.html",
        form=form,
        cards=cards(session(), shown, pickup=wish.origin.label, today=today),
        count=len(found),
        wish=wish,
        when=_when(wish, today),
        asked=values,
        turned=_turned(values),
        others=others,
        error_minutes=max((-(-one.error_seconds // 60) for one in shown), default=0),
        contacts=contacts_between(session(), wish.origin.insee, wish.destination.insee) if not found else (),
        number=number,
        pages=pages,
        before=_page_address(values, number - 1) if number > 1 else None,
        after=_page_address(values, number + 1) if number < pages else None,
    )


def _page_address(values: Mapping[str, Any], number: int) -> str:
    return url_for("passenger.search", page=number, **values)


def _turned(values: dict[str, str]) -> dict[str, str]:
    """The same search the other way round, at any hour."""
    return {
        "origin": values["destination"],
        "origin_code": values["destination_code"],
        "destination": values["origin"],
        "destination_code": values["origin_code"],
        "day": values["day"],
    }


def _when(wish: LegWish, today: date) -> str:
    day = day_words(wish.day, today=today)
    if wish.flexible_days:
        day += ", la veille ou le lendemain"
    if wish.hour is None:
        return day
    if (half := _half_day(wish)) is not None:
        return f"{day}, {HOUR_KINDS[half].lower()}"
    return f"{day}, {HOUR_KINDS[wish.time_kind].lower()} {hour_words(wish.hour)}"
