"""What to try when nothing fits: each rung changes one thing in the leg and says what that would give. Pure.

In the order in which one would propose it: another hour, a day before or after, a driver to persuade of a
longer detour, a meeting point within a walk or a short drive, two drivers with a change in a village. One way
only needs no search: the screen has both ways. Whoever waits for the answer says when to stop looking.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.found import NOBODY, Found
from lotocar.values.geo import Point, Stop, distance_m

Finder = Callable[[LegFacts], Found]

HOUR_MORE_MINUTES = 60
EXTRA_DETOUR_MINUTES = 15
WALK_M = 2_000
DROP_M = 8_000  # farther than one walks: a neighbour brings you
SHORTEST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=30)
ROUNDABOUT = 1.5  # by the village, the way may be this much longer than straight
_VILLAGES_TRIED = 24
_PLACES_TRIED = 8  # at either end


class Step(StrEnum):
    HOUR = "hour"
    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    DETOUR = "detour"
    PICKUP = "pickup"  # walk, or be brought, to a meeting point
    DROPOFF = "dropoff"  # be set down at a meeting point
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing changed: the leg as it would be, and who would then fit (never empty).

    `place` is the meeting point, `walk_m` how far it is as the crow flies.
    """

    step: Step
    leg: LegFacts
    found: Found
    place: Stop | None = None
    walk_m: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Two drivers, one after the other, with a wait in a village."""

    place: Stop
    first: Candidate
    second: Candidate
    wait: timedelta
    step: Step = Step.CHANGE


def _never() -> bool:
    return False


def ladder(
    leg: LegFacts,
    find: Finder,
    *,
    meeting_points: Sequence[Stop] = (),
    villages: Sequence[Stop] = (),
    is_late: Callable[[], bool] = _never,
) -> list[Rung | Change]:
    """The rungs that give something, in order; a departure that fits the leg as it is appears on none.

    Once `is_late()`, nothing more is tried: what was found stands.
    """
    fitting = find(leg).departures
    rungs: list[Rung | Change] = []
    for tried in _tries(leg, meeting_points):
        if is_late():
            return rungs
        found = find(tried.leg).without(fitting)
        rungs += [replace(tried, found=found)] if found else []
    return rungs + changes(leg, find, villages, is_late)


def _tries(leg: LegFacts, meeting_points: Sequence[Stop]) -> Iterator[Rung]:
    for step, changed in _other_terms(leg):
        yield Rung(step, changed, NOBODY)
    for step, place in _within_reach(leg, meeting_points):
        moved, walk_m = _moved(leg, step, place)
        yield Rung(step, moved, NOBODY, place, walk_m)


def _other_terms(leg: LegFacts) -> Iterator[tuple[Step, LegFacts]]:
    if leg.hour is not None:
        yield Step.HOUR, replace(leg, tolerance_minutes=leg.tolerance_minutes + HOUR_MORE_MINUTES)
    yield Step.DAY_BEFORE, replace(leg, day=leg.day - timedelta(days=1))
    yield Step.DAY_AFTER, replace(leg, day=leg.day + timedelta(days=1))
    yield Step.DETOUR, replace(leg, extra_detour_minutes=leg.extra_detour_minutes + EXTRA_DETOUR_MINUTES)


def _within_reach(leg: LegFacts, places: Sequence[Stop]) -> Iterator[tuple[Step, Stop]]:
    """The meeting points near either end, the nearest first."""
    for step, end, other in ((Step.PICKUP, leg.pickup, leg.dropoff), (Step.DROPOFF, leg.dropoff, leg.pickup)):
        away = [(distance_m(end, place.point), place) for place in places if place.point != other]
        near = sorted((one for one in away if 0 < one[0] <= DROP_M), key=lambda one: one[0])
        yield from ((step, place) for _, place in near[:_PLACES_TRIED])


def _moved(leg: LegFacts, step: Step, place: Stop) -> tuple[LegFacts, int]:
    if step is Step.PICKUP:
        return replace(leg, pickup=place.point), round(distance_m(leg.pickup, place.point))
    return replace(leg, dropoff=place.point), round(distance_m(leg.dropoff, place.point))


def changes(
    leg: LegFacts, find: Finder, villages: Sequence[Stop], is_late: Callable[[], bool] = _never
) -> list[Rung | Change]:
    """Two drivers with a change: the best pair in each village, by time lost on the way.

    The one who must be on time keeps the hour asked for (the second to arrive by, otherwise the first); the
    other is looked for over the whole day and must leave a wait of 5 to 30 minutes.
    """
    best = []
    for village in _on_the_way(leg, villages):
        if is_late():
            break
        best.append(_best_change(leg, find, village))
    return [*sorted((one for one in best if one is not None), key=_cost)]


def _on_the_way(leg: LegFacts, villages: Iterable[Stop]) -> list[Stop]:
    """The villages that lie between both ends, the most direct first."""
    straight = distance_m(leg.pickup, leg.dropoff)
    by = [(_through(leg, one.point), one.insee, one) for one in villages if _is_apart(leg, one.point)]
    direct = sorted(one for one in by if one[0] <= ROUNDABOUT * straight)
    return [village for _, _, village in direct[:_VILLAGES_TRIED]]


def _through(leg: LegFacts, place: Point) -> float:
    return distance_m(leg.pickup, place) + distance_m(place, leg.dropoff)


def _is_apart(leg: LegFacts, place: Point) -> bool:
    return min(distance_m(leg.pickup, place), distance_m(leg.dropoff, place)) > WALK_M


def _best_change(leg: LegFacts, find: Finder, village: Stop) -> Change | None:
    any_hour = replace(leg, time_kind=TimeKind.NONE, hour=None, until=None, window_minutes=None)
    arriving = leg.time_kind is TimeKind.ARRIVE_BY
    firsts = find(replace(any_hour if arriving else leg, dropoff=village.point))
    seconds = find(replace(leg if arriving else any_hour, pickup=village.point)) if firsts else NOBODY
    in_order = sorted((one for one in seconds if one.pickup_at is not None), key=_picked_up)
    pairs = (
        Change(village, first, second, _picked_up(second) - first.dropoff_at)
        for first in firsts
        if first.dropoff_at is not None
        for second in _taking_over(first, first.dropoff_at, in_order)
    )
    return min(pairs, key=_cost, default=None)


def _taking_over(first: Candidate, at: datetime, in_order: Sequence[Candidate]) -> Iterator[Candidate]:
    """Those who pick up after a bearable wait; by hour, so that thousands of departures are not all compared."""
    start = bisect_left(in_order, at + SHORTEST_WAIT, key=_picked_up)
    end = bisect_right(in_order, at + LONGEST_WAIT, key=_picked_up)
    return (one for one in in_order[start:end] if one.driver_id != first.driver_id)


def _picked_up(candidate: Candidate) -> datetime:
    assert candidate.pickup_at is not None  # those without an hour were left out
    return candidate.pickup_at


def _cost(change: Change) -> tuple[timedelta, int, int]:
    detours = timedelta(seconds=change.first.detour_seconds + change.second.detour_seconds)
    return change.wait + detours, change.first.departure_id, change.second.departure_id
