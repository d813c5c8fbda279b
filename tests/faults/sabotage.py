"""Taking one safeguard away on purpose: a bench that still passes then would prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from lotocar.errors import Unavailable
from lotocar.messages import calls, delivery, doubts, inbound, outbox, rules
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.values.tokens import new_hex_id


@contextmanager
def _replaced(owner: Any, name: str, by: Any) -> Iterator[None]:
    kept = getattr(owner, name)
    setattr(owner, name, by)
    try:
        yield
    finally:
        setattr(owner, name, kept)


@contextmanager
def _without_reconcile() -> Iterator[None]:
    """A doubtful message is simply sent again, as if the provider had never heard of it."""

    def again(factory: Any, _sender: Any, clock: Any) -> int:
        with factory.begin() as session:
            doubts.doubt_overdue(session, now=clock())
            rows = session.query(OutboxMessage).filter_by(status="uncertain").with_for_update().all()
            for row in rows:
                row.status, row.not_before = "queued", clock()
        return len(rows)

    with _replaced(doubts, "reconcile", again):
        yield


@contextmanager
def _without_pull() -> Iterator[None]:
    """What the webhook missed is never fetched."""
    with _replaced(inbound, "pull", lambda *_arguments, **_named: []):
        yield


@contextmanager
def _without_claim() -> Iterator[None]:
    """Messages are sent first and noted after, with no claim committed before the network is called."""

    def careless(factory: Any, sender: Any, message_id: str, clock: Any) -> str:
        with factory.begin() as session:
            claimed = delivery.claim(session, message_id, now=clock())
            if claimed is None:
                return ""
            try:
                accepted = sender.send(claimed)
            except Unavailable:
                session.rollback()
                return "put_back"
            row = session.get_one(OutboxMessage, message_id)
            session.refresh(row)
            return delivery._accepted(accepted)(session, row, clock())

    with _replaced(delivery, "send_one", careless):
        yield


@contextmanager
def _without_unread() -> Iterator[None]:
    """A reply whose reader died is never read again."""
    with _replaced(inbound, "unread", lambda *_arguments, **_named: []):
        yield


@contextmanager
def _without_fence() -> Iterator[None]:
    """A worker that comes back late notes what it knows, whoever owns the message since."""
    noted = delivery._noted

    def unfenced(factory: Any, claimed: Any, clock: Any, note: Any) -> str:
        with factory() as session:
            current = session.get_one(OutboxMessage, claimed.id).attempt
        return noted(factory, replace(claimed, attempt=current), clock, note)

    with _replaced(delivery, "_noted", unfenced):
        yield


@contextmanager
def _without_lease() -> Iterator[None]:
    """A worker that slept on its claim sends all the same."""
    with _replaced(rules, "lease_is_over", lambda **_times: False):
        yield


@contextmanager
def _without_fresh_list() -> Iterator[None]:
    """A list read before another worker's search counts as a second look at the provider's."""
    settle = doubts._settle

    def trusting(session: Any, message_id: str, seen_at: tuple[int, int], listed: Any, *, now: Any) -> bool:
        row = session.get_one(OutboxMessage, message_id)
        session.refresh(row)
        return settle(session, message_id, (seen_at[0], row.searches), listed, now=now)

    with _replaced(doubts, "_settle", trusting):
        yield


@contextmanager
def _without_call_doubt() -> Iterator[None]:
    """A call of which nobody knows whether it was made is made again."""
    doubt = delivery.doubt

    def again(row: OutboxMessage, *, reason: str, now: Any) -> None:
        doubt(row, reason=reason, now=now)
        if row.channel == "voice":
            row.status, row.not_before = "queued", now

    with _replaced(delivery, "doubt", again), _replaced(doubts, "doubt", again):
        yield


@contextmanager
def _without_call_end() -> Iterator[None]:
    """A call whose end is never told stays as it is."""
    with _replaced(calls, "settle_silent", lambda *_arguments: 0):
        yield


@contextmanager
def _without_outbox_key() -> Iterator[None]:
    """Two workers on the same row of the timetable each queue its message."""
    queue, queue_call = outbox.queue, outbox.queue_call

    def keyless(act: Any) -> Any:
        return lambda session, *, dedup_key, **values: act(
            session, dedup_key=f"{dedup_key}/{new_hex_id()[:6]}", **values
        )

    with _replaced(outbox, "queue", keyless(queue)), _replaced(outbox, "queue_call", keyless(queue_call)):
        yield


@contextmanager
def _without_inbound_key() -> Iterator[None]:
    """A reply is kept each time that the provider tells us of it."""

    def store(session: Any, received: Any, *, now: Any) -> InboundMessage:
        row = InboundMessage(
            provider_sid=f"{received.sid}{new_hex_id()[:6]}",
            from_number=received.from_number,
            body=received.body,
            received_at=now,
        )
        session.add(row)
        session.flush()
        return row

    with _replaced(inbound, "store", store):
        yield


SABOTAGES: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "": nullcontext,
    "fence": _without_fence,
    "lease": _without_lease,
    "fresh-list": _without_fresh_list,
    "call-doubt": _without_call_doubt,
    "call-end": _without_call_end,
    "outbox-key": _without_outbox_key,
    "reconcile": _without_reconcile,
    "pull": _without_pull,
    "claim": _without_claim,
    "unread": _without_unread,
    "inbound-key": _without_inbound_key,
}
