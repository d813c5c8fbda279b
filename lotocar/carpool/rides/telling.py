"""Telling a person by the line that they have: an SMS, or a call of the desk; and what sending taught us of lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.people import queries as people
from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.messages import outbox
from lotocar.messages.models import NumberFact, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.phone import LineKind


def tell(
    session: Session,
    person: Person,
    *,
    kind: str,
    dedup_key: str,
    subject: tuple[str, int],
    values: Mapping[str, object],
    now: datetime,
    policy: SenderPolicy,
    useful_until: datetime | None = None,
    trip_at: datetime | None = None,
    priority: int = 5,
) -> OutboxMessage:
    """Tell a person by SMS when they have a line for it and do not prefer a call, else by a call of the desk."""
    line = people.sms_line(person)
    if line is not None and person.contact_preference != "call" and outbox.takes_sms(session, line):
        return outbox.queue(
            session,
            now=now,
            kind=kind,
            dedup_key=dedup_key,
            to=line,
            person_id=person.id,
            subject_kind=subject[0],
            subject_id=subject[1],
            values=values,
            voice=policy,
            useful_until=useful_until,
            trip_at=trip_at,
            priority=priority,
        )
    return outbox.queue_call(
        session,
        now=now,
        kind=kind,
        dedup_key=dedup_key,
        to=people.call_line(person),
        person_id=person.id,
        subject_kind=subject[0],
        subject_id=subject[1],
        values=values,
        voice=policy,
        useful_until=useful_until,
        priority=priority,
    )


def learn_of_lines(session: Session, *, now: datetime) -> int:
    """Carry what sending taught us onto people's lines, where the desk and the next question read it.

    A line whose owner stopped SMS, or that takes none, is rung from now on. How many lines changed.
    """
    taught = session.execute(
        select(PhoneLine, NumberFact.fact)
        .join(NumberFact, NumberFact.number == PhoneLine.e164)
        .where(
            or_(
                and_(NumberFact.fact == "stopped", PhoneLine.sms_stopped_at.is_(None)),
                and_(NumberFact.fact == "landline", PhoneLine.kind == LineKind.MOBILE.value),
            )
        )
    ).all()
    for line, fact in taught:
        if fact == "stopped":
            line.sms_stopped_at = now
        else:
            line.kind = LineKind.LANDLINE.value
    return len(taught)
