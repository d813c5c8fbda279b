"""Approaches (asking one driver) and rides (what was agreed, with a date)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import rules
from lotocar.carpool.trips.models import Trip
from lotocar.db import Base, UTCDateTime
from lotocar.staff.models import Account


class Approach(Base):
    """One driver asked, for one or more legs of one request. `reference` is the four digits of the SMS."""

    __tablename__ = "approach"
    __table_args__ = (
        # an inbound OUI finds the open questions of its sender
        Index("ix_approach_driver_status", "driver_id", "status"),
        Index("ix_approach_reference", "reference"),
        # what lapses next
        Index("ix_approach_expires_at", "status", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(4))
    ride_request_id: Mapped[int] = mapped_column(
        ForeignKey("ride_request.id", ondelete="CASCADE"), index=True
    )
    driver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(String(12), default="to_contact")
    channel: Mapped[str] = mapped_column(String(5))  # sms | phone
    tries: Mapped[int] = mapped_column(default=0)
    request_revision: Mapped[int]  # what the driver was asked; a later change asks again
    decline_reason: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_through: Mapped[str] = mapped_column(String(6), default="")  # sms | link | phone | desk
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    relaunched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    ride_request: Mapped[RideRequest] = relationship()
    driver: Mapped[Person] = relationship()
    legs: Mapped[list[ApproachLeg]] = relationship(
        back_populates="approach", cascade="all, delete-orphan", order_by="ApproachLeg.id"
    )

    __mapper_args__ = {"version_id_col": revision}

    @property
    def is_waiting(self) -> bool:
        return self.status in rules.WAITING


class ApproachLeg(Base):
    """What exactly was proposed for one leg: which trip, when and where, at what detour.

    `trip_id` is None when the desk hand-picked a driver outside any trip.
    """

    __tablename__ = "approach_leg"
    __table_args__ = (UniqueConstraint("approach_id", "leg_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    approach_id: Mapped[int] = mapped_column(ForeignKey("approach.id", ondelete="CASCADE"))
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id", ondelete="CASCADE"), index=True)
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    direction: Mapped[str] = mapped_column(String(4), default="out")  # of the trip
    departure_id: Mapped[int | None]
    pickup_at: Mapped[datetime] = mapped_column(UTCDateTime)
    dropoff_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detour_seconds: Mapped[int] = mapped_column(default=0)
    at_usual_hour: Mapped[bool] = mapped_column(default=True)  # False: the driver would leave at another hour

    approach: Mapped[Approach] = relationship(back_populates="legs")
    leg: Mapped[Leg] = relationship()
    trip: Mapped[Trip | None] = relationship()


class Ride(Base):
    """What was agreed between a driver and a passenger for one leg: it has a date and an end.

    One live ride a leg: the database refuses a second (`uq_ride_live_leg`).
    """

    __tablename__ = "ride"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 8", name="seats"),
        CheckConstraint("measured_minutes BETWEEN 1 AND 600", name="measured_minutes"),
        # « live_leg_id » holds the leg while the ride stands and becomes NULL when it is cancelled
        UniqueConstraint("live_leg_id"),
        # day sheet, reminders, and what is to be asked after the ride
        Index("ix_ride_day", "day", "status"),
        # rides over without a word
        Index("ix_ride_status", "status", "dropoff_at"),
        # those of which the passenger does not know yet, the soonest first
        Index("ix_ride_untold", "status", "passenger_told_at", "pickup_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_key: Mapped[str] = mapped_column(String(32), unique=True)  # the registry's operator_journey_id
    car_trip_key: Mapped[str] = mapped_column(String(32), index=True)  # shared by all couples of one car trip
    approach_id: Mapped[int] = mapped_column(ForeignKey("approach.id"), index=True)
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id"), index=True)
    live_leg_id: Mapped[int | None]
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    direction: Mapped[str] = mapped_column(String(4))
    driver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    passenger_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    day: Mapped[date]
    pickup_at: Mapped[datetime] = mapped_column(UTCDateTime)
    dropoff_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seats: Mapped[int] = mapped_column(default=1)
    distance_m: Mapped[int]
    measured_minutes: Mapped[int | None]  # how long it took, in the words of somebody who was there
    contribution_cents: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(20), default="planned")
    driver_says: Mapped[str | None] = mapped_column(String(20))  # done | not_done
    passenger_says: Mapped[str | None] = mapped_column(String(20))
    driver_said_through: Mapped[str] = mapped_column(
        String(4), default=""
    )  # sms | link | desk, of their word
    passenger_said_through: Mapped[str] = mapped_column(String(4), default="")
    passenger_told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    passenger_told_through: Mapped[str] = mapped_column(String(6), default="")  # sms | phone
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    approach: Mapped[Approach] = relationship()
    leg: Mapped[Leg] = relationship()
    trip: Mapped[Trip | None] = relationship()
    driver: Mapped[Person] = relationship(foreign_keys=[driver_id])
    passenger: Mapped[Person] = relationship(foreign_keys=[passenger_id])

    __mapper_args__ = {"version_id_col": revision}


class ContactReveal(Base):
    """A driver's number shown to an online passenger, who left name and number first."""

    __tablename__ = "contact_reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    driver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    passenger_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    network_hash: Mapped[str] = mapped_column(String(64), default="")  # the asker's address under a key
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # those of the day are counted


class PutOff(Base):
    """One thing to do that somebody put to later: rung in vain, or asked to be rung at another hour.

    `action` and `subject` name the thing as the list « À faire » does (its kind, and its row's number).
    """

    __tablename__ = "put_off"
    __table_args__ = (UniqueConstraint("action", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime] = mapped_column(
        UTCDateTime, index=True
    )  # what is still put off, and what to forget
    tries: Mapped[int] = mapped_column(default=0)  # calls in vain


class HandOver(Base):
    """A note left for the colleague who goes on with a request; `to_id` None is for whoever comes next."""

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    ride_request_id: Mapped[int] = mapped_column(
        ForeignKey("ride_request.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"))
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)  # what nobody read yet

    author: Mapped[Account] = relationship(foreign_keys=[author_id])
    to: Mapped[Account | None] = relationship(foreign_keys=[to_id])
    ride_request: Mapped[RideRequest] = relationship()


class Opening(Base):
    """A trip, new or changed, that could serve a leg for which nobody was found."""

    __tablename__ = "opening"
    __table_args__ = (UniqueConstraint("leg_id", "trip_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id", ondelete="CASCADE"))
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"), index=True)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)  # somebody looked at it

    leg: Mapped[Leg] = relationship()
    trip: Mapped[Trip] = relationship()


class OpeningMark(Base):
    """Up to which change of trips `openings` has looked; one row."""

    __tablename__ = "opening_mark"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    revision: Mapped[int] = mapped_column(default=0)
