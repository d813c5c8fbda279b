"""The bureau: what is open and what is next."""

from __future__ import annotations

from flask import Response

from lotocar import clock
from lotocar.carpool.requests import queries as requests
from lotocar.web import guards
from lotocar.web.desk import kept_calls, screens, words
from lotocar.web.edge import session

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
