"""A whole search page over HTTP, against the same page whose answer was kept: what the search itself costs a visitor.

./run bench page --trips 100000 --json

A server of its own serves both, in turn, from one process: the same forms, templates and rows of the database;
only the candidates come from the index, or from what the index answered the first time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import Flask
from sqlalchemy.orm import Session
from waitress.server import create_server

from config import Settings
from lotocar import clock
from lotocar.app import create_app
from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.found import Listed
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.rules import Need
from lotocar.carpool.requests.rules import LegWish
from lotocar.db import db
from lotocar.values.geo import Stop
from lotocar.web.passenger.searching import asked as address_of
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.roads.router import Ground
from tests.bench.bench_matching import OCCITANIE, towns
from tests.bench.database import database, fill
from tests.bench.interleaved import rounded
from tests.bench.offers import Land, offers
from tests.support.factories import make_organisation

_SPAWN = get_context("spawn")
WARM = 20


@dataclass(frozen=True)
class KeptIndex:
    """An index that answers what it answered the first time; what was asked is told by its leg, hour included."""

    index: Index
    kept: dict[LegFacts, Listed]

    @property
    def ground(self) -> Ground:
        return self.index.ground

    def answer(self, need: Need, asked_recently: Mapping[int, int]) -> Listed:
        leg = replace(need.leg, not_before=None)  # the present moment, another at each page
        if leg not in self.kept:
            self.kept[leg] = Listed([*self.index.answer(need, asked_recently)])
        return self.kept[leg]


class KeptMirror(Mirror):
    """A mirror that never looks at the database again."""

    def __init__(self, mirror: Mirror, session: Session) -> None:
        super().__init__(mirror.ground)
        self._kept: Any = KeptIndex(mirror.index(session), {})

    def index(self, session: Session) -> Index:
        index: Index = self._kept
        return index


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measure and print it."""
    asked = _parser().parse_args(arguments)
    land = Land(towns(), asked.seed)
    with database(asked.engine) as engine:
        print("remplissage de la base…", file=sys.stderr)
        counts = fill(engine, offers(land, asked.trips))
        with Session(engine) as session:
            make_organisation(session, departements=[*OCCITANIE])
            session.commit()
        with _served(engine.url.render_as_string(hide_password=False)) as ports:
            print("mesures…", file=sys.stderr)
            pages = measured(ports, [*_addresses(asked.requests, asked.seed)])
    report = {
        "command": " ".join(["./run bench page", *(arguments or sys.argv[1:])]),
        "engine": asked.engine,
        "trips": asked.trips,
        **counts,
        "seed": asked.seed,
        "load_at_start": os.getloadavg()[0],
        **pages,
    }
    print(json.dumps(report, indent=2) if asked.json else "\n".join(f"{a}: {b}" for a, b in report.items()))
    return 0


class _served:
    """Both pages on two ports of one other process."""

    def __init__(self, url: str) -> None:
        self.ours, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_serve, args=(url, theirs), daemon=True)

    def __enter__(self) -> tuple[int, int]:
        self.process.start()
        searched, kept = self.ours.recv()
        return searched, kept

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.join()


def _serve(url: str, ready: Connection) -> None:
    settings = Settings(database_url=url, secret_key="measure" * 6, public_base_url="http://localhost")
    searched, kept = create_app(settings), create_app(settings)
    ours = searched.extensions["lotocar.outside"]
    with searched.app_context():
        mirror = KeptMirror(ours.mirror, db.session())
        db.session.remove()
    kept.extensions["lotocar.outside"] = replace(ours, mirror=mirror)
    ready.send([_listen(app) for app in (searched, kept)])
    ready.poll(None)


def _listen(app: Flask) -> int:
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    Thread(target=server.run, daemon=True).start()
    return int(server.effective_port)


def _addresses(count: int, seed: int) -> Iterator[str]:
    """So many searches from commune to commune, as the form sends them."""
    found = [one for one in gazetteer() if one.departement in OCCITANIE]
    land, today = Land(towns(), seed + 1), clock.now().date()
    for pair in land.town_pairs(count):
        stops = [
            Stop(one.name, one.insee, one.point.lat, one.point.lon) for one in map(found.__getitem__, pair)
        ]
        day = today + timedelta(days=int(land.dice.integers(2, 15)))
        yield f"/chercher?{urlencode(_asked(stops, day, land.dice))}"


def _asked(stops: Sequence[Stop], day: date, dice: np.random.Generator) -> dict[str, str]:
    hour = None if dice.random() < 0.1 else f"{int(dice.choice((7, 8, 9, 10, 14, 16, 17, 18)))} h 30"
    values = address_of(LegWish(direction="out", origin=stops[0], destination=stops[1], day=day))
    kind = "arrive_by" if dice.random() < 0.5 else "leave_at"
    return values | ({"time_kind": kind, "hour": hour} if hour else {})


def measured(ports: tuple[int, int], addresses: Sequence[str]) -> dict[str, Any]:
    """Each address asked of both, one right after the other, in turns as to which comes first."""
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(closing(HTTPConnection("127.0.0.1", port))) for port in ports]
        return _in_turns(lines, addresses)


def _in_turns(lines: Sequence[HTTPConnection], addresses: Sequence[str]) -> dict[str, Any]:
    for address in addresses:
        _fetch(lines[1], address)  # now it is kept
    for address in addresses[:WARM]:
        _fetch(lines[0], address)
    spent: tuple[list[float], list[float]] = ([], [])
    same = True
    for rank, address in enumerate(addresses):
        pages = {}
        for which in (0, 1) if rank % 2 else (1, 0):
            started = perf_counter()
            pages[which] = _fetch(lines[which], address)
            spent[which].append(1000 * (perf_counter() - started))
        same &= pages[0].count(b'class="ticket') == pages[1].count(b'class="ticket')
    searched, kept = (_percentiles(one) for one in spent)
    return {
        "searched": searched,
        "canned": kept,
        "same_cards": same,
        "p50_ratio": rounded(searched["p50_ms"] / kept["p50_ms"]),
        "p99_ratio": rounded(searched["p99_ms"] / kept["p99_ms"]),
    }


def _fetch(line: HTTPConnection, address: str) -> bytes:
    line.request("GET", address)
    answer = line.getresponse()
    page = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} pour {address}")
    return page


def _percentiles(durations: Sequence[float]) -> dict[str, float]:
    return {f"p{share}_ms": rounded(np.percentile(durations, share)) for share in (50, 90, 99)} | {
        "mean_ms": rounded(np.mean(durations)),
        "pages": len(durations),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trips", type=int, default=10_000, help="one way each; a return is a second one")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=46)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
