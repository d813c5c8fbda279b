"""What every screen of the desk shares: its tabs, with what waits behind each, and who may see what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from flask import Response, g, request, url_for

from lotocar import clock
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import queries as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import queries as rides
from lotocar.civic.registry.operations import active_environment
from lotocar.civic.registry.standing import alarming
from lotocar.errors import NotFound
from lotocar.messages import health
from lotocar.staff.rules import may
from lotocar.values.days import DAY_NAMES
from lotocar.web import guards, render
from lotocar.web.desk import todo_list
from lotocar.web.desk.todo_action import Ask
from lotocar.web.edge import session


def show(
    template: str, *, screen: str, fragment: str | None = None, status: int = 200, **context: Any
) -> Response:
    """A page of the desk, with its tabs."""
    counted = waiting()
    return render.page(
        template,
        fragment=fragment,
        status=status,
        screen=screen,
        desk_screens=_tabs(counted),
        waiting=counted,
        search_url=url_for("desk.find") if rights()["numbers"] else "",
        sign_out_url=url_for("account.sign_out"),
        rights=rights(),
        days_of_week=DAY_NAMES,
        sending_alert=health.alert(session(), now=clock.now()),
        **context,
    )


def ask() -> Ask:
    """What waits is asked for the signed-in account, now."""
    if "ask" not in g:
        account, now = guards.signed_in_account(), clock.now()
        environment = active_environment(session())
        g.ask = Ask(
            now,
            account.id,
            account.communes,
            acts=rights()["act"],
            registry=environment != "off",
            proofs=alarming(session(), now=now) if rights()["registry"] else None,
        )
    return cast(Ask, g.ask)


def waiting() -> todo_list.Counts:
    """How much waits, counted once a page."""
    if "waiting" not in g:
        g.waiting = todo_list.counts(session(), ask())
    return cast(todo_list.Counts, g.waiting)


def rights() -> dict[str, bool]:
    """What the signed-in account may do, for templates."""
    role = guards.signed_in_account().role
    return {
        "act": may(role, "desk.act"),
        "numbers": may(role, "people.contact"),
        "places": may(role, "places.edit"),
        "registry": may(role, "registry.export"),
        "erase": may(role, "people.erase"),
        "service": may(role, "service.manage"),
        "watch": may(role, "people.watch"),
    }


def area() -> Collection[str]:
    """The communes the signed-in account is limited to; empty is everywhere."""
    return guards.signed_in_account().communes


def the_request(ride_request_id: int) -> RideRequest:
    """The request, or 404 when it does not exist or lies outside the account's area."""
    return requests.request_page(session(), ride_request_id, communes=area())


def back_to_request(ride_request_id: int, notice: str) -> Response:
    """To the request, or to « À faire » when the button stood there."""
    if request.form.get("back") == "todo":
        return render.see_other("desk.todo", notice=notice, fait=ride_request_id)
    return render.see_other("desk.ride_request", notice=notice, ride_request_id=ride_request_id)


def page_number() -> int:
    """The page asked for, from 1; anything absurd is the first."""
    number = request.args.get("page", 1, type=int)
    return min(max(1, number), 10_000)


def the_person(person_id: int) -> Person:
    """The person, or 404 when unknown, erased, or known only outside the account's area."""
    found = session().get(Person, person_id)
    if found is None or found.erased_at is not None or not rides.among(session(), [person_id], area()):
        raise NotFound("person")
    return found


def _tabs(counts: todo_list.Counts) -> list[dict[str, Any]]:
    may_see = rights()
    alarms = len(ask().proofs or ())
    tabs = [
        ("home", "Le bureau", "desk.home", "phone", "alt+b", 0, True),
        ("todo", "À faire", "desk.todo", "list", "alt+a", counts.all and counts.shown, True),
        ("day", "Feuille du jour", "desk.day", "sheet", "alt+j", 0, True),
        ("people", "Personnes", "desk.people", "people", "alt+p", 0, may_see["numbers"]),
        ("trips", "Trajets", "desk.trips", "car", "alt+t", 0, True),
        ("messages", "Messages", "desk.messages", "message", "alt+m", counts.messages, may_see["numbers"]),
        ("places", "Lieux", "desk.places", "pin", "alt+l", 0, True),
        ("pilotage", "Pilotage", "desk.pilotage", "chart", "alt+y", 0, True),
        ("registry", "Registre", "desk.registry", "sheet", "alt+g", alarms, may_see["registry"]),
        ("settings", "Réglages", "desk.settings", "edit", "alt+0", 0, may_see["service"]),
    ]
    return [
        {"name": name, "label": label, "href": url_for(endpoint), "glyph": glyph, "key": key, "count": count}
        for name, label, endpoint, glyph, key, count, shown in tabs
        if shown
    ]
