"""drafts of calls, usual places, what to know first of a person

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "intake_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_account.id"],
            name=op.f("fk_intake_draft_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intake_draft_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_draft")),
        sa.UniqueConstraint("form_key", name=op.f("uq_intake_draft_form_key")),
    )
    op.create_index(op.f("ix_intake_draft_account_id"), "intake_draft", ["account_id"])
    op.create_index(op.f("ix_intake_draft_person_id"), "intake_draft", ["person_id"])
    op.create_table(
        "usual_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=160), nullable=False),
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_usual_place_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usual_place")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_usual_place_person_id_kind")),
    )
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("flag", sa.String(length=160), nullable=False, server_default=""))
    with op.batch_alter_table("ride_request") as ride_request:
        ride_request.add_column(
            sa.Column("return_plan", sa.String(length=6), nullable=False, server_default="")
        )
    with op.batch_alter_table("leg") as leg:
        leg.add_column(sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("leg") as leg:
        leg.drop_column("unsure")
    with op.batch_alter_table("ride_request") as ride_request:
        ride_request.drop_column("return_plan")
    with op.batch_alter_table("person") as person:
        person.drop_column("flag")
    op.drop_table("usual_place")
    op.drop_table("intake_draft")
