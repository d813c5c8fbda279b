"""The first candidates measured by a road engine: « environ 8 min » becomes « 8 min », or nobody.

The same rules judge again, on roads that one table of the engine made known: so a candidate that was only
estimated within the limit falls out, and one estimated just beyond it (within SLACK_MINUTES) comes in. An
engine that is down or slow changes nothing: the estimates stand, and say so. The time budget is the engine's
own time-out, one question a search.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np

from lotocar.carpool.matching.facts import Candidate, DepartureFacts, Exclusion, LegFacts
from lotocar.carpool.matching.rules import judge, prepare, rank
from lotocar.errors import Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Engine
from lotocar.world.roads.estimate import WINDING
from lotocar.world.roads.router import Leg, Seconds
from lotocar.world.roads.spots import crow_m, spot

FIRST = 10  # as many as a screen shows at once
SLACK_MINUTES = 2  # an estimate this much beyond the limit is worth a question
_REMEMBERED = 50_000
_NO_WAY_S = 10**7

Pair = tuple[Point, Point]


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

    def seconds_many(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Seconds:
        """Pair by pair."""
        pairs = zip(origins, destinations, strict=True)
        return np.array([self.leg(a, b).seconds for a, b in pairs], dtype=np.int64)


@dataclass
class Confirmer:
    """An engine and what it said before, kept while the process lives; shared by threads."""

    engine: Engine
    first: int = FIRST
    _known: OrderedDict[Pair, int] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def widened(self, leg: LegFacts) -> LegFacts:
        """The leg to search with, so that nobody within the limit by road is missed."""
        return replace(leg, extra_detour_minutes=leg.extra_detour_minutes + SLACK_MINUTES)

    def confirmed(
        self,
        leg: LegFacts,
        found: Sequence[Candidate],
        departures: Mapping[int, DepartureFacts],
        *,
        asked_recently: Mapping[int, int],
    ) -> list[Candidate]:
        """What was found for `widened(leg)`, the first ones measured, in the order of `rules.rank`.

        `departures` holds at least the first ones, by number. Whoever is not measured stays when estimated
        within the limit.
        """
        within = 60 * leg.extra_detour_minutes
        head = [departures[one.departure_id] for one in found[: self.first]]
        measured = self._judged(leg, head)
        rest = found if measured is None else found[self.first :]
        kept = [one for one in rest if one.detour_seconds <= one.limit_seconds + within]
        kept += [one for one in measured or () if isinstance(one, Candidate)]
        return sorted(kept, key=lambda one: rank(one, asked_recently))

    def _judged(self, leg: LegFacts, head: Sequence[DepartureFacts]) -> list[Candidate | Exclusion] | None:
        if not head:
            return []
        try:
            roads = KnownRoads(self._seconds(leg, head))
        except Unavailable:
            return None
        need = prepare(leg, roads)
        return [judge(one, need, roads) for one in head]

    def _seconds(self, leg: LegFacts, head: Sequence[DepartureFacts]) -> Mapping[Pair, int]:
        wanted = {*_pairs(leg, head)}
        with self._lock:
            known = {pair: self._known[pair] for pair in wanted if pair in self._known}
        if missing := wanted - known.keys():
            asked = _asked(self.engine, missing)
            known |= {pair: asked[pair] for pair in missing}
            self._remember(asked)
        return known

    def _remember(self, asked: Mapping[Pair, int]) -> None:
        with self._lock:
            self._known.update(asked)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def _pairs(leg: LegFacts, head: Iterable[DepartureFacts]) -> Iterable[Pair]:
    yield leg.pickup, leg.dropoff
    for one in head:
        yield from (
            (one.origin, leg.pickup),
            (leg.dropoff, one.destination),
            (one.origin, one.destination),
        )


def _asked(engine: Engine, pairs: set[Pair]) -> dict[Pair, int]:
    """One table that holds all these pairs; a pair without a way lasts for ever."""
    sources = sorted({a for a, _ in pairs}, key=_order)
    targets = sorted({b for _, b in pairs}, key=_order)
    if len(sources) * len(targets) > engine.largest_table:
        raise Unavailable("roads.table_too_large", permanent=True)
    table = np.nan_to_num(engine.table(sources, targets), nan=_NO_WAY_S)
    rows, columns = {a: row for row, a in enumerate(sources)}, {b: column for column, b in enumerate(targets)}
    return {(a, b): round(float(table[rows[a], columns[b]])) for a, b in pairs if a != b} | {
        (a, b): 0 for a, b in pairs if a == b
    }


def _order(point: Point) -> tuple[float, float]:
    return point.lat, point.lon
