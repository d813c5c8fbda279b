"""The desk's tests: the installation, and Nadia signed in on both sides of the session."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.doors import PageClient
from tests.support.factories import make_organisation
from tests.web.tidy import TidyClient


@pytest.fixture
def client(app: Flask, session: Session) -> TidyClient:
    """A browser without JavaScript that checks every page it receives."""
    return TidyClient(app, session)


@pytest.fixture
def organisation(session: Session) -> None:
    """This installation."""
    make_organisation(session)
    session.commit()


@pytest.fixture
def nadia(client: PageClient, organisation: None) -> PageClient:
    """The desk as Nadia sees it; she may act."""
    client.sign_in(role="agent")
    return client
