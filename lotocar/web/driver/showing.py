"""A trip as its driver reads it: days and hours in words, pauses, state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lotocar.carpool.trips.models import Departure, Trip
from lotocar.values.days import DAY_NAMES
from lotocar.values.wording import day_words, full_date, hour_words, period_words
from lotocar.web.trip_form import TERMS
from lotocar.web.trip_typed import usual_departures

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


def _state(trip: Trip, today: date) -> str:
    if trip.kind == "one_off" and all(one.day is not None and one.day < today for one in trip.departures):
        return "over"
    if trip.status == "active" and any(one.first_day <= today <= one.last_day for one in trip.pauses):
        return "paused"
    return trip.status


def _hours(trip: Trip, direction: str) -> list[tuple[str, str]]:
    mine = [one for one in usual_departures(trip) if one.direction == direction]
    ordered = sorted(mine, key=lambda one: (one.weekday or 0, one.day or date.min))
    return [(_day(one), hour_words(one.hour) if one.hour else "") for one in ordered]


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
