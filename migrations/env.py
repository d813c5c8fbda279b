"""Runs the numbered steps of the database's history, each in a transaction of its own.

SQLite rolls DDL back too, because every connection begins its transactions explicitly (lotocar/db.py): a step
killed half-way leaves the old schema, never something between.
"""

from __future__ import annotations

from alembic import context
from flask import current_app

from lotocar.db import Base, UTCDateTime


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """A migration must not import our code, which moves on: our column type is written as the plain one."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # a migration never queues behind a long reader while everybody queues behind it
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            transactional_ddl=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
