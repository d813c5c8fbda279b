"""The index of one database, kept by each process and brought up to date at each search.

Whoever changes trips first increments the one row of TripRevision, whose lock is held until the commit: so
revisions are published in the order of commits, and a reader who sees revision n has missed nothing up to n.
A search reads that number; when it is above the mirror's own, it reads the trips stamped above it and
replaces them. A change made by one process is thus found by the next search of any other.

Three dangers, and what is done about them:
- a commit between two of the mirror's own reads would mix two states: the number is read again afterwards,
  and the reading repeated until it has not moved;
- a session that has itself changed trips sees rows that may yet be rolled back: its index is its own, never
  the shared one (`trips.operations.bump_revision` leaves a mark on the session);
- two threads: an Index is frozen, the shared one is exchanged under a lock.

The roads too may change under a running process (a new matrix, a correction learned): the index made on the
former ones is then made anew, at the next search.

A database restored from a copy under a running process asks for a restart of that process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock

from sqlalchemy.orm import Session

from lotocar.carpool.matching import queries
from lotocar.carpool.matching.facts import DepartureFacts
from lotocar.carpool.matching.index import Index
from lotocar.carpool.trips.operations import has_changed_trips
from lotocar.world.roads.router import Ground
from lotocar.world.roads.versions import GroundKeeper

_CALM_TRIES = 4
_FEW, _MOST = 1_000, 0.2  # when more than this share of the trips changed, all are read anew, batch by batch
_EVERY = 2_000

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _State:
    revision: int
    index: Index


class Mirror:
    """The trips of one database on the ground in force. One per process, shared by its threads.

    The ground may be one for ever, or the keeper of the one in force.
    """

    def __init__(self, ground: Ground | GroundKeeper) -> None:
        self._ground = ground
        self._state: _State | None = None
        self._lock = Lock()

    @property
    def ground(self) -> Ground:
        """The ground in force."""
        return self._ground.current() if isinstance(self._ground, GroundKeeper) else self._ground

    def index(self, session: Session) -> Index:
        """Every open departure as this session sees it now, or newer."""
        ground = self.ground
        if has_changed_trips(session):
            return _brought_to(self._on(ground), session, ground).index
        # read before the lock: a session that waits for SQLite's writer must not keep others waiting for it
        seen, state = queries.revision(session), self._on(ground)
        if state is not None and seen <= state.revision:
            return state.index
        with self._lock:
            state = self._on(ground)
            if state is None or queries.revision(session) > state.revision:
                state = self._state = _brought_to(state, session, ground)
            return state.index

    def _on(self, ground: Ground) -> _State | None:
        """What is kept, if it was made on this ground."""
        state = self._state
        return state if state is not None and state.index.ground is ground else None

    def rebuilt(self, session: Session, tell: Tell | None = None) -> Index:
        """The index read whole from the database, replacing what was kept; `tell` hears how many were read.

        Only for a session that has changed no trip.
        """
        with self._lock:
            self._state = _brought_to(None, session, self.ground, tell)
            return self._state.index

    def agrees(self, session: Session) -> bool:
        """Whether what is kept is what reading every trip anew gives; no trip changes meanwhile.

        Only for a session that has changed no trip.
        """
        ground = self.ground
        with self._lock:
            queries.hold_revision(session)
            kept = self._state = _brought_to(self._on(ground), session, ground)
            anew = _brought_to(None, session, ground)
        return kept.index.holds_the_same_as(anew.index)


def _brought_to(state: _State | None, session: Session, ground: Ground, tell: Tell | None = None) -> _State:
    """The state at the session's revision, starting from an older one or from nothing."""
    seen = queries.revision(session)
    for _ in range(_CALM_TRIES):
        index = _read(state, session, ground, tell)
        now_seen = queries.revision(session)
        if now_seen == seen:
            return _State(seen, index)
        seen = now_seen
    held = queries.hold_revision(
        session
    )  # where trips change all the time, writers wait for the end of this page
    return _State(held, _read(state, session, ground, tell))


def _read(state: _State | None, session: Session, ground: Ground, tell: Tell | None) -> Index:
    trips = None if state is None else queries.trips_changed_since(session, state.revision)
    if state is None or trips is None or len(trips) > max(_FEW, state.index.rows * _MOST):
        return Index.build(_counted(queries.open_departures(session), tell), ground)
    return state.index.replaced(trips, queries.departures_of_trips(session, trips))


def _counted(departures: Iterator[DepartureFacts], tell: Tell | None) -> Iterator[DepartureFacts]:
    for number, one in enumerate(departures, start=1):
        if tell is not None and number % _EVERY == 0:
            tell(number)
        yield one
