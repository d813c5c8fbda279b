"""One request, one transaction, closed where errors can still be answered; and what the doors lean on."""

from __future__ import annotations

import random
import time
from contextlib import nullcontext
from typing import Any, cast

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lotocar.db import db, reading
from lotocar.messages.texts import SenderPolicy
from lotocar.organisation import queries as organisation
from lotocar.outside import Outside

SACRIFICED = frozenset({"40001", "40P01"})  # SQLSTATE of a serialization failure, of a deadlock
TRIES = 3
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class House(Flask):
    """A Flask app that closes each request's transaction while errors can still be answered.

    A view that returns keeps its rows; an error status, an exception or a safe method undoes them. When
    PostgreSQL sacrificed us to somebody else (deadlock, serialization), nothing was kept: the view runs again,
    three times in all, and nobody sees it.
    """

    def dispatch_request(self, *args: Any) -> Response:
        for _ in range(TRIES - 1):
            try:
                return self._transaction(*args)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in SACRIFICED:
                    raise
                time.sleep(random.uniform(0.02, 0.15))  # noqa: S311 jitter, not a secret
        return self._transaction(*args)

    def _transaction(self, *args: Any) -> Response:
        safe = request.method in SAFE_METHODS
        with reading() if safe else nullcontext():
            try:
                response = self.make_response(super().dispatch_request(*args))
                if safe or response.status_code >= 400:
                    db.session.rollback()
                else:
                    db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
        return response


def session() -> Session:
    """The request's database session, as a plain Session."""
    return cast(Session, db.session())


def outside() -> Outside:
    """The services that this installation leans on."""
    return cast(Outside, current_app.extensions["lotocar.outside"])


def policy() -> SenderPolicy:
    """In whose name messages go out."""
    return outside().policy(organisation.current(session()))
