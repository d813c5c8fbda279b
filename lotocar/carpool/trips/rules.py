"""What a trip may become, what a driver may offer, and which days it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from lotocar.errors import Invalid, Refused
from lotocar.values.geo import Stop, distance_m
from lotocar.values.hours import local_instant
from lotocar.values.steps import Table, step

TRIP: Table = {
    ("pending", "confirm"): "active",  # the driver's number was confirmed
    ("active", "stop"): "stopped",
    ("stopped", "resume"): "active",
    ("pending", "delete"): "deleted",
    ("active", "delete"): "deleted",
    ("stopped", "delete"): "deleted",
}

KINDS = ("regular", "one_off")
DIRECTIONS = ("out", "back")
MOST_SEATS = 8
MOST_FLEXIBILITY_MINUTES = 120
MOST_DETOUR_MINUTES = 60
SAME_PLACE_M = 500.0
FURTHEST_AHEAD = timedelta(days=366)
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class DepartureOffer:
    """One hour each way: `direction` "out" or "back", and a `weekday` (0 is Monday) or a `day`, never both.

    `hour` is local wall time; None when the driver gave none.
    """

    direction: str
    weekday: int | None = None
    day: date | None = None
    hour: time | None = None

    @property
    def slot(self) -> tuple[str, int | None, date | None]:
        """What makes it the same departure when only its hour changes."""
        return self.direction, self.weekday, self.day


@dataclass(frozen=True, slots=True)
class TripOffer:
    """What a driver offers, as a form or a list says it. `kind` is "regular" or "one_off"."""

    origin: Stop
    destination: Stop
    kind: str
    departures: tuple[DepartureOffer, ...]
    seats: int = 3
    flexibility_minutes: int = 15
    max_detour_minutes: int = 10
    valid_from: date | None = None
    valid_until: date | None = None
    precision: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


def trip_after(state: str, act: str) -> str:
    """The trip's next state, or Refused."""
    return step("trip", TRIP, state, act)


def is_paused(day: date, pauses: Iterable[tuple[date, date]]) -> bool:
    """Whether the day falls in one of these (first, last) ranges, both ends included."""
    return any(first <= day <= last for first, last in pauses)


def check_offer(offer: TripOffer, *, today: date) -> None:
    """Refuse what cannot be driven.

    Raises:
        Invalid: with the field to blame and a code "trip.…".
    """
    _check_places(offer)
    _check_departures(offer, today)
    _check_numbers(offer)
    for name, text in (("precision", offer.precision), ("note", offer.note)):
        if len(text) > LONGEST_TEXT:
            raise Invalid("trip.text_long", field=name, most=LONGEST_TEXT)


def _check_places(offer: TripOffer) -> None:
    if distance_m(offer.origin.point, offer.destination.point) < SAME_PLACE_M:
        raise Invalid("trip.same_place", field="destination")


def _check_departures(offer: TripOffer, today: date) -> None:
    if offer.kind not in KINDS:
        raise Invalid("trip.kind", field="kind")
    if not any(departure.direction == "out" for departure in offer.departures):
        raise Invalid("trip.no_departure", field="days")
    if len({departure.slot for departure in offer.departures}) < len(offer.departures):
        raise Invalid("trip.departure_twice", field="days")
    for departure in offer.departures:
        if offer.kind == "regular":
            _check_weekly(departure)
        else:
            _check_dated(departure, today)
    if offer.valid_from and offer.valid_until and offer.valid_until < offer.valid_from:
        raise Invalid("trip.validity_order", field="valid_until")
    if offer.kind == "one_off":
        _check_back_after_out(offer)


def _check_weekly(departure: DepartureOffer) -> None:
    if (
        departure.day is not None
        or departure.weekday not in range(7)
        or departure.direction not in DIRECTIONS
    ):
        raise Invalid("trip.weekday", field="days")


def _check_dated(departure: DepartureOffer, today: date) -> None:
    blamed = "day" if departure.direction == "out" else "back_day"
    if departure.weekday is not None or departure.day is None or departure.direction not in DIRECTIONS:
        raise Invalid("trip.day", field=blamed)
    if departure.day < today:
        raise Invalid("trip.day_past", field=blamed)
    if departure.day - today > FURTHEST_AHEAD:
        raise Invalid("trip.day_far", field=blamed)
    _check_clock(departure)


def _check_clock(departure: DepartureOffer) -> None:
    """On the nights when clocks change, an hour may not exist, or exist twice."""
    if departure.day is None or departure.hour is None:
        return
    try:
        local_instant(departure.day, departure.hour)
    except Invalid as refusal:
        blamed = "hour" if departure.direction == "out" else "back_hour"
        raise Invalid(refusal.code, field=blamed) from None


def _check_back_after_out(offer: TripOffer) -> None:
    def moment(departure: DepartureOffer) -> tuple[date, time]:
        return departure.day or date.max, departure.hour or (
            time.min if departure.direction == "out" else time.max
        )

    out = min(moment(one) for one in offer.departures if one.direction == "out")
    if any(moment(one) <= out for one in offer.departures if one.direction == "back"):
        raise Invalid("trip.back_before_out", field="back_hour")


def _check_numbers(offer: TripOffer) -> None:
    if not 1 <= offer.seats <= MOST_SEATS:
        raise Invalid("trip.seats", field="seats", most=MOST_SEATS)
    if not 0 <= offer.flexibility_minutes <= MOST_FLEXIBILITY_MINUTES:
        raise Invalid("trip.flexibility", field="flexibility_minutes", most=MOST_FLEXIBILITY_MINUTES)
    if not 0 <= offer.max_detour_minutes <= MOST_DETOUR_MINUTES:
        raise Invalid("trip.detour", field="max_detour_minutes", most=MOST_DETOUR_MINUTES)


def check_pause(first_day: date, last_day: date, *, today: date) -> None:
    """Refuse a pause that ends before it begins, or that is over.

    Raises:
        Invalid: pause.order or pause.past, on the field last_day.
    """
    if last_day < first_day:
        raise Invalid("pause.order", field="last_day")
    if last_day < today:
        raise Invalid("pause.past", field="last_day")


def initial_status(*, line_confirmed: bool, enrolment: str) -> str:
    """Whether a new trip may be found at once, or waits for the number or the team.

    Raises:
        Refused: the driver was refused or suspended.
    """
    if enrolment in {"refused", "suspended"}:
        raise Refused(f"trip.driver_{enrolment}")
    return "active" if line_confirmed and enrolment == "accepted" else "pending"
