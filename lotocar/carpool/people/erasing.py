"""Emptying a person's row: at their request, or because two rows were one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Consent, PairToAvoid, Person, PrivateLink, UsualPlace
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor
from lotocar.values.tokens import new_hex_id


def merge_persons(session: Session, *, kept: Person, merged: Person, actor: Actor, now: datetime) -> None:
    """Pour what `merged` said of themself into `kept`, and empty `merged`: both were one person.

    The later words win: contact preference, consents, numbers. Rows of upper rooms are theirs to move first.
    """
    known = {line.e164: line for line in kept.lines}
    for line in list(merged.lines):
        if (same := known.get(line.e164)) is not None:
            same.confirmed_at = same.confirmed_at or line.confirmed_at
            same.sms_stopped_at = same.sms_stopped_at or line.sms_stopped_at
        else:
            kept.lines.append(line)
    kept.contact_preference = merged.contact_preference
    kept.call_hours = merged.call_hours or kept.call_hours
    kept.first_name = kept.first_name or merged.first_name
    kept.civility = kept.civility or merged.civility
    kept.car = merged.car or kept.car
    kept.staff_note = "\n".join(filter(None, (kept.staff_note, merged.staff_note)))
    kept.minor = kept.minor or merged.minor
    kept.guardian_consent_at = kept.guardian_consent_at or merged.guardian_consent_at
    kept.abilities = merged.abilities if kept.abilities is None else kept.abilities
    kept.monthly_limit = merged.monthly_limit if kept.monthly_limit is None else kept.monthly_limit
    for other_id in queries.avoided_with(session, merged.id) - queries.avoided_with(session, kept.id):
        first, second = sorted((kept.id, other_id))
        if first != second:
            session.add(PairToAvoid(first_id=first, second_id=second, created_at=now))
    session.execute(update(Consent).where(Consent.person_id == merged.id).values(person_id=kept.id))
    session.flush()
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="person.merged",
        subject_kind="person",
        subject_id=kept.id,
        data={"merged": merged.id},
    )
    erase_person(session, merged.id, now=now)


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Empty this person's row and delete what only they had; the row stays for the counts."""
    person = session.get(Person, person_id)
    if person is None:
        return
    for owned in (PrivateLink, Consent, UsualPlace):
        session.execute(delete(owned).where(owned.person_id == person_id))
    either = or_(PairToAvoid.first_id == person_id, PairToAvoid.second_id == person_id)
    session.execute(delete(PairToAvoid).where(either))
    session.refresh(person, ["lines", "enrolments"])
    person.lines.clear()  # their codes go with them
    for enrolment in person.enrolments:
        enrolment.status = "left"
    for name in (
        "civility",
        "first_name",
        "last_name",
        "sort_key",
        "email",
        "call_hours",
        "car",
        "staff_note",
        "flag",
    ):
        setattr(person, name, "")
    person.public_id = new_hex_id()  # the old one is known outside
    person.minor = False
    person.abilities = person.monthly_limit = None
    person.guardian_consent_at = None
    person.erased_at = now
    session.flush()
