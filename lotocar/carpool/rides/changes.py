"""What a correction of the request does to the drivers who were asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.requests.rules import GIVEN_UP
from lotocar.carpool.rides import operations, queries, rules, texts
from lotocar.carpool.rides.bookings import FREE, cancel, leave_if_empty, lock, note_approach, retime
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.world.roads.router import Roads


def reconfirm_after_change(
    session: Session,
    changed: Sequence[Leg],
    *,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    roads: Roads,
) -> None:
    """Ask again every driver whose agreed leg changed, and let those go who were only thinking.

    A leg that is no longer wanted frees its driver for that leg alone. The passenger will be told anew once
    the driver has said yes again.
    """
    if not changed:
        return
    lock(session, changed[0].ride_request)
    for one in queries.approaches_of_request(session, changed[0].ride_request_id):
        touched = {part.leg_id for part in one.legs} & {leg.id for leg in changed}
        if not touched or one.status not in rules.WAITING | {"accepted"}:
            continue
        standing = [ride for ride in queries.live_rides(session, one) if ride.leg_id in touched]
        if not standing and _other_dates(one, touched, changed):
            continue  # a series goes on without this date
        if not standing:
            operations.withdraw(session, one, actor=actor, now=now, policy=policy)
            continue
        kept = [ride for ride in standing if ride.leg.status not in GIVEN_UP]
        for ride in standing:
            if ride not in kept:
                cancel(session, ride, "cancel_by_passenger", actor=actor, now=now, policy=policy)
        leave_if_empty(session, one, "withdraw")
        if kept:
            _ask_again(session, one, kept, actor=actor, now=now, policy=policy, roads=roads)


def _other_dates(one: Approach, touched: set[int], changed: Sequence[Leg]) -> bool:
    """Whether the legs are only called off, and the same driver is still asked for other days."""
    called_off = {leg.day for leg in changed if leg.status == "dropped"}
    others = [part.leg for part in one.legs if part.leg_id not in touched and part.leg.status in FREE]
    return all(leg.status == "dropped" for leg in changed) and any(
        leg.day not in called_off for leg in others
    )


def _ask_again(
    session: Session,
    one: Approach,
    rides: Sequence[Ride],
    *,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
    roads: Roads,
) -> None:
    """Put the changed question to the driver: by SMS at once, else as a call to make."""
    if one.status == "accepted":
        one.status = rules.approach_after(one.status, "reconfirm")
    one.request_revision = one.ride_request.revision
    parts = {part.leg_id: part for part in one.legs}
    for ride in rides:
        retime(session, parts[ride.leg_id], roads=roads)
        if ride.leg.status == "confirmed":
            requests.move_leg(ride.leg, "untell", now=now)
    first = min(part.pickup_at for part in one.legs)
    one.expires_at = rules.answer_deadline(now=now, pickup_at=first)
    note_approach(session, one, "to_reconfirm", actor, now)
    if one.channel == "sms":
        one.asked_at = now
        one.tries += 1
        texts.ask_driver(session, one, actor=actor, now=now, policy=policy)
