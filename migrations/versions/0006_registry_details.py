"""what a proof may carry

Who confirmed each side of a ride, whether a passenger had a car, and what the public file of a month shows.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("ride", schema=None) as batch_op:
        for side in ("driver", "passenger"):
            # only their own words were written down so far
            batch_op.add_column(
                sa.Column(f"{side}_said_through", sa.String(length=4), nullable=False, server_default="")
            )
    with op.batch_alter_table("ride", schema=None) as batch_op:
        for side in ("driver", "passenger"):
            batch_op.alter_column(f"{side}_said_through", server_default=None)
    with op.batch_alter_table("registry_ride_detail", schema=None) as batch_op:
        batch_op.drop_column("driver_evidence")
        batch_op.drop_column("passenger_evidence")
    op.create_table(
        "registry_passenger_car",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("has_car", sa.Boolean(), nullable=False),
        sa.Column("told_through", sa.String(length=4), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registry_passenger_car_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_registry_passenger_car")),
    )
    op.create_table(
        "registry_open_data",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", "insee", name=op.f("pk_registry_open_data")),
    )


def downgrade() -> None:
    op.drop_table("registry_open_data")
    op.drop_table("registry_passenger_car")
    with op.batch_alter_table("registry_ride_detail", schema=None) as batch_op:
        for side in ("driver", "passenger"):
            batch_op.add_column(
                sa.Column(f"{side}_evidence", sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("registry_ride_detail", schema=None) as batch_op:
        for side in ("driver", "passenger"):
            batch_op.alter_column(f"{side}_evidence", server_default=None)
    with op.batch_alter_table("ride", schema=None) as batch_op:
        for side in ("driver", "passenger"):
            batch_op.drop_column(f"{side}_said_through")
