"""No test reaches another machine."""

from __future__ import annotations

import gc
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from tests.support.doors import serving
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


def test_a_browser_that_leaves_before_it_has_a_file_leaves_none_open(app: Flask):
    listener = socket.create_server(("127.0.0.1", 0))
    with socket.socket() as browser, serving(app, listener):
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        browser.connect(listener.getsockname())
        browser.sendall(b"GET /static/vendor/leaflet/leaflet.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40)
        give_up = time.monotonic() + 30
        while _open_files("leaflet.js") < 3:  # more than what is being read: these wait for the browser
            assert time.monotonic() < give_up
            time.sleep(0.01)
    assert not _open_files("leaflet.js")
    gc.collect()  # a file that was only forgotten says so here, and fails the test


def _open_files(name: str) -> int:
    """How many files of this name this process holds."""
    held = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            held += os.readlink(one).endswith(name)
    return held
