"""The first candidates measured by a road engine: « environ 8 min » becomes « 8 min », or nobody.

The same rules judge again, on the roads that the engine made known: so a candidate that was only estimated
within the limit, or within the slack of the estimate, falls out.

A search never waits for an engine beyond BUDGET_S. Whoever was measured by then is exact, the others stay
estimates and say so; the engine goes on aside, and what it answers later is remembered for the next search.
An engine that failed, or measured nobody in time, is left alone for REST_S: meanwhile nobody waits at all.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import islice
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic

from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts
from lotocar.carpool.matching.found import Found, Listed
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.ranking import rank
from lotocar.carpool.matching.rules import judge, pairs_of, prepare
from lotocar.carpool.matching.search import NOBODY_ASKED, search
from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Engine, Pair
from lotocar.world.roads.estimate import WINDING
from lotocar.world.roads.router import Leg
from lotocar.world.roads.spots import crow_m, spot

FIRST = 10  # as many as a screen shows at once
BUDGET_S = 0.25
REST_S = 30.0
_AT_ONCE = 2  # questions under way; beyond, a search does without
_REMEMBERED = 50_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownRoads:
    """Roads of these pairs only; a leg that was not asked for is a fault of ours."""

    seconds: Mapping[Pair, int]
    slack_seconds: int = 0
    usual_error_seconds: int = 0

    def leg(self, a: Point, b: Point) -> Leg:
        """The measured duration; the distance is still an estimate."""
        known = 0 if a == b else self.seconds[a, b]
        return Leg(known, round(crow_m(spot(a), spot(b)) * WINDING), exact=True)


def by_road(
    session: Session,
    leg: LegFacts,
    *,
    mirror: Mirror,
    confirmer: Confirmer | None,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
    waits: bool = True,
) -> Found:
    """What `search` finds, the first ones confirmed by road where there is a router.

    Raises:
        Invalid: the leg makes no sense (see `rules.prepare`).
    """
    found = search(session, leg, mirror=mirror, asked_recently=asked_recently)
    return found_by_road(session, leg, found, confirmer=confirmer, asked_recently=asked_recently, waits=waits)


def found_by_road(
    session: Session,
    leg: LegFacts,
    found: Found,
    *,
    confirmer: Confirmer | None,
    asked_recently: Mapping[int, int] = NOBODY_ASKED,
    waits: bool = True,
) -> Found:
    """What was found for this leg, the first ones confirmed by road where there is a router.

    `waits` False takes what the router said before, and asks it for the next time: for the second leg of a page
    and those after, so that a page waits once only.
    """
    if confirmer is None or not found:
        return found
    head = found[: confirmer.first]
    departures = queries.departures_of_trips(session, sorted({one.trip_id for one in head}))
    known = {one.departure_id: one for one in departures}
    return confirmer.confirmed(leg, found, known, asked_recently=asked_recently, waits=waits)


class Measured(Found):
    """Estimates still in their order, and a few exact ones put where they belong: said as far as one looks."""

    def __init__(
        self, estimates: Found, exact: Iterable[Candidate], asked_recently: Mapping[int, int]
    ) -> None:
        self._estimates = estimates
        self._rank = lambda one: rank(one, asked_recently)
        self._exact = Listed(sorted(exact, key=self._rank))

    def __len__(self) -> int:
        return len(self._estimates) + len(self._exact)

    def page(self, start: int, stop: int) -> list[Candidate]:
        # whoever is among the first is among the first of the estimates, or exact
        first = merge(self._estimates[:stop], self._exact, key=self._rank)
        return [*islice(first, start, stop)]

    @property
    def drivers(self) -> frozenset[int]:
        return self._estimates.drivers | self._exact.drivers

    @property
    def departures(self) -> frozenset[int]:
        return self._estimates.departures | self._exact.departures

    def least_detours(self) -> Mapping[int, int]:
        least = {**self._estimates.least_detours()}
        for driver, detour in self._exact.least_detours().items():
            least[driver] = min(least.get(driver, detour), detour)
        return least

    def of_driver(self, driver_id: int) -> Candidate | None:
        both = (self._estimates.of_driver(driver_id), self._exact.of_driver(driver_id))
        return min((one for one in both if one is not None), key=self._rank, default=None)


@dataclass
class Confirmer:
    """An engine and what it said before, kept while the process lives; shared by threads."""

    engine: Engine
    first: int = FIRST
    budget_s: float = BUDGET_S
    now_s: Callable[[], float] = monotonic
    _known: OrderedDict[Pair, int] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))
    _rests_until: float = 0.0

    def confirmed(
        self,
        leg: LegFacts,
        found: Found,
        departures: Mapping[int, DepartureFacts],
        *,
        asked_recently: Mapping[int, int] = NOBODY_ASKED,
        waits: bool = True,
    ) -> Found:
        """What was found, the first ones measured as far as the budget goes, in the order of `ranking.rank`.

        `departures` holds the first ones, by number; who is missing there is not measured.
        """
        # the driver's way is measured like the rest, so that both sides of the detour are of one engine
        head = [
            replace(departures[one.departure_id], base_seconds=None)
            for one in found[: self.first]
            if one.departure_id in departures
        ]
        known = self._seconds([_pairs(one, leg) for one in head], self.budget_s if waits else 0.0)
        measured = [one for one in head if known.keys() >= _pairs(one, leg)]
        if not measured:
            return found
        roads = KnownRoads(known)
        need = prepare(leg, roads)
        answers = (judge(one, need, roads) for one in measured)
        exact = [one for one in answers if isinstance(one, Candidate)]
        return Measured(found.without({one.departure_id for one in measured}), exact, asked_recently)

    def settle(self) -> None:
        """Wait until nothing is under way: for measures and tests."""
        for _ in range(_AT_ONCE):
            self._places.acquire()
        for _ in range(_AT_ONCE):
            self._places.release()

    def _seconds(self, wanted: Sequence[frozenset[Pair]], budget_s: float) -> Mapping[Pair, int]:
        """What is known of these pairs, after at most the budget. `wanted` goes by departure, the first ones first."""
        missing = self._missing(wanted)
        if missing and self.now_s() >= self._rests_until and self._places.acquire(blocking=False):
            self._ask(missing, budget_s)
            overran = budget_s > 0 and len(self._missing(wanted)) == len(missing)
            if overran and self.now_s() >= self._rests_until:
                self._rest("slow")
        with self._lock:
            return {pair: self._known[pair] for pairs in wanted for pair in pairs if pair in self._known}

    def _missing(self, wanted: Iterable[frozenset[Pair]]) -> list[Pair]:
        """The pairs to ask for: the first departures first, but all that start at one place together."""
        with self._lock:
            asked = [
                pair for pairs in wanted for pair in sorted(pairs, key=_order) if pair not in self._known
            ]
        by_source: dict[Point, dict[Pair, None]] = {}
        for pair in asked:
            by_source.setdefault(pair[0], {})[pair] = None
        return [pair for pairs in by_source.values() for pair in pairs]

    def _ask(self, missing: Sequence[Pair], budget_s: float) -> None:
        done = Event()
        Thread(target=self._measure, args=(missing, done), daemon=True, name="roads").start()
        done.wait(budget_s)

    def _measure(self, missing: Sequence[Pair], done: Event) -> None:
        try:
            for some in self.engine.durations(missing):
                self._remember(some)
        except Unavailable as failure:
            self._rest(failure.code)
        finally:
            self._places.release()
            done.set()

    def _rest(self, why: str) -> None:
        log.warning("roads: the router is left alone for a while (%s), estimates serve", why)
        self._rests_until = self.now_s() + REST_S

    def _remember(self, some: Mapping[Pair, int]) -> None:
        with self._lock:
            self._known.update(some)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def _pairs(departure: DepartureFacts, leg: LegFacts) -> frozenset[Pair]:
    return frozenset((a, b) for a, b in pairs_of(departure, leg) if a != b)


def _order(pair: Pair) -> tuple[float, ...]:
    return tuple(axis for point in pair for axis in (point.lat, point.lon))
