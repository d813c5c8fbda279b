"""What an installation knows of its roads, on disk: complete versions, of which one is current.

    current            the name of the version in force
    v0001/ v0002/ …    each whole and never changed: files of `matrix.py`, and about.json
    building/          a matrix that is not finished (`building.py`)
    tiles-0001/ …      what the embedded engine reads (`embedded.py`)

A version is written aside, then named in `current` by one rename: a process that opens it sees the one before
or the one after, never half of each. Processes look at `current` at each search and take the new one up.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Lock
from typing import Literal

from lotocar.errors import Refused
from lotocar.world.roads.estimate import SLACK_SECONDS, SLOWNESS, EstimatedRoads
from lotocar.world.roads.matrix import MatrixRoads
from lotocar.world.roads.router import Ground

CURRENT_FILE, ABOUT_FILE = "current", "about.json"
KEPT = 2  # the one before stays for who is just opening it
CONSTANT = "constant"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a version comes from. `source` is an engine's name or "constant"; days are local, ISO.

    `pairs_without_way` counts pairs of zones that the engine could not join. `lessons` is how many measured
    journeys correct it, `slowness` the constant in force where there is no matrix.
    """

    source: str
    zones: int = 0
    built_on: str = ""
    pairs_without_way: int = 0
    lessons: int = 0
    learned_on: str = ""
    slowness: float = SLOWNESS


class Superseded(Refused):
    """Another version came into force since the one from which this one was made."""


def publish(
    folder: Path,
    about: About,
    write: Callable[[Path], None],
    *,
    made_from: Path | Literal["roads"] | None = "roads",
) -> Path:
    """A new version with the files that `write` puts into the folder it is given, now current.

    `made_from` is the version in force that was read to make this one (None: there was none); "roads" when it was
    made of the roads alone. One at a time publishes in a folder.

    Raises:
        Superseded: another version than `made_from` is in force.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if made_from not in ("roads", current_version(folder)):
            raise Superseded("roads.superseded")
        return _published(folder, about, write)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Others wait here, until this one has finished or its process is gone."""
    held = os.open(folder, os.O_RDONLY)  # the folder itself: a file of its own would have an owner of its own
    try:
        flock(held, LOCK_EX)
        yield
    finally:
        os.close(held)


def _published(folder: Path, about: About, write: Callable[[Path], None]) -> Path:
    version = folder / f"v{1 + _number(_names(folder)[-1:]):04d}"
    fresh = folder / f"fresh-{version.name}"
    shutil.rmtree(fresh, ignore_errors=True)  # left by a run that was killed
    fresh.mkdir()
    write(fresh)
    (fresh / ABOUT_FILE).write_text(json.dumps(asdict(about)))
    fresh.rename(version)
    named = folder / f"fresh-{CURRENT_FILE}"
    named.write_text(version.name)
    os.replace(named, folder / CURRENT_FILE)
    for old in _names(folder)[:-KEPT]:
        shutil.rmtree(folder / old, ignore_errors=True)
    return version


def current_version(folder: Path) -> Path | None:
    """The folder of the version in force; None before the first."""
    try:
        return folder / (folder / CURRENT_FILE).read_text().strip()
    except FileNotFoundError:
        return None


def about(version: Path) -> About:
    """Where this version comes from."""
    return About(**json.loads((version / ABOUT_FILE).read_text()))


def load(version: Path | None) -> Ground:
    """The roads of this version; the constant estimate without one."""
    if version is None:
        return EstimatedRoads(slack_seconds=SLACK_SECONDS)
    said = about(version)
    if said.source == CONSTANT:
        return EstimatedRoads(said.slowness, slack_seconds=SLACK_SECONDS)
    return MatrixRoads.load(version)


class GroundKeeper:
    """The roads in force, the same object until another version is. Shared by threads; costs one look at a file."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._seen: int | None = None
        self._missed: int | None = None  # said once in the log
        self._ground = load(None)
        self._lock = Lock()

    def current(self) -> Ground:
        """The roads of the version in force; those known before when a version cannot be read."""
        if self._folder is None:
            return self._ground
        try:
            seen = os.stat(self._folder / CURRENT_FILE).st_mtime_ns
        except OSError:
            return self._ground
        if seen != self._seen:
            with self._lock:
                self._take_up(self._folder, seen)
        return self._ground

    def _take_up(self, folder: Path, seen: int) -> None:
        if seen == self._seen:
            return  # another thread was quicker
        try:
            self._ground = load(current_version(folder))
        except OSError:  # may pass: tried again at the next look
            if seen != self._missed:
                log.exception("roads: a version that cannot be read, the former one serves")
            self._missed = seen
            return
        except (ValueError, TypeError, KeyError):
            log.exception("roads: a version that makes no sense, the former one serves")
        self._seen = seen


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.glob("v[0-9]*"))


def _number(last: list[str]) -> int:
    return int(last[0][1:]) if last else 0
