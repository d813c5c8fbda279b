import pytest

from tests.web.tidy import TidyClient


@pytest.fixture
def client(app, session):
    """A browser without JavaScript that checks every page it receives."""
    return TidyClient(app, session)
