"""Contacts of public and on-demand transport."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lotocar.db import Base


class TransitContact(Base):
    """A service that links communes to one another, either way. `communes` holds INSEE codes; none: everywhere here."""

    __tablename__ = "transit_contact"
    __table_args__ = (
        CheckConstraint("kind IN ('bus', 'train', 'on_demand', 'atchoum', 'other')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120))  # « TAD du Grand-Figeac »
    phone: Mapped[str] = mapped_column(String(20), default="")  # E.164
    address: Mapped[str] = mapped_column(String(200), default="")  # of a page, http or https
    note: Mapped[str] = mapped_column(String(300), default="")  # « réserver la veille avant 17 h »
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)
