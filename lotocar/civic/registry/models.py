"""Proofs, their fate, and what the structure told us for joining the registry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lotocar.carpool.rides.models import Ride
from lotocar.db import Base, UTCDateTime


class Proof(Base):
    """One couple under one number of the registry's. `status` follows life.PROOF.

    A ride has one standing proof per environment (`live_ride_id`); a burnt or cancelled one lets go of it, so that
    another may be made under a new number. `body` and the keys are what was sent: personal data, kept for audits.
    """

    __tablename__ = "registry_proof"
    __table_args__ = (
        # two workers never make two proofs of one ride
        UniqueConstraint("environment", "live_ride_id"),
        # what is due, what is late, what is compared within a day
        Index("ix_registry_proof_due", "environment", "status", "not_before"),
        Index("ix_registry_proof_start_at", "environment", "start_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    environment: Mapped[str] = mapped_column(String(10))  # demo | production
    ride_id: Mapped[int] = mapped_column(ForeignKey("ride.id"), index=True)
    live_ride_id: Mapped[int | None]
    journey_id: Mapped[str] = mapped_column(String(32), unique=True)
    trip_id: Mapped[str] = mapped_column(String(32))
    start_at: Mapped[datetime] = mapped_column(UTCDateTime)
    end_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(16), default="draft")
    reasons: Mapped[list[list[str]]] = mapped_column(JSON, default=list)  # [code, side], why it is held back
    driver_word: Mapped[str] = mapped_column(String(4), default="")  # own | desk
    passenger_word: Mapped[str] = mapped_column(String(4), default="")

    # sending: `attempt` fences a worker that comes back late
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    doubted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    known_there: Mapped[bool] = mapped_column(default=False)  # the registry has it, or may have

    # what was sent
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    body: Mapped[str] = mapped_column(Text, default="")
    proof_class: Mapped[str] = mapped_column(String(1), default="")
    driver_key: Mapped[str] = mapped_column(String(64), default="")
    passenger_key: Mapped[str] = mapped_column(String(64), default="")
    passenger_user_id: Mapped[str] = mapped_column(String(40), default="")
    consents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # side → version and date

    # what the registry said
    error: Mapped[str] = mapped_column(String(60), default="")
    answer: Mapped[str] = mapped_column(Text, default="")  # the whole refusal
    labels: Mapped[list[str]] = mapped_column(JSON, default=list)
    registry_status: Mapped[str] = mapped_column(String(24), default="")
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contradicted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_code: Mapped[str] = mapped_column(String(32), default="")

    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    ride: Mapped[Ride] = relationship()


class RideDetail(Base):
    """What the registry may be told of a ride beyond the booking: prices shared by others, the plate, the age.

    Most rides have none. `incentives`: [index, cents, siret]; `payments`: [index, siret, type, cents].
    """

    __tablename__ = "registry_ride_detail"

    ride_id: Mapped[int] = mapped_column(ForeignKey("ride.id"), primary_key=True)
    licence_plate: Mapped[str] = mapped_column(String(32), default="")
    incentives: Mapped[list[Any]] = mapped_column(JSON, default=list)
    payments: Mapped[list[Any]] = mapped_column(JSON, default=list)
    fee_cents: Mapped[int] = mapped_column(default=0)
    passenger_adult: Mapped[bool | None]


class RegistryDesk(Base):
    """Where this installation stands with the registry; one row, numbered 1."""

    __tablename__ = "registry_desk"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    environment: Mapped[str] = mapped_column(String(10), default="off")  # off | demo | production
    switched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trouble: Mapped[str] = mapped_column(String(60), default="")  # why sending stands still
    trouble_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reconciled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # the joining kit
    done: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # step of the kit → date it was ticked


class RegistryTally(Base):
    """How many of our proofs the registry lists, by month of the ride and by its own status."""

    __tablename__ = "registry_tally"

    environment: Mapped[str] = mapped_column(String(10), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-11
    status: Mapped[str] = mapped_column(String(24), primary_key=True)  # « stranger »: not one of ours
    count: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class PassengerCar(Base):
    """What a passenger answered when asked whether they had a car to make their rides themselves; the latest word."""

    __tablename__ = "registry_passenger_car"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    has_car: Mapped[bool]
    told_through: Mapped[str] = mapped_column(String(4))  # link | desk
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class OpenDataCommune(Base):
    """How often one commune of ours is a start or an end in the public file of a month (2026-11)."""

    __tablename__ = "registry_open_data"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    insee: Mapped[str] = mapped_column(String(5), primary_key=True)
    seen: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
