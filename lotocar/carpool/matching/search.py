"""Every departure that can serve a leg, in order: by looking at each one, or through the index. No cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.facts import Candidate, DepartureFacts, Exclusion, LegFacts, Rule
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.rules import days_of, fits, judge, prepare, rank
from lotocar.world.roads.router import Roads

NOBODY_ASKED: Mapping[int, int] = {}


def candidates(
    departures: Iterable[DepartureFacts],
    leg: LegFacts,
    roads: Roads,
    *,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
) -> list[Candidate]:
    """The departures that fit, in the order of `rules.rank`, found by looking at every one.

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
    return sorted(found, key=lambda one: rank(one, asked_recently))


def indexed(
    index: Index,
    leg: LegFacts,
    *,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
    first: int | None = None,
) -> list[Candidate]:
    """What `candidates` finds among the departures of the index, through it; all, or the `first` ones.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return index.candidates(prepare(leg, index.ground), asked_recently, first)


def search(
    session: Session,
    leg: LegFacts,
    *,
    mirror: Mirror,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
    first: int | None = None,
) -> list[Candidate]:
    """Every departure of the database that fits (or the `first` ones), in order, any process's changes included.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return indexed(mirror.index(session), leg, asked_recently=asked_recently, first=first)


def exhaustive(
    session: Session, leg: LegFacts, *, roads: Roads, asked_recently: Mapping[int, int] = NOBODY_ASKED
) -> list[Candidate]:
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


def _farness(answer: Candidate | Exclusion) -> tuple[int, int, int]:
    """Fitting first, then those that fell at the latest rule, by the least."""
    if isinstance(answer, Candidate):
        return -len(Rule), answer.detour_seconds, answer.departure_id
    return -list(Rule).index(answer.rule), answer.by or 0, answer.departure_id
