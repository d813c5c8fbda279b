"""Roads without any road data: straight lines at one calibrated speed. THE place where the estimate is defined.

    seconds = crow-flies metres × SLOWNESS      metres = crow-flies metres × WINDING

SLOWNESS: rural French roads take 0.070 to 0.105 seconds per crow-flies metre, bends and villages included
(51 to 34 km/h as the crow flies); 0.080 is 45 km/h. WINDING: a road is about a third longer than the
straight line. At its driver's limit this estimate finds about nine true matches in ten, within 2 minutes
for half of them and 6 minutes for nine in ten (USUAL_ERROR_SECONDS). It knows no river and no hill:
every leg says `exact=False`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lotocar.values.geo import Point
from lotocar.world.roads.router import Leg, Seconds
from lotocar.world.roads.spots import Spots, crow_m, crow_many_m, spot

SLOWNESS = 0.080  # seconds per crow-flies metre
WINDING = 1.35  # road metres per crow-flies metre
SLACK_SECONDS = 240  # with so much beyond the limit, more than 19 true matches in 20 are found
USUAL_ERROR_SECONDS = 130  # half of the detours are nearer to the truth than this


@dataclass(frozen=True, slots=True)
class EstimatedRoads:
    """A Ground of one constant slowness, in seconds per crow-flies metre. Needs nothing and never fails."""

    slowness: float = SLOWNESS
    slack_seconds: int = 0
    usual_error_seconds: int = USUAL_ERROR_SECONDS

    def locate(self, points: Iterable[Point]) -> Spots:
        """These points, without zones."""
        return Spots.of(points)

    @property
    def paces(self) -> tuple[float, float]:
        """One pace everywhere."""
        return self.slowness, self.slowness

    def leg(self, a: Point, b: Point) -> Leg:
        """The estimated way from a to b; the same both ways."""
        crow = crow_m(spot(a), spot(b))
        return Leg(seconds=int(crow * self.slowness + 0.5), metres=int(crow * WINDING + 0.5), exact=False)

    def seconds_between(self, a: Spots, b: Spots) -> Seconds:
        """What `leg` gives, rank by rank."""
        seconds = crow_many_m(a, b)
        seconds *= self.slowness
        seconds += 0.5
        return seconds.astype(np.int64)
