"""Correcting a request: what changed, with a trace, for the drivers to be asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import rules
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.operations import (
    check_words,
    fill,
    lock,
    new_leg,
    refresh_status,
    still_open,
    write_down,
)
from lotocar.carpool.requests.rules import LegWish
from lotocar.errors import Refused
from lotocar.values.actor import Actor
from lotocar.values.days import PARIS
from lotocar.values.geo import Stop, distance_m

SAME_PLACE_M = 10


def correct(
    session: Session,
    ride_request: RideRequest,
    *,
    expected_revision: int,
    legs: Sequence[LegWish],
    seats: int,
    purpose: str,
    wish: str,
    staff_note: str,
    caller: Person | None = None,
    caller_relation: str = "",
    actor: Actor,
    now: datetime,
) -> list[Leg]:
    """The request as it should have been; the legs whose journey changed, for the rides room to ask again.

    Legs are matched by direction; one that is no longer wanted is dropped, a new one is added. More or fewer
    seats change every leg that is still to be driven.

    Raises:
        Refused: "stale" when somebody changed it meanwhile; "request.closed" when it is over; "leg.done" when
            the journey that would change was already driven.
        Invalid: as `submit`.
    """
    lock(session, ride_request)
    if ride_request.revision != expected_revision:
        raise Refused("stale")
    still_open(ride_request)
    past_allowed = min(min(leg.day for leg in ride_request.legs), now.astimezone(PARIS).date())
    rules.check_legs(legs, today=past_allowed)
    _not_done(_standing(ride_request), legs)
    check_words(seats=seats, purpose=purpose, wish=wish, staff_note=staff_note)
    changed_fields = _set_words(
        ride_request,
        seats=seats,
        purpose=purpose,
        wish=wish,
        staff_note=staff_note,
        caller_relation=caller_relation,
        caller_id=caller.id if caller else None,
    )
    changed_legs = _set_legs(ride_request, legs, all_changed="seats" in changed_fields)
    ride_request.updated_at = now
    refresh_status(ride_request, now=now)
    if changed_fields or changed_legs:
        write_down(
            session,
            ride_request,
            "request.corrected",
            actor,
            now,
            fields=sorted(changed_fields),
            legs=[leg.direction for leg in changed_legs],
        )
    return changed_legs


def _standing(ride_request: RideRequest) -> dict[str, Leg]:
    return {leg.direction: leg for leg in ride_request.legs if leg.status not in rules.GIVEN_UP}


def _same(leg: Leg, wish: LegWish) -> bool:
    same_time = (leg.day, leg.time_kind, leg.hour) == (wish.day, wish.time_kind, wish.hour)
    return same_time and _same_stop(leg.origin, wish.origin) and _same_stop(leg.destination, wish.destination)


def _same_stop(one: Stop, other: Stop) -> bool:
    # a form carries positions to the metre, the database in full
    return one.label == other.label and distance_m(one.point, other.point) < SAME_PLACE_M


def _set_legs(ride_request: RideRequest, wishes: Sequence[LegWish], *, all_changed: bool) -> list[Leg]:
    by_direction = _standing(ride_request)
    changed: list[Leg] = []
    for wish in wishes:
        leg = by_direction.pop(wish.direction, None)
        if leg is None:
            position = max((one.position for one in ride_request.legs), default=-1) + 1
            ride_request.legs.append(new_leg(position, wish))
        elif not _same(leg, wish) or (all_changed and leg.status != "done"):
            fill(leg, wish)
            changed.append(leg)
    for leg in by_direction.values():
        changed.append(leg)
        leg.status = rules.leg_after(leg.status, "drop")
    return changed


def _not_done(by_direction: Mapping[str, Leg], wishes: Sequence[LegWish]) -> None:
    wanted = {wish.direction: wish for wish in wishes}
    for direction, leg in by_direction.items():
        wish = wanted.get(direction)
        if leg.status == "done" and (wish is None or not _same(leg, wish)):
            raise Refused("leg.done")


def _set_words(ride_request: RideRequest, **values: Any) -> set[str]:
    changed = {name for name, value in values.items() if getattr(ride_request, name) != value}
    for name in changed:
        setattr(ride_request, name, values[name])
    return changed
