"""Where a ride is declared to start and end: in which commune, and never at a place that tells of somebody's health."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from lotocar.values.geo import Point, Stop
from lotocar.values.names import fold
from lotocar.world.places.gazetteer import Commune, Gazetteer, gazetteer
from lotocar.world.places.land import Land, land

Where = Callable[[Stop], Point]

HEALTH = re.compile(
    r"\b(hopital|hopitaux|hospitalier\w*|chu|chr|ch|clinique|polyclinique|medecin\w*|medical\w*|docteur|dr|cabinet|"
    r"pharmacie|kine\w*|dentiste|dentaire|orthodont\w*|ehpad|maternite|sage femme|laboratoire|labo|radiolog\w*|"
    r"irm|scanner|dialyse|oncolog\w*|cancer\w*|cardiolog\w*|ophtalm\w*|orthophon\w*|osteopath\w*|podolog\w*|"
    r"psycholog\w*|psychiatr\w*|cmp|csapa|addictolog\w*|infirm\w*|soins|sante|urgences|reeducation|cure|thermes|"
    r"dermatolog\w*|gynecolog\w*|pediatr\w*|rhumatolog\w*|maison de retraite|imagerie|msp)\b"
)


class Geography:
    """The communes of France as the registry's rules ask of them."""

    def __init__(self, gazetteer: Gazetteer, land: Land) -> None:
        self.gazetteer = gazetteer
        self.land = land

    def commune_of(self, point: Point) -> Commune | None:
        """The commune of a point on French land, or None at sea and abroad.

        Where outlines are at hand they name it, else the nearest centre does: a neighbour may then be named, which
        the registry does not mind, since it finds the commune by itself.
        """
        return self.gazetteer.nearest(point) if self.land.holds(point) else None

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


@cache
def of_france() -> Geography:
    """The one of this process, on the committed data."""
    return Geography(gazetteer(), land())


def tells_of_health(label: str) -> bool:
    """Whether the name of a place would tell why somebody goes there."""
    return HEALTH.search(fold(label)) is not None
