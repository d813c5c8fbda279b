"""What the house asks of the roads, whoever answers: a road engine, a matrix or an estimate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import Point
from lotocar.world.roads.spots import Spots

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leg:
    """One way by car. `exact` tells an engine's route from an estimate; screens say « environ » for the latter."""

    seconds: int
    metres: int
    exact: bool


class Roads(Protocol):
    """Durations and distances by car, in whole seconds and metres.

    The same two points always give the same leg while one object lives. Any method may raise
    Unavailable when it leans on a service; an estimate never does.
    """

    @property
    def slack_seconds(self) -> int:
        """How far beyond a driver's limit an estimated detour may still be a true match; 0 when exact."""
        ...

    @property
    def usual_error_seconds(self) -> int:
        """Half of the detours made of these legs are nearer to the truth than this; 0 when exact."""
        ...

    def leg(self, a: Point, b: Point) -> Leg:
        """The way from a to b, in that direction."""
        ...


class Ground(Roads, Protocol):
    """Roads that know thousands of legs at once without asking anybody: what a search sweeps over.

    `seconds_between` gives, to the second, what `leg` gives for the same points: an index built on it
    answers exactly as a loop does.
    """

    def locate(self, points: Iterable[Point]) -> Spots:
        """These points as this ground's spots; they mean nothing to another ground."""
        ...

    def seconds_between(self, a: Spots, b: Spots) -> Seconds:
        """The duration from each spot of `a` to the spot of `b` of the same rank; either may hold one spot only."""
        ...

    @property
    def paces(self) -> tuple[float, float]:
        """The fastest and the slowest from anywhere to anywhere.

        In seconds per crow-flies metre, half a second of rounding apart.
        """
        ...
