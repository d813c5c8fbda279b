"""A trip as its driver reads it: days and hours in words, pauses, state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lotocar.carpool.trips.models import Departure, Trip
from lotocar.values.days import DAY_NAMES
from lotocar.values.wording import full_date, hour_words, period_words

STATES = {
    "active": "proposé aux passagers",
    "pending": "en attente de confirmation",
    "stopped": "arrêté",
    "over": "passé",
}

TONES = {"pending": "candidate", "stopped": "inactive", "over": "closed"}


@dataclass(frozen=True, slots=True)
class TripShown:
    """What the driver's page draws of a trip; `out` and `back` pair days with hours in words."""

    trip: Trip
    state: str
    label: str
    out: list[tuple[str, str]]
    back: list[tuple[str, str]]
    pauses: list[tuple[int, str]]

    @property
    def tone(self) -> str:
        """The state as the status component colours it."""
        return TONES.get(self.state, self.state)


def shown(trip: Trip, today: date) -> TripShown:
    """The trip in words, as things stand today."""
    state = _state(trip, today)
    coming = [one for one in trip.pauses if one.last_day >= today]
    return TripShown(
        trip=trip,
        state=state,
        label="en pause" if state == "paused" else STATES[state],
        out=_hours(trip, "out"),
        back=_hours(trip, "back"),
        pauses=[(one.id, period_words(one.first_day, one.last_day, today=today)) for one in coming],
    )


def typed(trip: Trip) -> dict[str, Any]:
    """What the driver would have typed in the form to get this trip."""
    values: dict[str, Any] = {
        "kind": trip.kind,
        "origin": trip.origin_label,
        "destination": trip.destination_label,
        "seats": trip.seats,
        "flexibility_minutes": trip.flexibility_minutes,
        "max_detour_minutes": trip.max_detour_minutes,
        "precision": trip.precision,
        "note": trip.note,
    }
    return values | (_typed_week(trip) if trip.kind == "regular" else _typed_date(trip))


def _state(trip: Trip, today: date) -> str:
    if trip.kind == "one_off" and all(one.day is not None and one.day < today for one in trip.departures):
        return "over"
    if trip.status == "active" and any(one.first_day <= today <= one.last_day for one in trip.pauses):
        return "paused"
    return trip.status


def _hours(trip: Trip, direction: str) -> list[tuple[str, str]]:
    ordered = sorted(_going(trip, direction), key=lambda one: (one.weekday or 0, one.day or date.min))
    return [(_day(one), hour_words(one.hour) if one.hour else "") for one in ordered]


def _day(departure: Departure) -> str:
    if departure.weekday is not None:
        return DAY_NAMES[departure.weekday]
    return full_date(departure.day) if departure.day else ""


def _going(trip: Trip, direction: str) -> Iterable[Departure]:
    return (one for one in trip.departures if one.direction == direction)


def _typed_week(trip: Trip) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {name: {} for name in WEEK_PARTS}
    for departure in trip.departures:
        part = parts[WEEK_PARTS[departure.weekday or 0]]
        part["on"] = True
        part["hour" if departure.direction == "out" else "back"] = _typed_hour(departure)
    return dict(parts)


def _typed_date(trip: Trip) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for departure in trip.departures:
        prefix = "" if departure.direction == "out" else "back_"
        values[f"{prefix}day"] = full_date(departure.day) if departure.day else ""
        values[f"{prefix}hour"] = _typed_hour(departure)
    if values.get("back_day") == values.get("day"):
        values.pop("back_day", None)
    return values


def _typed_hour(departure: Departure) -> str:
    return hour_words(departure.hour) if departure.hour else ""


WEEK_PARTS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
