"""Two processes whose first trips come at the same moment: each gets a revision of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lotocar.carpool.trips.operations import bump_revision


def test_the_first_revision_of_all_may_be_taken_by_two_at_once(engine: Engine):
    def second() -> int:
        with Session(engine) as session, session.begin():
            return bump_revision(session)

    with ThreadPoolExecutor() as pool, Session(engine) as session:
        first = bump_revision(session)
        waiting = pool.submit(second)
        sleep(0.3)  # long enough for the other to be held by the first; were it not, nothing would be wrong
        session.commit()
        assert (first, waiting.result(30)) == (1, 2)
