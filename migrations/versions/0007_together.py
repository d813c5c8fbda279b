"""assignment, hand-over, undo

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "put_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_off")),
        sa.UniqueConstraint("action", "subject", name=op.f("uq_put_off_action_subject")),
    )
    op.create_index(op.f("ix_put_off_until"), "put_off", ["until"])
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ride_request_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ride_request_id"],
            ["ride_request.id"],
            name=op.f("fk_hand_over_ride_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff_account.id"], name=op.f("fk_hand_over_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["staff_account.id"], name=op.f("fk_hand_over_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_ride_request_id"), "hand_over", ["ride_request_id"])
    op.create_index(op.f("ix_hand_over_read_at"), "hand_over", ["read_at"])
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leg_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["leg_id"], ["leg.id"], name=op.f("fk_opening_leg_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trip.id"], name=op.f("fk_opening_trip_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("leg_id", "trip_id", name=op.f("uq_opening_leg_id_trip_id")),
    )
    op.create_index(op.f("ix_opening_trip_id"), "opening", ["trip_id"])
    op.create_index(op.f("ix_opening_handled_at"), "opening", ["handled_at"])
    op.create_table(
        "opening_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_opening_mark_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_mark")),
    )
    op.create_table(
        "mailing",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mailing")),
    )
    op.create_index("ix_ride_status", "ride", ["status", "dropoff_at"])
    op.create_index("ix_ride_untold", "ride", ["status", "passenger_told_at", "pickup_at"])
    op.create_index("ix_ride_request_due_at", "ride_request", ["due_at"])
    op.create_index("ix_ride_request_waiting", "ride_request", ["status", "callback_at", "due_at"])
    op.create_index("ix_ride_request_callback_at", "ride_request", ["callback_at"])
    op.create_index("ix_trip_status", "trip", ["status"])


def downgrade() -> None:
    op.drop_index("ix_trip_status", table_name="trip")
    op.drop_index("ix_ride_request_callback_at", table_name="ride_request")
    op.drop_index("ix_ride_request_waiting", table_name="ride_request")
    op.drop_index("ix_ride_request_due_at", table_name="ride_request")
    op.drop_index("ix_ride_untold", table_name="ride")
    op.drop_index("ix_ride_status", table_name="ride")
    op.drop_table("mailing")
    op.drop_table("opening_mark")
    op.drop_table("opening")
    op.drop_table("hand_over")
    op.drop_table("put_off")
