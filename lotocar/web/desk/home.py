"""The bureau: what is open and what is next; and the one search box."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.carpool.requests import queries as requests
from lotocar.web import guards
from lotocar.web.desk import area, kept_calls, screens, words
from lotocar.web.edge import session
from lotocar.web.forms import find_places, showable
from lotocar.web.render import see_other

PAGE = 25


def home() -> Response:
    """Open requests by due time, and how much waits."""
    page = screens.page_number()
    open_ones = requests.open_requests(
        session(), communes=screens.area(), limit=PAGE + 1, offset=(page - 1) * PAGE
    )
    return screens.show(
        "desk/home.html",
        screen="home",
        open_requests=open_ones[:PAGE],
        counts=requests.count_open(session(), communes=screens.area()),
        now=clock.now(),
        page=page,
        has_more=len(open_ones) > PAGE,
        drafts=kept_calls.of_account(session(), guards.signed_in_account().id)
        if screens.rights()["act"]
        else [],
        words=words,
    )


def search() -> Response:
    """The search box, empty: what is looked for never stands in an address, which logs keep."""
    return _found("")


def find() -> Response:
    """People by number or letters, a request by its number, places by name."""
    text = showable(request.form.get("q", "")).strip()[:80]
    number = text.lstrip("n°N #")
    if number.isdecimal() and len(number) <= 6:
        found = requests.numbered(session(), int(number), communes=screens.area())
        if found:
            return see_other("desk.ride_request", ride_request_id=found.id)
    return _found(text)


def _found(text: str) -> Response:
    return screens.show(
        "desk/search.html",
        screen="home",
        text=text,
        people=area.find_people(session(), text, screens.area(), limit=20) if text else [],
        places=find_places(text) if text else [],
        words=words,
    )
