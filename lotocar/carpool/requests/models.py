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
        Index("ix_ride_request_due_at", "due_at"),
        # what waits in each state, without what was promised a call; and the calls promised
        Index("ix_ride_request_waiting", "status", "callback_at", "due_at"),
        Index("ix_ride_request_callback_at", "callback_at"),
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
    needs: Mapped[str] = mapped_column(String(80), default="")  # codes of people.rules.ABILITIES
    wish: Mapped[str] = mapped_column(String(500), default="")  # the driver may read it
    staff_note: Mapped[str] = mapped_column(Text, default="")  # the team only
    return_plan: Mapped[str] = mapped_column(String(6), default="")  # rings | later: no way back settled yet
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

    @property
    def is_series(self) -> bool:
        """Whether the same way is asked for on several dates."""
        outs = [leg for leg in self.legs if leg.direction == "out" and leg.status != "dropped"]
        return len({leg.day for leg in outs}) > 1


class Leg(Base):
    """One way of a request: aller or retour, on a day, with or without an hour (local wall time)."""

    __tablename__ = "leg"
    __table_args__ = (
        UniqueConstraint("ride_request_id", "position"),
        CheckConstraint("direction IN ('out', 'back')", name="direction"),
        CheckConstraint(
            "time_kind IN ('leave_at', 'arrive_by', 'around', 'between', 'none')", name="time_kind"
        ),
        CheckConstraint("flexible_days BETWEEN 0 AND 3", name="flexible_days"),
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
    until: Mapped[time | None]  # the end of a half-day, for « between »
    flexible_days: Mapped[int] = mapped_column(default=0)  # « à un jour près »
    unsure: Mapped[bool] = mapped_column(default=False)  # « après 11 h 30, pas sûre »

    origin: Mapped[Stop] = composite("origin_label", "origin_insee", "origin_lat", "origin_lon")
    destination: Mapped[Stop] = composite(
        "destination_label", "destination_insee", "destination_lat", "destination_lon"
    )
    ride_request: Mapped[RideRequest] = relationship(back_populates="legs")


class Draft(Base):
    """A call being typed, kept at every pause: what the form held, for the one who typed it."""

    __tablename__ = "intake_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)  # of the request it becomes
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    content: Mapped[str] = mapped_column(Text)  # the fields and their words, as JSON
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
