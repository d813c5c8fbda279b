"""How long we keep what, as the public page « Données personnelles » promises. One path with erasure.

Every call may be repeated: it finds what is over and forgets it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import readings
from lotocar.carpool.people.models import Person, PrivateLink
from lotocar.carpool.requests import drafts
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach, ContactReveal, Ride
from lotocar.carpool.trips.models import Trip
from lotocar.civic.privacy import erasure
from lotocar.messages import operations as messages
from lotocar.messages.texts import SenderPolicy
from lotocar.staff import operations as staff
from lotocar.values.actor import SYSTEM

TEXTS_KEPT = timedelta(days=90)
REVEALS_KEPT = timedelta(days=365)
OPENINGS_KEPT = timedelta(days=365)  # who opened whose file
LINKS_KEPT = timedelta(days=1)  # once they are dead
PERSON_KEPT = timedelta(days=2 * 365)  # after the last sign of life
ERASED_AT_ONCE = 50  # a night's work; the next run goes on


def run(session: Session, *, now: datetime, policy: SenderPolicy) -> int:
    """Forget what is over; how many people were erased."""
    messages.forget_texts(session, before=now - TEXTS_KEPT)
    staff.forget_sessions(session, now=now)
    drafts.forget_old(session, now=now)
    readings.forget(session, before=now - OPENINGS_KEPT)
    session.execute(delete(ContactReveal).where(ContactReveal.at < now - REVEALS_KEPT))
    dead = (PrivateLink.expires_at < now - LINKS_KEPT) | (PrivateLink.revoked_at < now - LINKS_KEPT)
    session.execute(delete(PrivateLink).where(dead))
    silent = silent_people(session, since=now - PERSON_KEPT)
    for person_id in silent:
        erasure.erase(session, person_id, actor=SYSTEM, now=now, policy=policy)
    return len(silent)


def silent_people(session: Session, *, since: datetime) -> list[int]:
    """Persons of whom nothing was heard since: no request, question, ride or trip touched, the oldest first."""
    asked = exists().where(
        (RideRequest.passenger_id == Person.id) | (RideRequest.caller_id == Person.id),
        RideRequest.updated_at >= since,
    )
    drove = exists().where(
        (Ride.driver_id == Person.id) | (Ride.passenger_id == Person.id), Ride.pickup_at >= since
    )
    heard = exists().where(Approach.driver_id == Person.id, Approach.created_at >= since)
    offers = exists().where(Trip.driver_id == Person.id, Trip.updated_at >= since)
    silent = select(Person.id).where(
        Person.erased_at.is_(None), Person.created_at < since, ~asked, ~drove, ~heard, ~offers
    )
    return list(session.scalars(silent.order_by(Person.id).limit(ERASED_AT_ONCE)))
