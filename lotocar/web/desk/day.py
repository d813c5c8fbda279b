"""The day sheet: today's and tomorrow's rides, what became of them, and whom to ring."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request

from lotocar import clock
from lotocar.carpool.people import queries as persons
from lotocar.carpool.rides import outcomes, queries
from lotocar.carpool.rides.models import Ride
from lotocar.errors import Refused
from lotocar.values.days import PARIS
from lotocar.web import guards
from lotocar.web.desk import screens, words
from lotocar.web.edge import policy, session
from lotocar.web.forms import read_date
from lotocar.web.render import see_other

ACTS = ("done", "passenger_no_show", "driver_no_show", "cancel_by_passenger", "cancel_by_driver", "reopen")


SHEETS_KEPT = timedelta(days=3_660)


def day() -> Response:
    """The rides of a day and of the next, on a sheet that prints on A4; then those still without an outcome."""
    now = clock.now()
    chosen = _chosen(request.args.get("jour", ""), now.astimezone(PARIS).date())
    following = chosen + timedelta(days=1)
    rides = queries.rides_on(session(), [chosen, following], communes=screens.area())
    return screens.show(
        "desk/day.html",
        screen="day",
        sheets=[(one, [ride for ride in rides if ride.day == one]) for one in (chosen, following)],
        to_call=[ride for ride in rides if ride.pickup_at > now and persons.sms_line(ride.passenger) is None],
        to_settle=queries.rides_to_settle(session(), now=now, communes=screens.area()),
        chosen=chosen,
        before=chosen - timedelta(days=1),
        following=following,
        now=now,
        words=words,
        call_line=persons.call_line,
    )


def settle_ride(ride_id: int) -> Response:
    """Write down what became of a ride."""
    ride = queries.one_ride(session(), ride_id, communes=screens.area())
    act = request.form.get("act", "")
    try:
        if act not in ACTS:
            raise Refused("ride.act")
        outcomes.finish(session(), ride, act, actor=guards.actor(), now=clock.now(), policy=policy())
    except Refused as error:
        session().rollback()
        ride = queries.one_ride(session(), ride_id, communes=screens.area())
        return _back(ride, words.sentence(error.code), kind="error")
    return _back(ride, f"Noté : {words.RIDE[ride.status]}.")


def _back(ride: Ride, notice: str, *, kind: str = "success") -> Response:
    """To the screen that the button stood on."""
    screen = request.form.get("back", "")
    if screen == "request":
        return see_other(
            "desk.ride_request", notice=notice, kind=kind, ride_request_id=ride.leg.ride_request_id
        )
    return see_other("desk.todo" if screen == "todo" else "desk.day", notice=notice, kind=kind)


def _chosen(text: str, today: date) -> date:
    """The day asked for; today when it is not one, or lies beyond any sheet ever printed."""
    asked = read_date(text)
    return asked if asked is not None and abs(asked - today) < SHEETS_KEPT else today
