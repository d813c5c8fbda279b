"""The day sheet: today's and tomorrow's rides, what became of them, and whom to ring; on screen, on paper, kept aside."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, make_response, request

from lotocar import clock
from lotocar.carpool.people import queries as persons
from lotocar.carpool.rides import confirmations, day_letter, outcomes, queries, waiting
from lotocar.carpool.rides.day_sheet import MOST, day_sheet, driver_sheets
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.operations import active_environment
from lotocar.errors import Refused
from lotocar.values.days import PARIS
from lotocar.web import guards
from lotocar.web.desk import screens, words
from lotocar.web.edge import policy, session
from lotocar.web.filters import short_name
from lotocar.web.forms import read_date
from lotocar.web.render import see_other

ACTS = ("done", "passenger_no_show", "driver_no_show", "cancel_by_passenger", "cancel_by_driver", "reopen")
HEARD = {"heard_driver": "driver", "heard_passenger": "passenger"}
SHEETS_KEPT = timedelta(days=3_660)


def day() -> Response:
    """The morning list, on a sheet that prints on A4; then the rides still without an outcome."""
    now, chosen = clock.now(), _chosen()
    over = waiting.to_settle(now=now, communes=screens.area())
    to_settle = waiting.read_rides(session(), session().scalars(over.limit(MOST)).all())
    return screens.show(
        "desk/day.html",
        screen="day",
        sheet=day_sheet(session(), chosen, now=now, communes=screens.area()),
        to_settle=sorted(to_settle, key=lambda ride: ride.dropoff_at),
        before=chosen - timedelta(days=1),
        following=chosen + timedelta(days=1),
        now=now,
        words=words,
        call_line=persons.call_line,
    )


def drivers_day() -> Response:
    """One sheet a driver, each on its own page of paper."""
    chosen = _chosen()
    return screens.show(
        "desk/driver_sheets.html",
        screen="day",
        sheets=driver_sheets(session(), chosen, communes=screens.area()),
        chosen=chosen,
        words=words,
        call_line=persons.call_line,
    )


def day_copy() -> Response:
    """The day sheet as one file that needs nothing else: it opens with the site down."""
    now = clock.now()
    sheet = day_sheet(session(), _chosen(), now=now, communes=screens.area())
    letter = day_letter.write(sheet, policy=policy(), now=now)
    response = make_response(letter.html)
    response.headers["Content-Disposition"] = f'attachment; filename="{letter.file_name}"'
    return response


def settle_ride(ride_id: int) -> Response:
    """Write down what became of a ride, or what one side says of it on the phone."""
    ride = queries.one_ride(session(), ride_id, communes=screens.area())
    try:
        _settle(ride, request.form.get("act", ""))
    except Refused as error:
        session().rollback()
        ride = queries.one_ride(session(), ride_id, communes=screens.area())
        return _back(ride, words.sentence(error.code), kind="error")
    return _back(ride, f"Noté : {words.RIDE[ride.status]}.{_missing(ride)}")


def _missing(ride: Ride) -> str:
    """Whose word is still missing for the registry, when the ride is noted as done."""
    if ride.status != "done" or active_environment(session()) == "off":
        return ""
    silent = [person for person in (ride.driver, ride.passenger) if confirmations.awaits(ride, person.id)]
    names = " et ".join(short_name(person) for person in silent)
    return f" Pour le registre national, il reste à entendre {names}" if silent else ""


def _settle(ride: Ride, act: str) -> None:
    if act in HEARD:
        confirmations.heard_by_desk(
            session(), ride, HEARD[act], actor=guards.actor(), now=clock.now(), policy=policy()
        )
        return
    if act not in ACTS:
        raise Refused("ride.act")
    outcomes.finish(session(), ride, act, actor=guards.actor(), now=clock.now(), policy=policy())


def _back(ride: Ride, notice: str, *, kind: str = "success") -> Response:
    """To the screen that the button stood on."""
    screen, number = request.form.get("back", ""), ride.leg.ride_request_id
    if screen == "request":
        return see_other("desk.ride_request", notice=notice, kind=kind, ride_request_id=number)
    if screen == "todo":
        return see_other("desk.todo", notice=notice, kind=kind, fait=number)
    return see_other("desk.day", notice=notice, kind=kind)


def _chosen() -> date:
    """The day asked for (`jour`); today when it is not one, or lies beyond any sheet ever printed."""
    today = clock.now().astimezone(PARIS).date()
    asked = read_date(request.args.get("jour", ""))
    return asked if asked is not None and abs(asked - today) < SHEETS_KEPT else today
