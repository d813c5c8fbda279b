"""The territory that searches prefer, and who its neighbours are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

import numpy as np
import numpy.typing as npt

from lotocar.values.geo import EARTH_RADIUS_M
from lotocar.world.places.gazetteer import departement_of, gazetteer

TOUCHING_M = 12_000  # between the centres of two communes that share a border, at most, but for a few
NEAR_M = 40_000

FAR, NEIGHBOUR, INSIDE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Home:
    """A territory: codes of départements, SIREN of EPCI, INSEE codes of communes; together, all of them count.

    Empty, it prefers nothing but size.
    """

    departements: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in ("departements", "epcis", "communes"):  # rows come as lists, and a Home is a key
            object.__setattr__(self, field, tuple(getattr(self, field)))


@lru_cache(maxsize=16)
def closeness(home: Home) -> npt.NDArray[np.int8]:
    """For each commune, in the gazetteer's order: INSIDE the territory, its NEIGHBOUR, or FAR.

    Neighbours are the communes within 40 km of the territory, and all those of a département that it belongs to
    or touches.
    """
    book = gazetteer()
    insee, epci = book.column(0), book.column(8)
    inside = np.fromiter(
        (code in home.communes or departement_of(code) in home.departements or siren in home.epcis
         for code, siren in zip(insee, epci, strict=True)),
        bool,
    )  # fmt: skip
    if not inside.any():
        return np.full(len(insee), NEIGHBOUR, np.int8)
    metres = _metres_to(inside)
    touched = {departement_of(insee[line]) for line in np.flatnonzero(metres <= TOUCHING_M)}
    near = (metres <= NEAR_M) | np.fromiter((departement_of(code) in touched for code in insee), bool)
    return np.where(inside, INSIDE, np.where(near, NEIGHBOUR, FAR)).astype(np.int8)


def _metres_to(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How far each commune is from the nearest one of the territory, infinite beyond some 50 km."""
    book = gazetteer()
    lat, lon = _degrees(book.column(5)), _degrees(book.column(6))
    metres = np.where(inside, 0.0, np.inf)
    reach_lat = 0.5
    reach_lon = 0.5 / max(0.2, cos(radians(float(np.abs(lat[inside]).max()))))
    within = (
        (lat > lat[inside].min() - reach_lat) & (lat < lat[inside].max() + reach_lat)
        & (lon > lon[inside].min() - reach_lon) & (lon < lon[inside].max() + reach_lon)
    )  # fmt: skip
    for line in np.flatnonzero(within & ~inside):
        north = np.radians(lat[inside] - lat[line])
        east = np.radians(lon[inside] - lon[line]) * cos(radians(float(lat[line])))
        metres[line] = EARTH_RADIUS_M * float(np.sqrt((north**2 + east**2).min()))
    return metres


def _degrees(column: Iterable[str]) -> npt.NDArray[Any]:
    return np.fromiter((float(text) for text in column), float)
