"""What a trip may become, what a driver may offer, and which days it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

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
SCHOOL_TERMS = ("", "term", "break")  # all the year, in term only, in school breaks only
MOST_VIAS = 3
LONGEST_WAY_MINUTES = 600
DIRECTIONS = ("out", "back")
MOST_SEATS = 8
MOST_FLEXIBILITY_MINUTES = 120
MOST_DETOUR_MINUTES = 60
SAME_PLACE_M = 500.0
NIGHT_WORK_FROM = time(17)
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
    """What a driver offers, as a form or a list says it. `kind` is "regular" or "one_off".

    `vias` are places passed by on the way out, in order. `stated_minutes` is how long the driver says the whole
    way lasts. A `team_only` trip is never shown to the public.
    """

    origin: Stop
    destination: Stop
    kind: str
    departures: tuple[DepartureOffer, ...]
    seats: int = 3
    flexibility_minutes: int = 15
    max_detour_minutes: int = 10
    valid_from: date | None = None
    valid_until: date | None = None
    vias: tuple[Stop, ...] = ()
    school_terms: str = ""
    skips_holidays: bool = False
    team_only: bool = False
    stated_minutes: int | None = None
    precision: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


class SeatPart(NamedTuple):
    """Seats promised on a part of the way: from `start_s` to `end_s`, not included, in seconds since the departure."""

    seats: int
    start_s: int = 0
    end_s: int = 1 << 30  # the whole way


def load(parts: Iterable[SeatPart], start_s: int = 0, end_s: int = 1 << 30) -> int:
    """The most seats taken at once on a part of the way. Who gets in where another gets out takes the other's seat."""
    here = [part for part in parts if part.start_s < end_s and part.end_s > start_s]
    # the load only rises where somebody gets in
    rises = {max(part.start_s, start_s) for part in here}
    return max(
        (sum(part.seats for part in here if part.start_s <= at < part.end_s) for at in rises), default=0
    )


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
    _check_vias(offer)
    _check_departures(offer, today)
    _check_numbers(offer)
    for name, text in (("precision", offer.precision), ("note", offer.note)):
        if len(text) > LONGEST_TEXT:
            raise Invalid("trip.text_long", field=name, most=LONGEST_TEXT)


def _check_places(offer: TripOffer) -> None:
    if distance_m(offer.origin.point, offer.destination.point) < SAME_PLACE_M:
        raise Invalid("trip.same_place", field="destination")


def _check_vias(offer: TripOffer) -> None:
    if len(offer.vias) > MOST_VIAS:
        raise Invalid("trip.vias", field="via_1", most=MOST_VIAS)
    stops = (offer.origin, *offer.vias, offer.destination)
    for rank in range(1, len(stops) - 1):
        if distance_m(stops[rank - 1].point, stops[rank].point) < SAME_PLACE_M:
            raise Invalid("trip.via_same", field=f"via_{rank}")
    if offer.vias and distance_m(stops[-2].point, stops[-1].point) < SAME_PLACE_M:
        raise Invalid("trip.via_same", field=f"via_{len(offer.vias)}")


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
    else:
        _check_weekly_order(offer.departures)


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


def _check_weekly_order(departures: Sequence[DepartureOffer]) -> None:
    """A return comes after the way out of its day, but for those who leave in the evening and work at night."""
    out = {one.weekday: one.hour for one in departures if one.direction == "out"}
    for back in departures:
        left = out.get(back.weekday) if back.direction == "back" else None
        if left and back.hour and back.hour <= left < NIGHT_WORK_FROM:
            raise Invalid("trip.back_before_out", field=f"back_{back.weekday}")


def _check_numbers(offer: TripOffer) -> None:
    if not 1 <= offer.seats <= MOST_SEATS:
        raise Invalid("trip.seats", field="seats", most=MOST_SEATS)
    if not 0 <= offer.flexibility_minutes <= MOST_FLEXIBILITY_MINUTES:
        raise Invalid("trip.flexibility", field="flexibility_minutes", most=MOST_FLEXIBILITY_MINUTES)
    if not 0 <= offer.max_detour_minutes <= MOST_DETOUR_MINUTES:
        raise Invalid("trip.detour", field="max_detour_minutes", most=MOST_DETOUR_MINUTES)
    if offer.school_terms not in SCHOOL_TERMS:
        raise Invalid("trip.school_terms", field="school_terms")
    if offer.stated_minutes is not None and not 1 <= offer.stated_minutes <= LONGEST_WAY_MINUTES:
        raise Invalid("trip.stated_minutes", field="stated_minutes", most=LONGEST_WAY_MINUTES)


def check_pause(first_day: date, last_day: date, *, today: date) -> None:
    """Refuse a pause that ends before it begins, or that is over.

    Raises:
        Invalid: pause.order or pause.past, on the field last_day.
    """
    if last_day < first_day:
        raise Invalid("pause.order", field="last_day")
    if last_day < today:
        raise Invalid("pause.past", field="last_day")


def with_pause(
    pauses: Iterable[tuple[date, date]], first_day: date, last_day: date
) -> tuple[date, date, list[tuple[date, date]]]:
    """The pause that these days make with those they touch: its first day, its last, and the ones it replaces."""
    touched = []
    for first, last in sorted(pauses):
        if first <= last_day + timedelta(days=1) and last >= first_day - timedelta(days=1):
            touched.append((first, last))
            first_day, last_day = min(first, first_day), max(last, last_day)
    return first_day, last_day, touched


def without_day(first_day: date, last_day: date, day: date) -> list[tuple[date, date]]:
    """What is left of a pause that does not hold on this day, one of its own: none, one or two ranges."""
    one_day = timedelta(days=1)
    parts = [(first_day, day - one_day), (day + one_day, last_day)]
    return [(first, last) for first, last in parts if first <= last]


def check_moved(day: date, to: date, *, hour: time | None, back_hour: time | None, today: date) -> None:
    """Refuse to move a day to the past, too far, or with the way back before the way out.

    Raises:
        Invalid: trip.day_past, trip.day_far or trip.back_before_out, with the field to blame.
    """
    if day < today:
        raise Invalid("trip.day_past", field="day")
    if to < today:
        raise Invalid("trip.day_past", field="to")
    if to - today > FURTHEST_AHEAD:
        raise Invalid("trip.day_far", field="to")
    if hour is not None and back_hour is not None and back_hour <= hour:
        raise Invalid("trip.back_before_out", field="back_hour")


def initial_status(*, line_confirmed: bool, enrolment: str) -> str:
    """Whether a new trip may be found at once, or waits for the number or the team.

    Raises:
        Refused: the driver was refused or suspended.
    """
    if enrolment in {"refused", "suspended"}:
        raise Refused(f"trip.driver_{enrolment}")
    return "active" if line_confirmed and enrolment == "accepted" else "pending"
