"""Reading the team's places: a few hundred rows, read at each search so that a new one is known at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.values.geo import Point
from lotocar.world.places.models import LocalPlace
from lotocar.world.places.rules import LocalName


def local_places(session: Session) -> list[LocalName]:
    """Every place in use, as search needs it."""
    rows = session.execute(
        select(
            LocalPlace.id,
            LocalPlace.name,
            LocalPlace.aliases,
            LocalPlace.insee,
            LocalPlace.lat,
            LocalPlace.lon,
            LocalPlace.kind,
        ).where(LocalPlace.active)
    )
    return [
        LocalName(number, name, tuple(aliases), insee, Point(lat, lon), kind)
        for number, name, aliases, insee, lat, lon, kind in rows
    ]


def listed(session: Session) -> Sequence[LocalPlace]:
    """Every place in use, by name, for the team's screen."""
    return session.scalars(select(LocalPlace).where(LocalPlace.active).order_by(LocalPlace.name)).all()
