"""The one row that describes this installation."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lotocar.db import Base


class OrganisationRow(Base):
    """What the coordinator may change without a restart; exactly one row, numbered 1."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(120))
    desk_phone: Mapped[str] = mapped_column(String(20))  # E.164
    desk_hours: Mapped[str] = mapped_column(String(200), default="")
    # INSEE codes of départements, then EPCI, then communes: together they are the territory.
    departements: Mapped[list[str]] = mapped_column(JSON, default=list)
    epcis: Mapped[list[str]] = mapped_column(JSON, default=list)
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    drivers_need_validation: Mapped[bool] = mapped_column(default=False)
    # who answers for the site, as the law wants it told
    publisher: Mapped[str] = mapped_column(String(200), default="")
    publisher_address: Mapped[str] = mapped_column(String(300), default="")
    publication_director: Mapped[str] = mapped_column(String(120), default="")
    host_name: Mapped[str] = mapped_column(String(120), default="")
    host_address: Mapped[str] = mapped_column(String(300), default="")
    coordinators_need_code: Mapped[bool] = mapped_column(default=False)
    # closed lists of the desk, as [code, label] pairs; empty: those of the house
    purposes: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    needs: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    own_texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # messages reworded, by kind
