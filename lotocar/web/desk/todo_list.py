"""« À faire »: every next action, derived from the states of things. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lotocar.carpool.requests import queries as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import queries as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips import queries as trips
from lotocar.carpool.trips.models import Trip
from lotocar.messages import queries as messages
from lotocar.messages.models import InboundMessage, OutboxMessage

SILENT_AFTER = timedelta(hours=24)
SILENT_BEFORE_LAPSE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class TodoList:
    """Everything that waits for somebody, each list in the order in which to do it."""

    to_read: Sequence[InboundMessage]
    to_tell: Sequence[RideRequest]
    callbacks: Sequence[RideRequest]
    to_call: Sequence[Approach]
    unanswered: Sequence[Approach]
    to_reconfirm: Sequence[Approach]
    new_requests: Sequence[RideRequest]
    searching: Sequence[RideRequest]
    numbers_to_confirm: Sequence[Trip]
    failed_messages: Sequence[OutboxMessage]
    to_settle: Sequence[Ride]

    @property
    def count(self) -> int:
        return sum(len(getattr(self, name)) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the tabs show."""

    all: int
    messages: int


def todo_list(session: Session, *, now: datetime, communes: Collection[str] = ()) -> TodoList:
    """What waits now, within these communes (empty: everywhere)."""
    open_ones = requests.open_requests(session, communes=communes, limit=500)
    waiting = rides.waiting_approaches(session, communes=communes)
    return TodoList(
        to_read=messages.inbox(session),
        to_tell=[one for one in open_ones if one.status == "to_confirm" or _has_leg(one, "agreed")],
        callbacks=[one for one in open_ones if one.callback_at is not None and one.callback_at <= now],
        to_call=[
            one for one in waiting if one.channel == "phone" and one.status in {"to_contact", "no_answer"}
        ],
        unanswered=[one for one in waiting if one.channel == "sms" and _is_silent(one, now)],
        to_reconfirm=[one for one in waiting if one.channel == "phone" and one.status == "to_reconfirm"],
        new_requests=[one for one in open_ones if one.status == "to_process"],
        searching=[one for one in open_ones if one.status == "searching"],
        numbers_to_confirm=trips.awaiting_call(session),
        failed_messages=messages.to_handle(session, now=now),
        to_settle=rides.rides_to_settle(session, now=now, communes=communes),
    )


def counts(session: Session, *, now: datetime, communes: Collection[str] = ()) -> Counts:
    """How much waits, for the tabs."""
    whole = todo_list(session, now=now, communes=communes)
    return Counts(all=whole.count, messages=len(whole.to_read))


def _has_leg(ride_request: RideRequest, status: str) -> bool:
    return any(leg.status == status for leg in ride_request.legs)


def _is_silent(approach: Approach, now: datetime) -> bool:
    if approach.status != "sent" or approach.asked_at is None:
        return False
    return approach.asked_at <= now - SILENT_AFTER or approach.expires_at <= now + SILENT_BEFORE_LAPSE
