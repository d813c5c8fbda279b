"""Persons and what belongs to one person only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from lotocar.db import Base, UTCDateTime
from lotocar.values.geo import Stop


class Person(Base):
    """A driver, a passenger, a caller: one row however they came. Erased people keep an empty row for the counts."""

    __tablename__ = "person"
    __table_args__ = (
        # three letters of a name find the person at the desk
        Index("ix_person_sort_key", "sort_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)  # random; the registry's operator_user_id
    civility: Mapped[str] = mapped_column(String(3), default="")  # mme, m, or nobody told us
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    sort_key: Mapped[str] = mapped_column(
        String(170), default=""
    )  # folded « last first », same order on both engines
    email: Mapped[str] = mapped_column(String(160), default="")
    minor: Mapped[bool] = mapped_column(default=False)
    guardian_consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contact_preference: Mapped[str] = mapped_column(String(10), default="sms")  # sms | call
    call_hours: Mapped[str] = mapped_column(String(120), default="")  # « après 18 h »
    car: Mapped[str] = mapped_column(String(80), default="")  # « Clio grise », read aloud to the passenger
    staff_note: Mapped[str] = mapped_column(Text, default="")
    flag: Mapped[str] = mapped_column(
        String(160), default=""
    )  # shown first, whenever the team opens the person
    abilities: Mapped[str | None] = mapped_column(
        String(80)
    )  # people.rules.ABILITIES; None: nobody asked yet
    monthly_limit: Mapped[int | None]  # days of driving a month that the driver accepts; None: no limit
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list[PhoneLine]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PhoneLine.id"
    )
    enrolments: Mapped[list[Enrolment]] = relationship(cascade="all, delete-orphan", order_by="Enrolment.id")

    __mapper_args__ = {"version_id_col": revision}

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class UsualPlace(Base):
    """Where a person usually goes, under a name from a closed list that says nothing of health."""

    __tablename__ = "usual_place"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))  # people.rules.USUAL_PLACES
    label: Mapped[str] = mapped_column(String(160))
    insee: Mapped[str] = mapped_column(String(5))
    lat: Mapped[float]
    lon: Mapped[float]

    stop: Mapped[Stop] = composite("label", "insee", "lat", "lon")


class PairToAvoid(Base):
    """Two people never to be proposed to each other; who asked for it is not kept, so that it cannot be told."""

    __tablename__ = "pair_to_avoid"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PhoneLine(Base):
    """One number by which a person is reached. A number is never unique: a landline serves a household."""

    __tablename__ = "phone_line"
    __table_args__ = (
        # the caller's digits bring the person; an inbound SMS finds its possible senders
        Index("ix_phone_line_e164", "e164"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    e164: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(12))  # values.phone.LineKind
    label: Mapped[str] = mapped_column(String(40), default="")  # « voisine », « fille »
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sms_stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(back_populates="lines")


class Consent(Base):
    """What a person said about one use of their data; rows are added, the latest of a kind counts."""

    __tablename__ = "consent"
    __table_args__ = (
        # latest word of a person on a kind
        Index("ix_consent_person_kind", "person_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))  # share_phone | registry
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None]


class PrivateLink(Base):
    """A link that stands for one person and one purpose; only its hash is kept."""

    __tablename__ = "private_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))  # driver_page | approach
    subject_id: Mapped[int | None]  # the approach, for that purpose
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()


class PhoneCode(Base):
    """A code sent to a line, to be typed back in the same browser."""

    __tablename__ = "phone_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_line.id", ondelete="CASCADE"), index=True)
    browser_hash: Mapped[str] = mapped_column(String(64), unique=True)  # the cookie's secret, hashed
    code_hash: Mapped[str] = mapped_column(String(64))
    network_hash: Mapped[str] = mapped_column(String(64), default="")  # the asker's address under a key
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, index=True
    )  # codes of the last hours are counted
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    line: Mapped[PhoneLine] = relationship()


class Enrolment(Base):
    """Where a person stands with the service, as driver or as passenger."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(10))  # driver | passenger
    status: Mapped[str] = mapped_column(String(12))  # people.rules.ENROLMENT
    since: Mapped[datetime] = mapped_column(UTCDateTime)
