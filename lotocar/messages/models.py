"""The outbox and the inbox.

A message is addressed to a number and kept for a person's number only as a plain integer: this room never
knows what a person is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lotocar.db import Base, UTCDateTime


class OutboxMessage(Base):
    """One message to one person, written in the same transaction as the fact it tells.

    `status` follows messages.rules.OUTBOX; the text is rendered and frozen at insert. `dedup_key` names the
    purpose, so that nothing is ever queued twice. Lease and attempt fence late workers.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        # the sender's claim: what is queued and due, in order of urgency
        Index("ix_outbox_message_due", "status", "not_before", "priority"),
        # what a screen shows about one subject
        Index("ix_outbox_message_subject", "subject_kind", "subject_id"),
        # how many this number got today
        Index("ix_outbox_message_to", "to_number", "created_at"),
        # how many left today, against the day's allowance
        Index("ix_outbox_message_claimed_at", "claimed_at"),
    )

    id: Mapped[str] = mapped_column(
        String(32), primary_key=True
    )  # random hex, carried by the callback's address
    dedup_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))  # the folder in templates/messages
    channel: Mapped[str] = mapped_column(String(6))  # sms | voice | email
    to_number: Mapped[str] = mapped_column(String(160))
    person_id: Mapped[int | None] = mapped_column(index=True)
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int]
    reference: Mapped[str] = mapped_column(
        String(8), index=True, default=""
    )  # ends the text; read to the desk
    body: Mapped[str] = mapped_column(Text)
    segments: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int] = mapped_column(default=5)  # 1 most urgent
    status: Mapped[str] = mapped_column(String(14), default="queued")
    reason: Mapped[str] = mapped_column(String(60), default="")  # why blocked, failed or for a human
    attempt: Mapped[int] = mapped_column(default=0)  # counts claims: the fencing token
    failures: Mapped[int] = mapped_column(default=0)  # sends that certainly created nothing: the back-off
    doubts: Mapped[int] = mapped_column(default=0)  # sends of unknown outcome: after two, a human only
    searches: Mapped[int] = mapped_column(default=0)  # empty searches since the last doubt
    searched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    doubted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    night_from: Mapped[datetime | None] = mapped_column(UTCDateTime)  # from when it may also leave at night
    useful_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_segments: Mapped[int | None]
    price_text: Mapped[str] = mapped_column(
        String(24), default=""
    )  # as the provider says it: « -0.0798 EUR »
    error_code: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the provider took it
    polled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # a human dealt with its failure
    handled_by_id: Mapped[int | None]


class InboundMessage(Base):
    """One SMS received, stored raw before anything else is done with it."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index("ix_inbound_message_state", "state", "received_at"),
        Index("ix_inbound_message_from", "from_number", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_sid: Mapped[str] = mapped_column(String(64), unique=True)  # a repeated one changes nothing
    from_number: Mapped[str] = mapped_column(String(40))
    to_number: Mapped[str] = mapped_column(String(40), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    raw: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(
        String(10), default="received"
    )  # received | acted | ignored | human | handled
    decision: Mapped[str] = mapped_column(String(16), default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(index=True)
    subject_id: Mapped[int | None]  # the approach it answered
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None]


class DeliveryStatus(Base):
    """One status callback as it came; replays are refused by the constraint."""

    __tablename__ = "delivery_status"
    __table_args__ = (Index("uq_delivery_status_event", "provider_sid", "status", "error_code", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_sid: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(24))
    error_code: Mapped[int] = mapped_column(default=0)  # 0 = none: NULLs would not be unique
    outbox_id: Mapped[str] = mapped_column(String(32), default="")
    effect: Mapped[str] = mapped_column(String(14), default="")  # applied | late | foreign | unknown
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NumberFact(Base):
    """What the channel taught us of a number: it takes no SMS, or its owner wants none. The call list reads it."""

    __tablename__ = "number_fact"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)  # E.164
    fact: Mapped[str] = mapped_column(String(10), primary_key=True)  # stopped | landline | wrong
    source: Mapped[str] = mapped_column(String(40))  # the inbound word, or the provider's code
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Circuit(Base):
    """Whether a channel may be used: while it is open, its queue is kept and nobody's attempts are used up."""

    __tablename__ = "circuit"

    channel: Mapped[str] = mapped_column(String(6), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(60), default="")
    last_ok_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class JobRun(Base):
    """One scheduled job: when it last ran, and who leads. A lease row, so that one worker among several ticks."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_run_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_ok_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(String(120), default="")


class Mailing(Base):
    """One letter to the team, once: `key` names it ("day_sheet/2026-11-24"), a lease keeps two workers apart."""

    __tablename__ = "mailing"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    status: Mapped[str] = mapped_column(String(8))  # sending | sent | failed
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)  # of the next try
    error: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # somebody printed it instead
    handled_by_id: Mapped[int | None]
