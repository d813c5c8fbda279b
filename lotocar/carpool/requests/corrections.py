"""Correcting a request: what changed, with a trace, for the drivers to be asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import bits_of, codes_of
from lotocar.carpool.requests import rules
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.operations import (
    check_words,
    checked_plan,
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
    needs: str | None = None,
    return_plan: str | None = None,
    purpose: str,
    wish: str,
    staff_note: str,
    caller: Person | None = None,
    caller_relation: str = "",
    actor: Actor,
    now: datetime,
) -> list[Leg]:
    """The request as it should have been; the legs whose journey changed, for the rides room to ask again.

    `needs` and `return_plan` None leave them as they are.

    Legs are matched by direction, those of several dates by their date too; one that is no longer wanted is
    dropped, a new one is added. More or fewer
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
    by_date = _are_several(ride_request, legs)
    _not_done(_standing(ride_request, by_date=by_date), legs, by_date=by_date)
    check_words(session, seats=seats, purpose=purpose, wish=wish, staff_note=staff_note)
    changed_fields = _set_words(
        ride_request,
        seats=seats,
        needs=ride_request.needs if needs is None else codes_of(bits_of(needs)),
        return_plan=ride_request.return_plan if return_plan is None else checked_plan(return_plan, legs),
        purpose=purpose,
        wish=wish,
        staff_note=staff_note,
        caller_relation=caller_relation,
        caller_id=caller.id if caller else None,
    )
    changed_legs = _set_legs(ride_request, legs, by_date=by_date, all_changed="seats" in changed_fields)
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


Way = tuple[str, date | None]  # which leg a wish is about: its direction, and its date among several


def _standing(ride_request: RideRequest, *, by_date: bool) -> dict[Way, Leg]:
    live = (leg for leg in ride_request.legs if leg.status not in rules.GIVEN_UP)
    return {(leg.direction, leg.day if by_date else None): leg for leg in live}


def _are_several(ride_request: RideRequest, wishes: Sequence[LegWish]) -> bool:
    """Whether dates tell the legs apart; otherwise another day moves the leg."""
    return ride_request.is_series or len({one.day for one in wishes if one.direction == "out"}) > 1


def _same(leg: Leg, wish: LegWish) -> bool:
    asked = (wish.day, wish.time_kind, wish.hour, wish.until, wish.flexible_days, wish.unsure)
    same_time = (leg.day, leg.time_kind, leg.hour, leg.until, leg.flexible_days, leg.unsure) == asked
    return same_time and _same_stop(leg.origin, wish.origin) and _same_stop(leg.destination, wish.destination)


def _same_stop(one: Stop, other: Stop) -> bool:
    # a form carries positions to the metre, the database in full
    return one.label == other.label and distance_m(one.point, other.point) < SAME_PLACE_M


def _set_legs(
    ride_request: RideRequest, wishes: Sequence[LegWish], *, by_date: bool, all_changed: bool
) -> list[Leg]:
    standing = _standing(ride_request, by_date=by_date)
    changed: list[Leg] = []
    for wish in wishes:
        leg = standing.pop((wish.direction, wish.day if by_date else None), None)
        if leg is None:
            position = max((one.position for one in ride_request.legs), default=-1) + 1
            ride_request.legs.append(new_leg(position, wish))
        elif not _same(leg, wish) or (all_changed and leg.status != "done"):
            fill(leg, wish)
            changed.append(leg)
    for leg in standing.values():
        changed.append(leg)
        leg.status = rules.leg_after(leg.status, "drop")
    return changed


def _not_done(standing: Mapping[Way, Leg], wishes: Sequence[LegWish], *, by_date: bool) -> None:
    wanted = {(wish.direction, wish.day if by_date else None): wish for wish in wishes}
    for way, leg in standing.items():
        wish = wanted.get(way)
        if leg.status == "done" and (wish is None or not _same(leg, wish)):
            raise Refused("leg.done")


def _set_words(ride_request: RideRequest, **values: Any) -> set[str]:
    changed = {name for name, value in values.items() if getattr(ride_request, name) != value}
    for name in changed:
        setattr(ride_request, name, values[name])
    return changed


def call_off(
    session: Session, ride_request: RideRequest, legs: Sequence[Leg], *, actor: Actor, now: datetime
) -> list[Leg]:
    """These dates are no longer wanted, the others stay; the legs dropped, for the rides room to tell their drivers.

    Raises:
        Refused: request.closed; leg.done; request.last_date when none would be left.
    """
    lock(session, ride_request)
    still_open(ride_request)
    dropped = [leg for leg in legs if leg.status not in rules.GIVEN_UP]
    if any(leg.status == "done" for leg in dropped):
        raise Refused("leg.done")
    if not {leg for leg in ride_request.legs if leg.status not in rules.GIVEN_UP} - set(dropped):
        raise Refused("request.last_date")
    for leg in dropped:
        leg.status = rules.leg_after(leg.status, "drop")
    ride_request.updated_at = now
    refresh_status(ride_request, now=now)
    if dropped:
        days = sorted({f"{leg.day:%Y-%m-%d}" for leg in dropped})
        write_down(session, ride_request, "request.dates_called_off", actor, now, days=days)
    return dropped
