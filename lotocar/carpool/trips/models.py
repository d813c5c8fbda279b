"""Trips and their departures, pauses and seats taken."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from lotocar.carpool.people.models import Person
from lotocar.db import Base, UTCDateTime
from lotocar.values.geo import Point, Stop


class Trip(Base):
    """A driver's offer: two places, and the hours at which they leave each way.

    `kind` is "regular" (departures carry weekdays, and a date where one was moved) or "one_off" (a date each).
    `status` follows trips.rules.TRIP. `revision` is the value of TripRevision when the trip last changed.
    """

    __tablename__ = "trip"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 8", name="seats"),
        CheckConstraint("kind IN ('regular', 'one_off')", name="kind"),
        CheckConstraint("stated_minutes BETWEEN 1 AND 600", name="stated_minutes"),
        CheckConstraint("school_terms IN ('', 'term', 'break')", name="school_terms"),
        # the matching mirror asks for everything changed since its own revision
        Index("ix_trip_revision", "revision"),
        # the few that wait for the desk's call
        Index("ix_trip_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)  # in public addresses: never a row number
    driver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(10), default="active")
    origin_label: Mapped[str] = mapped_column(String(160))
    origin_insee: Mapped[str] = mapped_column(String(5), index=True)
    origin_lat: Mapped[float]
    origin_lon: Mapped[float]
    destination_label: Mapped[str] = mapped_column(String(160))
    destination_insee: Mapped[str] = mapped_column(String(5), index=True)
    destination_lat: Mapped[float]
    destination_lon: Mapped[float]
    seats: Mapped[int] = mapped_column(default=3)
    flexibility_minutes: Mapped[int] = mapped_column(default=15)
    max_detour_minutes: Mapped[int] = mapped_column(default=10)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    school_terms: Mapped[str] = mapped_column(String(5), default="")  # in term or in school breaks only
    skips_holidays: Mapped[bool] = mapped_column(default=False)  # « sauf jours fériés »
    team_only: Mapped[bool] = mapped_column(default=False)  # the team may propose it, no public page shows it
    via_stops: Mapped[list[Any]] = mapped_column(JSON, default=list)  # see `vias`
    precision: Mapped[str] = mapped_column(String(160), default="")  # « parking de la poste »; never public
    note: Mapped[str] = mapped_column(Text, default="")
    stated_minutes: Mapped[int | None]  # how long the whole way usually takes, in the driver's own words
    # the whole way by road, via places included, for who measured it; we do not: the legs with a passenger are
    # estimates, whose errors cancel out against an estimate and not against the exact way
    base_seconds: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # the driver last said that it still holds
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=0)

    origin: Mapped[Stop] = composite("origin_label", "origin_insee", "origin_lat", "origin_lon")
    destination: Mapped[Stop] = composite(
        "destination_label", "destination_insee", "destination_lat", "destination_lon"
    )
    driver: Mapped[Person] = relationship()
    departures: Mapped[list[Departure]] = relationship(
        back_populates="trip", cascade="all, delete-orphan", order_by="Departure.id"
    )
    pauses: Mapped[list[Pause]] = relationship(cascade="all, delete-orphan", order_by="Pause.first_day")

    @property
    def vias(self) -> tuple[Stop, ...]:
        """The places that the driver says they pass by, in the order of the way out."""
        return tuple(Stop(*one) for one in self.via_stops)

    @property
    def way(self) -> tuple[Point, ...]:
        """Where the way out starts, passes by and ends."""
        return tuple(stop.point for stop in (self.origin, *self.vias, self.destination))


class Departure(Base):
    """One hour at which a trip leaves: out (origin to destination) or back, on a weekday or on a date.

    `hour` is local wall time in the territory's zone, kept through clock changes; None when the driver
    gave no hour. `weekday` 0 is Monday.
    """

    __tablename__ = "departure"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="one_calendar"),
        CheckConstraint("direction IN ('out', 'back')", name="direction"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"), index=True)
    direction: Mapped[str] = mapped_column(String(4))
    weekday: Mapped[int | None]
    day: Mapped[date | None]
    hour: Mapped[time | None]

    trip: Mapped[Trip] = relationship(back_populates="departures")


class Pause(Base):
    """Days on which a trip does not run, first and last included."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class SeatUse(Base):
    """Seats already promised on one direction of one day of a trip; raised by a conditional update only.

    `taken` is the most that are taken at once. `parts` holds one [holder, seats, start, end] a passenger: the
    leg that holds them, and the part of the way in seconds since the departure (no end: the whole way).
    """

    __tablename__ = "seat_use"
    __table_args__ = (
        UniqueConstraint("trip_id", "direction", "day"),
        CheckConstraint("taken >= 0", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"))
    direction: Mapped[str] = mapped_column(String(4))
    day: Mapped[date]
    taken: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)


class TripRevision(Base):
    """One row, incremented first in every transaction that changes trips: its lock orders the commits,
    so that a search that has seen revision n has missed nothing up to n."""

    __tablename__ = "trip_revision"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    value: Mapped[int] = mapped_column(default=0)
