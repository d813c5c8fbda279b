"""Which engine an installation measures its roads with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from lotocar.errors import LotocarError
from lotocar.world.roads import ign
from lotocar.world.roads.embedded import EmbeddedValhalla
from lotocar.world.roads.engine import Engine
from lotocar.world.roads.http import TIMEOUT_S
from lotocar.world.roads.osrm import Osrm
from lotocar.world.roads.valhalla import Valhalla

SEARCHING_S = 2.0  # after so long nobody waits for the answer any more; it is only remembered
FILLING_S = 120.0  # a table of many places may take its time
EMBEDDED = "embedded"

log = logging.getLogger(__name__)

_SERVERS: Mapping[str, Callable[[str, float], Engine]] = {
    "osrm": lambda url, timeout_s: Osrm(url, timeout_s=timeout_s),
    "valhalla": lambda url, timeout_s: Valhalla(url, timeout_s=timeout_s),
    "ign": lambda url, _timeout_s: ign.Ign(url or ign.BASE_URL, timeout_s=TIMEOUT_S),
}


def engine_of(name: str, *, url: str, folder: Path | None) -> Engine | None:
    """The engine to ask while searching; None without one. A missing library or missing tiles only warn."""
    if name != EMBEDDED:
        return _SERVERS[name](url, SEARCHING_S) if name else None
    try:
        return EmbeddedValhalla(folder) if folder else None
    except LotocarError as failure:
        log.warning("roads: no embedded engine (%s), estimates serve", failure.code)
        return None


def filling_engine(name: str, *, url: str, folder: Path) -> Engine:
    """The engine to fill a matrix with: the same, more patient.

    Raises:
        NotFound: no tiles for the embedded one ("roads.tiles").
        Unavailable: its library is not installed ("roads.not_installed").
    """
    return EmbeddedValhalla(folder) if name == EMBEDDED else _SERVERS[name](url, FILLING_S)
