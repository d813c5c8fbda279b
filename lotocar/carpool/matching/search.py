"""Every departure that can serve a leg, in order: by looking at each one, or through the index. No cap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Protocol

from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, Exclusion, LegFacts, Rule, TimeKind
from lotocar.carpool.matching.found import Found, Listed
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.ladder import ROUNDABOUT, Change, Rung, ladder
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.ranking import rank
from lotocar.carpool.matching.rules import days_of, fits, judge, prepare
from lotocar.carpool.matching.wording import why_words
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.rules import bits_of
from lotocar.values.geo import Stop
from lotocar.world.places import queries as places
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.roads.router import Roads

NOBODY_ASKED: Mapping[int, int] = {}
MEETING_POINT = "rencontre"  # the kind of the team's places where one waits
MOST_VILLAGES = 24
UNSURE_MINUTES = 30  # an hour that the caller is not sure of
LADDER_SECONDS = 0.3  # what a caller on the line does not notice


class Wish(Protocol):
    """A leg as it is stored or still being typed."""

    @property
    def origin(self) -> Stop: ...
    @property
    def destination(self) -> Stop: ...
    @property
    def day(self) -> date: ...
    @property
    def time_kind(self) -> str: ...
    @property
    def hour(self) -> time | None: ...
    @property
    def until(self) -> time | None: ...
    @property
    def flexible_days(self) -> int: ...
    @property
    def unsure(self) -> bool: ...


def leg_facts(
    session: Session,
    wish: Wish,
    *,
    seats: int = 1,
    needs: str = "",
    passenger_id: int | None = None,
    now: datetime | None = None,
    is_public: bool = False,
    known_drivers: Collection[int] = (),
    avoid: frozenset[int] | None = None,
) -> LegFacts:
    """What matching needs of a leg, the pairs to avoid included; what left before `now` is of no use.

    `needs` are codes of people.rules.ABILITIES; `known_drivers` took this passenger the last time.
    `avoid` saves a question to whoever asks for many legs.

    Raises:
        Invalid: a need that nobody knows.
    """
    return LegFacts(
        pickup=wish.origin.point,
        dropoff=wish.destination.point,
        day=wish.day,
        time_kind=TimeKind(wish.time_kind),
        hour=wish.hour,
        until=wish.until,
        seats=seats,
        passenger_id=passenger_id,
        avoid=_avoided(session, passenger_id) if avoid is None else avoid,
        not_before=now,
        needs=bits_of(needs),
        is_public=is_public,
        tolerance_minutes=UNSURE_MINUTES if wish.unsure and wish.hour is not None else 0,
        known_drivers=frozenset(known_drivers),
    )


def _avoided(session: Session, passenger_id: int | None) -> frozenset[int]:
    return frozenset() if passenger_id is None else people.avoided_with(session, passenger_id)


def days_of_wish(wish: Wish, *, today: date) -> list[date]:
    """The day asked for, then those that would do as well, the nearest first; none past."""
    shifts = (shift for far in range(1, wish.flexible_days + 1) for shift in (-far, far))
    days = (wish.day + timedelta(days=shift) for shift in (0, *shifts))
    return [day for day in days if day >= today]


def candidates(
    departures: Iterable[DepartureFacts],
    leg: LegFacts,
    roads: Roads,
    *,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
) -> Found:
    """The departures that fit, in the order of `ranking.rank`, found by looking at every one.

    `asked_recently` counts, by driver, how often each was asked of late.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    need = prepare(leg, roads)
    weekdays, days = {day.weekday() for day in days_of(need)}, {*days_of(need)}
    # most departures are those of another day: known without any road
    in_time = (one for one in departures if one.day in days or one.weekday in weekdays)
    answers = (judge(departure, need, roads) for departure in in_time)
    found = (one for one in answers if isinstance(one, Candidate))
    return Listed(sorted(found, key=lambda one: rank(one, asked_recently)))


def indexed(index: Index, leg: LegFacts, *, asked_recently: Mapping[int, int] = NOBODY_ASKED) -> Found:
    """What `candidates` finds among the departures of the index, through it: counted, said as far as one looks.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return index.answer(prepare(leg, index.ground), asked_recently)


def search(
    session: Session,
    leg: LegFacts,
    *,
    mirror: Mirror,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
) -> Found:
    """Every departure of the database that fits, in order, any process's changes included.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return indexed(mirror.index(session), leg, asked_recently=asked_recently)


def exhaustive(
    session: Session, leg: LegFacts, *, roads: Roads, asked_recently: Mapping[int, int] = NOBODY_ASKED
) -> Found:
    """The same, by reading every departure of the database.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return candidates(queries.every_departure(session), leg, roads, asked_recently=asked_recently)


def explain(session: Session, departure_id: int, leg: LegFacts, *, roads: Roads) -> Candidate | Exclusion:
    """« Pourquoi pas lui ? » for one departure: the candidate it is, or the first rule that excludes it.

    Raises:
        NotFound: no such departure.
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return fits(queries.departure(session, departure_id), leg, roads)


def explain_driver(
    session: Session, driver_id: int, leg: LegFacts, *, roads: Roads
) -> list[Candidate | Exclusion]:
    """The same for each departure of a driver, the nearest to fitting first; none when nothing is offered.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    need = prepare(leg, roads)
    answers = [judge(one, need, roads) for one in queries.departures_of_driver(session, driver_id)]
    return sorted(answers, key=_farness)


def explain_trip(
    session: Session, trip_id: int, leg: LegFacts, *, roads: Roads
) -> list[Candidate | Exclusion]:
    """The same for each departure of one trip.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    need = prepare(leg, roads)
    answers = [judge(one, need, roads) for one in queries.departures_of_trips(session, [trip_id])]
    return sorted(answers, key=_farness)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a driver, or a trip, is not proposed: in words, and departure by departure, the nearest to fitting first."""

    words: str
    answers: tuple[Candidate | Exclusion, ...]

    @property
    def fits(self) -> bool:
        """Whether they are proposed after all."""
        return bool(self.answers) and isinstance(self.answers[0], Candidate)


def why_not(
    session: Session,
    leg: LegFacts,
    *,
    roads: Roads,
    driver_id: int | None = None,
    trip_id: int | None = None,
) -> WhyNot:
    """« Pourquoi pas lui ? » for a driver, or for one trip: the first rule that excludes them, and by how much.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    if trip_id is not None:
        answers = explain_trip(session, trip_id, leg, roads=roads)
    else:
        answers = explain_driver(session, driver_id or 0, leg, roads=roads)
    return WhyNot(why_words(answers), tuple(answers))


def ways_out(
    session: Session,
    leg: LegFacts,
    *,
    mirror: Mirror,
    meeting_points: Sequence[Stop] | None = None,
    villages: Sequence[Stop] | None = None,
    seconds: float = LADDER_SECONDS,
) -> list[Rung | Change]:
    """The ladder of this leg, looked for during so many seconds at most.

    Meeting points are those that the team keeps, villages the bigger communes on the way, unless given.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    index, until = mirror.index(session), monotonic() + seconds
    return ladder(
        leg,
        lambda changed: indexed(index, changed),
        meeting_points=_meeting_points(session) if meeting_points is None else meeting_points,
        villages=_villages(leg) if villages is None else villages,
        is_late=lambda: monotonic() > until,
    )


def _meeting_points(session: Session) -> list[Stop]:
    kept = (one for one in places.local_places(session) if one.kind == MEETING_POINT)
    return [Stop(one.name, one.insee, one.point.lat, one.point.lon) for one in kept]


def _villages(leg: LegFacts) -> list[Stop]:
    communes = gazetteer().between(leg.pickup, leg.dropoff, roundabout=ROUNDABOUT)
    return [Stop(one.name, one.insee, one.point.lat, one.point.lon) for one in communes[:MOST_VILLAGES]]


def _farness(answer: Candidate | Exclusion) -> tuple[int, int, int]:
    """Fitting first, then those that fell at the latest rule, by the least."""
    if isinstance(answer, Candidate):
        return -len(Rule), answer.detour_seconds, answer.departure_id
    return -list(Rule).index(answer.rule), answer.by or 0, answer.departure_id
