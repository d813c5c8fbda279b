"""Many answers at the same instant: one winner, whatever the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import Leg
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import SeatUse
from lotocar.errors import LotocarError
from tests.carpool.rides.agreeing import NADIA, POLICY, ROADS, a_request, ask
from tests.support.factories import NOW, make_organisation, make_trip

MANY = 20


def at_once(engine: Engine, acts: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """What each act gives, every one in its own thread and transaction, started together."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(rank: int) -> None:
        with Session(engine) as session:
            gate.wait()
            try:
                answers[rank] = acts[rank](session)
                session.commit()
            except LotocarError as refusal:
                session.rollback()
                answers[rank] = refusal.code  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def yes(approach_id: int) -> Callable[[Session], int]:
    def act(session: Session) -> int:
        one = session.get_one(Approach, approach_id)
        return len(
            rides.accept(session, one, through="sms", actor=NADIA, now=NOW, policy=POLICY, roads=ROADS)
        )

    return act


@pytest.mark.usefixtures("engine_url")
def test_twenty_drivers_say_yes_to_one_leg_and_one_drives(session: Session, engine: Engine):
    make_organisation(session)
    asked = a_request(session)
    asked_of = [ask(session, asked).id for _ in range(MANY)]
    session.commit()
    booked = at_once(engine, [yes(approach_id) for approach_id in asked_of])
    assert sorted(booked) == [0] * (MANY - 1) + [1]
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Ride)) == 1
    assert sorted({*session.scalars(select(Approach.status))}) == ["accepted", "withdrawn"]


@pytest.mark.usefixtures("engine_url")
def test_twenty_passengers_want_the_last_seat_and_one_gets_it(session: Session, engine: Engine):
    make_organisation(session)
    trip = make_trip(session, seats=1)
    asked_of = [ask(session, a_request(session), trip=trip).id for _ in range(MANY)]
    session.commit()
    booked = at_once(engine, [yes(approach_id) for approach_id in asked_of])
    assert sorted(booked) == [0] * (MANY - 1) + [1]
    session.expire_all()
    assert session.scalars(select(SeatUse.taken)).all() == [1]
    assert sorted(session.scalars(select(Leg.status))) == ["agreed"] + ["unserved"] * (MANY - 1)


@pytest.mark.usefixtures("engine_url")
def test_the_same_yes_twenty_times_is_one_ride(session: Session, engine: Engine):
    make_organisation(session)
    one = ask(session, a_request(session))
    session.commit()
    assert at_once(engine, [yes(one.id)] * MANY) == [1] * MANY
    assert session.scalar(select(func.count()).select_from(Ride)) == 1
