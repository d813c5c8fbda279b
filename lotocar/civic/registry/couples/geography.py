"""Where a ride is declared to start and end: in which commune, and never at a place that tells of somebody's health."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from lotocar.values.geo import Point, Stop, distance_m
from lotocar.values.names import fold
from lotocar.world.places.gazetteer import Commune, Gazetteer, gazetteer

Where = Callable[[Stop], Point]

NEAR_M = 18_000  # the widest communes of the mainland reach so far from their centre
NEAR_IN_GUYANE_M = 150_000
FAR_OFF_DEGREES = 2.0

HEALTH = re.compile(
    r"\b(hopital|hopitaux|hospitalier\w*|chu|chr|ch|clinique|polyclinique|medecin\w*|medical\w*|docteur|dr|cabinet|"
    r"pharmacie|kine\w*|dentiste|dentaire|orthodont\w*|ehpad|maternite|sage femme|laboratoire|labo|radiolog\w*|"
    r"irm|scanner|dialyse|oncolog\w*|cancer\w*|cardiolog\w*|ophtalm\w*|orthophon\w*|osteopath\w*|podolog\w*|"
    r"psycholog\w*|psychiatr\w*|cmp|csapa|addictolog\w*|infirm\w*|soins|sante|urgences|reeducation|cure|thermes|"
    r"dermatolog\w*|gynecolog\w*|pediatr\w*|rhumatolog\w*|maison de retraite|imagerie|msp)\b"
)


class Geography:
    """The communes of France as the registry's rules ask of them; arrays are made once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def commune_of(self, point: Point) -> Commune | None:
        """The commune whose centre is nearest, when it is near enough for the point to lie in one; else None."""
        if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
            return None
        lat, lon = self._centres
        away = (lat - point.lat) ** 2 + ((lon - point.lon) * np.cos(np.radians(point.lat))) ** 2
        line = int(np.argmin(away))
        if away[line] > FAR_OFF_DEGREES**2:
            return None
        commune = self.gazetteer.at(line)
        reach = NEAR_IN_GUYANE_M if commune.departement == "973" else NEAR_M
        return commune if distance_m(point, commune.point) <= reach else None

    def insee_of(self, point: Point) -> str | None:
        """The INSEE code of that commune, or None."""
        found = self.commune_of(point)
        return found.insee if found else None

    def declared(self, stop: Stop) -> Point:
        """The position to declare: the place itself, or its village's centre when its name speaks of health."""
        if not tells_of_health(stop.label):
            return stop.point
        commune = self.gazetteer.commune(stop.insee) or self.commune_of(stop.point)
        return commune.point if commune else stop.point

    @cached_property
    def _centres(self) -> tuple[Any, Any]:
        return (
            np.array(self.gazetteer.column(5), dtype=float),
            np.array(self.gazetteer.column(6), dtype=float),
        )


@cache
def of_france() -> Geography:
    """The one of this process, on the committed gazetteer."""
    return Geography(gazetteer())


def tells_of_health(label: str) -> bool:
    """Whether the name of a place would tell why somebody goes there."""
    return HEALTH.search(fold(label)) is not None
