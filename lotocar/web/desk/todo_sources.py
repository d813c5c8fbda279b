"""Where the things of « À faire » come from: each kind, how to count it, how to read it, and by when it is due.

Nothing of it is stored but what was put to later: the states of requests, questions, rides and messages are read
as they are. A state that waits for a human belongs here; `tests/web/desk/test_every_wait.py` holds the list whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.requests import waiting as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import returns
from lotocar.carpool.rides import waiting as rides
from lotocar.carpool.rides.models import Opening, Ride
from lotocar.carpool.trips import queries as trips
from lotocar.civic.registry import standing, unasked
from lotocar.messages import waiting as messages
from lotocar.values.hours import local_instant_lenient
from lotocar.web.desk import todo_calls, todo_registry
from lotocar.web.desk.todo_action import Action, Ask, by_the_eve
from lotocar.web.forms import row_number, showable

SETTLE_WITHIN = timedelta(days=1)  # after the ride: the registry closes a few hours later


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing: the numbers of its rows, the most pressing first, and how to read some of them."""

    kind: str
    numbers: Callable[[Ask], Select[Any]]
    read: Callable[[Session, Collection[Any], Ask], Sequence[Action]]

    def key(self, subject: str) -> int | str:
        """The row's number as the database knows it, from what a form sent; 0 for nonsense."""
        if self.kind in TEXT_KEYS:
            return showable(subject)  # PostgreSQL refuses to compare with a text that holds a NUL
        return row_number(subject) or 0


TEXT_KEYS = frozenset({"say", "failure", "letter"})


def _requests(kind: str) -> Callable[[Session, Collection[int], Ask], list[Action]]:
    def read(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
        return [_of_request(kind, one) for one in requests.read(session, numbers)]

    return read


def _of_request(kind: str, one: RideRequest) -> Action:
    promised = one.callback_at if kind == "callback" else None
    due = promised or one.due_at or one.updated_at
    # who called is rung back; the passenger may not even have a telephone
    rung = (one.caller or one.passenger) if kind == "callback" else None
    return Action(kind, str(one.id), one, due, person=rung, request=one)


def _approaches(kind: str) -> Callable[[Session, Collection[int], Ask], list[Action]]:
    def read(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
        return [
            Action(
                kind,
                str(one.id),
                one,
                one.expires_at,
                person=one.driver,
                deadline=min(part.pickup_at for part in one.legs) if one.legs else one.expires_at,
                request=one.ride_request,
            )
            for one in rides.read_approaches(session, numbers)
        ]

    return read


def _to_tell(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    by_request: dict[int, list[Ride]] = {}
    for ride in rides.read_untold(session, numbers):
        by_request.setdefault(ride.leg.ride_request_id, []).append(ride)
    return [
        Action(
            "tell",
            str(number),
            ones,
            by_the_eve(ones[0].pickup_at, ask.now),
            person=ones[0].passenger,
            deadline=ones[0].pickup_at,
            request=ones[0].leg.ride_request,
        )
        for number, ones in by_request.items()
    ]


def _to_read(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    return [
        Action("message", str(one.id), one, one.received_at, urgent=one.urgent)
        for one in messages.read_received(session, numbers)
    ]


def _unsent(kind: str) -> Callable[[Session, Collection[str], Ask], list[Action]]:
    def read(session: Session, numbers: Collection[str], ask: Ask) -> list[Action]:
        found = messages.read_sent(session, numbers)
        known = people.by_number(session, [one.person_id for one in found if one.person_id is not None])
        return [
            Action(
                kind,
                one.id,
                one,
                one.created_at if kind == "failure" else one.useful_until or one.created_at,
                person=known.get(one.person_id or 0),
                deadline=one.useful_until,
                urgent=one.priority == 1,
            )
            for one in found
        ]

    return read


def _to_settle(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    return [
        Action("settle", str(one.id), one, one.dropoff_at + SETTLE_WITHIN, request=one.leg.ride_request)
        for one in rides.read_rides(session, numbers)
    ]


def _trips(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    return [
        Action("number", str(one.id), one, one.created_at + timedelta(days=1), person=one.driver)
        for one in trips.read_whole(session, numbers)
    ]


def _openings(session: Session, legs: Collection[int], ask: Ask) -> list[Action]:
    by_leg: dict[int, list[Opening]] = {}
    for one in rides.read_openings(session, legs):
        by_leg.setdefault(one.leg_id, []).append(one)
    return [
        Action(
            "opening",
            str(leg_id),
            ones,
            by_the_eve(local_instant_lenient(ones[0].leg.day, time(8)), ask.now),
            request=ones[0].leg.ride_request,
        )
        for leg_id, ones in by_leg.items()
    ]


def _notes(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    return [
        Action("note", str(one.id), one, one.at, request=one.ride_request)
        for one in rides.read_notes(session, numbers)
    ]


def _letters(session: Session, keys: Collection[str], ask: Ask) -> list[Action]:
    return [Action("letter", one.key, one, one.created_at) for one in messages.read_letters(session, keys)]


SOURCES = (
    Source("message", lambda ask: messages.to_read(within=ask.within), _to_read),
    Source("note", lambda ask: rides.notes_to_read(account_id=ask.account_id, communes=ask.communes), _notes),
    Source(
        "callback",
        lambda ask: requests.callbacks(now=ask.now, communes=ask.communes),
        _requests("callback"),
    ),
    Source("draft", todo_calls.dropped, todo_calls.read_dropped),
    Source(
        "return", lambda ask: returns.to_settle(now=ask.now, communes=ask.communes), todo_calls.open_returns
    ),
    Source("tell", lambda ask: rides.to_tell(communes=ask.communes), _to_tell),
    Source("reconfirm", lambda ask: rides.to_reconfirm(communes=ask.communes), _approaches("reconfirm")),
    Source("ring", lambda ask: rides.to_ring(communes=ask.communes), _approaches("ring")),
    Source("silent", lambda ask: rides.silent(now=ask.now, communes=ask.communes), _approaches("silent")),
    Source("new", lambda ask: requests.new(communes=ask.communes), _requests("new")),
    Source(
        "search",
        lambda ask: requests.searching(now=ask.now, communes=ask.communes),
        _requests("search"),
    ),
    Source("opening", lambda ask: rides.openings(now=ask.now, communes=ask.communes), _openings),
    Source("close", lambda ask: requests.to_close(communes=ask.communes), _requests("close")),
    Source("number", lambda ask: trips.awaiting_numbers(communes=ask.communes), _trips),
    Source("say", lambda ask: messages.to_say(now=ask.now, within=ask.within), _unsent("say")),
    Source("failure", lambda ask: messages.failed(now=ask.now, within=ask.within), _unsent("failure")),
    Source("settle", lambda ask: rides.to_settle(now=ask.now, communes=ask.communes), _to_settle),
    Source(
        "consent",
        lambda ask: unasked.never_asked(now=ask.now, communes=ask.communes),
        todo_registry.unasked_people,
    ),
    Source("proof", lambda ask: standing.numbered(ask.proofs or ()), todo_registry.alarms),
    Source("registry", lambda ask: standing.troubled(), todo_registry.trouble),
    Source("letter", lambda ask: messages.letters_failed(), _letters),
)
BY_KIND = {source.kind: source for source in SOURCES}


def asked_of(ask: Ask) -> tuple[Source, ...]:
    """The kinds that concern this reader: calls, and what people wrote, which may hold numbers, are for whoever acts;
    letters for the whole team; proofs for whoever sends some.
    """
    left_out = {
        kind
        for kind, out in (
            ("draft", not ask.acts),
            ("message", not ask.acts),
            ("letter", bool(ask.communes)),
            ("consent", not ask.registry),
            ("proof", ask.proofs is None),
            ("registry", ask.proofs is None),
        )
        if out
    }
    return tuple(source for source in SOURCES if source.kind not in left_out)
