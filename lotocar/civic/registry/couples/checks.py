"""Which couples of a list may be sent, given each other and what was sent before.

The registry compares an operator's rides with one another: trips per person and day, the same two people
again too soon. It identifies people by their key, so that a household sharing phone and surname is one
person here too. Cancelled and refused rides still count for it: they belong to what was sent.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lotocar.civic.registry.couples.facts import Code, CoupleFacts, Reason, Role, Warn
from lotocar.civic.registry.couples.payload import Payload, payload
from lotocar.civic.registry.couples.rules import EXPIRES_AFTER, reasons, warnings
from lotocar.values.days import PARIS

MAX_TRIPS_A_DAY = 4
PAIR_GAP = timedelta(minutes=31)  # the registry refuses up to 30 minutes, included
MAX_OVERLAP = 0.5  # of the shorter ride; the registry flags beyond 70 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What later rides are compared with: a couple once sent, whatever became of it."""

    journey_id: str
    trip_id: str
    driver_key: str
    passenger_key: str
    passenger_user_id: str
    start_at: datetime
    end_at: datetime

    @property
    def keys(self) -> tuple[tuple[Role, str], ...]:
        return (Role.DRIVER, self.driver_key), (Role.PASSENGER, self.passenger_key)

    @property
    def pair(self) -> frozenset[str]:
        return frozenset({self.driver_key, self.passenger_key})


@dataclass(frozen=True, slots=True)
class Ready:
    """A couple to send, its body, and its trace for the comparisons to come."""

    couple: CoupleFacts
    body: Payload
    trace: Sent
    warnings: tuple[Warn, ...]


@dataclass(frozen=True, slots=True)
class RefusedCouple:
    """A couple that must not be sent, with every reason known."""

    couple: CoupleFacts
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """A couple that went to the registry: what was sent (None once forgotten), and where it stands."""

    journey_id: str
    trip_id: str
    start_at: datetime
    end_at: datetime
    status: str
    registry_status: str
    labels: tuple[str, ...]
    body: Payload | None


@dataclass(frozen=True, slots=True)
class Review:
    """Each list is in order of start, then of journey id, whatever the order given."""

    ready: tuple[Ready, ...]
    refused: tuple[RefusedCouple, ...]
    filed: tuple[Filed, ...] = ()


def review(
    couples: Iterable[CoupleFacts], *, now: datetime, already_sent: Iterable[Sent] = (), ceiling: str = "A"
) -> Review:
    """Sort out what may be sent at `now`; of rides that exclude one another the earlier start wins.

    `already_sent` holds what the registry knows of the same days and the day before. `ceiling` is the highest
    proof class granted. The work grows as n log n.
    """
    book = _Book(already_sent)
    judged = list(_judged_alone(couples, now, set(book.ids)))
    groups = _Groups(trace for _, _, trace in judged if trace)
    ready: list[Ready] = []
    refused: list[RefusedCouple] = []
    for couple, against, trace in judged:
        found = against if trace is None else (*book.against(trace), *groups.against(trace))
        if trace is None or found:
            refused.append(RefusedCouple(couple, tuple(dict.fromkeys(found))))
            continue
        book.add(trace)
        ready.append(Ready(couple, payload(couple, ceiling=ceiling), trace, warnings(couple, now=now)))
    return Review(tuple(ready), tuple(refused))


def _judged_alone(
    couples: Iterable[CoupleFacts], now: datetime, used: set[str]
) -> Iterator[tuple[CoupleFacts, tuple[Reason, ...], Sent | None]]:
    """The couples by start, each with what stands against it alone, or with its trace when nothing does.

    Of a journey already sent nothing else is said: it is past mending here. `used` grows.
    """
    for couple in sorted(couples, key=lambda couple: (couple.start_at, couple.journey_id, couple.ride_id)):
        again = couple.journey_id in used
        against = (Reason(Code.ID_USED),) if again else reasons(couple, now=now)
        if against:
            yield couple, against, None
            continue
        used.add(couple.journey_id)
        yield couple, (), trace_of(couple)


def trace_of(couple: CoupleFacts) -> Sent:
    """What is compared of a couple; its keys are personal data."""
    return Sent(
        journey_id=couple.journey_id,
        trip_id=couple.trip_id,
        driver_key=couple.driver.key,
        passenger_key=couple.passenger.key,
        passenger_user_id=couple.passenger.user_id,
        start_at=couple.start_at,
        end_at=couple.end_at,
    )


def rpc_day(at: datetime) -> date:
    """The registry's day of an instant: Paris, overseas too."""
    return at.astimezone(PARIS).date()


class _Groups:
    """What is wrong inside one car trip: nobody can tell which couple is the right one, so none goes."""

    def __init__(self, traces: Iterable[Sent]) -> None:
        self.drivers: dict[str, set[str]] = defaultdict(set)
        self.passengers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for trace in traces:
            self.drivers[trace.trip_id].add(trace.driver_key)
            self.passengers[trace.trip_id, trace.passenger_key].add(trace.passenger_user_id)

    def against(self, trace: Sent) -> Iterator[Reason]:
        if len(self.drivers.get(trace.trip_id, ())) > 1:
            yield Reason(Code.DRIVERS_DIFFER)
        if len(self.passengers.get((trace.trip_id, trace.passenger_key), ())) > 1:
            yield Reason(Code.HOUSEHOLD)


@dataclass(slots=True)
class _Timeline:
    """Rides in order of start. None lasts longer than the registry waits, so few can touch a given hour."""

    rides: list[Sent] = field(default_factory=list)

    def add(self, trace: Sent) -> None:
        insort(self.rides, trace, key=_start)

    def around(self, trace: Sent, margin: timedelta) -> Iterator[Sent]:
        """The rides less than `margin` away from this one, before or after."""
        first = bisect_left(self.rides, trace.start_at - margin - EXPIRES_AFTER, key=_start)
        for place in range(first, len(self.rides)):
            other = self.rides[place]
            if other.start_at >= trace.end_at + margin:
                return
            if other.end_at > trace.start_at - margin:
                yield other


def _start(trace: Sent) -> datetime:
    return trace.start_at


class _Book:
    """Everything sent or about to be, arranged for the questions of the registry."""

    def __init__(self, sent: Iterable[Sent]) -> None:
        self.ids: set[str] = set()
        self.trips: dict[tuple[str, date], set[str]] = defaultdict(set)
        self.drivers: dict[str, str] = {}
        self.passengers: dict[tuple[str, str], str] = {}
        self.pairs: dict[frozenset[str], _Timeline] = defaultdict(_Timeline)
        self.rides_of: dict[str, _Timeline] = defaultdict(_Timeline)
        for trace in sorted(sent, key=_start):
            self.add(trace)

    def add(self, trace: Sent) -> None:
        self.ids.add(trace.journey_id)
        self.drivers.setdefault(trace.trip_id, trace.driver_key)
        self.passengers.setdefault((trace.trip_id, trace.passenger_key), trace.passenger_user_id)
        self.pairs[trace.pair].add(trace)
        self.rides_of[trace.passenger_key].add(trace)
        for _, key in trace.keys:
            self.trips[key, rpc_day(trace.start_at)].add(trace.trip_id)

    def against(self, trace: Sent) -> Iterator[Reason]:
        """Why this ride cannot join the book."""
        yield from self._in_its_trip(trace)
        yield from self._in_its_day(trace)
        if any(other.trip_id != trace.trip_id for other in self.pairs[trace.pair].around(trace, PAIR_GAP)):
            yield Reason(Code.TOO_CLOSE)
        if any(self._overlap(trace)):
            yield Reason(Code.PASSENGER_OVERLAP)

    def _in_its_trip(self, trace: Sent) -> Iterator[Reason]:
        if self.drivers.get(trace.trip_id, trace.driver_key) != trace.driver_key:
            yield Reason(Code.DRIVERS_DIFFER)
        known = self.passengers.get((trace.trip_id, trace.passenger_key))
        if known is not None:
            yield Reason(Code.COUPLE_TWICE if known == trace.passenger_user_id else Code.HOUSEHOLD)

    def _in_its_day(self, trace: Sent) -> Iterator[Reason]:
        for who, key in trace.keys:
            trips = self.trips.get((key, rpc_day(trace.start_at)), set())
            if len(trips | {trace.trip_id}) > MAX_TRIPS_A_DAY:
                yield Reason(Code.TOO_MANY_TRIPS, who)

    def _overlap(self, trace: Sent) -> Iterator[bool]:
        for other in self.rides_of[trace.passenger_key].around(trace, timedelta(0)):
            common = min(trace.end_at, other.end_at) - max(trace.start_at, other.start_at)
            shorter = min(trace.end_at - trace.start_at, other.end_at - other.start_at)
            yield other.trip_id != trace.trip_id and common > MAX_OVERLAP * shorter
