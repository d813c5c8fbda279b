"""Accounts of the team, their sessions, and the invitations by which they choose a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lotocar.db import Base, UTCDateTime


class Account(Base):
    """Somebody of the team. `communes` limits a référent to an area of INSEE codes; empty means everywhere.

    The second factor counts once `totp_since` says when it was proved. Its secret is derived from `totp_salt` and
    the installation's key, so that a stolen database opens nothing.
    """

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)  # found at each sign-in; lower case
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    communes: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    totp_salt: Mapped[str] = mapped_column(String(43), default="")
    totp_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_last_step: Mapped[int] = mapped_column(default=0)  # the half-minute of the last code taken
    totp_failures: Mapped[int] = mapped_column(default=0)
    totp_locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON, default=list)


class StaffSession(Base):
    """One signed-in browser. Only the hash of its secret is kept; revoking is deleting the row.

    While `code_due`, the password was right and the second factor is awaited: nothing opens yet. `confirmed_at` is
    when the password was last typed again for something grave, `export_reason` why data were taken out.
    """

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # looked up on every desk page
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    code_due: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    export_reason: Mapped[str] = mapped_column(String(20), default="")
    device: Mapped[str] = mapped_column(String(80), default="")  # « Firefox, Windows »

    account: Mapped[Account] = relationship(lazy="joined")


class Invitation(Base):
    """A link by which one account chooses its password, once. Only the hash of its secret is kept."""

    __tablename__ = "staff_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship(lazy="joined")
