"""The answer of the index: every departure that fits, as numbers, put in order and into words as far as one looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.columns import Rows
from lotocar.carpool.matching.found import Found
from lotocar.carpool.matching.hits import Hits
from lotocar.carpool.matching.rules import Need


class Answer(Found):
    """Hits that are complete and exact: nothing that a candidate says can exclude it any more.

    Fairness, seats, needs, pairs to avoid, who may be shown, full months and pauses were all decided on the columns.
    The order is worked out as far as the page asked for: the first ones first, the whole when one goes beyond.
    """

    def __init__(self, need: Need, hits: Hits, asked_recently: Mapping[int, int]) -> None:
        self.need = need
        self.hits = hits
        self.asked_recently = asked_recently
        self._order: Rows = np.zeros(0, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.hits)

    def page(self, start: int, stop: int) -> list[Candidate]:
        return self.hits.candidates(self.need.asked, self._first(stop)[start:])

    def _first(self, count: int) -> Rows:
        if len(self._order) < count:
            beyond = len(self) if len(self._order) else count  # asked twice: then once for all
            self._order = self.hits.best(self.need, self.asked_recently, beyond)
        return self._order[:count]

    @property
    def drivers(self) -> frozenset[int]:
        return frozenset(self.hits.driver.tolist())

    @property
    def departures(self) -> frozenset[int]:
        return frozenset(self.hits.departure.tolist())

    def least_detours(self) -> Mapping[int, int]:
        order = np.lexsort((self.hits.detour, self.hits.driver))[::-1]  # the least comes last, and stays
        drivers, detours = self.hits.driver[order].tolist(), self.hits.detour[order].tolist()
        return dict(zip(drivers, detours, strict=True))

    def of_driver(self, driver_id: int) -> Candidate | None:
        theirs = self._of(np.flatnonzero(self.hits.driver == driver_id))
        return theirs[0] if theirs else None

    def without(self, departures: Collection[int]) -> Answer:
        if not departures:
            return self
        gone = np.isin(self.hits.departure, np.fromiter(departures, dtype=np.int64))
        return self._of(np.flatnonzero(~gone))

    def _of(self, ranks: Rows) -> Answer:
        return Answer(self.need, self.hits.take(ranks), self.asked_recently)
