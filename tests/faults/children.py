"""Processes forked from a prepared one, which die or freeze at their point and tell what they had promised."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.crash_points import CrashPoints

Tell = Callable[[str], None]
Act = Callable[[Tell], None]


@dataclass(slots=True)
class End:
    """What a child said: its promises, where it died ("" when it lived), what it passed, what went wrong."""

    words: set[str] = field(default_factory=set)
    died_at: str = ""
    passed: set[str] = field(default_factory=set)
    error: str = ""

    def hear(self, line: str) -> None:
        """One line of its."""
        kind, _, rest = line.partition(" ")
        if kind == "died":
            self.died_at = rest
        elif kind == "passed":
            self.passed.add(rest)
        elif kind == "error":
            self.error = rest
        else:
            self.words.add(line)


@dataclass(slots=True)
class Child:
    """A forked process."""

    process: int
    reader: int
    ended: bool = False

    def wait(self) -> End:
        """Its words, once it is dead; an acknowledgement said is a promise."""
        end = End()
        with os.fdopen(self.reader) as lines:
            for line in lines.read().splitlines():
                end.hear(line)
        if not self.ended:
            os.waitpid(self.process, 0)
        return end

    def wait_until_frozen(self) -> bool:
        """Whether it froze (True) or ended (False)."""
        _, status = os.waitpid(self.process, os.WUNTRACED)
        self.ended = not os.WIFSTOPPED(status)
        return not self.ended

    def thaw(self) -> None:
        """Let it go on, late."""
        os.kill(self.process, signal.SIGCONT)


def fork(points: CrashPoints, prepare: Callable[[], None], act: Act) -> Child:
    """A child that does `act` and meets its point; `act` is given a way to tell what it acknowledged."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _live(points, prepare, act, writer)
    os.close(writer)
    return Child(process, reader)


def _live(points: CrashPoints, prepare: Callable[[], None], act: Act, writer: int) -> None:
    gc.disable()  # it lives for a moment

    def tell(word: str) -> None:
        os.write(writer, f"{word}\n".encode())

    status = 1
    try:
        prepare()
        points.last_words = lambda name: tell(f"died {name}")
        act(tell)
        for name in points.passed:
            tell(f"passed {name}")
        status = 0
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        tell(f"error {error!r} at {where.filename}:{where.lineno}".replace("\n", " "))
    finally:
        os._exit(status)
