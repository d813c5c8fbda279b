"""Asking a driver (machine 3) and the agreed ride (machine 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from lotocar.values.days import local
from lotocar.values.hours import local_instant
from lotocar.values.steps import Table, step

APPROACH: Table = {
    ("queued", "turn"): "to_contact",  # those before could not
    ("queued", "accept"): "accepted",  # rung before their turn
    ("queued", "decline"): "declined",
    ("queued", "miss"): "no_answer",
    ("queued", "withdraw"): "withdrawn",
    ("queued", "expire"): "expired",
    ("to_contact", "send"): "sent",
    ("to_contact", "miss"): "no_answer",
    ("to_contact", "accept"): "accepted",
    ("to_contact", "decline"): "declined",
    ("to_contact", "withdraw"): "withdrawn",
    ("to_contact", "expire"): "expired",
    ("no_answer", "send"): "sent",
    ("no_answer", "miss"): "no_answer",
    ("no_answer", "accept"): "accepted",
    ("no_answer", "decline"): "declined",
    ("no_answer", "withdraw"): "withdrawn",
    ("no_answer", "expire"): "expired",
    ("sent", "miss"): "no_answer",  # rung after the SMS, nobody answered
    ("sent", "accept"): "accepted",
    ("sent", "decline"): "declined",
    ("sent", "withdraw"): "withdrawn",
    ("sent", "expire"): "expired",
    ("accepted", "reconfirm"): "to_reconfirm",  # place or hour changed after the yes
    ("accepted", "withdraw"): "withdrawn",  # the desk or the passenger lets the driver go
    ("accepted", "decline"): "declined",  # a no after the yes
    ("to_reconfirm", "accept"): "accepted",
    ("to_reconfirm", "decline"): "declined",
    ("to_reconfirm", "withdraw"): "withdrawn",  # never lapses: a ride stands, somebody must ring
    ("expired", "accept"): "accepted",  # the desk records a late yes while the leg is still free
    ("declined", "accept"): "accepted",  # changed their mind on the phone
}
# the driver still holds the ball, or will once those before have dropped it
WAITING = frozenset({"queued", "to_contact", "no_answer", "sent", "to_reconfirm"})
LAPSES = WAITING - {"to_reconfirm"}
OPEN_BY_SMS = frozenset({"sent", "no_answer", "to_reconfirm"})  # an SMS may answer these

RIDE: Table = {
    ("planned", "done"): "done",
    ("planned", "passenger_no_show"): "passenger_no_show",
    ("planned", "driver_no_show"): "driver_no_show",
    ("planned", "cancel_by_passenger"): "cancelled_passenger",
    ("planned", "cancel_by_driver"): "cancelled_driver",
    ("planned", "lose_sight"): "unknown",
    ("unknown", "done"): "done",
    ("unknown", "passenger_no_show"): "passenger_no_show",
    ("unknown", "driver_no_show"): "driver_no_show",
    ("unknown", "cancel_by_passenger"): "cancelled_passenger",
    ("unknown", "cancel_by_driver"): "cancelled_driver",
    # a wrong outcome is corrected by taking it back first
    ("done", "reopen"): "planned",
    ("passenger_no_show", "reopen"): "planned",
    ("driver_no_show", "reopen"): "planned",
}
OVER = frozenset({"done", "passenger_no_show", "driver_no_show", "cancelled_passenger", "cancelled_driver"})
CANCELLED = frozenset({"cancelled_passenger", "cancelled_driver"})

FIRST_REFERENCE = 2400  # four digits below it read as an hour
ANSWER_WITHIN = timedelta(hours=24)
ANSWER_BEFORE_PICKUP = timedelta(hours=2)
TURN_LASTS = timedelta(hours=3)
MORNING, EVENING = 8, 20  # nobody is asked to hurry outside these hours
HAPPENED_OPEN = timedelta(days=3)  # « a-t-il eu lieu ? » may be answered for so long
FORGOTTEN_AFTER = timedelta(days=3)  # a ride that nobody spoke of
RENEWAL_OPEN = timedelta(days=14)  # and « proposez-vous toujours… ? »


def approach_after(state: str, act: str) -> str:
    """The approach's next state, or Refused."""
    return step("approach", APPROACH, state, act)


def ride_after(state: str, act: str) -> str:
    """The ride's next state, or Refused. Nothing but a human or both sides' word makes a ride done."""
    return step("ride", RIDE, state, act)


def answer_deadline(*, now: datetime, pickup_at: datetime) -> datetime:
    """Until when a driver may answer: a day, but never later than two hours before the pick-up.

    A pick-up nearer than that leaves until the pick-up itself.
    """
    latest = pickup_at - ANSWER_BEFORE_PICKUP
    if latest <= now:
        return max(pickup_at, now)
    return min(now + ANSWER_WITHIN, latest)


def turn_deadline(*, now: datetime, pickup_at: datetime) -> datetime:
    """Until when the next in line waits: three hours of the day, the next morning for what is asked in the evening."""
    there = local(now + TURN_LASTS)
    if there.hour >= EVENING or there.hour < MORNING:
        day = there.date() if there.hour < MORNING else there.date() + timedelta(days=1)
        there = local(local_instant(day, time(MORNING))) + TURN_LASTS
    return min(there.astimezone(UTC), answer_deadline(now=now, pickup_at=pickup_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed to one driver for one leg. Instants are aware and UTC; `direction` is the trip's.

    `trip_id` and `departure_id` are None for a driver picked by hand, outside any trip.
    """

    leg_id: int
    trip_id: int | None
    direction: str
    departure_id: int | None
    pickup_at: datetime
    dropoff_at: datetime
    detour_seconds: int
