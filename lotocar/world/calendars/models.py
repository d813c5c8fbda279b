"""The calendar of this installation: pre-filled once a year's data are known, then the coordinator's."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lotocar.db import Base


class SchoolBreak(Base):
    """Days without school in one zone, both ends included."""

    __tablename__ = "school_break"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(String(5))  # see rules.zone_of
    name: Mapped[str] = mapped_column(String(60))
    first_day: Mapped[date]
    last_day: Mapped[date]


class PublicHoliday(Base):
    """A public holiday; `departement` is empty for the whole country."""

    __tablename__ = "public_holiday"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(60))
    departement: Mapped[str] = mapped_column(String(3), default="")


class FilledYear(Base):
    """A year that the libraries filled already: what was corrected or removed since does not come back."""

    __tablename__ = "calendar_filled_year"

    kind: Mapped[str] = mapped_column(String(6), primary_key=True)  # school | public
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
