"""What a telephone number may answer now: approaches, rides that took place or not, old offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.confirmations import awaits
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import HAPPENED_OPEN, OPEN_BY_SMS, RENEWAL_OPEN
from lotocar.carpool.trips.models import Trip
from lotocar.messages.models import OutboxMessage
from lotocar.messages.rules import COURTESIES


@dataclass(frozen=True, slots=True)
class Question:
    """Something that this number may answer. `kind` is approach, ride_happened or offer_renewal."""

    kind: str
    reference: str
    subject_id: int
    person_id: int
    asked_at: datetime
    pickup_at: datetime
    destination: str


def persons_of(session: Session, number: str) -> Sequence[Person]:
    """Everybody who was reached on this number: one mostly, two when a couple shares it.

    Whoever only typed it on the public site is not counted: they would make a driver's plain yes doubtful.
    """
    return people.confirmed_persons(session, number)


def open_questions(
    session: Session, number: str, persons: Sequence[Person], *, now: datetime
) -> list[Question]:
    """What this number may answer now, oldest first."""
    if not persons:
        return []
    ids = [person.id for person in persons]
    return [
        *_open_approaches(session, ids, now),
        *_open_rides(session, number, now),
        *_open_offers(session, number, now),
    ]


def wrote_since(session: Session, number: str, question: Question) -> bool:
    """Whether another SMS of ours that says something left for this number after that question."""
    other = select(OutboxMessage.id).where(
        OutboxMessage.to_number == number,
        OutboxMessage.channel == "sms",
        OutboxMessage.claimed_at > question.asked_at,
        OutboxMessage.reference != question.reference,
        OutboxMessage.kind.not_in(COURTESIES | {"which_question"}),
    )
    return session.scalar(other.limit(1)) is not None


def _open_approaches(session: Session, person_ids: Sequence[int], now: datetime) -> list[Question]:
    asked = session.scalars(
        select(Approach)
        .where(
            Approach.driver_id.in_(person_ids),
            Approach.status.in_(sorted(OPEN_BY_SMS)),
            Approach.expires_at > now,
        )
        .order_by(Approach.id)
    )
    return [
        Question(
            kind="approach",
            reference=one.reference,
            subject_id=one.id,
            person_id=one.driver_id,
            asked_at=one.asked_at or one.created_at,
            pickup_at=one.legs[0].pickup_at,
            destination=one.legs[0].leg.destination.label,
        )
        for one in asked
    ]


def _open_rides(session: Session, number: str, now: datetime) -> list[Question]:
    questions = []
    for message in _asked(session, "ride_happened", number, since=now - HAPPENED_OPEN):
        ride = session.get(Ride, message.subject_id)
        if ride is None or not awaits(ride, message.person_id):
            continue
        questions.append(
            Question(
                kind="ride_happened",
                reference=message.reference,
                subject_id=ride.id,
                person_id=message.person_id or 0,
                asked_at=message.created_at,
                pickup_at=ride.pickup_at,
                destination=ride.leg.destination.label,
            )
        )
    return questions


def _open_offers(session: Session, number: str, now: datetime) -> list[Question]:
    questions = []
    for message in _asked(session, "offer_renewal", number, since=now - RENEWAL_OPEN):
        trip = session.get(Trip, message.subject_id)
        if trip is None or trip.status != "active":
            continue
        if trip.confirmed_at is not None and trip.confirmed_at >= message.created_at:
            continue
        questions.append(
            Question(
                kind="offer_renewal",
                reference=message.reference,
                subject_id=trip.id,
                person_id=trip.driver_id,
                asked_at=message.created_at,
                pickup_at=message.created_at,
                destination=trip.destination.label,
            )
        )
    return questions


def _asked(session: Session, kind: str, number: str, *, since: datetime) -> Sequence[OutboxMessage]:
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.kind == kind,
            OutboxMessage.channel == "sms",
            OutboxMessage.to_number == number,
            OutboxMessage.created_at > since,
            OutboxMessage.claimed_at.is_not(None),
        )
        .order_by(OutboxMessage.created_at)
    ).all()
