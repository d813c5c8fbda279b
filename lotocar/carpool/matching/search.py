"""Every departure that can serve a leg, in order: by looking at each one, or through the index. No cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotocar.carpool.matching.facts import Candidate, DepartureFacts, LegFacts
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.rules import judge, prepare, rank
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
    answers = (judge(departure, need, roads) for departure in departures)
    return ordered((one for one in answers if isinstance(one, Candidate)), asked_recently)


def indexed(
    index: Index, leg: LegFacts, *, asked_recently: Mapping[int, int] = NOBODY_ASKED
) -> list[Candidate]:
    """What `candidates` finds among the departures of the index, through it.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    return ordered(index.candidates(prepare(leg, index.ground)), asked_recently)


def ordered(found: Iterable[Candidate], asked_recently: Mapping[int, int]) -> list[Candidate]:
    """These candidates in the order of `rules.rank`."""
    return sorted(found, key=lambda one: rank(one, asked_recently))
