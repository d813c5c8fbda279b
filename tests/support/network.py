"""Sockets are closed but for this machine: a test that phones outside fails at once instead of hanging."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

HERE = {"", "localhost"}


class PhonedOutside(RuntimeError):
    """A test tried to reach another machine."""


def is_here(host: str) -> bool:
    """Whether this host is the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in HERE


def _is_number(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


def _watch(event: str, arguments: Sequence[Any]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
        harmless = _is_number  # nobody is asked
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        harmless = is_here
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not is_here(name) and not harmless(name):
        raise PhonedOutside(f"a test tried to reach {name}")


def pytest_configure() -> None:
    # an audit hook also sees libraries that kept their own reference to the socket functions
    sys.addaudithook(_watch)
