"""Ride requests and their legs."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from lotocar.carpool.people.models import Person
from lotocar.db import Base, UTCDateTime
from lotocar.staff.models import Account
from lotocar.values.geo import Stop


class RideRequest(Base):
    """What a passenger needs. `status` and `outcome` follow requests.rules; `id` is the number that people read aloud."""

    __tablename__ = "ride_request"
    __table_args__ = (
        # the desk's lists: what is open, by due time
        Index("ix_ride_request_open", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(
        String(64), unique=True
    )  # the same form sent twice makes one request
    passenger_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    caller_relation: Mapped[str] = mapped_column(String(60), default="")  # « infirmière », « fille »
    source: Mapped[str] = mapped_column(String(6))  # desk | web
    status: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(24))
    outcome_note: Mapped[str] = mapped_column(String(300), default="")
    purpose: Mapped[str] = mapped_column(String(20), default="autre")
    seats: Mapped[int] = mapped_column(default=1)
    wish: Mapped[str] = mapped_column(String(500), default="")  # the driver may read it
    staff_note: Mapped[str] = mapped_column(Text, default="")  # the team only
    trip_id: Mapped[int | None]  # the offer a web passenger pointed at, as a hint for the desk
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    working_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    working_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    callback_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    passenger: Mapped[Person] = relationship(foreign_keys=[passenger_id])
    caller: Mapped[Person | None] = relationship(foreign_keys=[caller_id])
    assigned_to: Mapped[Account | None] = relationship(foreign_keys=[assigned_to_id])
    working_by: Mapped[Account | None] = relationship(foreign_keys=[working_by_id])
    legs: Mapped[list[Leg]] = relationship(
        back_populates="ride_request", cascade="all, delete-orphan", order_by="Leg.position"
    )

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_open(self) -> bool:
        return self.status != "closed"


class Leg(Base):
    """One way of a request: aller or retour, on a day, with or without an hour (local wall time)."""

    __tablename__ = "leg"
    __table_args__ = (
        UniqueConstraint("ride_request_id", "position"),
        CheckConstraint("direction IN ('out', 'back')", name="direction"),
        CheckConstraint("time_kind IN ('leave_at', 'arrive_by', 'none')", name="time_kind"),
        # what is to be served on a day
        Index("ix_leg_day", "day", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ride_request_id: Mapped[int] = mapped_column(ForeignKey("ride_request.id", ondelete="CASCADE"))
    position: Mapped[int]
    direction: Mapped[str] = mapped_column(String(4))
    status: Mapped[str] = mapped_column(String(10), default="unserved")
    origin_label: Mapped[str] = mapped_column(String(160))
    origin_insee: Mapped[str] = mapped_column(String(5))
    origin_lat: Mapped[float]
    origin_lon: Mapped[float]
    destination_label: Mapped[str] = mapped_column(String(160))
    destination_insee: Mapped[str] = mapped_column(String(5))
    destination_lat: Mapped[float]
    destination_lon: Mapped[float]
    day: Mapped[date]
    time_kind: Mapped[str] = mapped_column(String(10), default="none")
    hour: Mapped[time | None]

    origin: Mapped[Stop] = composite("origin_label", "origin_insee", "origin_lat", "origin_lon")
    destination: Mapped[Stop] = composite(
        "destination_label", "destination_insee", "destination_lat", "destination_lon"
    )
    ride_request: Mapped[RideRequest] = relationship(back_populates="legs")
