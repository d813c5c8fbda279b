"""The order in which candidates are shown. Pure; docs/matching.md says it in words."""

from __future__ import annotations

from collections.abc import Mapping

from lotocar.carpool.matching.candidate import Candidate

GAP_STEP_S = 300  # five minutes more or less are the same to a passenger

Rank = tuple[int, bool, int, int, int, int, int, int]


def rank(candidate: Candidate, asked_recently: Mapping[int, int]) -> Rank:
    """The order in which candidates are shown, smallest first.

    The detour in whole minutes; an unknown hour after known ones; the gap to the hour wished for in steps of
    five minutes; then fairness: the driver who did least of late (`asked_recently` counts by driver, none is 0).
    What is still equal goes by detour and gap to the second, then by trip and departure number, so that the
    same search always gives the same list.
    """
    gap = abs(candidate.gap_seconds or 0)
    return (
        candidate.detour_seconds // 60,
        candidate.leaves is None,
        gap // GAP_STEP_S,
        asked_recently.get(candidate.driver_id, 0),
        candidate.detour_seconds,
        gap,
        candidate.trip_id,
        candidate.departure_id,
    )
