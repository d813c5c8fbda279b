"""Databases for benches that live long: made once, kept as a template, renewed by a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.support.databases import _server_in

NAME, TEMPLATE = "bench", "bench_template"


class Store(Protocol):
    """A database with a template of itself. Nobody may be connected when it is kept or renewed."""

    url: str

    def keep(self) -> None:
        """Remember the database as it stands."""

    def renew(self) -> None:
        """Make it again what it was when kept."""


class SqliteStore:
    """An SQLite file, and a copy beside it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{NAME}.sqlite3"
        self.template = folder / f"{TEMPLATE}.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def keep(self) -> None:
        """See Store."""
        shutil.copyfile(self.file, self.template)

    def renew(self) -> None:
        """See Store; what a killed process left beside the file belonged to the old one."""
        for leftover in self.file.parent.glob(f"{self.file.name}*"):
            leftover.unlink()
        shutil.copyfile(self.template, self.file)


class PostgresqlStore:
    """A database of a server of our own, with that server's usual settings, and a template beside it."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.url = str(server.get_uri(NAME, driver="psycopg"))
        self._say(f"CREATE DATABASE {NAME}")

    def keep(self) -> None:
        """See Store."""
        self._say(f"CREATE DATABASE {TEMPLATE} TEMPLATE {NAME}")

    def renew(self) -> None:
        """See Store."""
        self._say(f"DROP DATABASE {NAME} WITH (FORCE)")
        self._say(f"CREATE DATABASE {NAME} TEMPLATE {TEMPLATE}")

    def _say(self, words: str) -> None:
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(words)  # type: ignore[call-overload]


@contextmanager
def store_of(engine: str, folder: Path) -> Iterator[Store]:
    """A fresh database in this folder: an SQLite file, or a PostgreSQL server of our own."""
    folder.chmod(0o755)  # as root the server runs as another user, who must be let in
    if engine == "sqlite":
        yield SqliteStore(folder)
        return
    server = _server_in(folder / "postgresql")
    try:
        yield PostgresqlStore(server)
    finally:
        server.stop()


@contextmanager
def database_of(engine: str, folder: str) -> Iterator[str]:
    """The address of a fresh database, for benches that need no template."""
    with store_of(engine, Path(folder)) as store:
        yield store.url
