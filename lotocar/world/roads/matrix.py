"""How slow it is from each zone to each other: roads measured once, then known without asking anybody.

    seconds = crow-flies metres × slowness of (zone of a, zone of b)

Zones are the surroundings of given centres (communes; hamlets where trips are short): a point belongs to the
nearest centre, by a raster of 500 m. One byte per pair, in steps of 0.001 second per metre. Points inside a
zone still count where they are. The files are made by `building.py`, memory-mapped and shared by processes.
With zones of the size of a rural commune the detours found are within a minute of the truth for half of
them and 2.2 minutes for nine in ten (USUAL_ERROR_SECONDS).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lotocar.values.geo import Point
from lotocar.world.roads.estimate import WINDING
from lotocar.world.roads.router import Leg, Seconds
from lotocar.world.roads.spots import Spots, crow_m, crow_many_m, spot

STEP = 0.001  # seconds per crow-flies metre
SLACK_SECONDS = 90  # with so much beyond the limit, 99 true matches in 100 are found
USUAL_ERROR_SECONDS = 60  # half of the detours are nearer to the truth than this
SLOWNESS_FILE, RASTER_FILE, FRAME_FILE = "slowness.npy", "zones.npy", "frame.json"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the raster lies: the south-west corner of its first cell, and the size of a cell, in degrees."""

    south: float
    west: float
    lat_step: float
    lon_step: float

    def cell(self, point: Point, rows: int, columns: int) -> tuple[int, int]:
        """The cell of this point; the nearest one for a point outside."""
        row = floor((point.lat - self.south) / self.lat_step)
        column = floor((point.lon - self.west) / self.lon_step)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


@dataclass(frozen=True)
class MatrixRoads:
    """A Ground of zones. `slowness` is zones × zones in STEPs, `raster` holds the zone of each cell."""

    slowness: NDArray[np.uint8]
    raster: NDArray[np.uint16]
    frame: Frame
    slack_seconds: int = 0
    usual_error_seconds: int = USUAL_ERROR_SECONDS

    @classmethod
    def load(cls, folder: Path) -> MatrixRoads:
        """The matrix of this folder, not read whole: pages come as they are needed.

        Raises:
            FileNotFoundError: there is none.
        """
        frame = Frame(**json.loads((folder / FRAME_FILE).read_text()))
        slowness = np.load(folder / SLOWNESS_FILE, mmap_mode="r")
        raster = np.load(folder / RASTER_FILE, mmap_mode="r")
        return cls(slowness, raster, frame, slack_seconds=SLACK_SECONDS)

    def zone(self, point: Point) -> int:
        """The zone of this point; that of the nearest border for a point outside."""
        rows, columns = self.raster.shape
        return int(self.raster[self.frame.cell(point, rows, columns)])

    def locate(self, points: Iterable[Point]) -> Spots:
        """These points, each with its zone."""
        kept = list(points)
        return Spots.of(kept, np.array([self.zone(point) for point in kept], dtype=np.uint16))

    def leg(self, a: Point, b: Point) -> Leg:
        """The estimated way from a to b; it may last longer the other way round."""
        crow = crow_m(spot(a), spot(b))
        pace = int(self.slowness[self.zone(a), self.zone(b)]) * STEP
        return Leg(seconds=int(crow * pace + 0.5), metres=int(crow * WINDING + 0.5), exact=False)

    def seconds_between(self, a: Spots, b: Spots) -> Seconds:
        """What `leg` gives, rank by rank."""
        pace = self.slowness[a.zone, b.zone].astype(np.float64) * STEP
        return (crow_many_m(a, b) * pace + 0.5).astype(np.int64)

    @cached_property
    def paces(self) -> tuple[float, float]:
        """The least and the greatest slowness, looked for once: a matrix never changes."""
        return float(self.slowness.min()) * STEP, float(self.slowness.max()) * STEP
