"""Where a process may die: around every commit, before every write, around every HTTP exchange, theirs or ours.

The points are numbered in the order in which they are reached, by hooks on the engine and on the HTTP client of
the real code, which knows nothing of them. Each has a name, so that a bench can say where it killed:
« job send · before commit in messages.delivery.send_one ».
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, event

from lotocar.messages.twilio import TwilioCaller, TwilioSender

WRITE = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')


class CrashPoints:
    """Counts the points reached and dies, or freezes, at the chosen one. `die_at` None counts only.

    Who freezes must hold no lock, or the others would only wait for it: then only the points count at which no
    transaction is open. `last_words` is told the name of the point before the end.
    """

    def __init__(self, die_at: int | None, *, by: signal.Signals = signal.SIGKILL) -> None:
        self.die_at = die_at
        self.by = by
        self.count = 0
        self.stage = ""
        self.passed: set[str] = set()
        self.last_words: Callable[[str], None] = lambda _name: None

    def reach(self, name: str, *, free: bool = False) -> None:
        """One point further; `free` when no transaction is open there."""
        name = f"{self.stage} · {name}"
        self.passed.add(name)
        if self.by == signal.SIGSTOP and not free:
            return
        self.count += 1
        if self.count == self.die_at:
            self.last_words(name)
            os.kill(os.getpid(), self.by)

    def watch_engine(self, engine: Engine) -> None:
        """Points before each write and on both sides of each commit."""
        event.listen(engine, "before_cursor_execute", self._before_statement)
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def around(connection: Any) -> None:
            place = _place()
            self.reach(f"before commit{place}")
            commit(connection)
            self.reach(f"after commit{place}", free=True)

        dialect.do_commit = around

    def watch_sender(self, sender: TwilioSender | TwilioCaller) -> None:
        """Points on both sides of each HTTP exchange, also of those that end badly."""
        client: Any = sender.client.http_client
        request = client.request

        def around(method: str, uri: str, *arguments: Any, **named: Any) -> Any:
            name = f"{method} {_resource(uri)}"
            self.reach(f"before {name}")
            try:
                return request(method, uri, *arguments, **named)
            finally:
                self.reach(f"after {name}", free=True)

        client.request = around

    def _before_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        write = WRITE.match(statement)
        if write:
            self.reach(f"before {write[1]} {write[2]}")


def _place() -> str:
    """The function of the house that commits."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("lotocar."):
            return f" in {module.removeprefix('lotocar.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return ""


def _resource(uri: str) -> str:
    last = urlsplit(uri).path.rsplit("/", 1)[-1]
    return last if last in {"Messages.json", "Calls.json"} else "Messages/<sid>.json"
