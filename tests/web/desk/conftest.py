"""The desk's tests: the installation, and Nadia signed in on both sides of the session."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lotocar.staff.models import Account
from lotocar.staff.operations import hasher
from tests.scenarios.conftest import PASSWORD
from tests.support.doors import PageClient
from tests.support.factories import make_account, make_organisation
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
def account(session: Session, organisation: None) -> Account:
    """Nadia's account, for a browser that signs in by the form (`tests.scenarios.conftest.sign_in`)."""
    made = make_account(session, login="nadia", role="agent", password_hash=hasher.hash(PASSWORD))
    session.commit()
    return made


@pytest.fixture
def nadia(client: PageClient, organisation: None) -> PageClient:
    """The desk as Nadia sees it; she may act."""
    client.sign_in(role="agent")
    return client
