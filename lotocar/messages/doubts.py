"""After a crash in mid-send, or an answer that never came: find the truth, or call a human within five minutes.

In order: a status callback that carries our id (see `callbacks`), the provider's list with the exact body, a
second search two minutes later, one more send, then a human only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lotocar.errors import Unavailable
from lotocar.messages import rules
from lotocar.messages.channels import Seen, SmsSender
from lotocar.messages.delivery import Clock, Factory, adopt, doubt, hear
from lotocar.messages.models import OutboxMessage

LIST_TOLERANCE = timedelta(seconds=60)  # between our clock and the provider's
POLL_EVERY = timedelta(minutes=10)
BATCH = 50


def doubt_overdue(session: Session, *, now: datetime) -> int:
    """Whoever claimed these died, or is too late: their fate is uncertain from now on."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.status == "sending",
            or_(OutboxMessage.lease_until <= now, OutboxMessage.claimed_at > now + rules.CLOCK_TOLERANCE),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        doubt(row, reason="lease.over", now=now)
    return len(rows)


def reconcile(factory: Factory, sender: SmsSender, clock: Clock) -> int:
    """Search the provider's list for every doubtful message whose time has come; how many found their fate."""
    with factory.begin() as session:
        doubt_overdue(session, now=clock())
        wanted = [
            (row.id, (row.attempt, row.searches), row.to_number, row.created_at)
            for row in _to_search(session, clock())
        ]
    settled = 0
    for message_id, seen_at, number, created_at in wanted:
        try:
            listed = sender.sent_to(number, since=created_at - LIST_TOLERANCE)
        except Unavailable:
            continue  # stays uncertain: past five minutes the desk sees it
        with factory.begin() as session:
            settled += _settle(session, message_id, seen_at, listed, now=clock())
    return settled


def poll(factory: Factory, sender: SmsSender, clock: Clock) -> int:
    """Ask the provider about messages that it took and says nothing of; how many learned something."""
    with factory.begin() as session:
        silent = [(row.id, row.provider_sid) for row in _silent(session, clock()) if row.provider_sid]
    learned = 0
    for message_id, sid in silent:
        try:
            seen = sender.look_up(sid)
        except Unavailable:
            seen = None
        with factory.begin() as session:
            learned += _note_poll(session, message_id, seen, now=clock())
    return learned


def match(row: OutboxMessage, listed: Sequence[Seen], *, owned: set[str]) -> Seen | None:
    """The listed message that is this row: same body, from us, not older than the row, nobody else's. The oldest."""
    candidates = [
        one
        for one in listed
        if one.body == row.body
        and one.to == row.to_number
        and one.direction.startswith("outbound")
        and one.sid not in owned
        and (one.created_at is None or one.created_at >= row.created_at - LIST_TOLERANCE)
    ]
    return min(candidates, key=lambda one: one.created_at or row.created_at, default=None)


def _to_search(session: Session, now: datetime) -> Sequence[OutboxMessage]:
    since_claim = now - rules.SEARCH_AFTER
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.status == "uncertain",
            OutboxMessage.channel == "sms",
            or_(OutboxMessage.claimed_at <= since_claim, OutboxMessage.doubted_at <= since_claim),
            or_(
                OutboxMessage.searched_at.is_(None),
                OutboxMessage.searched_at <= now - rules.SEARCH_AGAIN_AFTER,
                OutboxMessage.searched_at > now + rules.CLOCK_TOLERANCE,
            ),
        )
        .order_by(OutboxMessage.priority, OutboxMessage.claimed_at)
        .limit(BATCH)
    ).all()


def _settle(
    session: Session, message_id: str, seen_at: tuple[int, int], listed: Sequence[Seen], *, now: datetime
) -> bool:
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None or row.status != "uncertain" or row.attempt != seen_at[0]:
        return False
    found = match(row, listed, owned=_owned(session, listed))
    if found:
        adopt(session, row, sid=found.sid, status="accepted", now=now)
        hear(session, row, status=found.status, code=found.error_code, now=now)
        return True
    if row.searches != seen_at[1]:
        return False  # somebody searched since: this list is too old to count as a second look
    row.searches, row.searched_at = row.searches + 1, now
    if row.searches < rules.SEARCHES:
        return False
    _give_up_searching(row, now=now)
    return True


def _give_up_searching(row: OutboxMessage, *, now: datetime) -> None:
    if row.useful_until is not None and row.useful_until <= now:
        row.status, row.settled_at = rules.message_after(row.status, "expire"), now
    elif row.doubts >= rules.DOUBTS:
        row.status = rules.message_after(row.status, "hand")
        row.reason = "doubt.twice"
    else:
        row.status = rules.message_after(row.status, "again")
        row.reason, row.not_before = "doubt.again", now


def _owned(session: Session, listed: Sequence[Seen]) -> set[str]:
    sids = [one.sid for one in listed]
    if not sids:
        return set()
    query = select(OutboxMessage.provider_sid).where(OutboxMessage.provider_sid.in_(sids))
    return {sid for sid in session.scalars(query) if sid}


def _silent(session: Session, now: datetime) -> Sequence[OutboxMessage]:
    # an accepted message is asked about once it can no longer be on its way
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.status.in_(("accepted", "sent")),
            OutboxMessage.channel == "sms",
            OutboxMessage.sent_at <= now - rules.POLL_AFTER,
            or_(OutboxMessage.polled_at.is_(None), OutboxMessage.polled_at <= now - POLL_EVERY),
        )
        .order_by(OutboxMessage.sent_at)
        .limit(BATCH)
    ).all()
    return [row for row in rows if now >= ask_at(row)]


def ask_at(row: OutboxMessage) -> datetime:
    """When a silent message is first asked about: its validity and ten minutes, thirty at least, two hours at most."""
    sent_at = row.sent_at or row.created_at
    validity = timedelta(seconds=rules.validity_seconds(now=sent_at, useful_until=row.useful_until))
    wait = max(validity + timedelta(minutes=10), rules.POLL_AFTER)
    return sent_at + min(wait, rules.SILENCE_BEFORE_HUMAN)


def _note_poll(session: Session, message_id: str, seen: Seen | None, *, now: datetime) -> bool:
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None or row.status not in {"accepted", "sent"}:
        return False
    row.polled_at = now
    changed = bool(seen) and _hear_seen(session, row, seen, now=now)
    silent_for = now - (row.sent_at or row.created_at)
    if row.status in {"accepted", "sent"} and silent_for >= rules.SILENCE_BEFORE_HUMAN:
        row.status = rules.message_after(row.status, "hand")
        row.reason = "receipt.missing"
    return changed


def _hear_seen(session: Session, row: OutboxMessage, seen: Seen | None, *, now: datetime) -> bool:
    if seen is None:
        return False
    row.provider_segments = seen.segments or row.provider_segments
    row.price_text = seen.price_text or row.price_text
    return hear(session, row, status=seen.status, code=seen.error_code, now=now)
