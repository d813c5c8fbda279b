"""What drivers and passengers are told about approaches and rides: who, which message, which values.

A person without a line for SMS gets nothing from here: the desk's lists show whom to ring instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people_operations
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.messages import outbox
from lotocar.messages.texts import SenderPolicy, read_aloud
from lotocar.values.actor import Actor
from lotocar.values.names import initial_name, polite

NEWS_LASTS = timedelta(hours=24)


def ask_driver(
    session: Session, approach: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """The question, with the private link that answers it too and dies with the trip."""
    last_pickup = max(part.pickup_at for part in approach.legs)
    token = people_operations.issue_link(
        session,
        approach.driver,
        purpose="approach",
        subject_id=approach.id,
        expires_at=last_pickup,
        actor=actor,
        now=now,
    )
    values = question_values(approach) | {"link": f"{policy.public_base_url}/reponse/{token}"}
    _to_driver(
        session,
        approach,
        "driver_approached",
        _question(approach),
        values,
        now=now,
        policy=policy,
        useful_until=approach.expires_at,
    )


def question_values(approach: Approach) -> dict[str, object]:
    """What the question says: the passenger by title and initial, places, hours, detour in minutes."""
    first, *others = sorted(approach.legs, key=lambda part: part.pickup_at)
    later = next((part for part in others if _is_way_back(part.leg, first.leg)), None)
    detour = sum(part.detour_seconds for part in (first, later) if part is not None)
    return {
        "reference": approach.reference,
        "passenger": title_and_initial(approach.ride_request.passenger),
        "pickup_at": first.pickup_at,
        "origin": first.leg.origin.label,
        "destination": first.leg.destination.label,
        "return_at": later.pickup_at if later else None,
        "more_dates": more_dates([part.leg for part in approach.legs]),
        "seats": approach.ride_request.seats,
        "detour_minutes": round(detour / 60) if first.trip_id is not None else None,
    }


def thank_driver(
    session: Session, approach: Approach, rides: Sequence[Ride], *, now: datetime, policy: SenderPolicy
) -> None:
    """What was agreed, in full; again when it was agreed again."""
    values = driver_values(rides[0], rides[1:])
    _to_driver(
        session,
        approach,
        "driver_accepted_confirmed",
        f"agreed/{rides[0].id}/{approach.request_revision}",
        values,
        now=now,
        policy=policy,
        urgent=True,
    )


def already_found(session: Session, approach: Approach, *, now: datetime, policy: SenderPolicy) -> None:
    """A yes that came too late is thanked, never scolded."""
    _to_driver(session, approach, "driver_already_found", "found", _gone(approach), now=now, policy=policy)


def let_driver_go(session: Session, approach: Approach, *, now: datetime, policy: SenderPolicy) -> None:
    """The question is no longer open; one that had not left yet is taken back, and nothing is said."""
    if not _take_back(session, f"approach/{approach.id}/{_question(approach)}", now):
        _to_driver(session, approach, "driver_withdrawn", "gone", _gone(approach), now=now, policy=policy)


def tell_passenger(
    session: Session, ride: Ride, later: Ride | None, *, now: datetime, policy: SenderPolicy
) -> None:
    """Who comes, in which car, where and when; and the way back when the same driver does it."""
    values = passenger_values(ride, later)
    _about_ride(session, ride, ride.passenger, "passenger_confirmed", _told_key(ride), values, now, policy)


def there_and_back(rides: Sequence[Ride]) -> list[tuple[Ride, Ride | None]]:
    """Rides by driver: the first, and the way back with the same driver if any."""
    by_driver: dict[int, list[Ride]] = {}
    for ride in sorted(rides, key=lambda one: one.pickup_at):
        by_driver.setdefault(ride.driver_id, []).append(ride)
    return [(first, _way_back(first, later)) for first, *later in by_driver.values()]


def more_dates(legs: Sequence[Leg]) -> int:
    """How many further dates of a series these legs are about; a way back on another day is no series."""
    return max(0, len({leg.day for leg in legs if leg.direction == legs[0].direction}) - 1)


def _way_back(first: Ride, later: Sequence[Ride]) -> Ride | None:
    return next((one for one in later if _is_way_back(one.leg, first.leg)), None)


def _is_way_back(leg: Leg, first: Leg) -> bool:
    """The way back of the first date of a series, or of a single journey on whichever day."""
    if leg.direction == first.direction:
        return False
    return leg.day == first.day or not first.ride_request.is_series


def cancelled_to_passenger(
    session: Session, ride: Ride, *, now: datetime, policy: SenderPolicy, named: bool = True
) -> None:
    """The driver fell out; somebody who never heard of the ride is told nothing."""
    _take_back(session, reminder_key(ride, "passenger_reminder"), now)
    unheard = _take_back(session, _told_key(ride), now)
    if ride.passenger_told_at is None or unheard:
        return
    values = passenger_values(ride) | ({} if named else {"driver_first_name": "Votre conducteur"})
    kind = "ride_cancelled_passenger"
    _about_ride(session, ride, ride.passenger, kind, f"ride/{ride.id}/{kind}", values, now, policy)


def cancelled_to_driver(
    session: Session, ride: Ride, *, now: datetime, policy: SenderPolicy, named: bool = True
) -> None:
    """The passenger fell out, or the desk let the driver go."""
    _take_back(session, reminder_key(ride, "driver_reminder"), now)
    values = driver_values(ride) | ({} if named else {"passenger_first_name": "votre passager"})
    kind = "ride_cancelled_driver"
    _about_ride(session, ride, ride.driver, kind, f"ride/{ride.id}/{kind}", values, now, policy)


def driver_values(ride: Ride, later: Sequence[Ride] = ()) -> dict[str, object]:
    """What a driver reads of a ride: the passenger's first name, where and when."""
    back = _way_back(ride, later)
    return {
        "passenger_first_name": ride.passenger.first_name or title_and_initial(ride.passenger),
        "pickup_at": ride.pickup_at,
        "pickup_place": ride.leg.origin.label,
        "destination": ride.leg.destination.label,
        "return_at": back.pickup_at if back else None,
        "more_dates": more_dates([one.leg for one in (ride, *later)]),
    }


def passenger_values(ride: Ride, later: Ride | None = None) -> dict[str, object]:
    """What a passenger reads or hears of a ride: the driver's first name and car, where and when; and on how many
    more dates of a series."""
    agreed = [part.leg for part in ride.approach.legs if part.leg.status in {"agreed", "confirmed"}]
    return {
        "driver_first_name": ride.driver.first_name or title_and_initial(ride.driver),
        "car": ride.driver.car,
        "pickup_at": ride.pickup_at,
        "pickup_place": ride.leg.origin.label,
        "destination": ride.leg.destination.label,
        "return_at": later.pickup_at if later else None,
        "more_dates": more_dates(agreed) if agreed else 0,
    }


def aloud_for_passenger(ride: Ride, later: Ride | None = None, *, policy: SenderPolicy) -> str:
    """The text that the desk reads to a passenger without SMS."""
    return read_aloud("passenger_confirmed", passenger_values(ride, later), sender=policy)


def aloud_for_driver(approach: Approach, *, policy: SenderPolicy) -> str:
    """The question that the desk reads to a driver on the phone."""
    return read_aloud("driver_approached", question_values(approach), sender=policy)


def title_and_initial(person: Person) -> str:
    """« Mme D. », or « Odile D. » when nobody told us the title."""
    if person.civility in {"mme", "m"}:
        return polite("mme" if person.civility == "mme" else "m", person.first_name, person.last_name)
    return initial_name(person.first_name, person.last_name)


def _gone(approach: Approach) -> dict[str, object]:
    first = approach.legs[0]
    return {"destination": first.leg.destination.label, "pickup_at": first.pickup_at}


def reminder_key(ride: Ride, kind: str) -> str:
    """What makes a reminder unique: a ride moved to another day is reminded of again."""
    return f"ride/{ride.id}/{kind}/{ride.day:%Y%m%d}"


def _question(approach: Approach) -> str:
    """The question as the request stands: calls in vain in between do not make it another one."""
    return f"ask/{approach.request_revision}"


def _told_key(ride: Ride) -> str:
    return f"ride/{ride.id}/passenger_confirmed/{ride.approach.request_revision}"


def _take_back(session: Session, dedup_key: str, now: datetime) -> bool:
    return outbox.cancel(session, dedup_key=dedup_key, reason="overtaken", now=now)


def _to_driver(
    session: Session,
    approach: Approach,
    kind: str,
    purpose: str,
    values: Mapping[str, object],
    *,
    now: datetime,
    policy: SenderPolicy,
    useful_until: datetime | None = None,
    urgent: bool = False,
) -> None:
    line = people.sms_line(approach.driver)
    if line is None:
        return
    outbox.queue(
        session,
        now=now,
        kind=kind,
        dedup_key=f"approach/{approach.id}/{purpose}",
        to=line,
        person_id=approach.driver_id,
        subject_kind="approach",
        subject_id=approach.id,
        values=values,
        voice=policy,
        useful_until=useful_until or now + NEWS_LASTS,
        trip_at=approach.legs[0].pickup_at,
        urgent=urgent,
    )


def _about_ride(
    session: Session,
    ride: Ride,
    person: Person,
    kind: str,
    dedup_key: str,
    values: Mapping[str, object],
    now: datetime,
    policy: SenderPolicy,
) -> None:
    line = people.sms_line(person)
    if line is None:
        return
    outbox.queue(
        session,
        now=now,
        kind=kind,
        dedup_key=dedup_key,
        to=line,
        person_id=person.id,
        subject_kind="ride",
        subject_id=ride.id,
        values=values,
        voice=policy,
        useful_until=max(ride.pickup_at, now + timedelta(hours=1)),
        trip_at=ride.pickup_at,
    )
