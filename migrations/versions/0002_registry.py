"""proofs for the national registry

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "registry_desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("environment", sa.String(length=10), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_desk_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_desk")),
    )
    op.create_table(
        "registry_tally",
        sa.Column("environment", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("environment", "month", "status", name=op.f("pk_registry_tally")),
    )
    op.create_table(
        "registry_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("environment", sa.String(length=10), nullable=False),
        sa.Column("ride_id", sa.Integer(), nullable=False),
        sa.Column("live_ride_id", sa.Integer(), nullable=True),
        sa.Column("journey_id", sa.String(length=32), nullable=False),
        sa.Column("trip_id", sa.String(length=32), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("driver_word", sa.String(length=4), nullable=False),
        sa.Column("passenger_word", sa.String(length=4), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known_there", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("proof_class", sa.String(length=1), nullable=False),
        sa.Column("driver_key", sa.String(length=64), nullable=False),
        sa.Column("passenger_key", sa.String(length=64), nullable=False),
        sa.Column("passenger_user_id", sa.String(length=40), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("registry_status", sa.String(length=24), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contradicted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_code", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_registry_proof_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_proof")),
        sa.UniqueConstraint(
            "environment", "live_ride_id", name=op.f("uq_registry_proof_environment_live_ride_id")
        ),
        sa.UniqueConstraint("journey_id", name=op.f("uq_registry_proof_journey_id")),
    )
    with op.batch_alter_table("registry_proof", schema=None) as batch_op:
        batch_op.create_index("ix_registry_proof_due", ["environment", "status", "not_before"], unique=False)
        batch_op.create_index(batch_op.f("ix_registry_proof_ride_id"), ["ride_id"], unique=False)
        batch_op.create_index("ix_registry_proof_start_at", ["environment", "start_at"], unique=False)

    op.create_table(
        "registry_ride_detail",
        sa.Column("ride_id", sa.Integer(), nullable=False),
        sa.Column("licence_plate", sa.String(length=32), nullable=False),
        sa.Column("incentives", sa.JSON(), nullable=False),
        sa.Column("payments", sa.JSON(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("driver_evidence", sa.Boolean(), nullable=False),
        sa.Column("passenger_evidence", sa.Boolean(), nullable=False),
        sa.Column("passenger_adult", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_registry_ride_detail_ride_id")),
        sa.PrimaryKeyConstraint("ride_id", name=op.f("pk_registry_ride_detail")),
    )


def downgrade() -> None:
    op.drop_table("registry_ride_detail")
    with op.batch_alter_table("registry_proof", schema=None) as batch_op:
        batch_op.drop_index("ix_registry_proof_start_at")
        batch_op.drop_index(batch_op.f("ix_registry_proof_ride_id"))
        batch_op.drop_index("ix_registry_proof_due")

    op.drop_table("registry_proof")
    op.drop_table("registry_tally")
    op.drop_table("registry_desk")
