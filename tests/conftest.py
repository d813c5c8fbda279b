"""What every test may ask for; the fixtures live in tests/support, one subject a file."""

from datetime import UTC, datetime

import pytest

pytest_plugins = [
    "tests.support.network",
    "tests.support.databases",
    "tests.support.doors",
    "tests.support.chromium",
    "tests.support.village",
]


@pytest.fixture
def now() -> datetime:
    """Saturday 21 November 2026, 11 h in Paris: the instant at which the cast lives."""
    return datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
