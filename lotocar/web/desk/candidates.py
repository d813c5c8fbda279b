"""Who could drive a leg, as the desk shows it: name, number, hour, detour, why, and what came of asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.matching import wording as matching_words
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Approach
from lotocar.carpool.trips.models import Trip
from lotocar.values import phone, wording
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.web.desk import words

SHOWN = 30  # what a screen holds; the count says how many there are in all
NOTHING: Mapping[int, str] = {}
SAID = frozenset({"pickup", "hour_unknown", "flexibility", "seats", "to_ask", "known"})


@dataclass(frozen=True, slots=True)
class Row:
    """One driver of the list, ready for `components/candidate_row.html`."""

    key: str
    driver_id: int
    name: str
    phone: str | None
    tel: str
    takes_sms: bool
    hours_to_call: str
    hour: str
    detour: str
    gap: str
    reasons: Sequence[str]
    status: str
    status_label: str
    out: bool
    approach: Approach | None
    found: Candidate
    way: Sequence[Point]


def rows(
    session: Session,
    found: Sequence[Candidate],
    *,
    pickup: str,
    approaches: Sequence[Approach] = (),
    both_ways: Collection[int] = (),
    covers: Mapping[int, str] = NOTHING,
    sees_numbers: bool,
    shown: int = SHOWN,
) -> list[Row]:
    """The first candidates as the desk reads them; who was asked for this request shows what came of it.

    `pickup` is where the passenger waits; `both_ways` are the drivers who can do the other way too; `covers`
    says of a driver how many dates of a series he serves.
    """
    first = found[:shown]
    drivers = _drivers(session, [one.driver_id for one in first])
    trips = _trips(session, [one.trip_id for one in first])
    asked = {one.driver_id: one for one in approaches}
    return [
        _row(
            one,
            drivers[one.driver_id],
            trips[one.trip_id],
            asked.get(one.driver_id),
            pickup=pickup,
            both=one.driver_id in both_ways,
            covers=covers.get(one.driver_id, ""),
            sees_numbers=sees_numbers,
        )
        for one in first
        if one.driver_id in drivers
    ]


def _row(
    found: Candidate,
    driver: Person,
    trip: Trip,
    asked: Approach | None,
    *,
    pickup: str,
    both: bool,
    covers: str,
    sees_numbers: bool,
) -> Row:
    line = people.call_line(driver)
    return Row(
        key=f"{found.trip_id}:{found.departure_id}",
        driver_id=driver.id,
        name=driver.full_name,
        phone=_number(line.e164, sees_numbers) if line else None,
        tel=phone.tel_link(line.e164) if line and sees_numbers else "",
        takes_sms=people.sms_line(driver) is not None,
        hours_to_call=driver.call_hours,
        hour=_hour(found),
        detour=wording.detour_words(timedelta(seconds=found.detour_seconds)),
        gap="" if found.shift_seconds else matching_words.gap_words(found),
        reasons=[
            *([covers] if covers else []),
            *_explained(found, pickup),
            *(["peut faire l'aller et le retour"] if both else []),
            *_about(driver, trip),
        ],
        status=asked.status if asked else "",
        status_label=_label(asked) if asked else "",
        out=asked is not None and asked.status in {"declined", "expired", "withdrawn"},
        approach=asked,
        found=found,
        way=trip.way,
    )


def _hour(found: Candidate) -> str:
    if found.departure_at is None:
        return "heure à voir"
    return wording.unbreakable(wording.hour_words(found.departure_at.astimezone(PARIS).time()))


def _explained(found: Candidate, pickup: str) -> list[str]:
    """Why this driver fits; first that his usual hour suits the hour asked for, which a caller wants to hear.

    The detour and the gap stand beside, as figures.
    """
    note = "" if found.shift_seconds else matching_words.hour_note(found)
    said = [one for one in found.reasons if one.code in SAID]
    reasons = [*([note] if note else []), *(matching_words.reason_words(one, pickup=pickup) for one in said)]
    return [wording.unbreakable(one) for one in reasons]


def _about(driver: Person, trip: Trip) -> list[str]:
    notes = [f"{trip.origin_label} – {trip.destination_label}"]
    if driver.contact_preference == "call":
        notes.append(f"préfère un appel {driver.call_hours}".strip())
    if trip.note:
        notes.append(trip.note)
    return notes


def _label(asked: Approach) -> str:
    label = words.APPROACH[asked.status]
    if asked.decline_reason:
        label += f" : {asked.decline_reason}"
    if asked.status == "no_answer" and asked.tries > 1:
        label += f" ({asked.tries} essais)"
    return label


def _number(e164: str, sees_numbers: bool) -> str:
    return phone.display(e164) if sees_numbers else phone.masked(e164)


def _drivers(session: Session, ids: Sequence[int]) -> dict[int, Person]:
    found = select(Person).where(Person.id.in_(ids), Person.erased_at.is_(None))
    found = found.options(joinedload(Person.lines))
    return {one.id: one for one in session.scalars(found).unique()}


def _trips(session: Session, ids: Sequence[int]) -> dict[int, Trip]:
    return {one.id: one for one in session.scalars(select(Trip).where(Trip.id.in_(ids)))}
