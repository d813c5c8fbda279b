"""The history of the database: one line of numbered steps, and at its end the tables that the models speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from config import Settings
from lotocar.app import create_app
from lotocar.db import db
from tests.support.checkout import ROOT
from tests.support.databases import every_table
from tests.support.doors import SECRET, close_app


@pytest.fixture
def bare_app(bare_url: str) -> Iterator[Flask]:
    app = create_app(
        Settings(database_url=bare_url, secret_key=SECRET, public_base_url="http://localhost", testing=True)
    )
    with app.app_context():
        yield app
    close_app(app)


def _steps() -> list[Any]:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return list(ScriptDirectory.from_config(config).walk_revisions())


def test_the_history_has_one_head_and_no_branch():
    steps = _steps()
    assert [step.revision for step in steps if step.is_head] == [steps[0].revision]
    assert not [step.revision for step in steps if step.is_branch_point or step.is_merge_point]


def test_the_steps_are_numbered_in_order():
    names = [
        re.match(r"(\d{4})_\w+\.py$", file.name)
        for file in sorted((ROOT / "migrations/versions").glob("*.py"))
    ]
    assert all(names)
    assert [step.revision[:4] for step in reversed(_steps())] == [name[1] for name in names if name]


def test_a_migrated_database_is_what_the_models_say(bare_app: Flask):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, every_table()) == []


def test_going_up_twice_changes_nothing_and_going_down_leaves_nothing(bare_app: Flask):
    upgrade()
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_a_step_of_the_past_imports_nothing_of_ours():
    for file in (ROOT / "migrations/versions").glob("*.py"):
        assert not re.search(r"^\s*(from|import) (lotocar|config)", file.read_text(), re.MULTILINE), file.name
