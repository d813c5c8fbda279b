"""« On cherche un conducteur sur votre route »: communes and days only, and no commune so small that it names somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from lotocar.carpool.matching.needs import along_the_road
from lotocar.carpool.requests.models import Leg
from lotocar.values.geo import Stop
from lotocar.values.wording import day_words
from lotocar.web.edge import outside

MOST = 6
ENOUGH_PEOPLE = 500  # a line must be true of so many people at least


def wanted(session: Session, driver_id: int, today: date) -> Sequence[str]:
    """« Mardi 24 novembre, Gramat – Figeac », the nearest days first; the same line once."""
    found = along_the_road(session, driver_id, today, roads=outside().mirror.ground)
    legs = (session.get(Leg, one.need.leg_id) for one in found)
    lines = (_line(leg, today) for leg in legs if leg is not None)
    return [*dict.fromkeys(line for line in lines if line)][:MOST]


def _line(leg: Leg, today: date) -> str:
    start, end = _around(leg.origin), _around(leg.destination)
    day = day_words(leg.day, today=today)
    return f"{day[:1].upper()}{day[1:]}, {start} – {end}" if start != end else ""


def _around(stop: Stop) -> str:
    """The commune, or the nearest that is peopled enough for nobody to be guessed."""
    gazetteer = outside().gazetteer
    commune = gazetteer.commune(stop.insee)
    if commune is not None and commune.population >= ENOUGH_PEOPLE:
        return commune.name
    bigger = gazetteer.nearest_of(stop.point, people=ENOUGH_PEOPLE)
    return f"environs {bigger.de_name}"
