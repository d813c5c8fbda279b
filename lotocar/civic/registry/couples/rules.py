"""Everything about one couple that can be known before sending it.

What depends on the other rides of the day is in `checks.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from lotocar.civic.registry.couples.facts import (
    Code,
    CoupleFacts,
    Evidence,
    Incentive,
    Payment,
    PersonFacts,
    Reason,
    Role,
    Warn,
)
from lotocar.civic.registry.couples.identity import is_e164, key_name
from lotocar.values.geo import Point, distance_m

SEND_WITHIN = timedelta(hours=20)  # of the start: ours, so that nothing is sent to be refused
EXPIRES_AFTER = timedelta(hours=24)  # of the start: the registry's; exactly 24 h still passes
SOON_AFTER = timedelta(hours=16)
MIN_DURATION = timedelta(minutes=1)
MIN_DISTANCE_M, MAX_DISTANCE_M = 1_000, 1_000_000
MIN_CROW_M = 300
MAX_SPEED_KMH, MIN_SPEED_KMH = 130, 5
MAX_SEATS = 8
MAX_CENTS, MAX_INCENTIVE_CENTS, MAX_LINES = 1_000_000, 100_000, 20
MAX_PLATE = 32  # of the registry's database; its schema says 256 and the service then fails

DENIED = frozenset(
    {"passenger_no_show", "driver_no_show", "cancelled_passenger", "cancelled_driver"}
)  # of a ride

# (south, west, north, east) around the lands that have French communes: catches swapped or absurd positions
FRANCE = (
    (41.2, -5.4, 51.3, 9.7),  # mainland and Corsica
    (14.2, -63.3, 18.3, -60.7),  # Antilles
    (2.0, -54.7, 6.0, -51.5),  # Guyane
    (-21.5, 55.1, -20.8, 55.9),  # La Réunion
    (-13.1, 44.9, -12.5, 45.4),  # Mayotte
    (46.7, -56.5, 47.2, -56.0),  # Saint-Pierre-et-Miquelon
)


def proof_class(evidence: Evidence, *, ceiling: str) -> str:
    """A, B or C: what the evidence supports, never above what the registry granted us.

    The booking gives A; the own word of one person about the ride, kept with its hour and the phone it came from,
    gives B, that of both gives C. The registry grants more than A only to who declared such evidence.
    """
    supported = "ABC"[evidence.driver + evidence.passenger]
    return min(supported, ceiling)


def reasons(couple: CoupleFacts, *, now: datetime) -> tuple[Reason, ...]:
    """Why this couple, looked at alone, must not be sent; empty when nothing stands against it.

    Of a ride not known to have taken place only that is said: nothing else about it matters.
    """
    untold = unproven(
        status=couple.status, driver_says=couple.driver_says, passenger_says=couple.passenger_says
    )
    return untold or tuple(reason for check in CHECKS for reason in check(couple, now))


def warnings(couple: CoupleFacts, *, now: datetime) -> tuple[Warn, ...]:
    """What to say of a couple although it may go."""
    late = (Warn.SOON,) if now - couple.start_at > SOON_AFTER else ()
    plate = (Warn.PLATE_LEFT_OUT,) if couple.licence_plate and not fit_plate(couple.licence_plate) else ()
    return (*late, *plate)


def fit_plate(plate: str | None) -> str | None:
    """The plate as it may be sent, or None: it is optional, so that an unfit one never holds a proof back."""
    bare = (plate or "").strip()
    return bare if bare.isprintable() and 0 < len(bare) <= MAX_PLATE else None


def unproven(*, status: str, driver_says: str | None, passenger_says: str | None) -> tuple[Reason, ...]:
    """Why a ride is not known to have taken place; empty when both sides confirmed it.

    A side that nobody heard has confirmed nothing, be the ride noted as done.
    """
    if status in DENIED:
        return (Reason(Code.NOT_DONE),)
    says = (driver_says, passenger_says)
    told = status == "done" or "done" in says
    if "not_done" in says:
        return (Reason(Code.DISPUTED if told else Code.NOT_CONFIRMED),)
    if says == ("done", "done"):
        return () if status == "done" else (Reason(Code.NOT_CONFIRMED),)  # the desk took the outcome back
    if "done" in says:
        return (Reason(Code.UNHEARD, Role.DRIVER if driver_says is None else Role.PASSENGER),)
    return (Reason(Code.NOT_CONFIRMED),)


def _people(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    for who, person in couple.sides:
        yield from (Reason(code, who) for code in _person(person))


def _person(person: PersonFacts) -> Iterator[Code]:
    if not person.consent:
        yield Code.NO_CONSENT
    if person.guardian_missing:
        yield Code.NO_GUARDIAN
    if not person.phone_e164:
        yield Code.NO_PHONE
    elif not is_e164(person.phone_e164):
        yield Code.BAD_PHONE
    if not key_name(person.last_name):
        yield Code.BAD_NAME
    if not 1 <= len(person.user_id) <= 256:
        yield Code.BAD_ID


def _distinct(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    if couple.driver.person_id == couple.passenger.person_id:
        yield Reason(Code.SAME_PERSON)
    elif couple.driver.phone_e164 and couple.driver.phone_e164 == couple.passenger.phone_e164:
        same_name = key_name(couple.driver.last_name) == key_name(couple.passenger.last_name)
        yield Reason(Code.SAME_IDENTITY if same_name else Code.SAME_PHONE)


def _ids(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    if not (_is_hex_id(couple.journey_id) and _is_hex_id(couple.trip_id)):
        yield Reason(Code.BAD_ID)


def _is_hex_id(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


def _times(couple: CoupleFacts, now: datetime) -> Iterator[Reason]:
    if couple.end_at < couple.start_at:
        yield Reason(Code.END_BEFORE_START)
    elif couple.duration < MIN_DURATION:
        yield Reason(Code.TOO_BRIEF)
    if couple.end_at > now:
        yield Reason(Code.IN_FUTURE)
    if now - couple.start_at > SEND_WITHIN:
        yield Reason(Code.EXPIRED)


def _distance(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    if couple.distance_m < MIN_DISTANCE_M:
        yield Reason(Code.TOO_SHORT)
    elif couple.distance_m > MAX_DISTANCE_M:
        yield Reason(Code.TOO_LONG)


def _distance_fits(couple: CoupleFacts) -> bool:
    return MIN_DISTANCE_M <= couple.distance_m <= MAX_DISTANCE_M


def _positions(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    points = (couple.start, couple.end)
    if not all(-90 <= point.lat <= 90 and -180 <= point.lon <= 180 for point in points):  # false for NaN too
        yield Reason(Code.BAD_POSITION)
    elif not all(map(in_france, points)) or None in (couple.communes or ()):
        yield Reason(Code.OUTSIDE_FRANCE)
    else:
        yield from _against_the_line(couple)


def in_france(point: Point) -> bool:
    """Whether the point stands near a French commune, give or take a border."""
    return any(
        south <= point.lat <= north and west <= point.lon <= east for south, west, north, east in FRANCE
    )


def _against_the_line(couple: CoupleFacts) -> Iterator[Reason]:
    crow = distance_m(couple.start, couple.end)
    if crow < MIN_CROW_M:  # the registry's own route would be too short for it
        yield Reason(Code.SAME_PLACE)
    elif (
        _distance_fits(couple) and crow > 1.25 * couple.distance_m
    ):  # the margin is for places sent as their village centre
        yield Reason(Code.SHORTER_THAN_LINE)


def _speed(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    if couple.duration < MIN_DURATION or not _distance_fits(couple):
        return  # told already, and nothing can be divided by it
    kmh = couple.distance_m / 1000 / (couple.duration / timedelta(hours=1))
    if kmh > MAX_SPEED_KMH:
        yield Reason(Code.TOO_FAST)
    elif kmh < MIN_SPEED_KMH:
        yield Reason(Code.TOO_SLOW)


def _route(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    """The registry's own ratios, which it computes with a route of its own (measured on class C rides only)."""
    route = couple.route
    if route is None or couple.duration <= timedelta(0):
        return
    unlike = (
        route.distance_m < MIN_CROW_M,
        route.exact and route.duration < MIN_DURATION,
        route.distance_m > 2.5 * couple.distance_m,
        couple.distance_m > 4 * route.distance_m,
        route.duration > 2.5 * couple.duration,
        couple.duration > 7 * route.duration,
    )
    if any(unlike):
        yield Reason(Code.UNLIKE_ROUTE)


def _money(couple: CoupleFacts, _now: datetime) -> Iterator[Reason]:
    if not 1 <= couple.seats <= MAX_SEATS:
        yield Reason(Code.BAD_SEATS)
    if not all(0 <= cents <= MAX_CENTS for cents in (couple.contribution_cents, couple.revenue_cents)):
        yield Reason(Code.BAD_MONEY)
    if not price_rebuilds(couple):
        yield Reason(Code.BAD_PRICE)
    if not _fit_lines(couple.incentives):
        yield Reason(Code.BAD_INCENTIVE)
    if not (_fit_lines(couple.payments) and all(1 <= len(each.type) <= 256 for each in couple.payments)):
        yield Reason(Code.BAD_PAYMENT)


def price_rebuilds(couple: CoupleFacts) -> bool:
    """Whether contribution + incentives - our fee is what the driver keeps: nothing checks it at the registry."""
    incentives = sum(each.amount_cents for each in couple.incentives)
    return couple.contribution_cents + incentives - couple.fee_cents == couple.revenue_cents


def _fit_lines(lines: tuple[Incentive, ...] | tuple[Payment, ...]) -> bool:
    indexes = [line.index for line in lines]
    return (
        len(lines) <= MAX_LINES
        and len(set(indexes)) == len(indexes)
        and all(0 <= index < MAX_LINES for index in indexes)
        and all(0 <= line.amount_cents <= MAX_INCENTIVE_CENTS for line in lines)
        and all(len(line.siret) == 14 and line.siret.isascii() and line.siret.isdigit() for line in lines)
    )


CHECKS: tuple[Callable[[CoupleFacts, datetime], Iterator[Reason]], ...] = (
    _people,
    _distinct,
    _ids,
    _times,
    _distance,
    _positions,
    _speed,
    _route,
    _money,
)
