"""A mail server of our own on the loopback: keeps what it is given, or fails in the way it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class FakeSmtp(socketserver.ThreadingTCPServer):
    """`trouble`: "" (all is well), "refuse" (no address is taken), "some" (the first only), "silent" (takes the
    text, then hangs up without a word), "busy" (refuses the connection's greeting)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.trouble = ""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: FakeSmtp

    def handle(self) -> None:
        self.taken = 0
        self._say("421 busy" if self.server.trouble == "busy" else "220 fake")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "RCPT":
                self._recipient()
            elif verb != "DATA":
                self._say("221 bye" if verb == "QUIT" else "250 fine")
            elif not self._data():
                break

    def _recipient(self) -> None:
        trouble = self.server.trouble
        refused = trouble == "refuse" or (trouble == "some" and self.taken)
        self.taken += not refused
        self._say("550 unknown" if refused else "250 fine")

    def _data(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.letters.append(cast(EmailMessage, letter))
        if self.server.trouble == "silent":
            return False
        self._say("250 kept")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def fake_smtp() -> Iterator[FakeSmtp]:
    """The server, listening."""
    server = FakeSmtp()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
