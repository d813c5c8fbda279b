"""Postcodes and INSEE codes, whole or as they are being typed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.index import names
from lotocar.world.places.matching import Match
from lotocar.world.places.rules import UNFINISHED, WHOLE_NAME, Exactness

WHOLE = 5
INSEE_AFTER_POSTCODE = 40.0


def by_code(code: str) -> Iterator[Match]:
    """Communes with this postcode, or one that starts so; then the commune that bears or bore this INSEE number."""
    if len(code) < WHOLE:
        yield from (Match(line, UNFINISHED, Exactness.CODE) for line in _starting(code))
        return
    lines = _postcodes().get(code, [])
    yield from (Match(line, WHOLE_NAME, Exactness.CODE) for line in lines)
    for line in _own_codes().get(code, []):
        yield Match(line, WHOLE_NAME - (INSEE_AFTER_POSTCODE if lines else 0), Exactness.CODE)


def with_postcode(postcode: str) -> Iterator[Match]:
    """Communes with this postcode, when nothing else typed beside it is understood."""
    return (Match(line, UNFINISHED, Exactness.WITHIN) for line in _postcodes().get(postcode, []))


def _starting(start: str) -> list[int]:
    if start in gazetteer().departement_names and not start.isdigit():  # Corsica's numbers are in no postcode
        return [
            line for line, insee in enumerate(names().insee[: names().communes]) if insee.startswith(start)
        ]
    codes = _sorted_postcodes()
    found = codes[bisect_left(codes, start) : bisect_left(codes, start + "~")]
    return sorted({line for code in found for line in _postcodes()[code]})


@cache
def _postcodes() -> dict[str, list[int]]:
    lines = defaultdict(list)
    for line, postcodes in enumerate(gazetteer().column(3)):
        for postcode in filter(None, postcodes.split(",")):
            lines[postcode].append(line)
    return dict(lines)


@cache
def _sorted_postcodes() -> list[str]:
    return sorted(_postcodes())


@cache
def _own_codes() -> dict[str, list[int]]:
    """Names by their own INSEE number; a commune of today hides the former ones of the same number."""
    lines: dict[str, list[int]] = {}
    for line, code in enumerate(names().own_code):
        lines.setdefault(code, [line])
    return lines
