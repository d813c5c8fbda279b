"""Having every process read every trip anew, and seeing for oneself that the index answers as a loop does."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.ranking import rank
from lotocar.carpool.matching.rules import Need, judge, prepare
from lotocar.carpool.trips.models import Departure, Trip
from lotocar.carpool.trips.operations import bump_revision
from lotocar.world.roads.router import Roads

Tell = Callable[[float, str], None]
_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What was compared: how many departures and searches, how many of these differed, and the index's size."""

    departures: int
    rows: int
    index_bytes: int
    searches: int
    candidates: int
    differing: int


def have_all_read_again(session: Session) -> int:
    """Mark every trip as changed: each process reads them all at its next search. Gives how many.

    For rows that were changed behind the application's back; the revision is taken first, as for any change.
    """
    revision = bump_revision(session)
    session.execute(update(Trip).values(revision=revision))
    return session.scalar(select(func.count()).select_from(Trip)) or 0


@dataclass(frozen=True, slots=True)
class Gathered:
    """One state of the database, as the index and as every departure, and what both are to be asked."""

    index: Index
    departures: Sequence[DepartureFacts]
    needs: Sequence[Need]


def hold_one_state(session: Session) -> None:
    """What this transaction reads from now on is one state, whatever others commit. Nothing was read before.

    An SQLite reader sees one state by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def gathered(
    session: Session, mirror: Mirror, *, searches: int, seed: int, today: date, tell: Tell
) -> Gathered:
    """Build the index from the database, and read every departure beside it; all that is asked of the database.

    The questions are journeys of the drivers themselves, so that there is somebody to be found, mostly on a
    day on which they run. `tell` hears a share from 0 to 1 and what is being done. Only for a session that has changed no
    trip.
    """
    total = session.scalar(select(func.count()).select_from(Departure)) or 0
    index = mirror.rebuilt(session, lambda done: _tell(tell, done, total, "lecture des trajets"))
    legs = _legs(session, searches, seed, today)
    needs = [prepare(leg, index.ground) for leg in legs]
    return Gathered(index, list(queries.every_departure(session)), needs)


def checked(known: Gathered, tell: Tell) -> Checked:
    """Ask both the index and every departure in turn the same questions. Long, and needs no database."""
    index, needs = known.index, known.needs
    looked_at = _by_looking(_counted(known.departures, tell), needs, index.ground)
    found = [index.answer(need, {}) for need in needs]
    return Checked(
        departures=len(index),
        rows=index.rows,
        index_bytes=index.nbytes,
        searches=len(needs),
        candidates=sum(map(len, found)),
        differing=sum(mine != theirs for mine, theirs in zip(found, looked_at, strict=True)),
    )


def _legs(session: Session, count: int, seed: int, today: date) -> list[LegFacts]:
    dice = random.Random(seed)  # noqa: S311  a sample to compare, not a secret
    numbers = sorted(session.scalars(select(Departure.id)))
    picked = dice.sample(numbers, min(count, len(numbers)))
    drivers = (queries.departure(session, number) for number in picked)
    return [_leg(one, dice, today) for one in drivers if one.origin != one.destination]


def _leg(one: DepartureFacts, dice: random.Random, today: date) -> LegFacts:
    kind = dice.choice((TimeKind.NONE, TimeKind.LEAVE_AT, TimeKind.ARRIVE_BY, TimeKind.AROUND))
    kind = TimeKind.NONE if one.hour is None else kind
    ahead = dice.randrange(14)
    if one.weekday is not None and dice.random() < 0.8:
        ahead = (one.weekday - today.weekday()) % 7 + 7 * (ahead // 7)  # a day on which this driver runs
    day = one.day or today + timedelta(days=ahead)
    hour = None if kind is TimeKind.NONE else one.hour
    return LegFacts(one.origin, one.destination, day, kind, hour)


def _by_looking(
    departures: Iterable[DepartureFacts], needs: Sequence[Need], roads: Roads
) -> list[list[Candidate]]:
    found: list[list[Candidate]] = [[] for _ in needs]
    for one in departures:
        for need, kept in zip(needs, found, strict=True):
            answer = judge(one, need, roads)
            if isinstance(answer, Candidate):
                kept.append(answer)
    return [sorted(kept, key=lambda one: rank(one, {})) for kept in found]


def _counted(departures: Sequence[DepartureFacts], tell: Tell) -> Iterator[DepartureFacts]:
    total = len(departures)
    for number, one in enumerate(departures, start=1):
        if number % _EVERY == 0 or number == total:
            _tell(tell, number, total, "comparaison avec chaque trajet")
        yield one


def _tell(tell: Tell, done: int, total: int, what: str) -> None:
    share = min(1.0, done / max(1, total))
    tell(share, f"{what} : {share:.0%}")
