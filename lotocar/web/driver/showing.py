"""A trip as its driver reads it: days and hours in words, pauses, state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from lotocar.carpool.trips.models import Departure, Trip
from lotocar.values.days import DAY_NAMES
from lotocar.values.wording import day_words, full_date, hour_words, period_words
from lotocar.web.trip_form import TERMS

STATES = {
    "active": "proposé aux passagers",
    "pending": "en attente de confirmation",
    "stopped": "arrêté",
    "over": "passé",
}

TONES = {"pending": "candidate", "stopped": "inactive", "over": "closed"}


@dataclass(frozen=True, slots=True)
class TripShown:
    """What the driver's page draws of a trip; `out` and `back` pair days with hours in words.

    `moved` pairs a date (ISO) with what happens that day; `calendar` says which part of the year it follows.
    """

    trip: Trip
    state: str
    label: str
    out: list[tuple[str, str]]
    back: list[tuple[str, str]]
    pauses: list[tuple[int, str]]
    moved: list[tuple[str, str]]
    calendar: str

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
        moved=_moved(trip, today),
        calendar=_calendar(trip),
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
        "school_terms": trip.school_terms,
        "skips_holidays": trip.skips_holidays,
        "team_only": trip.team_only,
        "stated_minutes": f"{trip.stated_minutes} minutes" if trip.stated_minutes else "",
    }
    return values | (_typed_week(trip) if trip.kind == "regular" else _typed_date(trip))


def _state(trip: Trip, today: date) -> str:
    if trip.kind == "one_off" and all(one.day is not None and one.day < today for one in trip.departures):
        return "over"
    if trip.status == "active" and any(one.first_day <= today <= one.last_day for one in trip.pauses):
        return "paused"
    return trip.status


def _hours(trip: Trip, direction: str) -> list[tuple[str, str]]:
    mine = [one for one in _usual(trip) if one.direction == direction]
    ordered = sorted(mine, key=lambda one: (one.weekday or 0, one.day or date.min))
    return [(_day(one), hour_words(one.hour) if one.hour else "") for one in ordered]


def _usual(trip: Trip) -> list[Departure]:
    """The departures but those of a day that was moved."""
    return [one for one in trip.departures if trip.kind == "one_off" or one.day is None]


def _moved(trip: Trip, today: date) -> list[tuple[str, str]]:
    """The days to come on which a weekly trip runs otherwise."""
    hours: dict[date, dict[str, str]] = {}
    for one in trip.departures:
        if trip.kind == "regular" and one.day is not None and one.day >= today and one.hour:
            hours.setdefault(one.day, {})[one.direction] = hour_words(one.hour)
    return [(day.isoformat(), _that_day(day, said, today)) for day, said in sorted(hours.items())]


def _that_day(day: date, hours: Mapping[str, str], today: date) -> str:
    back = f"retour à {hours['back']}" if "back" in hours else "pas de retour"
    return f"Le {day_words(day, today=today)}, départ à {hours.get('out', '')}, {back}."


def _calendar(trip: Trip) -> str:
    said = [TERMS[trip.school_terms]] if trip.school_terms else []
    said += ["Pas les jours fériés"] if trip.skips_holidays else []
    said += [f"À partir du {full_date(trip.valid_from)}"] if trip.valid_from else []
    said += [f"Jusqu'au {full_date(trip.valid_until)}"] if trip.valid_until else []
    said += ["Proposé par l'équipe seulement"] if trip.team_only else []
    return " ".join(f"{one}." for one in said)


def _day(departure: Departure) -> str:
    if departure.weekday is not None:
        return DAY_NAMES[departure.weekday]
    return full_date(departure.day) if departure.day else ""


def _typed_week(trip: Trip) -> dict[str, Any]:
    """Hours that several days share go once into « la même heure », where changing them changes them all."""
    parts: dict[str, dict[str, Any]] = {name: {} for name in WEEK_PARTS}
    shared = {direction: _shared_hour(trip, direction) for direction in ("out", "back")}
    for departure in _usual(trip):
        part = parts[WEEK_PARTS[departure.weekday or 0]]
        part["on"] = True
        own = "" if departure.hour == shared[departure.direction] else _typed_hour(departure)
        part["hour" if departure.direction == "out" else "back"] = own
    for part in parts.values() if shared["back"] else ():
        if part.get("on"):
            part.setdefault("back", "non")
    same = {name: hour_words(hour) if hour else "" for name, hour in shared.items()}
    return {**parts, "same_hour": same["out"], "same_back": same["back"]}


def _shared_hour(trip: Trip, direction: str) -> time | None:
    """The hour that most days of this direction have, when at least two do."""
    hours = Counter(one.hour for one in _usual(trip) if one.direction == direction and one.hour)
    hour, count = next(iter(hours.most_common(1)), (None, 0))
    return hour if count > 1 else None


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
