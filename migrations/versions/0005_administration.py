"""what a coordinator sets alone

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _organisation() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("publisher", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("publisher_address", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("publication_director", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("host_name", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("host_address", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("coordinators_need_code", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("purposes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("needs", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("own_texts", sa.JSON(), nullable=False, server_default="{}"),
    )


def _account() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("totp_salt", sa.String(length=43), nullable=False, server_default=""),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("totp_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("totp_locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovery_hashes", sa.JSON(), nullable=False, server_default="[]"),
    )


def _session() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("code_due", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("export_reason", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("device", sa.String(length=80), nullable=False, server_default=""),
    )


TABLES = {"organisation": _organisation, "staff_account": _account, "staff_session": _session}


def upgrade() -> None:
    for table, columns in TABLES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns():
                batch_op.add_column(column)
    op.create_table(
        "staff_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_account.id"],
            name=op.f("fk_staff_invitation_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    with op.batch_alter_table("staff_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_invitation_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("staff_invitation")
    for table, columns in TABLES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in reversed(columns()):
                batch_op.drop_column(column.name)
