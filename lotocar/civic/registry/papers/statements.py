"""People's papers: the rides of a year for one person, and the CO2 they spared, counted in two ways.

A statement backs an honour declaration (« forfait mobilités durables »): days are distinct dates, as driver or as
passenger alike. Only communes are named: a paper shown to an employer says nothing of a hospital.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.models import Proof
from lotocar.civic.registry.papers.cars import had_a_car
from lotocar.values.days import PARIS

KG_PER_KM = 0.195  # the registry's convention: every passenger would have driven alone
# days of carpooling in the year from which a public employer pays so many euros
PUBLIC_SCALE = ((100, 300), (60, 200), (30, 100))


@dataclass(frozen=True, slots=True)
class Line:
    """One ride of the year. `role` is the person's; amounts are what they gave, or received."""

    day: date
    role: str  # driver | passenger
    origin_insee: str
    destination_insee: str
    distance_m: int
    cents: int
    registered: bool


@dataclass(frozen=True, slots=True)
class Co2:
    """Kilograms spared by the registry's convention, and those of passengers who said that they had a car.

    `unasked_kg`, of `unasked` rides, is in the first only: nobody asked their passengers.
    """

    convention_kg: float
    with_a_car_kg: float
    unasked: int = 0
    unasked_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Statement:
    """A year of one person's rides done, the earliest first."""

    year: int
    lines: Sequence[Line]
    co2: Co2

    @property
    def days(self) -> int:
        """Distinct dates, whatever the role."""
        return len({line.day for line in self.lines})

    @property
    def distance_m(self) -> int:
        return sum(line.distance_m for line in self.lines)

    def of_role(self, role: str) -> Sequence[Line]:
        """The lines as driver, or as passenger."""
        return [line for line in self.lines if line.role == role]

    @property
    def public_euros(self) -> int:
        """What the scale of public employers gives for so many days."""
        return next((euros for days, euros in PUBLIC_SCALE if self.days >= days), 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement with what its screen offers: the other years, and the question on a car (None: never answered).

    The question is for whoever rode as a passenger.
    """

    statement: Statement
    years: Sequence[int]
    asks_car: bool
    has_car: bool | None


def shown(session: Session, person_id: int, asked: int | None, *, now: datetime) -> Shown:
    """The statement of the year asked for, of this year when there is none for it."""
    years = years_of(session, person_id, now=now)
    year = asked if asked in years else now.astimezone(PARIS).year
    found = statement(session, person_id, year)
    has_car = had_a_car(session, [person_id]).get(person_id)
    return Shown(found, years, bool(found.of_role("passenger")) or has_car is not None, has_car)


def statement(session: Session, person_id: int, year: int) -> Statement:
    """The rides done by this person that year, in Paris; one that a side denies is left out."""
    first, last = _bounds(year)
    rides = session.scalars(
        select(Ride)
        .where(
            or_(Ride.driver_id == person_id, Ride.passenger_id == person_id),
            Ride.status == "done",
            Ride.pickup_at >= first,
            Ride.pickup_at < last,
        )
        .options(joinedload(Ride.leg))
        .order_by(Ride.pickup_at, Ride.id)
    ).all()
    kept = [ride for ride in rides if "not_done" not in {ride.driver_says, ride.passenger_says}]
    registered = _registered(session, [ride.id for ride in kept])
    lines = [_line(ride, person_id, registered) for ride in kept]
    return Statement(year, lines, co2(session, kept))


def years_of(session: Session, person_id: int, *, now: datetime) -> list[int]:
    """The years with a ride done, and the present one, the latest first."""
    days = session.scalars(
        select(Ride.pickup_at).where(
            or_(Ride.driver_id == person_id, Ride.passenger_id == person_id), Ride.status == "done"
        )
    )
    years = {at.astimezone(PARIS).year for at in days} | {now.astimezone(PARIS).year}
    return sorted(years, reverse=True)


def co2_of_month(session: Session, month: str) -> Co2:
    """The CO2 spared by all rides done in a month (2026-11)."""
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    rides = session.scalars(
        select(Ride).where(Ride.status == "done", Ride.day >= first, Ride.day < following)
    ).all()
    return co2(session, rides)


def co2(session: Session, rides: Collection[Ride]) -> Co2:
    """Kilometres of the passengers' rides times the convention; beside it, those of passengers who had a car."""
    answers = had_a_car(session, {ride.passenger_id for ride in rides})
    theirs = [ride for ride in rides if answers.get(ride.passenger_id)]
    unasked = [ride for ride in rides if ride.passenger_id not in answers]
    return Co2(_kg(rides), _kg(theirs), len(unasked), _kg(unasked))


def _kg(rides: Collection[Ride]) -> float:
    return sum(ride.distance_m for ride in rides) / 1000 * KG_PER_KM


def _line(ride: Ride, person_id: int, registered: Collection[int]) -> Line:
    return Line(
        day=ride.day,
        role="driver" if ride.driver_id == person_id else "passenger",
        origin_insee=ride.leg.origin_insee,
        destination_insee=ride.leg.destination_insee,
        distance_m=ride.distance_m,
        cents=ride.contribution_cents,
        registered=ride.id in registered,
    )


def _registered(session: Session, ride_ids: Collection[int]) -> set[int]:
    if not ride_ids:
        return set()
    there = select(Proof.ride_id).where(
        Proof.ride_id.in_(ride_ids),
        Proof.environment == "production",
        Proof.status.in_(("sent", "checked", "ok")),
    )
    return set(session.scalars(there))


def _bounds(year: int) -> tuple[datetime, datetime]:
    return (
        datetime.combine(date(year, 1, 1), time(), PARIS),
        datetime.combine(date(year + 1, 1, 1), time(), PARIS),
    )
