import pytest

from tests.support.factories import make_organisation


@pytest.fixture
def house(session):
    """This installation, committed so that the pages see it."""
    make_organisation(session)
    session.commit()
