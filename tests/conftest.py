"""What every test may ask for; the fixtures live in tests/support, one subject a file."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.support.network",
    "tests.support.databases",
    "tests.support.doors",
    "tests.support.chromium",
    "tests.support.village",
]


# pytest --hypothesis-profile=thousands: property tests ask fifty times as many questions
settings.register_profile("thousands", max_examples=5000, deadline=None)


@pytest.fixture
def now() -> datetime:
    """Saturday 21 November 2026, 11 h in Paris: the instant at which the cast lives."""
    return datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
