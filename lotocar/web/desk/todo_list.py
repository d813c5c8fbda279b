"""« À faire »: every next action, derived from the states of things. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.requests import queries as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import queries as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips import queries as trips
from lotocar.carpool.trips.models import Trip
from lotocar.messages import queries as messages
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.web.desk import area


@dataclass(frozen=True, slots=True)
class ToTell:
    """A passenger who does not know yet of these rides of one request."""

    ride_request: RideRequest
    rides: Sequence[Ride]


@dataclass(frozen=True, slots=True)
class TodoList:
    """Everything that waits for somebody now, each list in the order in which to do it."""

    to_read: Sequence[InboundMessage]
    callbacks: Sequence[RideRequest]
    to_tell: Sequence[ToTell]
    to_reconfirm: Sequence[Approach]
    to_call: Sequence[Approach]
    unanswered: Sequence[Approach]
    new_requests: Sequence[RideRequest]
    searching: Sequence[RideRequest]
    numbers_to_confirm: Sequence[Trip]
    to_say: Sequence[OutboxMessage]
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
    due = requests.due_requests(session, now=now, communes=communes)
    calls = rides.calls_to_make(session, now=now, communes=communes)
    most = area.to_read(communes, 200)
    unsent = area.about(session, messages.to_handle(session, now=now, limit=most), communes)
    return TodoList(
        to_read=area.about(session, messages.inbox(session, limit=most), communes),
        callbacks=[one for one in due if one.callback_at is not None],
        to_tell=_by_request(rides.untold_rides(session, communes=communes)),
        to_reconfirm=[one for one in calls if one.status == "to_reconfirm"],
        to_call=[one for one in calls if one.status != "to_reconfirm" and one.channel == "phone"],
        unanswered=[one for one in calls if one.status != "to_reconfirm" and one.channel == "sms"],
        new_requests=[one for one in due if one.callback_at is None and one.status == "to_process"],
        searching=[one for one in due if one.callback_at is None and one.status == "searching"],
        numbers_to_confirm=area.touching(trips.awaiting_call(session), communes),
        to_say=[one for one in unsent if one.channel == "call"],
        failed_messages=[one for one in unsent if one.channel != "call"],
        to_settle=rides.rides_to_settle(session, now=now, communes=communes),
    )


def counts(session: Session, *, now: datetime, communes: Collection[str] = ()) -> Counts:
    """How much waits, for the tabs: counted by the database, unless the account sees only some messages."""
    if communes:
        whole = todo_list(session, now=now, communes=communes)
        return Counts(all=whole.count, messages=len(whole.to_read))
    unread = messages.count_inbox(session)
    waiting = (
        unread,
        requests.count_due(session, now=now),
        rides.count_untold(session),
        rides.count_calls(session, now=now),
        trips.count_awaiting_call(session),
        messages.count_to_handle(session, now=now),
        rides.count_to_settle(session, now=now),
    )
    return Counts(all=sum(waiting), messages=unread)


def _by_request(untold: Sequence[Ride]) -> list[ToTell]:
    by_request: dict[int, list[Ride]] = {}
    for ride in untold:
        by_request.setdefault(ride.leg.ride_request_id, []).append(ride)
    return [ToTell(ones[0].leg.ride_request, ones) for ones in by_request.values()]
