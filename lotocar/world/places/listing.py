"""Place search for machines: one query a line, its codes beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lotocar.world.places.home import Home
from lotocar.world.places.rules import LocalName
from lotocar.world.places.search import find

SHOWN = 5


def find_lines(lines: Iterable[str], *, home: Home, local_places: Sequence[LocalName] = ()) -> Iterator[str]:
    """Each query, then up to five distinct INSEE codes in order, tab-separated; alone when nothing is likely."""
    for line in lines:
        query = line.rstrip("\r\n")
        hits = find(query, home=home, local_places=local_places, limit=2 * SHOWN)
        codes = list(dict.fromkeys(hit.stop.insee for hit in hits))[:SHOWN]
        yield "\t".join([query, *codes])
