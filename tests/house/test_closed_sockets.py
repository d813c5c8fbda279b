"""No test reaches another machine."""

from __future__ import annotations

import socket

import pytest

from tests.support.network import PhonedOutside


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443)])
def test_a_test_that_phones_outside_fails_at_once(address: tuple[str, int]):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as phone, pytest.raises(PhonedOutside):
        phone.connect(address)


def test_a_name_is_not_looked_up():
    with pytest.raises(PhonedOutside):
        socket.getaddrinfo("example.org", 443)


def test_this_machine_answers():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
