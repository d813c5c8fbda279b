"""A trip that we hold, as its driver would have typed it in the form."""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import Any

from lotocar.carpool.trips.models import Departure, Trip
from lotocar.values.wording import full_date, hour_words
from lotocar.web.trip_form import WEEK_PARTS


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


def usual_departures(trip: Trip) -> list[Departure]:
    """The departures but those of a day that was moved."""
    return [one for one in trip.departures if trip.kind == "one_off" or one.day is None]


def _typed_week(trip: Trip) -> dict[str, Any]:
    """Hours that several days share go once into « la même heure », where changing them changes them all."""
    parts: dict[str, dict[str, Any]] = {name: {} for name in WEEK_PARTS}
    shared = {direction: _shared_hour(trip, direction) for direction in ("out", "back")}
    for departure in usual_departures(trip):
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
    hours = Counter(one.hour for one in usual_departures(trip) if one.direction == direction and one.hour)
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
