"""The communes of France and the names that preceded them, read once per process from `data/`."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from math import cos, radians
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from lotocar.values.geo import Point
from lotocar.world.places import articles
from lotocar.world.places.outlines import commune_at

DATA = Path(__file__).parent / "data"
PositionSource = Literal["mairie", "outline", "approximate"]
_SOURCES: dict[str, PositionSource] = {"m": "mairie", "o": "outline", "a": "approximate"}
_OVERSEAS = ("97", "98")


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today. `epci` is a SIREN, empty for the few that belong to none; `article` is INSEE's TNCC."""

    insee: str
    name: str
    departement: str
    epci: str
    epci_name: str
    postcodes: tuple[str, ...]
    population: int
    point: Point
    position_source: PositionSource
    article: int
    kind: Literal["commune"] = "commune"

    @property
    def de_name(self) -> str:
        """« de Figeac », « du Vigan », « d'Arcambal »."""
        return articles.de_name(self.name, self.article)

    @property
    def a_name(self) -> str:
        """« à Figeac », « au Vigan », « aux Arques »."""
        return articles.a_name(self.name, self.article)


@dataclass(frozen=True, slots=True)
class Former:
    """A name that callers still use: a former commune, an arrondissement, or an earlier name of a commune.

    `code` is its own number, `insee` the commune it now belongs to; `population` is 0 when unknown.
    """

    code: str
    name: str
    insee: str
    population: int
    point: Point
    position_source: PositionSource
    postcodes: tuple[str, ...]
    is_earlier_name: bool
    kind: Literal["former"] = "former"


class Gazetteer:
    """All places of the files, in INSEE order; records are made when somebody asks for them."""

    def __init__(self, folder: Path = DATA) -> None:
        self._communes = _rows(folder / "communes.tsv.gz")
        self._former = _rows(folder / "former.tsv.gz")
        self._folder = folder
        self._line_of = {row[0]: line for line, row in enumerate(self._communes)}

    def __len__(self) -> int:
        return len(self._communes)

    def __iter__(self) -> Iterator[Commune]:
        return (self.at(line) for line in range(len(self)))

    def commune(self, insee: str) -> Commune | None:
        """The commune with this INSEE code today, or None."""
        line = self._line_of.get(insee)
        return None if line is None else self.at(line)

    def nearest(self, point: Point) -> Commune:
        """The commune this point lies in where outlines are at hand, else the one whose centre is nearest."""
        held = self.commune(commune_at(point, self._folder, self._around(point)) or "")
        if held:
            return held
        lat, lon = self._centres
        away = (lat - point.lat) ** 2 + ((lon - point.lon) * cos(radians(point.lat))) ** 2
        return self.at(int(np.argmin(away)))

    def _around(self, point: Point) -> list[str]:
        """The départements whose box holds this point."""
        return [
            code
            for code, (south, west, north, east) in self._boxes.items()
            if south <= point.lat <= north and west <= point.lon <= east
        ]

    def nearest_of(self, point: Point, *, people: int) -> Commune:
        """The nearest commune with so many inhabitants at least."""
        lat, lon = self._centres
        away = (lat - point.lat) ** 2 + ((lon - point.lon) * cos(radians(point.lat))) ** 2
        return self.at(int(np.argmin(np.where(self._populations >= people, away, np.inf))))

    def between(self, a: Point, b: Point, *, roundabout: float) -> list[Commune]:
        """The communes through which the way from a to b is at most so many times straight, the most peopled first."""
        lat, lon = self._centres
        narrow = cos(radians((a.lat + b.lat) / 2))
        legs = [np.hypot(lat - one.lat, (lon - one.lon) * narrow) for one in (a, b)]
        straight = np.hypot(b.lat - a.lat, (b.lon - a.lon) * narrow)
        found = [
            self.at(line) for line in np.flatnonzero(legs[0] + legs[1] <= roundabout * straight).tolist()
        ]
        return sorted(found, key=lambda one: (-one.population, one.insee))

    def line_of(self, insee: str) -> int:
        """The line of this commune in the file.

        Raises:
            KeyError: no commune has this code today.
        """
        return self._line_of[insee]

    def at(self, line: int) -> Commune:
        """The commune on this line of the file."""
        insee, name, article, postcodes, population, lat, lon, source, epci = self._communes[line]
        return Commune(
            insee=insee,
            name=name,
            departement=departement_of(insee),
            epci=epci,
            epci_name=self.epci_names.get(epci, ""),
            postcodes=_split(postcodes),
            population=int(population),
            point=Point(float(lat), float(lon)),
            position_source=_SOURCES[source],
            article=int(article),
        )

    def former_count(self) -> int:
        """How many former names the file holds."""
        return len(self._former)

    def former_at(self, line: int) -> Former:
        """The former name on this line of its file."""
        kind, code, name, _article, insee, population, lat, lon, source, postcodes = self._former[line]
        return Former(
            code=code,
            name=name,
            insee=insee,
            population=int(population),
            point=Point(float(lat), float(lon)),
            position_source=_SOURCES[source],
            postcodes=_split(postcodes),
            is_earlier_name=kind == "R",
        )

    def column(self, index: int) -> list[str]:
        """One column of the communes' file, as text, for what reads all of France at once."""
        return [row[index] for row in self._communes]

    def former_column(self, index: int) -> list[str]:
        """One column of the former names' file, as text."""
        return [row[index] for row in self._former]

    @cached_property
    def _centres(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return np.array(self.column(5), float), np.array(self.column(6), float)

    @cached_property
    def _boxes(self) -> dict[str, list[float]]:
        """South, west, north and east of each département that has outlines."""
        rows = _rows(self._folder / "departements.tsv.gz")
        return {row[0]: [float(side) for side in row[3:7]] for row in rows if row[3]}

    @cached_property
    def _populations(self) -> npt.NDArray[np.int64]:
        return np.array(self.column(4), dtype=np.int64)

    @cached_property
    def epci_names(self) -> dict[str, str]:
        """The name of each EPCI by its SIREN."""
        return dict(_pairs(self._folder / "epci.tsv.gz"))

    @cached_property
    def departement_names(self) -> dict[str, str]:
        """The name of each département and overseas collectivity by its code."""
        return dict(_pairs(self._folder / "departements.tsv.gz"))


@cache
def gazetteer() -> Gazetteer:
    """The committed gazetteer, read at the first call of the process."""
    return Gazetteer()


def departement_of(insee: str) -> str:
    """The département of an INSEE code: two characters, three overseas."""
    return insee[:3] if insee.startswith(_OVERSEAS) else insee[:2]


def _rows(path: Path) -> list[list[str]]:
    text = gzip.decompress(path.read_bytes()).decode()
    return [line.split("\t") for line in text.splitlines()]


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    return ((row[0], row[1]) for row in _rows(path))


def _split(postcodes: str) -> tuple[str, ...]:
    return tuple(postcodes.split(",")) if postcodes else ()
