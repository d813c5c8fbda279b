"""What time asks of us: relaunch a silent driver, remind both sides the day before, ask whether the ride took
place, and whether an old offer still holds. Each once, whatever runs twice.

Each subject has two functions: which rows are due, and the act on one of them, which looks again under a lock.
Hours are those of French clocks: « the day before at the same hour » crosses a clock change unharmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people_operations
from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Consent, Person
from lotocar.carpool.rides import texts
from lotocar.carpool.rides.bookings import note_approach, note_ride
from lotocar.carpool.rides.confirmations import awaits
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import HAPPENED_OPEN, RENEWAL_OPEN
from lotocar.carpool.rides.telling import tell
from lotocar.carpool.trips.models import Trip
from lotocar.messages import outbox
from lotocar.messages.models import OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM
from lotocar.values.days import PARIS

RELAUNCH_NO_SOONER = timedelta(hours=2)
RELAUNCH_LEAVES = timedelta(hours=1)  # before the question lapses
REMIND_FROM, REMIND_UNTIL = time(9, 0), time(18, 0)
REMINDER_TOO_LATE = timedelta(hours=2)
REMINDER_WORTHLESS = timedelta(minutes=30)
ASK_AFTER = timedelta(hours=1)
OFFER_OLD_AFTER = timedelta(days=90)
OFFERS_A_ROUND = 20


def relaunch_at(*, asked_at: datetime, expires_at: datetime) -> datetime | None:
    """When to ask a silent driver once more: half-way, not within two hours; None when too little time is left."""
    at = asked_at + max((expires_at - asked_at) / 2, RELAUNCH_NO_SOONER)
    return at if at + RELAUNCH_LEAVES <= expires_at else None


def remind_at(pickup_at: datetime) -> datetime:
    """The day before, at the same hour of the clock, brought between 9:00 and 18:00."""
    local = pickup_at.astimezone(PARIS)
    hour = min(max(local.time(), REMIND_FROM), REMIND_UNTIL)
    return datetime.combine(local.date() - timedelta(days=1), hour, PARIS).astimezone(pickup_at.tzinfo)


# --- silent drivers -------------------------------------------------------------------------------------------


def to_relaunch(session: Session, *, now: datetime) -> list[int]:
    """The approaches whose driver is to be asked once more."""
    waiting = session.scalars(
        select(Approach).where(
            Approach.status == "sent",
            Approach.channel == "sms",
            Approach.relaunched_at.is_(None),
            Approach.expires_at > now,
        )
    )
    return [one.id for one in waiting if _relaunch_is_due(one, now)]


def relaunch(session: Session, approach_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Ask this driver once more; whether it was still to be done."""
    one = session.get(Approach, approach_id, with_for_update=True, populate_existing=True)
    if one is None or one.status != "sent" or one.relaunched_at or not _relaunch_is_due(one, now):
        return False
    one.relaunched_at = now
    line = people.sms_line(one.driver)
    if line is None:
        return False
    outbox.queue(
        session,
        now=now,
        kind="driver_relaunched",
        dedup_key=f"approach/{one.id}/relaunch",
        to=line,
        person_id=one.driver_id,
        subject_kind="approach",
        subject_id=one.id,
        # the first link is known to us by its hash only; with a two-way sender it stays alive and none is needed
        values=texts.question_values(one)
        | {
            "link": _link(
                session,
                one.driver,
                "approach",
                one.id,
                path="reponse",
                expires_at=max(part.pickup_at for part in one.legs),
                now=now,
                policy=policy,
            )
        },
        voice=policy,
        useful_until=one.expires_at,
        trip_at=one.legs[0].pickup_at,
    )
    note_approach(session, one, "relaunched", SYSTEM, now)
    return True


def _relaunch_is_due(one: Approach, now: datetime) -> bool:
    at = relaunch_at(asked_at=one.asked_at or one.created_at, expires_at=one.expires_at)
    return at is not None and at <= now


def _link(
    session: Session,
    person: Person,
    purpose: str,
    subject_id: int,
    *,
    path: str,
    expires_at: datetime,
    now: datetime,
    policy: SenderPolicy,
) -> str:
    """The private link that answers a question; none from a two-way sender, whose people answer by SMS."""
    if policy.two_way or people.sms_line(person) is None:
        return ""
    token = people_operations.issue_link(
        session,
        person,
        purpose=purpose,
        subject_id=subject_id,
        expires_at=expires_at,
        actor=SYSTEM,
        now=now,
    )
    return f"{policy.public_base_url}/{path}/{token}"


# --- the day before -------------------------------------------------------------------------------------------


def to_remind(session: Session, *, now: datetime) -> list[int]:
    """The rides whose two sides are to be reminded."""
    coming = session.scalars(
        select(Ride)
        .join(Ride.approach)
        .where(
            Ride.status == "planned",
            Approach.status == "accepted",  # not while the driver is asked again after a change
            Ride.reminded_at.is_(None),
            Ride.pickup_at > now,
            Ride.pickup_at <= now + timedelta(hours=49),
        )
    )
    return [ride.id for ride in coming if remind_at(ride.pickup_at) <= now]


def remind(session: Session, ride_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Remind the driver, and the passenger when told; what was said since then is not repeated.

    A reminder less than two hours before the pick-up would only worry: it is skipped, with a line in the story.
    """
    ride = session.get(Ride, ride_id, with_for_update=True, populate_existing=True)
    if ride is None or not _stands(ride) or ride.reminded_at is not None or ride.pickup_at <= now:
        return False
    ride.reminded_at = now
    if ride.pickup_at - now < REMINDER_TOO_LATE:
        note_ride(session, ride, "reminder_skipped", SYSTEM, now, because="late")
        return False
    due_at = remind_at(ride.pickup_at)
    if ride.created_at < due_at:
        _remind_one(session, ride, ride.driver, "driver_reminder", texts.driver_values(ride), now, policy)
    if ride.passenger_told_at is not None and ride.passenger_told_at < due_at:
        values = texts.passenger_values(ride)
        _remind_one(session, ride, ride.passenger, "passenger_reminder", values, now, policy)
    note_ride(session, ride, "reminded", SYSTEM, now)
    return True


def _remind_one(
    session: Session,
    ride: Ride,
    person: Person,
    kind: str,
    values: Mapping[str, object],
    now: datetime,
    policy: SenderPolicy,
) -> None:
    tell(
        session,
        person,
        kind=kind,
        dedup_key=texts.reminder_key(ride, kind),
        subject=("ride", ride.id),
        values=values,
        now=now,
        policy=policy,
        useful_until=ride.pickup_at - REMINDER_WORTHLESS,
        trip_at=ride.pickup_at,
    )


# --- after the ride -------------------------------------------------------------------------------------------


def to_ask_after(session: Session, *, now: datetime) -> list[int]:
    """The rides over for an hour, three days at most, of which a side is silent and was not asked.

    Of one that the team noted as done by itself they are asked when both agreed to the registry: only that needs
    their own word.
    """
    latest = select(func.max(Consent.id)).where(Consent.kind == "registry").group_by(Consent.person_id)
    agreed = select(Consent.person_id).where(Consent.id.in_(latest), Consent.given.is_(True))
    by_the_team = and_(Ride.status == "done", Ride.driver_id.in_(agreed), Ride.passenger_id.in_(agreed))
    asked = select(OutboxMessage.subject_id).where(
        OutboxMessage.kind == "ride_happened", OutboxMessage.subject_kind == "ride"
    )
    over = (
        select(Ride.id)
        .join(Ride.approach)
        .where(
            or_(Ride.status == "planned", by_the_team),
            or_(Ride.driver_says.is_(None), Ride.passenger_says.is_(None)),
            Approach.status == "accepted",
            Ride.dropoff_at <= now - ASK_AFTER,
            Ride.dropoff_at > now - HAPPENED_OPEN,
            Ride.id.not_in(asked),
        )
    )
    return list(session.scalars(over))


def ask_after(session: Session, ride_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Ask each side not heard yet whether the ride took place; whether it was still to be done."""
    ride = session.get(Ride, ride_id, with_for_update=True, populate_existing=True)
    if ride is None or not (_stands(ride) or ride.status == "done"):
        return False
    sides = (("driver", ride.driver, ride.passenger), ("passenger", ride.passenger, ride.driver))
    silent = [side for side in sides if awaits(ride, side[1].id)]
    for side, person, other in silent:
        tell(
            session,
            person,
            kind="ride_happened",
            dedup_key=f"ride/{ride.id}/happened/{side}",
            subject=("ride", ride.id),
            values={
                "other_first_name": other.first_name or texts.title_and_initial(other),
                "destination": ride.leg.destination.label,
                "pickup_at": ride.pickup_at,
                "link": _link(
                    session,
                    person,
                    "ride_happened",
                    ride.id,
                    path="trajet-fait",
                    expires_at=now + HAPPENED_OPEN,
                    now=now,
                    policy=policy,
                ),
            },
            now=now,
            policy=policy,
            useful_until=now + HAPPENED_OPEN,
        )
    return bool(silent)


def _stands(ride: Ride) -> bool:
    """Whether both sides hold to it: planned, and the driver's yes is to the journey as it is now."""
    return ride.status == "planned" and ride.approach.status == "accepted"


# --- old offers -----------------------------------------------------------------------------------------------


def to_renew(session: Session, *, now: datetime) -> list[int]:
    """Regular offers that nobody confirmed for three months, twenty at a time so as not to flood the desk."""
    before = now - OFFER_OLD_AFTER
    asked = select(OutboxMessage.subject_id).where(
        OutboxMessage.kind == "offer_renewal",
        OutboxMessage.subject_kind == "trip",
        OutboxMessage.created_at > before,
    )
    old = select(Trip.id).where(
        Trip.kind == "regular",
        Trip.status == "active",
        func.coalesce(Trip.confirmed_at, Trip.created_at) <= before,
        Trip.id.not_in(asked),
    )
    return list(session.scalars(old.order_by(Trip.id).limit(OFFERS_A_ROUND)))


def renew(session: Session, trip_id: int, *, now: datetime, policy: SenderPolicy) -> bool:
    """Ask the driver whether this offer still holds."""
    trip = session.get(Trip, trip_id)
    if trip is None or trip.status != "active":
        return False
    tell(
        session,
        trip.driver,
        kind="offer_renewal",
        dedup_key=f"trip/{trip.id}/renewal/{now.astimezone(PARIS):%Y-%m}",
        subject=("trip", trip.id),
        values={
            "origin": trip.origin.label,
            "destination": trip.destination.label,
            "link": _link(
                session,
                trip.driver,
                "offer_renewal",
                trip.id,
                path="offre",
                expires_at=now + RENEWAL_OPEN,
                now=now,
                policy=policy,
            ),
        },
        now=now,
        policy=policy,
        useful_until=now + timedelta(days=7),
        priority=8,
    )
    return True
