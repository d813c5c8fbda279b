from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips import seats as trip_seats
from lotocar.carpool.trips.models import SeatUse, TripRevision
from lotocar.errors import Refused
from tests.support.factories import TUESDAY, make_trip

ASKERS = 12


def test_the_last_seat_has_one_winner(engine, session, now):
    """Invariant D: seats promised never exceed the seats of the car, however many ask at once."""
    trip = make_trip(session, seats=2)
    session.commit()

    def ask(_number: int) -> bool:
        with Session(engine) as own:
            try:
                trip_seats.take_seats(own, trip_id=trip.id, direction="out", day=TUESDAY, seats=1, now=now)
            except Refused:
                own.rollback()
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(ASKERS) as pool:
        won = list(pool.map(ask, range(ASKERS)))
    assert won.count(True) == 2
    assert session.scalars(select(SeatUse.taken)).one() == 2


def test_every_change_has_its_own_revision_in_the_order_of_commits(engine, session):
    """The matching mirror counts on it: who has seen n has missed nothing up to n."""
    make_trip(session)
    session.commit()
    before = session.scalars(select(TripRevision.value)).one()
    session.commit()

    def bump(_number: int) -> int:
        with Session(engine) as own:
            revision = trips.bump_revision(own)
            own.commit()
            return revision

    with ThreadPoolExecutor(ASKERS) as pool:
        seen = sorted(pool.map(bump, range(ASKERS)))
    assert seen == list(range(before + 1, before + 1 + ASKERS))
