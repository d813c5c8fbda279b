"""Who could drive a leg, as the desk shows it: name, number, hour, detour, why, and what came of asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.matching import series
from lotocar.carpool.matching import wording as matching_words
from lotocar.carpool.matching.facts import Candidate, LegFacts, TimeKind
from lotocar.carpool.matching.ladder import Change, Rung, Step, ladder
from lotocar.carpool.matching.search import indexed
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.people.rules import bits_of
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.rides.models import Approach
from lotocar.carpool.trips.models import Trip
from lotocar.errors import Invalid
from lotocar.values import phone, wording
from lotocar.values.days import PARIS
from lotocar.values.wished_hours import hour_as_typed
from lotocar.web.desk import words
from lotocar.web.edge import outside

SHOWN = 30  # what a screen holds; the count says how many there are in all
RECENT = timedelta(days=30)
UNSURE_MINUTES = 30  # what « pas sûre » lets an hour move
NOTHING: Mapping[int, str] = {}
SAID = frozenset({"pickup", "hour_unknown", "flexibility", "seats"})


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What is the same for every leg of a request: seats, whose it is, needs as bits, and the present instant."""

    seats: int
    passenger_id: int | None
    needs: int
    now: datetime


@dataclass(frozen=True, slots=True)
class OverDates:
    """What one direction finds on its dates.

    `best` is each driver once when there are several dates, those who serve most dates first, with `covers`
    saying so by driver; `by_day` counts the drivers of each date; `served` are the candidates by driver and date.
    """

    best: Sequence[Candidate]
    by_day: Mapping[date, int]
    covers: Mapping[int, str]
    served: Mapping[int, Mapping[date, Candidate]]

    @property
    def count(self) -> int:
        return len(self.best)

    @property
    def bare_days(self) -> Sequence[date]:
        """The dates on which nobody fits, when others are served."""
        return [day for day, count in self.by_day.items() if not count] if self.best else []


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing to change when nobody fits, in words; `field` and `value` would write it in the form of the call."""

    words: str
    field: str = ""
    value: str = ""


def facts(one: Leg | LegWish, asked: Asked) -> LegFacts:
    """What matching needs of a leg, saved or still being typed."""
    return LegFacts(
        pickup=one.origin.point,
        dropoff=one.destination.point,
        day=one.day,
        time_kind=TimeKind(one.time_kind),
        hour=one.hour,
        until=one.until,
        seats=asked.seats,
        passenger_id=asked.passenger_id,
        needs=asked.needs,
        not_before=asked.now,
        tolerance_minutes=UNSURE_MINUTES if one.unsure else 0,
    )


def of_request(ride_request: RideRequest, now: datetime) -> Asked:
    """The same for a saved request."""
    return Asked(ride_request.seats, ride_request.passenger_id, bits_of(ride_request.needs), now)


def search(session: Session, leg: LegFacts, *, now: datetime) -> list[Candidate]:
    """Every candidate, in the documented order; drivers asked of late come after others at equal merit.

    A leg that makes no sense (the same place twice) has none.
    """
    index = outside().mirror.index(session)
    try:
        return indexed(index, leg, asked_recently=asked_since(session, now - RECENT))
    except Invalid:
        return []


def over_dates(session: Session, ones: Sequence[Leg | LegWish], asked: Asked) -> OverDates:
    """Who could drive these legs of one direction, one or several dates."""
    by_day = {one.day: search(session, facts(one, asked), now=asked.now) for one in ones}
    counts = series.counts(by_day)
    if len(by_day) == 1:
        (found,) = by_day.values()
        return OverDates(found, counts, {}, {})
    served = _served(by_day)
    order = [one.driver_id for one in series.companions(by_day)]
    covers = {driver: f"{len(served[driver])} dates sur {len(by_day)}" for driver in order}
    return OverDates([next(iter(served[driver].values())) for driver in order], counts, covers, served)


def _served(by_day: Mapping[date, Sequence[Candidate]]) -> dict[int, dict[date, Candidate]]:
    """The best candidate of each driver on each date."""
    served: dict[int, dict[date, Candidate]] = {}
    for day, found in by_day.items():
        for one in found:
            served.setdefault(one.driver_id, {}).setdefault(day, one)
    return served


def ways_out(session: Session, one: Leg | LegWish, asked: Asked) -> list[WayOut]:
    """When nobody fits: what one thing changed would give."""
    index = outside().mirror.index(session)
    try:
        rungs = ladder(facts(one, asked), lambda changed: indexed(index, changed))
    except Invalid:
        return []
    return [_way_out(rung, one) for rung in rungs]


def _way_out(rung: Rung | Change, one: Leg | LegWish) -> WayOut:
    said = matching_words.rung_words(rung)
    prefix = "back_" if one.direction == "back" else ""
    if rung.step in {Step.DAY_BEFORE, Step.DAY_AFTER} and isinstance(rung, Rung):
        return WayOut(said, f"{prefix}day", wording.day_words(rung.leg.day))
    if rung.step is Step.HOUR and one.hour is not None:
        hour = hour_as_typed(one.time_kind, one.hour, one.until, unsure=True)
        return WayOut(said, f"{prefix}hour", hour)
    return WayOut(said)


def asked_since(session: Session, since: datetime) -> Mapping[int, int]:
    """How often each driver was asked since then."""
    counts = (
        select(Approach.driver_id, func.count())
        .where(Approach.created_at >= since)
        .group_by(Approach.driver_id)
    )
    return {driver: count for driver, count in session.execute(counts)}


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
    return [*([note] if note else []), *(matching_words.reason_words(one, pickup=pickup) for one in said)]


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
