"""Couples for tests: Odile drives Marcel from Cahors to Figeac on Friday 20 November, free of charge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lotocar.civic.registry.couples.facts import CoupleFacts, PersonFacts
from lotocar.values.geo import Point

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
CAHORS = Point(44.44752, 1.44103)
CAJARC = Point(44.4853, 1.843)
FIGEAC = Point(44.60862, 2.03186)
GOURDON = Point(44.7376, 1.3838)


def a_person(number: int, **changes: Any) -> PersonFacts:
    """Somebody of their own mobile and name, who agreed."""
    values: dict[str, Any] = {
        "person_id": number,
        "user_id": f"{number:032x}",
        "phone_e164": f"+33639980{number:03d}",
        "last_name": "Delmas",
        "consent": True,
    }
    return PersonFacts(**(values | changes))


ODILE = a_person(11, user_id="drv-0000000000000000000000000000001a", phone_e164="+33639980011")
MARCEL = a_person(
    22,
    user_id="psg-0000000000000000000000000000002b",
    phone_e164="+33639980022",
    last_name="D'Hérûg-de-l'Hérault",
)
TO = a_person(33, user_id="psg-0000000000000000000000000000003c", phone_e164="+33536490033", last_name="Tô")


def a_couple(number: int = 1, **changes: Any) -> CoupleFacts:
    """The couple number `number`, alone in its car unless `trip_id` is given."""
    start_at = changes.get("start_at", datetime(2026, 11, 20, 13, 5, tzinfo=UTC))
    values: dict[str, Any] = {
        "ride_id": number,
        "journey_id": f"{number:032x}",
        "trip_id": f"{number + 0xA0000:032x}",
        "driver": ODILE,
        "passenger": MARCEL,
        "start_at": start_at,
        "start": CAHORS,
        "end_at": start_at + timedelta(minutes=67),
        "end": FIGEAC,
        "distance_m": 70_500,
        "status": "done",
        "driver_says": "done",
        "passenger_says": "done",
    }
    return CoupleFacts(**(values | changes))


MORNING = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def short(number: int, start_at: datetime, **changes: Any) -> CoupleFacts:
    """A ride of 20 minutes and 20 kilometres, from Cajarc."""
    values: dict[str, Any] = {
        "start_at": start_at,
        "end_at": start_at + timedelta(minutes=20),
        "start": CAJARC,
        "distance_m": 20_000,
    }
    return a_couple(number, **(values | changes))
