"""Calls that dropped, and ways back left open: what « À faire » says of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.requests import drafts
from lotocar.carpool.requests.models import Draft
from lotocar.carpool.rides import returns
from lotocar.carpool.rides.models import Ride
from lotocar.staff.models import Account
from lotocar.web.desk import kept_calls
from lotocar.web.desk.kept_calls import KeptCall
from lotocar.web.desk.todo_action import Action, Ask, by_the_eve

DROPPED_AFTER = timedelta(minutes=10)  # a call that goes on is typed in before that
LEFT_AFTER = timedelta(minutes=30)  # a colleague may only have been called away
RINGS_WITHIN = timedelta(hours=2)  # of the arrival: then somebody asks how they come back


@dataclass(frozen=True, slots=True)
class Dropped:
    """A call to go on with. `colleague` began it, when it is not the reader's own."""

    call: KeptCall
    colleague: Account | None


def dropped(ask: Ask) -> Select[int]:
    """One's own calls, and those that a colleague left; an account limited to an area sees its own only."""
    mine = drafts.dropped(ask.account_id, before=ask.now - DROPPED_AFTER)
    if ask.communes:
        return mine
    theirs = drafts.left_by_colleagues(ask.account_id, before=ask.now - LEFT_AFTER)
    either = or_(Draft.id.in_(mine.order_by(None)), Draft.id.in_(theirs.order_by(None)))
    return select(Draft.id).where(either).order_by(Draft.updated_at, Draft.id)


def read_dropped(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    """These calls, each with the person to ring back when they were known."""
    calls = {one.id: one for one in kept_calls.read(session, numbers)}
    rows = drafts.read(session, numbers)
    known = people.by_number(session, [one.person_id for one in rows if one.person_id is not None])
    others = {one.account_id for one in rows} - {ask.account_id}
    team = (
        {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(others)))}
        if others
        else {}
    )
    return [
        Action(
            "draft",
            str(one.id),
            Dropped(calls[one.id], team.get(one.account_id)),
            one.updated_at,
            person=known.get(one.person_id or 0),
        )
        for one in rows
    ]


def open_returns(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    """Ways back to settle, with whom to ring: whoever asked for the journey."""
    return [_of_return(ride, ask) for ride in returns.read(session, numbers, now=ask.now)]


def _of_return(ride: Ride, ask: Ask) -> Action:
    asked = ride.leg.ride_request
    arrived = ride.dropoff_at + RINGS_WITHIN
    due_at = by_the_eve(ride.pickup_at, ask.now) if asked.return_plan == "later" else arrived
    person = asked.caller or ride.passenger
    return Action("return", str(asked.id), ride, due_at, person=person, request=asked)
