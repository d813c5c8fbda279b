"""Keeping the team's places: known to the very next search, in every process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.errors import Invalid, NotFound
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor
from lotocar.values.geo import Point, distance_m
from lotocar.values.names import clean_name
from lotocar.world.places.gazetteer import gazetteer
from lotocar.world.places.models import LocalPlace

FAR_FROM_COMMUNE_M = 40_000
MOST_ALIASES = 12
NAME_LENGTH = 120


def add(
    session: Session,
    *,
    name: str,
    aliases: Sequence[str] = (),
    insee: str,
    point: Point,
    kind: str = "",
    note: str = "",
    actor: Actor,
    now: datetime,
) -> LocalPlace:
    """A new place.

    Raises:
        Invalid: an unfit name, an unknown commune, or a point far from it.
    """
    place = LocalPlace(
        name=clean_name(name, field="name", max_length=NAME_LENGTH),
        aliases=_aliases(aliases),
        kind=kind,
        insee=_commune(insee, point),
        lat=point.lat,
        lon=point.lon,
        note=note[:300],
        created_at=now,
        updated_at=now,
    )
    session.add(place)
    session.flush()  # the journal needs its number
    _note(session, place, "place.added", actor, now)
    return place


def change(
    session: Session,
    place_id: int,
    *,
    name: str,
    aliases: Sequence[str],
    insee: str,
    point: Point,
    actor: Actor,
    now: datetime,
) -> LocalPlace:
    """The place as it should be.

    Raises:
        NotFound: no such place. Invalid: as `add`.
    """
    place = _the_place(session, place_id)
    place.name = clean_name(name, field="name", max_length=NAME_LENGTH)
    place.aliases = _aliases(aliases)
    place.insee = _commune(insee, point)
    place.lat, place.lon, place.updated_at = point.lat, point.lon, now
    _note(session, place, "place.changed", actor, now)
    return place


def remove(session: Session, place_id: int, *, actor: Actor, now: datetime) -> None:
    """Search forgets the place; requests that named it keep their words and position.

    Raises:
        NotFound: no such place.
    """
    place = _the_place(session, place_id)
    place.active, place.updated_at = False, now
    _note(session, place, "place.removed", actor, now)


def _the_place(session: Session, place_id: int) -> LocalPlace:
    place = session.get(LocalPlace, place_id)
    if place is None or not place.active:
        raise NotFound("place")
    return place


def _aliases(aliases: Sequence[str]) -> list[str]:
    return [
        clean_name(one, field="aliases", max_length=NAME_LENGTH)
        for one in aliases[:MOST_ALIASES]
        if one.strip()
    ]


def _commune(insee: str, point: Point) -> str:
    commune = gazetteer().commune(insee)
    if commune is None or not distance_m(commune.point, point) <= FAR_FROM_COMMUNE_M:
        raise Invalid("place.position", field="lat")
    return insee


def _note(session: Session, place: LocalPlace, verb: str, actor: Actor, now: datetime) -> None:
    journal.note(session, actor=actor, now=now, verb=verb, subject_kind="local_place", subject_id=place.id)
