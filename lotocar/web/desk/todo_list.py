"""« À faire »: every next action in one list, by due time, derived from the states of things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lotocar.carpool.rides import later
from lotocar.carpool.rides.models import PutOff
from lotocar.errors import NotFound
from lotocar.values.call_hours import read_call_hours
from lotocar.web.desk.todo_action import Action, Ask
from lotocar.web.desk.todo_sources import BY_KIND, Source, asked_of

SHOWN = 30
READ = 40  # of each kind: some of them may not be rung yet
PATIENT = frozenset({"settle", "close", "number", "letter", "failure"})
MOST = 200  # counted of each kind: « 200+ » says enough, and counting more would take its time


@dataclass(frozen=True, slots=True)
class Line:
    """One action as the list shows it. `opens_at` is set when it waits until then: asked for, or decent hours."""

    action: Action
    opens_at: datetime | None = None
    tries: int = 0
    was_put_off: bool = False


@dataclass(frozen=True, slots=True)
class TodoList:
    """What may be done now, the most pressing first; what must wait for an hour; and how much of each kind.

    `is_full`: of the one kind asked for, the next page may hold more.
    """

    now: Sequence[Line]
    later: Sequence[Line]
    counts: Mapping[str, int]
    is_full: bool = False

    @property
    def count(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Counts:
    """What the tabs show."""

    all: int
    messages: int
    by_kind: Mapping[str, int]

    @property
    def shown(self) -> str:
        """All of them, as a tab says it."""
        kept = sum(min(number, MOST) for number in self.by_kind.values())
        return f"{kept}+" if any(number > MOST for number in self.by_kind.values()) else str(kept)


def counts(session: Session, ask: Ask) -> Counts:
    """How much waits, of each kind, in one question to the database."""
    sources = asked_of(ask)
    columns = [_counted(source.numbers(ask)).label(source.kind) for source in sources]
    row = session.execute(select(*columns)).one()
    by_kind = {source.kind: int(count) for source, count in zip(sources, row, strict=True)}
    return Counts(sum(by_kind.values()), by_kind.get("message", 0), by_kind)


def _counted(numbers: Select[Any]) -> Any:
    some = numbers.order_by(None).limit(MOST + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def counted(number: int) -> str:
    """« 12 », « 200+ »."""
    return str(number) if number <= MOST else f"{MOST}+"


def todo_list(session: Session, ask: Ask, found: Counts, *, kind: str = "", page: int = 1) -> TodoList:
    """The list, or one kind of it a page at a time. `found` are its counts: empty kinds are not read."""
    put_off = later.known(session, now=ask.now)
    wanted = [source for source in asked_of(ask) if found.by_kind[source.kind] and kind in {"", source.kind}]
    lines = [line for source in wanted for line in _lines(session, source, ask, put_off, page if kind else 1)]
    ready = sorted(
        (line for line in lines if line.opens_at is None), key=lambda line: _pressing(line.action, ask.now)
    )
    waiting = sorted((line for line in lines if line.opens_at), key=lambda line: line.opens_at or ask.now)
    is_full = sum(not line.was_put_off for line in lines) >= READ
    return TodoList(ready if kind else ready[:SHOWN], waiting[:SHOWN], found.by_kind, is_full)


def _pressing(action: Action, now: datetime) -> tuple[bool, datetime]:
    """Urgent ones, then by due time; what nobody is waiting for does not gain by being late."""
    due_at = max(action.due_at, now) if action.kind in PATIENT else action.due_at
    return not action.urgent, due_at


def _lines(
    session: Session, source: Source, ask: Ask, put_off: Mapping[tuple[str, str], PutOff], page: int
) -> list[Line]:
    """Some of this kind, the most pressing first, then what was put to later."""
    numbers = source.numbers(ask)
    column = numbers.selected_columns[0]
    aside = [
        source.key(subject)
        for (kind, subject), row in put_off.items()
        if kind == source.kind and row.until > ask.now
    ]
    pressing = numbers.where(column.not_in(aside)) if aside else numbers
    keys = session.scalars(pressing.limit(READ).offset((page - 1) * READ)).all()
    kept = session.scalars(numbers.where(column.in_(aside))).all() if aside and page == 1 else []
    actions = source.read(session, [*keys, *kept], ask)
    return [_line(action, ask.now, put_off.get((action.kind, action.subject))) for action in actions]


def _line(action: Action, now: datetime, aside: PutOff | None) -> Line:
    tries = aside.tries if aside else 0
    if aside is not None and aside.until > now:
        return Line(action, aside.until, tries, was_put_off=True)
    if action.person is None:
        return Line(action, tries=tries)
    opens_at = read_call_hours(action.person.call_hours).opens_at(now)
    # a person who may only be rung when it is too late is rung now, or nobody would ever know
    in_time = action.deadline is None or opens_at < action.deadline
    return Line(action, opens_at if opens_at > now and in_time else None, tries)


def the_action(session: Session, ask: Ask, kind: str, subject: str) -> Action:
    """One thing to do that is really there, for this reader.

    Raises:
        NotFound: no such thing, done meanwhile, or outside the reader's area.
    """
    source = BY_KIND.get(kind)
    if source is None or source not in asked_of(ask):
        raise NotFound("todo")
    numbers = source.numbers(ask)
    key = session.scalar(numbers.where(numbers.selected_columns[0] == source.key(subject)))
    actions = source.read(session, [key], ask) if key is not None else []
    if not actions:
        raise NotFound("todo")
    return actions[0]
