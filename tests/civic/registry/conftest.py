"""A loopback registry, a clock and sessions that commit, for tests of sending."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lotocar.civic.registry.client.rpc import RpcRegistrar
from tests.civic.registry.evening import Clock, Evening
from tests.support.fake_registry import FakeRegistry


@pytest.fixture
def registry_clock() -> Clock:
    """Seven in the evening in Paris on Tuesday, until moved."""
    return Clock()


@pytest.fixture
def registry(registry_clock: Clock) -> Iterator[FakeRegistry]:
    """A registry of our own that lives by the test's clock."""
    with FakeRegistry(registry_clock) as server:
        yield server


@pytest.fixture
def registrar(registry: FakeRegistry, registry_clock: Clock) -> RpcRegistrar:
    """The real client, pointed at it; its seconds are those of the clock."""
    return registry.registrar(ticks=registry_clock.seconds)


@pytest.fixture
def factory(engine: Engine) -> Any:
    """Sessions whose commits are real, on the test's own database."""
    return sessionmaker(engine, class_=Session, expire_on_commit=False)


@pytest.fixture
def evening(factory: Any, registry: FakeRegistry, registrar: RpcRegistrar, registry_clock: Clock) -> Evening:
    """An installation switched to the demonstration registry, with nothing to send yet."""
    return Evening(factory, registry, registrar, registry_clock)
