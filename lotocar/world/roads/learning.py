"""Correcting the slowness of zones by journeys whose real duration is known. Pure but for `learn`.

A lesson is a journey and how long it takes according to who drives it. All lessons together first move every
road by what they have in common; what remains is shared between the zones at both ends of each journey. Both are
held back (so that one mistake moves little: two like lessons on one pair of zones go half-way) and bounded by
LOWEST and HIGHEST. Without a matrix only the constant moves.

The matrix as it was measured stays beside the corrected one: learning always starts from it, so lessons taken
back are forgotten.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import Point
from lotocar.world.roads.building import CENTRES_FILE
from lotocar.world.roads.estimate import SLOWNESS, EstimatedRoads
from lotocar.world.roads.matrix import FRAME_FILE, RASTER_FILE, SLOWNESS_FILE, MatrixRoads
from lotocar.world.roads.router import Ground
from lotocar.world.roads.versions import CONSTANT, About, Superseded, about, current_version, publish

LOWEST, HIGHEST = 0.8, 1.25  # of the measured slowness
SHORTEST_S = 300  # of a shorter journey the rounding to minutes says more than the road
UNBELIEVABLE = 2.0  # a journey so many times longer or shorter than known is a mistake in the data
HELD_BACK_ALL, HELD_BACK_ZONE = 10.0, 1.0
SWEEPS = 30
MEASURED_FILE, FACTORS_FILE, HEARD_FILE = "measured.npy", "factors.npy", "heard.npy"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A journey by car, and how long it takes."""

    origin: Point
    destination: Point
    seconds: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What lessons say: `common` for every road, then a factor for each zone. `heard` counts lessons by zone."""

    common: float
    factors: NDArray[np.float64]
    heard: NDArray[np.int64]
    lessons: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A zone that lessons correct: its centre, its factor (the common one included), how many lessons it has."""

    centre: Point
    factor: float
    lessons: int


def correction(lessons: Sequence[Lesson], ground: Ground, zones: int) -> Correction:
    """What these journeys say of a ground that was not corrected yet."""
    heard = [(one, ratio) for one in lessons if (ratio := _ratio(one, ground)) is not None]
    ratios = np.array([ratio for _, ratio in heard])
    common = float(ratios.sum() / (len(ratios) + HELD_BACK_ALL))
    starts, ends = (
        _zones(ground, [getattr(one, end) for one, _ in heard]) for end in ("origin", "destination")
    )
    own = _by_zone(ratios - common, starts, ends, zones)
    factors = np.clip(np.exp(own + common), LOWEST, HIGHEST) / _bounded(common)
    count = np.bincount(np.concatenate((starts, ends[starts != ends])), minlength=zones)
    return Correction(_bounded(common), factors, count, len(heard))


def learn(folder: Path, lessons: Sequence[Lesson], *, today: date) -> About | None:
    """The roads in force corrected by these lessons, as a new version; None when they change nothing.

    Roads measured anew meanwhile are those that are corrected.
    """
    while True:
        version = current_version(folder)
        try:
            if version is None or about(version).source == CONSTANT:
                return _learn_constant(folder, version, lessons, today)
            return _learn_zones(folder, version, lessons, today)
        except Superseded:
            continue


def corrected_zones(version: Path) -> list[Corrected]:
    """The zones that lessons correct, the most corrected first; none for a matrix as it was measured."""
    if not (version / FACTORS_FILE).exists():
        return []
    factors, heard = np.load(version / FACTORS_FILE), np.load(version / HEARD_FILE)
    centres = np.load(version / CENTRES_FILE)
    order = sorted(np.flatnonzero(heard).tolist(), key=lambda zone: -abs(log(factors[zone])))
    return [
        Corrected(Point(*map(float, centres[zone])), float(factors[zone]), int(heard[zone])) for zone in order
    ]


def _ratio(lesson: Lesson, ground: Ground) -> float | None:
    """How much longer than known the journey is, as a logarithm; None when it can teach nothing."""
    known = ground.leg(lesson.origin, lesson.destination).seconds
    if known < SHORTEST_S or lesson.seconds <= 0:
        return None
    ratio = log(lesson.seconds / known)
    return None if abs(ratio) > log(UNBELIEVABLE) else ratio


def _zones(ground: Ground, points: Sequence[Point]) -> NDArray[np.int64]:
    """The zone of each; one for all where the ground has none."""
    zone = ground.locate(points).zone
    return np.zeros(len(points), dtype=np.int64) if zone is None else zone.astype(np.int64)


def _by_zone(
    rest: NDArray[np.float64], starts: NDArray[np.int64], ends: NDArray[np.int64], zones: int
) -> NDArray[np.float64]:
    """One number a zone, so that the mean of both ends explains the rest of each lesson; small ones preferred.

    Ridge regression, zone by zone until it settles; nothing but sums, the same on every machine.
    """
    own = np.zeros(zones)
    for _ in range(SWEEPS):
        left = rest - (own[starts] + own[ends]) / 2
        pull, weight = np.zeros(zones), np.full(zones, HELD_BACK_ZONE)
        for side in (starts, ends):
            np.add.at(pull, side, left / 2)
            np.add.at(weight, side, 0.5)  # both ends move at once: twice the weight of one keeps it steady
        own += (pull - HELD_BACK_ZONE * own) / weight
    return own


def _learn_constant(
    folder: Path, version: Path | None, lessons: Sequence[Lesson], today: date
) -> About | None:
    said = correction(lessons, EstimatedRoads(), 1)
    before = about(version) if version else About(source=CONSTANT)
    slowness = round(SLOWNESS * said.common, 4)
    if slowness == before.slowness and said.lessons == before.lessons:
        return None
    now = replace(before, slowness=slowness, lessons=said.lessons, learned_on=today.isoformat())
    publish(folder, now, lambda _fresh: None, made_from=version)
    return now


def _learn_zones(folder: Path, version: Path, lessons: Sequence[Lesson], today: date) -> About | None:
    measured = np.load(_measured(version))
    roads = replace(MatrixRoads.load(version), slowness=measured)
    said = correction(lessons, roads, len(measured))
    whole = said.factors * said.common
    before = about(version)
    if said.lessons == before.lessons and np.allclose(whole, _factors(version, len(measured)), atol=0.002):
        return None
    now = replace(before, lessons=said.lessons, learned_on=today.isoformat())
    publish(
        folder,
        now,
        lambda fresh: _write(fresh, version, measured, whole, said.heard),
        made_from=version,
    )
    return now


def _write(
    fresh: Path,
    version: Path,
    measured: NDArray[np.uint8],
    factors: NDArray[np.float64],
    heard: NDArray[np.int64],
) -> None:
    for name in (RASTER_FILE, FRAME_FILE, CENTRES_FILE):
        shutil.copy(version / name, fresh / name)
    both = np.sqrt(factors)
    steps = np.clip(np.rint(measured * both[:, None] * both[None, :]), 1, 255)
    np.save(fresh / SLOWNESS_FILE, steps.astype(np.uint8))
    np.save(fresh / MEASURED_FILE, measured)
    np.save(fresh / FACTORS_FILE, factors)
    np.save(fresh / HEARD_FILE, heard)


def _measured(version: Path) -> Path:
    kept = version / MEASURED_FILE
    return kept if kept.exists() else version / SLOWNESS_FILE


def _factors(version: Path, zones: int) -> NDArray[np.float64]:
    kept = version / FACTORS_FILE
    return np.load(kept) if kept.exists() else np.ones(zones)


def _bounded(ratio: float) -> float:
    return min(HIGHEST, max(LOWEST, exp(ratio)))
