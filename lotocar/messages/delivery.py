"""Claim, send, note: three steps, and no transaction open while the network answers.

A claim is a conditional update that must change exactly one row; its attempt number fences a worker that comes
back late. A crash leaves a row `sending` with a lease: `doubts` takes it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lotocar.messages import circuit, rules
from lotocar.messages.channels import (
    Accepted,
    AccountBroken,
    NotCreated,
    Outgoing,
    RateLimited,
    Rejected,
    Sender,
    SmsSender,
    Unknown,
)
from lotocar.messages.models import NumberFact, OutboxMessage
from lotocar.messages.outbox import why_no_sms
from lotocar.values.tokens import new_hex_id

Clock = Callable[[], datetime]
Factory = sessionmaker[Session]

BATCH = 50
AGAIN = "~again"


def send_due(factory: Factory, sender: SmsSender, clock: Clock, *, caps: rules.Caps | None = None) -> int:
    """Send what is due, most urgent first, one transaction for the claim and one for the note; how many left.

    Stops at once when the circuit opens or the provider says to slow down.
    """
    with factory.begin() as session:
        expire_due(session, now=clock())
        if not circuit.may_send(session, now=clock()):
            return 0
        batch = 1 if circuit.is_open(session) else BATCH  # an open circuit is probed with a single message
        ids = due(session, now=clock(), limit=batch, caps=caps or rules.Caps())
    count = 0
    for message_id in ids:
        outcome = send_one(factory, sender, message_id, clock)
        count += outcome == "accepted"
        if outcome in {"paused", "broken"}:
            break
    return count


def due(session: Session, *, now: datetime, limit: int, caps: rules.Caps) -> Sequence[str]:
    """The messages that may leave now: by priority, then by age, within the day's allowance."""
    spent = sent_since(session, now - timedelta(days=1))
    condition = may_leave(now)
    if not caps.allows("driver_code", sent_today=spent):
        condition &= OutboxMessage.kind.not_in(
            rules.SPARE
        )  # or they would fill the batch and hold the rest back
    waiting = session.execute(
        select(OutboxMessage.id, OutboxMessage.kind)
        .where(condition)
        .order_by(OutboxMessage.priority, OutboxMessage.not_before, OutboxMessage.created_at)
        .limit(limit)
    )
    allowed: list[str] = []
    for message_id, kind in waiting:
        if caps.allows(kind, sent_today=spent + len(allowed)):
            allowed.append(message_id)
    return allowed


def sent_since(session: Session, since: datetime) -> int:
    """How many messages were handed over since then."""
    return (
        session.scalar(
            select(func.count()).where(OutboxMessage.claimed_at >= since, OutboxMessage.channel == "sms")
        )
        or 0
    )


def send_one(factory: Factory, sender: Sender, message_id: str, clock: Clock, *, channel: str = "sms") -> str:
    """One message through its three steps; "accepted", "put_back", "refused", "doubt", "paused", "broken" or "".

    Empty means that somebody else has it, or that it is no longer to be sent.
    """
    began = clock()
    with factory.begin() as session:
        claimed = claim(session, message_id, now=began, channel=channel)
    if claimed is None:
        return ""
    if rules.lease_is_over(lease_until=began + rules.LEASE, claimed_at=began, now=clock()):
        return ""  # we slept on our claim (a frozen machine): somebody else may have sent it since
    try:
        accepted = sender.send(claimed)
    except RateLimited as error:
        return _noted(factory, claimed, clock, _put_back_paused(error.retry_after))
    except AccountBroken as error:
        return _noted(factory, claimed, clock, _put_back_broken(error.code))
    except NotCreated as error:
        return _noted(factory, claimed, clock, _put_back(error.code))
    except Rejected as error:
        return _noted(factory, claimed, clock, _refused(error.number))
    except Unknown as error:
        return _noted(factory, claimed, clock, _doubted(error.code))
    return _noted(factory, claimed, clock, _accepted(accepted))


def claim(session: Session, message_id: str, *, now: datetime, channel: str = "sms") -> Outgoing | None:
    """Take one queued message for a lease of one minute, or None when it is not (or no longer) to be taken."""
    row = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, may_leave(now, channel=channel))
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    if reason := _now_unwanted(session, row):
        row.status, row.reason, row.settled_at = rules.message_after(row.status, "block"), reason, now
        return None
    taken = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.status == row.status,
            OutboxMessage.attempt == row.attempt,
        )
        .values(
            status=rules.message_after(row.status, "claim"),
            attempt=row.attempt + 1,
            lease_until=now + rules.LEASE,
            claimed_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # Session.execute is typed as Result
        return None
    return Outgoing(
        id=message_id,
        attempt=row.attempt + 1,
        to=row.to_number,
        body=row.body,
        validity_seconds=rules.validity_seconds(now=now, useful_until=row.useful_until),
    )


def _now_unwanted(session: Session, row: OutboxMessage) -> str:
    """Why this SMS must not leave any more: its number said STOP, or proved a landline, since it was queued."""
    if row.channel != "sms":
        return ""
    reason = why_no_sms(session, row.to_number)
    return "" if reason == "number.stopped" and row.kind == "stop_confirmed" else reason


def expire_due(session: Session, *, now: datetime) -> int:
    """Let go of what never left and is worth nothing now; the desk sees it when a call is needed."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.status == "queued", OutboxMessage.useful_until <= now)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.status = rules.message_after(row.status, "expire")
        row.reason, row.settled_at = "deadline.passed", now
    return len(rows)


# --- noting what happened ---------------------------------------------------------------------------------

Note = Callable[[Session, OutboxMessage, datetime], str]


def _noted(factory: Factory, claimed: Outgoing, clock: Clock, note: Note) -> str:
    with factory.begin() as session:
        row = session.get(OutboxMessage, claimed.id, with_for_update=True)
        if row is None:
            return ""
        if row.attempt != claimed.attempt:
            return "late"  # fenced: another attempt owns the row since
        return note(session, row, clock())


def _accepted(accepted: Accepted) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        circuit.note_success(session, now=now, channel=row.channel)
        adopt(session, row, sid=accepted.sid, status=accepted.status, now=now)
        row.provider_segments = accepted.segments
        return "accepted"

    return note


def _put_back(reason: str, *, failures: int = 1) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        circuit.note_failure(session, reason=reason, now=now, channel=row.channel)
        put_back(row, reason=reason, failures=failures, now=now)
        return "put_back"

    return note


def _put_back_paused(retry_after: timedelta) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        circuit.pause(session, until=now + retry_after, now=now, channel=row.channel)
        put_back(row, reason="provider.rate", failures=0, now=now)
        return "paused"

    return note


def _put_back_broken(reason: str) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        circuit.trip(session, reason=reason, now=now, channel=row.channel)
        put_back(row, reason=reason, failures=0, now=now)
        return "broken"

    return note


def _doubted(reason: str) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        circuit.note_failure(session, reason=reason, now=now, channel=row.channel)
        doubt(row, reason=reason, now=now)
        return "doubt"

    return note


def _refused(code: int) -> Note:
    def note(session: Session, row: OutboxMessage, now: datetime) -> str:
        remedy = rules.remedy(code)
        if row.status not in {"sending", "uncertain"}:
            return "late"
        row.error_code = code
        if remedy.holds_sender:
            circuit.trip(session, reason=remedy.reason, now=now, channel=row.channel)
        else:
            circuit.note_success(
                session, now=now, channel=row.channel
            )  # it answered: the provider itself is well
        if remedy.act == "retry":
            put_back(row, reason=remedy.reason, failures=0, now=now, wait=remedy.retry_in)
            return "broken" if remedy.holds_sender else "put_back"
        apply_remedy(session, row, remedy, now=now)
        return "refused"

    return note


# --- what other files of this room use too ------------------------------------------------------------------


def adopt(session: Session, row: OutboxMessage, *, sid: str, status: str, now: datetime) -> None:
    """The provider has this message, under this identifier, and says `status` of it.

    A row that a callback already moved further stays there.
    """
    if row.provider_sid is None:
        row.provider_sid = sid
        row.sent_at = now
    row.lease_until = None
    if rules.may(row.status, "accept"):
        row.status = rules.message_after(row.status, "accept")
        row.reason = ""
    hear(session, row, status=status, code=0, now=now)


def hear(session: Session, row: OutboxMessage, *, status: str, code: int, now: datetime) -> bool:
    """Let the provider's word raise the message's rank; whether it changed anything."""
    after = rules.heard(row.status, status)
    if after == row.status:
        return False
    row.status, row.lease_until = after, None
    row.reason = ""
    if code:
        row.error_code = code
    if after in rules.TERMINAL:
        row.settled_at = now
    if after in {"undelivered", "failed"}:
        _after_bad_news(session, row, code, now=now)
    return True


def put_back(
    row: OutboxMessage, *, reason: str, failures: int, now: datetime, wait: timedelta | None = None
) -> None:
    """Nothing was created: back in the queue, later each time. After a dozen failures a human takes over."""
    if not rules.may(row.status, "retry"):
        return
    row.failures += failures
    row.reason, row.lease_until = reason, None
    if row.failures >= rules.RETRIES_BEFORE_HUMAN and row.status == "sending":
        row.status = rules.message_after(row.status, "hand")
        return
    row.status = rules.message_after(row.status, "retry")
    jitter = int(row.id[:4], 16) / 0xFFFF
    row.not_before = now + (wait or (rules.backoff(row.failures, jitter=jitter) if failures else timedelta()))


def doubt(row: OutboxMessage, *, reason: str, now: datetime) -> None:
    """Nobody knows whether this message left: `doubts.reconcile` will search for it."""
    if not rules.may(row.status, "doubt"):
        return
    row.status = rules.message_after(row.status, "doubt")
    row.reason, row.doubted_at, row.lease_until = reason, now, None
    row.doubts += 1
    row.searches, row.searched_at = 0, None
    if row.channel == "voice":
        # a call has no text to search for, and ringing twice frightens: at most once, then a person
        row.status, row.reason = rules.message_after(row.status, "hand"), "call.doubt"


def apply_remedy(session: Session, row: OutboxMessage, remedy: rules.Remedy, *, now: datetime) -> None:
    """End a message as its error code asks, and remember what the code says of the number."""
    row.status = rules.message_after(row.status, remedy.act)
    row.reason, row.lease_until, row.settled_at = remedy.reason, None, now
    if remedy.number_fact:
        learn(session, row.to_number, remedy.number_fact, source=str(row.error_code), now=now)


def learn(session: Session, number: str, fact: str, *, source: str, now: datetime) -> None:
    """Remember a fact about a number: stopped, landline or wrong."""
    if session.get(NumberFact, (number, fact)) is not None:
        return
    with suppress(IntegrityError), session.begin_nested():  # somebody else may be learning it now
        session.add(NumberFact(number=number, fact=fact, source=source, at=now))


def forget(session: Session, number: str, fact: str) -> None:
    """A fact about a number holds no more (the person asked for SMS again)."""
    row = session.get(NumberFact, (number, fact))
    if row is not None:
        session.delete(row)


def _after_bad_news(session: Session, row: OutboxMessage, code: int, *, now: datetime) -> None:
    remedy = rules.remedy(code)
    row.reason = remedy.reason if code else "provider.undelivered"
    if remedy.number_fact and code:
        learn(session, row.to_number, remedy.number_fact, source=str(code), now=now)
    if remedy.once and not row.dedup_key.endswith(AGAIN):
        at = rules.leaves_at(now=now + (remedy.retry_in or timedelta()), night_from=row.night_from)
        once_more(session, row, key=f"{row.dedup_key}{AGAIN}", at=at, now=now)


def once_more(session: Session, row: OutboxMessage, *, key: str, at: datetime, now: datetime) -> None:
    """A second message in the place of one that nobody got, when it still makes sense by then."""
    if row.useful_until is not None and row.useful_until <= at:
        return
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedup_key == key)):
        return
    kept = ("kind", "channel", "to_number", "person_id", "subject_kind", "subject_id", "reference", "body")
    copied = {
        name: getattr(row, name) for name in (*kept, "segments", "priority", "useful_until", "night_from")
    }
    session.add(OutboxMessage(id=new_hex_id(), dedup_key=key, created_at=now, not_before=at, **copied))
    row.reason, row.handled_at = f"{row.reason}.again", now


def may_leave(now: datetime, *, channel: str = "sms") -> ColumnElement[bool]:
    """Queued, due, still useful, and by day or by its own right at night. Calls keep to their own hours."""
    condition = (
        (OutboxMessage.status == "queued")
        & (OutboxMessage.channel == channel)
        & (OutboxMessage.not_before <= now)
        & or_(OutboxMessage.useful_until.is_(None), OutboxMessage.useful_until > now)
    )
    if channel == "voice":
        return condition if rules.call_at(now) == now else condition & false()
    if not rules.is_day(now):
        condition &= OutboxMessage.night_from <= now
    return condition
