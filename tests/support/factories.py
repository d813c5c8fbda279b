"""Rows for tests, for everybody: `make_person`, `make_trip`, `make_request`, `make_approach`, `make_ride`…

Each takes the session and any column or relationship to change, and flushes, never commits:

    trip = make_trip(session, seats=1, origin=GOURDON)
    ride_request = make_request(session, legs=[a_leg(hour=time(9), time_kind="leave_at")])

The cast: Odile drives (Cahors to Figeac, Tuesdays 8 h 30, back at 17 h), Marcel rides, Nadia answers the phone,
Sami has no access. Now is Saturday 21 November 2026; what is asked for is on Tuesday 24. Numbers are fictional.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Consent, Enrolment, Person, PhoneLine
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides.models import Approach, ApproachLeg, Ride
from lotocar.carpool.trips.models import Departure, Trip, TripRevision
from lotocar.organisation.models import OrganisationRow
from lotocar.staff.models import Account
from lotocar.values.geo import Stop
from lotocar.values.names import sort_key

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
PICKUP = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # 8 h 30 in Paris

CAHORS = Stop("Cahors", "46042", 44.4475, 1.4406)
FIGEAC = Stop("Figeac", "46102", 44.6086, 2.0317)
GOURDON = Stop("Gourdon", "46127", 44.7369, 1.3829)
SOUILLAC = Stop("Souillac", "46309", 44.8936, 1.4768)
GRAMAT = Stop("Gramat", "46128", 44.7797, 1.7253)
CAJARC = Stop("Cajarc", "46045", 44.4853, 1.8428)
PRAYSSAC = Stop("Prayssac", "46225", 44.5042, 1.1894)

Row = TypeVar("Row")
_numbers = itertools.count(1)


def unique_hex() -> str:
    """A new identifier of 32 hex characters."""
    return f"{next(_numbers):032x}"


def a_mobile() -> str:
    """A new fictional mobile number, E.164."""
    return f"+33639980{next(_numbers) % 1000:03d}"


def a_landline() -> str:
    """A new fictional landline number, E.164."""
    return f"+3353649{next(_numbers) % 10000:04d}"


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def make_organisation(session: Session, **changes: Any) -> OrganisationRow:
    """This installation: « Covoiturage solidaire du Lot »."""
    values: dict[str, Any] = {
        "name": "Covoiturage solidaire du Lot",
        "desk_phone": "+33536490000",
        "desk_hours": "du lundi au vendredi de 9 h à 12 h et de 14 h à 17 h",
        "departements": ["46"],
    }
    return _kept(session, OrganisationRow(**(values | changes)))


def make_account(session: Session, **changes: Any) -> Account:
    """Nadia, who answers the phone. Her password is of no use: give `password_hash` to sign in through the form."""
    values: dict[str, Any] = {
        "login": f"nadia{next(_numbers)}",
        "display_name": "Nadia",
        "password_hash": "!",
        "role": "agent",
        "created_at": NOW,
    }
    return _kept(session, Account(**(values | changes)))


def make_line(session: Session, person: Person, **changes: Any) -> PhoneLine:
    """A mobile of this person, confirmed. `kind` follows `e164` unless given."""
    values: dict[str, Any] = {"e164": a_mobile(), "confirmed_at": NOW} | changes
    values.setdefault("kind", "mobile" if values["e164"].startswith(("+336", "+337")) else "landline")
    person.lines.append(PhoneLine(**values))
    session.flush()
    return person.lines[-1]


def make_person(
    session: Session, *, phone: str | None = "new mobile", roles: Sequence[str] = (), **changes: Any
) -> Person:
    """Somebody with a mobile: `phone` gives another number, None for no line. `roles`: driver, passenger."""
    values: dict[str, Any] = {
        "public_id": unique_hex(),
        "first_name": "Camille",
        "last_name": "Delmas",
        "created_at": NOW,
    } | changes
    values.setdefault("sort_key", sort_key(values["last_name"], values["first_name"]))
    person = _kept(session, Person(**values))
    if phone is not None:
        make_line(session, person, e164=a_mobile() if phone == "new mobile" else phone)
    for role in roles:
        person.enrolments.append(Enrolment(role=role, status="accepted", since=NOW))
    session.flush()
    return person


def make_driver(session: Session, **changes: Any) -> Person:
    """Odile, accepted as a driver."""
    return make_person(
        session, **({"first_name": "Odile", "last_name": "Vernet", "roles": ["driver"]} | changes)
    )


def make_passenger(session: Session, **changes: Any) -> Person:
    """Marcel, accepted as a passenger, on a landline."""
    defaults = {
        "first_name": "Marcel",
        "last_name": "Poujol",
        "roles": ["passenger"],
        "phone": a_landline(),
    }
    return make_person(session, **(defaults | changes))


def make_consent(session: Session, person: Person, kind: str, **changes: Any) -> Consent:
    """A word given about one use of the data: `share_phone` or `registry`; `given=False` for a no."""
    values: dict[str, Any] = {
        "kind": kind,
        "given": True,
        "text_version": "2026-11",
        "at": NOW,
        "actor_kind": "person",
        "actor_id": person.id,
    }
    return _kept(session, Consent(person_id=person.id, **(values | changes)))


def weekly(weekday: int, hour: time | None, direction: str = "out") -> Departure:
    """A departure each week; Monday is 0."""
    return Departure(weekday=weekday, hour=hour, direction=direction)


def once(day: date, hour: time | None, direction: str = "out") -> Departure:
    """A departure on one date."""
    return Departure(day=day, hour=hour, direction=direction)


def make_trip(session: Session, **changes: Any) -> Trip:
    """Odile's Tuesdays: Cahors to Figeac at 8 h 30, back at 17 h. `departures` replaces them."""
    values: dict[str, Any] = {
        "public_id": unique_hex(),
        "kind": "regular",
        "origin": CAHORS,
        "destination": FIGEAC,
        "created_at": NOW,
        "updated_at": NOW,
        "confirmed_at": NOW,
        "revision": _next_revision(session),
    } | changes
    if "driver" not in values and "driver_id" not in values:
        values["driver"] = make_driver(session)
    values.setdefault("departures", [weekly(1, time(8, 30)), weekly(1, time(17, 0), "back")])
    return _kept(session, Trip(**values))


def _next_revision(session: Session) -> int:
    row = session.get(TripRevision, 1) or TripRevision(id=1, value=0)
    row.value += 1
    session.add(row)
    return row.value


def a_leg(**changes: Any) -> Leg:
    """Cahors to Figeac on Tuesday, to be there by 10 h. Not stored yet: give it to `make_request`."""
    values: dict[str, Any] = {
        "position": 1,
        "direction": "out",
        "origin": CAHORS,
        "destination": FIGEAC,
        "day": TUESDAY,
        "time_kind": "arrive_by",
        "hour": time(10, 0),
    }
    return Leg(**(values | changes))


def make_request(session: Session, **changes: Any) -> RideRequest:
    """Marcel needs to be in Figeac on Tuesday by 10 h; Nadia took his call."""
    values: dict[str, Any] = {
        "form_key": unique_hex(),
        "source": "desk",
        "status": "to_process",
        "created_at": NOW,
        "updated_at": NOW,
    } | changes
    if "passenger" not in values and "passenger_id" not in values:
        values["passenger"] = make_passenger(session)
    values.setdefault("legs", [a_leg()])
    return _kept(session, RideRequest(**values))


def make_approach(session: Session, **changes: Any) -> Approach:
    """Odile asked by SMS for the first leg of a request. `trip` and `ride_request` are made unless given."""
    trip = changes.pop("trip") if "trip" in changes else make_trip(session)
    ride_request = changes.pop("ride_request", None) or make_request(session)
    values: dict[str, Any] = {
        "reference": f"{next(_numbers) % 10000:04d}",
        "ride_request": ride_request,
        "status": "sent",
        "channel": "sms",
        "request_revision": ride_request.revision,
        "asked_at": NOW,
        "expires_at": NOW + timedelta(hours=24),
        "created_at": NOW,
    } | changes
    if "driver" not in values and "driver_id" not in values:
        values["driver"] = trip.driver if trip else make_driver(session)
    values.setdefault("legs", [an_approach_leg(leg=ride_request.legs[0], trip=trip)])
    return _kept(session, Approach(**values))


def an_approach_leg(**changes: Any) -> ApproachLeg:
    """What is proposed for a leg: pick-up at 8 h 30, there at 9 h 30, 4 minutes of detour. Not stored yet."""
    values: dict[str, Any] = {
        "pickup_at": PICKUP,
        "dropoff_at": PICKUP + timedelta(hours=1),
        "detour_seconds": 240,
    }
    return ApproachLeg(**(values | changes))


def make_ride(session: Session, **changes: Any) -> Ride:
    """Odile takes Marcel from Cahors to Figeac on Tuesday; the approach is made and accepted unless given.

    A ride done was confirmed by both unless `driver_says` or `passenger_says` is given.
    """
    approach = changes.pop("approach", None) or make_approach(session, status="accepted", answered_at=NOW)
    proposed = approach.legs[0]
    values: dict[str, Any] = {
        "journey_key": unique_hex(),
        "car_trip_key": unique_hex(),
        "approach": approach,
        "leg": proposed.leg,
        "live_leg_id": proposed.leg.id,
        "trip": proposed.trip,
        "direction": proposed.direction,
        "driver": approach.driver,
        "passenger": approach.ride_request.passenger,
        "day": proposed.leg.day,
        "pickup_at": proposed.pickup_at,
        "dropoff_at": proposed.dropoff_at,
        "distance_m": 68_000,
        "created_at": NOW,
    }
    if changes.get("status") == "done":  # by SMS, both of them
        values |= {"driver_says": "done", "passenger_says": "done"}
        values |= {"driver_said_through": "sms", "passenger_said_through": "sms"}
    return _kept(session, Ride(**(values | changes)))
