"""Making the matrix of an installation: zones around centres, then one table after another from an engine.

Resumable: what an engine answered is on disk before the next question; run again, it goes on where it was.
The finished files replace the former ones at once, and processes that hold those keep them until restarted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from math import ceil, cos, isqrt, radians
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Invalid
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Engine
from lotocar.world.roads.estimate import SLOWNESS
from lotocar.world.roads.matrix import FRAME_FILE, RASTER_FILE, SLOWNESS_FILE, STEP, Frame
from lotocar.world.roads.spots import Spots, crow_many_m

CELL_M = 500
MARGIN_M = 5_000
METRES_A_DEGREE = 111_195
NEIGHBOURS = 4  # a zone's own slowness is the mean towards so many nearest zones
MOST_ZONES = 65_535
CENTRES_FILE, PART_FILE = "centres.npy", "slowness.part.npy"

Progress = Callable[[int, int], None]
Part = np.memmap[Any, np.dtype[np.uint8]]
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


def build(folder: Path, centres: Sequence[Point], engine: Engine, progress: Progress) -> None:
    """The matrix of these centres in this folder; `progress` hears (questions answered, questions in all).

    Raises:
        Invalid: no centre, or more than 65 535 ("roads.centres").
        Unavailable: the engine failed; what it had answered is kept for the next run.
    """
    if not 0 < len(centres) <= MOST_ZONES:
        raise Invalid("roads.centres")
    folder.mkdir(parents=True, exist_ok=True)
    part = _part(folder, centres)
    _measure(part, centres, engine, progress)
    _fill_own(part, centres)
    part.flush()
    frame, raster = zones(centres)
    _put(folder / RASTER_FILE, lambda path: np.save(path, raster))
    _put(folder / FRAME_FILE, lambda path: path.write_text(json.dumps(asdict(frame))))
    os.replace(folder / PART_FILE, folder / SLOWNESS_FILE)


def zones(centres: Sequence[Point]) -> tuple[Frame, NDArray[np.uint16]]:
    """The zone of each cell of 500 m over these centres and a margin: the number of the nearest centre."""
    lat, lon = (np.array([getattr(one, axis) for one in centres]) for axis in ("lat", "lon"))
    wide = cos(radians(float(lat.mean())))
    lat_step, lon_step = CELL_M / METRES_A_DEGREE, CELL_M / METRES_A_DEGREE / wide
    margin = MARGIN_M / CELL_M
    frame = Frame(lat.min() - margin * lat_step, lon.min() - margin * lon_step, lat_step, lon_step)
    rows = ceil((lat.max() - frame.south) / lat_step + margin)
    columns = ceil((lon.max() - frame.west) / lon_step + margin)
    across = frame.west + (np.arange(columns) + 0.5) * lon_step
    east = (across[:, None] - lon[None, :]) * wide
    raster = np.empty((rows, columns), dtype=np.uint16)
    for row in range(rows):
        north = frame.south + (row + 0.5) * lat_step - lat
        raster[row] = np.argmin(north * north + east * east, axis=1)
    return frame, raster


def _part(folder: Path, centres: Sequence[Point]) -> Part:
    """The unfinished matrix of these very centres, or a new one; 0 is what was not asked yet."""
    where = np.array([(one.lat, one.lon) for one in centres])
    known, part = folder / CENTRES_FILE, folder / PART_FILE
    if part.exists() and known.exists() and np.array_equal(np.load(known), where):
        kept: Part = np.load(part, mmap_mode="r+")
        return kept
    _put(known, lambda path: np.save(path, where))
    shape = (len(centres), len(centres))
    new: Part = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
    return new


def _measure(part: Part, centres: Sequence[Point], engine: Engine, progress: Progress) -> None:
    blocks = list(_blocks(len(centres), engine.largest_table))
    for done, (sources, targets) in enumerate(blocks, start=1):
        cells = part[sources[0] : sources[-1] + 1, targets[0] : targets[-1] + 1]
        if not cells.all():
            seconds = engine.table([centres[row] for row in sources], [centres[row] for row in targets])
            cells[:] = _steps(seconds, [centres[row] for row in sources], [centres[row] for row in targets])
            part.flush()
        progress(done, len(blocks))


def _blocks(total: int, largest: int) -> Iterator[Pairs]:
    """Squares that an engine can answer at once, in order; squares name the fewest points for their cells."""
    side = max(1, min(total, isqrt(largest)))
    for first in range(0, total, side):
        for left in range(0, total, side):
            yield np.arange(first, min(first + side, total)), np.arange(left, min(left + side, total))


def _steps(
    seconds: NDArray[np.float64], sources: Sequence[Point], targets: Sequence[Point]
) -> NDArray[np.uint8]:
    """Slowness in steps, at least 1; the usual constant where there is no way, and from a zone to itself."""
    there = Spots.of(targets)
    metres = np.stack([crow_many_m(Spots.of([source]), there) for source in sources])
    usual = np.full(metres.shape, SLOWNESS)
    measured = np.isfinite(seconds) & (metres > 0)
    pace = np.divide(seconds, metres, out=usual, where=measured)
    steps: NDArray[np.uint8] = np.clip(np.rint(pace / STEP), 1, 255).astype(np.uint8)
    return steps


def _fill_own(part: Part, centres: Sequence[Point]) -> None:
    """Inside a zone: the mean slowness towards the zones around."""
    spots = Spots.of(centres)
    for zone in range(len(centres)):
        metres = crow_many_m(Spots.of([centres[zone]]), spots)
        metres[zone] = np.inf
        around = np.argsort(metres, kind="stable")[: min(NEIGHBOURS, len(centres) - 1)]
        if len(around):
            part[zone, zone] = round(float(part[zone, around].mean()))


def _put(path: Path, write: Callable[[Path], Any]) -> None:
    """A file that is there whole or not at all."""
    fresh = path.with_name(f"fresh-{path.name}")
    write(fresh)
    os.replace(fresh, path)
