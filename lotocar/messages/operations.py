"""What the team does to messages: ticking what was dealt with, and forgetting a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lotocar.errors import NotFound
from lotocar.journal import operations as journal
from lotocar.messages import rules
from lotocar.messages.models import InboundMessage, NumberFact, OutboxMessage
from lotocar.values.actor import Actor


def handle(session: Session, message_id: str, *, actor: Actor, now: datetime) -> OutboxMessage:
    """Somebody dealt with a message that needed a human (rang the person, mostly). Twice changes nothing.

    What still waited to leave is taken back: the call replaced it.

    Raises:
        NotFound: no such message.
    """
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None:
        raise NotFound("message")
    if row.handled_at is None:
        if row.status == "queued":
            row.status = rules.message_after(row.status, "cancel")
            row.settled_at = now
        row.handled_at, row.handled_by_id = now, actor.id
        journal.note(
            session,
            actor=actor,
            now=now,
            verb="message.handled",
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            data={"kind": row.kind, "status": row.status},
        )
    return row


def forget_about(session: Session, subject_kind: str, subject_ids: Sequence[int]) -> None:
    """Empty the texts about these subjects, whoever received them; one still on its way keeps its words."""
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.subject_kind == subject_kind,
            OutboxMessage.subject_id.in_(subject_ids),
            OutboxMessage.status.not_in(("queued", "sending", "uncertain")),
        )
        .values(body="")
    )


def erase_person(session: Session, person_id: int, *, numbers: Sequence[str], now: datetime) -> None:
    """Forget the texts and numbers of one person; what waited to leave is taken back, fates and dates remain.

    A number that others share keeps what the channel taught us of it only through them: it is forgotten here.
    """
    # a text to nobody in particular (a code, say) went to whoever has the number
    theirs = or_(
        OutboxMessage.person_id == person_id,
        OutboxMessage.person_id.is_(None) & OutboxMessage.to_number.in_(numbers),
    )
    written = select(OutboxMessage).where(theirs).with_for_update()
    for row in session.scalars(written):
        if row.status == "queued":
            row.status = rules.message_after(row.status, "cancel")
            row.reason, row.settled_at = "person.erased", now
        row.body, row.to_number, row.reference = "", "", ""
        row.person_id = None
        row.handled_at = row.handled_at or now
    received = select(InboundMessage).where(
        or_(InboundMessage.person_id == person_id, InboundMessage.from_number.in_(numbers))
    )
    for letter in session.scalars(received):
        letter.body, letter.from_number, letter.to_number, letter.raw = "", "", "", {}
        letter.person_id = None
        if letter.state in {"received", "human"}:
            letter.state, letter.handled_at = "handled", now
    session.execute(delete(NumberFact).where(NumberFact.number.in_(numbers)))


def forget_texts(session: Session, *, before: datetime) -> None:
    """Empty the texts and numbers of messages older than this instant; their fate and the counts remain."""
    settled = OutboxMessage.status.not_in(("queued", "sending", "uncertain", "accepted", "sent"))
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.created_at < before, settled, OutboxMessage.body != "")
        .values(body="", to_number="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.received_at < before, InboundMessage.from_number != "")
        .values(body="", from_number="", raw={})
        .execution_options(synchronize_session=False)
    )
