"""Where the things of « À faire » come from: each kind, how to count it, how to read it, and by when it is due.

Nothing of it is stored but what was put to later: the states of requests, questions, rides and messages are read
as they are. A state that waits for a human belongs here; `tests/web/desk/test_every_wait.py` holds the list whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import waiting as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import waiting as rides
from lotocar.carpool.rides.models import Opening, Ride
from lotocar.carpool.trips import queries as trips
from lotocar.civic.registry import unasked
from lotocar.messages import waiting as messages
from lotocar.values.hours import local_instant_lenient
from lotocar.web.desk import area

EVE = time(18)  # a promise for the next day is kept by then
SETTLE_WITHIN = timedelta(days=1)  # after the ride: the registry closes a few hours later


@dataclass(frozen=True, slots=True)
class Ask:
    """For whom and when the list is read. `communes` empty is everywhere."""

    now: datetime
    account_id: int
    communes: Collection[str] = ()
    registry: bool = False  # proofs are sent somewhere

    @property
    def within(self) -> Any | None:
        return area.known_there(self.communes)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `row` is what its fragment shows; `deadline` is when it is lost, if ever.

    `person` is whom to ring, with the hours they gave; None when nobody is.
    """

    kind: str
    subject: str
    row: Any
    due_at: datetime
    person: Person | None = None
    deadline: datetime | None = None
    request: RideRequest | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing: the numbers of its rows, the most pressing first, and how to read some of them."""

    kind: str
    numbers: Callable[[Ask], Select[Any]]
    read: Callable[[Session, Collection[Any], Ask], Sequence[Action]]

    def key(self, subject: str) -> int | str:
        """The row's number as the database knows it, from what a form sent; 0 for nonsense."""
        if self.kind in TEXT_KEYS:
            return subject
        return int(subject) if subject.isascii() and subject.isdecimal() and len(subject) < 10 else 0


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
            _by_the_eve(ones[0].pickup_at, ask.now),
            person=ones[0].passenger,
            deadline=ones[0].pickup_at,
            request=ones[0].leg.ride_request,
        )
        for number, ones in by_request.items()
    ]


def _by_the_eve(pickup_at: datetime, now: datetime) -> datetime:
    """The evening before; the hour itself when that evening is over."""
    eve = local_instant_lenient(pickup_at.date() - timedelta(days=1), EVE)
    return eve if eve > now else pickup_at


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
            _by_the_eve(local_instant_lenient(ones[0].leg.day, time(8)), ask.now),
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


def _unasked(session: Session, numbers: Collection[int], ask: Ask) -> list[Action]:
    return [
        Action("consent", str(person.id), person, at, person=person, deadline=at)
        for person, at in unasked.read_people(session, numbers, now=ask.now)
    ]


SOURCES = (
    Source("message", lambda ask: messages.to_read(within=ask.within), _to_read),
    Source("note", lambda ask: rides.notes_to_read(account_id=ask.account_id, communes=ask.communes), _notes),
    Source(
        "callback",
        lambda ask: requests.callbacks(now=ask.now, communes=ask.communes),
        _requests("callback"),
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
    Source("consent", lambda ask: unasked.never_asked(now=ask.now, communes=ask.communes), _unasked),
    Source("letter", lambda ask: messages.letters_failed(), _letters),
)
BY_KIND = {source.kind: source for source in SOURCES}


def asked_of(ask: Ask) -> tuple[Source, ...]:
    """The kinds that concern this reader: letters are for the whole team, proofs for whoever sends some."""
    left_out = {kind for kind, out in (("letter", bool(ask.communes)), ("consent", not ask.registry)) if out}
    return tuple(source for source in SOURCES if source.kind not in left_out)
