import pytest

from tests.support.factories import make_organisation
from tests.web.tidy import TidyClient


@pytest.fixture
def client(app, session):
    """A browser without JavaScript that checks every page it receives."""
    return TidyClient(app, session)


@pytest.fixture
def house(session):
    """This installation, committed so that the pages see it."""
    make_organisation(session)
    session.commit()
