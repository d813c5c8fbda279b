"""Valhalla on this machine without any server, in a process beside ours (`beside.py`), over tiles made from an OpenStreetMap extract (extra « roads » of pyproject).

What its programs were found to do, and what is done about it:
- its usual matrix (costmatrix) prunes small roads and answers the same pair differently according to what else
  is asked, by minutes now and then: here the plain sweep (timedistancematrix) answers, always the same;
- that sweep errs when there are more sources than targets: then each source is asked by itself;
- its routes prune small roads too: the sweep also answers for one way alone;
- it serves one question at a time, and keeps Python's lock meanwhile: hence the process beside.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from lotocar.errors import Invalid, NotFound, Unavailable
from lotocar.values.geo import Point
from lotocar.world.roads.engine import NO_WAY_S, Pair
from lotocar.world.roads.router import Leg
from lotocar.world.roads.tables import as_table, whole

CONFIG_FILE = "valhalla.json"
UNLIMITED = 10**9
Process = subprocess.Popen[str]
PARTS = ("mjolnir", "loki", "thor", "odin", "meili")  # of its configuration, each with a log of its own


class EmbeddedValhalla:
    """An Engine that needs no server. Made once per process of ours."""

    largest_table = 1_000_000
    goes_by_rows = True
    is_quick = True

    def __init__(self, folder: Path) -> None:
        """The tiles that `build_tiles` made in this folder.

        Raises:
            NotFound: there are no tiles ("roads.tiles").
            Unavailable: the library is not installed ("roads.not_installed").
        """
        self._config = folder / CONFIG_FILE
        if not self._config.exists():
            raise NotFound("roads.tiles")
        _library()
        self._lock = Lock()
        self._process = self._started()

    def leg(self, a: Point, b: Point) -> Leg:
        """The fastest way; lengths come in kilometres."""
        answer = self._sweep([a], [b])
        try:
            seconds, kilometres = answer["durations"][0][0], answer["distances"][0][0]
            if seconds is None:
                raise Unavailable("roads.refused", permanent=True)
            return Leg(whole(seconds), whole(1000 * kilometres), exact=True)
        except (KeyError, IndexError, TypeError, ValueError):
            raise Unavailable("roads.nonsense") from None

    def table(self, sources: Sequence[Point], targets: Sequence[Point]) -> NDArray[np.float64]:
        """A sweep from each source."""
        if len(sources) > len(targets):
            return np.concatenate([self.table([source], targets) for source in sources])
        try:
            rows = self._sweep(sources, targets)["durations"]
        except (KeyError, TypeError):
            raise Unavailable("roads.nonsense") from None
        return as_table(rows, len(sources), len(targets))

    def durations(self, pairs: Sequence[Pair]) -> Iterator[Mapping[Pair, int]]:
        """One sweep for the pairs in a row that start at one place."""
        for source, ways in groupby(pairs, key=lambda pair: pair[0]):
            targets = [target for _, target in ways]
            yield {
                (source, target): seconds
                for target, seconds in zip(targets, self._from(source, targets), strict=True)
            }

    def _from(self, source: Point, targets: Sequence[Point]) -> Sequence[int]:
        try:
            return [round(one) for one in np.nan_to_num(self.table([source], targets)[0], nan=NO_WAY_S)]
        except Unavailable as refusal:
            if refusal.code != "roads.refused":
                raise
        # one place far from any road spoils the question for all
        if len(targets) == 1:
            return [NO_WAY_S]
        return [self._from(source, [target])[0] for target in targets]

    def _sweep(self, sources: Sequence[Point], targets: Sequence[Point]) -> Any:
        body = {
            "sources": [*map(_place, sources)],
            "targets": [*map(_place, targets)],
            "units": "kilometers",
            "verbose": False,
        }
        return self._ask({**body, "costing": "auto"})["sources_to_targets"]

    def _ask(self, body: Mapping[str, Any]) -> Any:
        with self._lock:
            if self._process.poll() is not None:
                self._process = self._started()
            line = _asked(self._process, json.dumps(body))
        said = json.loads(line) if line else {}
        if "refused" in said:
            raise Unavailable("roads.refused", permanent=True, answer=said["refused"])
        try:
            return said["answer"]
        except KeyError:
            raise Unavailable("roads.unreachable") from None  # it ended half-way

    def _started(self) -> Process:
        # -P: this folder must not be searched for modules, one of ours is called http
        command = [sys.executable, "-P", str(Path(__file__).with_name("beside.py")), str(self._config)]
        process = subprocess.Popen(  # noqa: S603 our own words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        finalize(self, _end, process)
        return process


def _asked(process: Process, question: str) -> str:
    """The answer's line; empty when the process has ended."""
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(question + "\n")
        process.stdin.flush()
    except OSError:
        return ""
    return process.stdout.readline()


def _end(process: Process) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()
    process.kill()
    process.wait()


def build_tiles(folder: Path, extract: Path) -> None:
    """The tiles of this OpenStreetMap extract (.osm.pbf), ready for EmbeddedValhalla.

    Takes minutes for a region, on one core. A process that reads the former tiles keeps them until it is
    restarted; they are removed by the build after this one.

    Raises:
        Invalid: no such file, or not an extract ("roads.extract").
        Unavailable: the library is not installed ("roads.not_installed").
    """
    if not extract.is_file():
        raise Invalid("roads.extract")
    tiles, former = _next_tiles(folder), _in_force(folder)
    fresh = folder / f"fresh-{CONFIG_FILE}"
    fresh.write_text(json.dumps(_config(tiles)))
    command = [
        _program("valhalla_build_tiles"),
        "-c",
        str(fresh.resolve()),
        "-j",
        "1",
        str(extract.resolve()),
    ]
    # it leaves notes in the folder it is run from
    if subprocess.run(command, capture_output=True, check=False, cwd=tiles).returncode != 0:  # noqa: S603 our own words
        raise Invalid("roads.extract")
    fresh.rename(folder / CONFIG_FILE)
    for old in folder.glob("tiles-*"):
        if old not in (tiles, former):
            shutil.rmtree(old, ignore_errors=True)


def _next_tiles(folder: Path) -> Path:
    last = max((int(one.name.removeprefix("tiles-")) for one in folder.glob("tiles-*")), default=0)
    tiles = folder / f"tiles-{last + 1:04d}"
    tiles.mkdir(parents=True)
    return tiles


def _in_force(folder: Path) -> Path | None:
    config = folder / CONFIG_FILE
    return Path(json.loads(config.read_text())["mjolnir"]["tile_dir"]) if config.exists() else None


def _config(tiles: Path) -> dict[str, Any]:
    config: dict[str, Any] = _library().get_config(tile_extract="", tile_dir=tiles)
    for part in PARTS:
        config[part]["logging"]["type"] = ""
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    config["service_limits"]["auto"]["max_matrix_location_pairs"] = UNLIMITED
    return config


def _program(name: str) -> str:
    """Its program, with the run bit that an installer may have lost."""
    path = Path(str(_library().PYVALHALLA_DIR)) / "bin" / name
    path.chmod(path.stat().st_mode | 0o111)
    return str(path)


def _library() -> Any:
    try:
        return import_module("valhalla")
    except ImportError:
        raise Unavailable("roads.not_installed", permanent=True) from None


def _place(point: Point) -> dict[str, float]:
    return {"lat": point.lat, "lon": point.lon}
