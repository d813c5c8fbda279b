"""Where a process may die: around every commit, before every write, around every call to the provider.

The points are numbered in the order in which they are reached, by hooks on the engine and on the HTTP client of
the real code, which knows nothing of them.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from sqlalchemy import Engine, event

from lotocar.messages.twilio import TwilioSender

WRITES = ("INSERT", "UPDATE", "DELETE")


class CrashPoints:
    """Counts the points reached and dies, or freezes, at the chosen one. `die_at` None counts only."""

    def __init__(self, die_at: int | None, *, by: signal.Signals = signal.SIGKILL) -> None:
        self.die_at = die_at
        self.by = by
        self.count = 0

    def reach(self) -> None:
        """One point further."""
        self.count += 1
        if self.count == self.die_at:
            os.kill(os.getpid(), self.by)

    def watch_engine(self, engine: Engine) -> None:
        """Points before each write and on both sides of each commit."""
        event.listen(engine, "before_cursor_execute", self._before_statement)
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def around(connection: Any) -> None:
            self.reach()
            commit(connection)
            self.reach()

        dialect.do_commit = around

    def watch_sender(self, sender: TwilioSender) -> None:
        """Points on both sides of each HTTP exchange."""
        client: Any = sender.client.http_client
        request = client.request

        def around(*arguments: Any, **named: Any) -> Any:
            self.reach()
            answer = request(*arguments, **named)
            self.reach()
            return answer

        client.request = around

    def _before_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(WRITES):
            self.reach()
