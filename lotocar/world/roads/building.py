"""Making the matrix of an installation: one table after another from an engine, between the centres of zones.

Resumable: what an engine answered is on disk before the next question; run again, it goes on where it was.
The finished matrix is a new version (`versions.py`), which running processes take up by themselves.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Invalid
from lotocar.values.geo import Point
from lotocar.world.roads.engine import Engine
from lotocar.world.roads.estimate import SLOWNESS
from lotocar.world.roads.matrix import FRAME_FILE, RASTER_FILE, SLOWNESS_FILE, STEP
from lotocar.world.roads.spots import Spots, crow_many_m
from lotocar.world.roads.versions import About, publish
from lotocar.world.roads.zoning import zones

NEIGHBOURS = 4  # a zone's own slowness is the mean towards so many nearest zones
MOST_ZONES = 65_535
ROWS_CELLS = 40_000  # what a row-wise engine is asked at once: some seconds, so that progress is seen
PART_FOLDER = "building"
CENTRES_FILE, PART_FILE = "centres.npy", "slowness.npy"
WITHOUT_WAY_FILE = "without-way.json"

Progress = Callable[[int, int], None]
Part = np.memmap[Any, np.dtype[np.uint8]]
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A build that was broken off: pairs of zones known, and pairs in all."""

    known: int
    total: int


def build(
    folder: Path, centres: Sequence[Point], engine: Engine, progress: Progress, *, source: str, today: date
) -> Path:
    """The matrix of these centres as a new version; `progress` hears (pairs known, pairs in all).

    `source` is the engine's name, kept for those who ask.

    Raises:
        Invalid: no centre, or more than 65 535 ("roads.centres").
        Unavailable: the engine failed; what it had answered is kept for the next run.
    """
    if not 0 < len(centres) <= MOST_ZONES:
        raise Invalid("roads.centres")
    work = folder / PART_FOLDER
    work.mkdir(parents=True, exist_ok=True)
    part = _part(work, centres)
    _measure(work, part, centres, engine, progress)
    _fill_own(part, centres)
    said = About(
        source=source,
        zones=len(centres),
        built_on=today.isoformat(),
        pairs_without_way=_without_way(work),
    )
    version = publish(folder, said, lambda fresh: _write(fresh, part, centres))
    shutil.rmtree(work)
    return version


def unfinished(folder: Path) -> Unfinished | None:
    """The build that was broken off in this folder, if one was."""
    try:
        part = np.load(folder / PART_FOLDER / PART_FILE, mmap_mode="r")
    except (FileNotFoundError, ValueError):
        return None
    return Unfinished(int(np.count_nonzero(part)), part.size)


def _write(fresh: Path, part: Part, centres: Sequence[Point]) -> None:
    frame, raster = zones(centres)
    np.save(fresh / RASTER_FILE, raster)
    np.save(fresh / CENTRES_FILE, _where(centres))
    np.save(fresh / SLOWNESS_FILE, np.asarray(part))
    (fresh / FRAME_FILE).write_text(json.dumps(asdict(frame)))


def _where(centres: Sequence[Point]) -> NDArray[np.float64]:
    return np.array([(one.lat, one.lon) for one in centres])


def _part(work: Path, centres: Sequence[Point]) -> Part:
    """The unfinished matrix of these very centres, or a new one; 0 is what was not asked yet."""
    known, part = work / CENTRES_FILE, work / PART_FILE
    if part.exists() and known.exists() and np.array_equal(np.load(known), _where(centres)):
        kept: Part = np.load(part, mmap_mode="r+")
        return kept
    (work / WITHOUT_WAY_FILE).unlink(missing_ok=True)
    _put(part, lambda path: _blank(path, len(centres)))
    _put(known, lambda path: np.save(path, _where(centres)))
    new: Part = np.load(part, mmap_mode="r+")
    return new


def _blank(path: Path, zones_count: int) -> None:
    shape = (zones_count, zones_count)
    np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape).flush()


def _measure(work: Path, part: Part, centres: Sequence[Point], engine: Engine, progress: Progress) -> None:
    done = 0
    for sources, targets in _blocks(len(centres), engine):
        cells = part[sources[0] : sources[-1] + 1, targets[0] : targets[-1] + 1]
        if not cells.all():
            there, here = [centres[row] for row in sources], [centres[row] for row in targets]
            seconds = engine.table(there, here)
            _note_without_way(work, int(np.isnan(seconds).sum()))
            cells[:] = _steps(seconds, there, here)
            part.flush()
        done += cells.size
        progress(done, part.size)


def _blocks(total: int, engine: Engine) -> Iterator[Pairs]:
    """What the engine is asked at once, in order: whole rows, or squares, which name the fewest points."""
    if engine.goes_by_rows:
        wide = min(total, engine.largest_table)
        high = max(1, min(total, min(ROWS_CELLS, engine.largest_table) // wide))
    else:
        high = wide = max(1, min(total, isqrt(engine.largest_table)))
    for first in range(0, total, high):
        for left in range(0, total, wide):
            yield np.arange(first, min(first + high, total)), np.arange(left, min(left + wide, total))


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


def _note_without_way(work: Path, more: int) -> None:
    if more:
        count = _without_way(work) + more
        _put(work / WITHOUT_WAY_FILE, lambda path: path.write_text(json.dumps(count)))


def _without_way(work: Path) -> int:
    try:
        return int(json.loads((work / WITHOUT_WAY_FILE).read_text()))
    except FileNotFoundError:
        return 0


def _put(path: Path, write: Callable[[Path], Any]) -> None:
    """A file that is there whole or not at all."""
    fresh = path.with_name(f"fresh-{path.name}")
    write(fresh)
    os.replace(fresh, path)
