"""calendars, exceptions, pairs to avoid, via places

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME_KINDS = "time_kind IN ('leave_at', 'arrive_by', 'around', 'between', 'none')"
OLD_TIME_KINDS = "time_kind IN ('leave_at', 'arrive_by', 'none')"


def upgrade() -> None:
    op.create_table(
        "school_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_school_break_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_break")),
    )
    op.create_table(
        "public_holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_holiday")),
    )
    op.create_table(
        "calendar_filled_year",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_calendar_filled_year")),
    )
    op.create_table(
        "transit_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("communes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bus', 'train', 'on_demand', 'atchoum', 'other')", name=op.f("ck_transit_contact_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit_contact")),
    )
    op.create_table(
        "pair_to_avoid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_pair_to_avoid_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["person.id"], name=op.f("fk_pair_to_avoid_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_pair_to_avoid_second_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_to_avoid")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_pair_to_avoid_first_id_second_id")),
    )
    op.create_index(op.f("ix_pair_to_avoid_second_id"), "pair_to_avoid", ["second_id"])
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("abilities", sa.String(length=80), nullable=True))
        person.add_column(sa.Column("monthly_limit", sa.Integer(), nullable=True))
    with op.batch_alter_table("trip") as trip:
        trip.add_column(sa.Column("school_terms", sa.String(length=5), nullable=False, server_default=""))
        trip.add_column(sa.Column("skips_holidays", sa.Boolean(), nullable=False, server_default=sa.false()))
        trip.add_column(sa.Column("team_only", sa.Boolean(), nullable=False, server_default=sa.false()))
        trip.add_column(sa.Column("via_stops", sa.JSON(), nullable=False, server_default="[]"))
        trip.add_column(sa.Column("stated_minutes", sa.Integer(), nullable=True))
        trip.create_check_constraint(op.f("ck_trip_school_terms"), "school_terms IN ('', 'term', 'break')")
        trip.create_check_constraint(op.f("ck_trip_stated_minutes"), "stated_minutes BETWEEN 1 AND 600")
    with op.batch_alter_table("ride") as ride:
        ride.add_column(sa.Column("measured_minutes", sa.Integer(), nullable=True))
        ride.create_check_constraint(op.f("ck_ride_measured_minutes"), "measured_minutes BETWEEN 1 AND 600")
    with op.batch_alter_table("seat_use") as seat_use:
        seat_use.add_column(sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("approach_leg") as approach_leg:
        approach_leg.add_column(
            sa.Column("at_usual_hour", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    with op.batch_alter_table("ride_request") as ride_request:
        ride_request.add_column(sa.Column("needs", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("leg") as leg:
        leg.add_column(sa.Column("until", sa.Time(), nullable=True))
        leg.add_column(sa.Column("flexible_days", sa.Integer(), nullable=False, server_default="0"))
        leg.create_check_constraint(op.f("ck_leg_flexible_days"), "flexible_days BETWEEN 0 AND 3")
        leg.drop_constraint(op.f("ck_leg_time_kind"), type_="check")
        leg.create_check_constraint(op.f("ck_leg_time_kind"), TIME_KINDS)


def downgrade() -> None:
    # an older release knows neither half-days nor « around »: any hour of the day is nearest
    op.execute("UPDATE leg SET time_kind = 'none', hour = NULL WHERE time_kind IN ('around', 'between')")
    with op.batch_alter_table("leg") as leg:
        leg.drop_constraint(op.f("ck_leg_time_kind"), type_="check")
        leg.create_check_constraint(op.f("ck_leg_time_kind"), OLD_TIME_KINDS)
        leg.drop_constraint(op.f("ck_leg_flexible_days"), type_="check")
        leg.drop_column("flexible_days")
        leg.drop_column("until")
    with op.batch_alter_table("ride_request") as ride_request:
        ride_request.drop_column("needs")
    with op.batch_alter_table("approach_leg") as approach_leg:
        approach_leg.drop_column("at_usual_hour")
    with op.batch_alter_table("seat_use") as seat_use:
        seat_use.drop_column("parts")
    with op.batch_alter_table("ride") as ride:
        ride.drop_constraint(op.f("ck_ride_measured_minutes"), type_="check")
        ride.drop_column("measured_minutes")
    with op.batch_alter_table("trip") as trip:
        trip.drop_constraint(op.f("ck_trip_stated_minutes"), type_="check")
        trip.drop_constraint(op.f("ck_trip_school_terms"), type_="check")
        for column in ("stated_minutes", "via_stops", "team_only", "skips_holidays", "school_terms"):
            trip.drop_column(column)
    with op.batch_alter_table("person") as person:
        person.drop_column("monthly_limit")
        person.drop_column("abilities")
    for table in (
        "pair_to_avoid",
        "transit_contact",
        "calendar_filled_year",
        "public_holiday",
        "school_break",
    ):
        op.drop_table(table)
