"""What the public may read of a driver and a trip: a first name, communes, a day, an hour. Nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.matching import wording
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.people import queries as people
from lotocar.carpool.trips.models import Trip
from lotocar.values.days import DAY_NAMES, local
from lotocar.values.geo import Stop
from lotocar.values.wording import counted, day_words, detour_words, hour_words
from lotocar.web.edge import outside


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate as components/candidate_card draws it; `shares_phone` opens the way to the driver's number.

    `hour` is when the driver passes, not when they leave home.
    """

    public_id: str
    first_name: str
    day: str
    iso_day: str
    direction: str
    hour: str
    origin: str
    destination: str
    detour: str
    regular: bool
    notes: tuple[str, ...]
    shares_phone: bool


def cards(session: Session, found: Sequence[Candidate], *, pickup: str, today: date) -> list[Card]:
    """These candidates in their order; `pickup` is what the passenger called the starting place."""
    trips = _trips(session, {one.trip_id for one in found})
    sharing = people.shares_phone(session, {one.driver_id for one in found})
    return [
        _card(one, trips[one.trip_id], pickup, today, shares_phone=one.driver_id in sharing) for one in found
    ]


def commune(stop: Stop) -> str:
    """The commune of a stop: never a hamlet or a street, which would tell where somebody lives."""
    known = outside().gazetteer.commune(stop.insee)
    return known.name if known else ""


def ends_of(trip: Trip, direction: str) -> tuple[str, str]:
    """The two communes of a trip in the order of this direction."""
    out = commune(trip.origin), commune(trip.destination)
    return out if direction == "out" else (out[1], out[0])


def usual_hours(trip: Trip, direction: str) -> list[tuple[str, str]]:
    """The days and hours of one direction of a trip, in words."""
    going = (one for one in trip.departures if one.direction == direction)
    ordered = sorted(going, key=lambda one: (one.weekday or 0, one.day or date.min))
    return [
        (
            DAY_NAMES[one.weekday] if one.weekday is not None else day_words(one.day or date.min),
            hour_words(one.hour) if one.hour else "",
        )
        for one in ordered
    ]


def _card(one: Candidate, trip: Trip, pickup: str, today: date, *, shares_phone: bool) -> Card:
    origin, destination = ends_of(trip, one.direction)
    return Card(
        public_id=trip.public_id,
        first_name=trip.driver.first_name or "Conducteur",
        day=day_words(one.day, today=today),
        iso_day=one.day.isoformat(),
        direction=one.direction,
        hour=f"vers {hour_words(local(one.pickup_at).time())}" if one.pickup_at else "",
        origin=origin,
        destination=destination,
        detour=_sentence(detour_words(timedelta(seconds=one.detour_seconds))),
        regular=one.is_weekly,
        notes=tuple(_notes(one, pickup)),
        shares_phone=shares_phone,
    )


_SAID_OTHERWISE = {"pickup", "detour", "seats", "hour_unknown", "to_ask"}


def _notes(one: Candidate, pickup: str) -> list[str]:
    said = [wording.reason_words(reason) for reason in one.reasons if reason.code not in _SAID_OTHERWISE]
    if passing := wording.passing_words(one, pickup=pickup):
        said.insert(0, passing)
    repeated = [f"chaque {DAY_NAMES[one.day.weekday()]}"] if one.is_weekly else []
    return [
        _sentence(words)
        for words in (*said, *repeated, counted(one.free_seats, "place libre", "places libres"))
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _trips(session: Session, ids: set[int]) -> dict[int, Trip]:
    found = (
        select(Trip).where(Trip.id.in_(ids)).options(joinedload(Trip.driver), selectinload(Trip.departures))
    )
    return {trip.id: trip for trip in session.scalars(found)}
