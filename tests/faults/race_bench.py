"""Twenty say yes at once for the last seat: one wins, nineteen are answered kindly, nothing is half-done.

    ./run bench race --engine postgresql --rounds 2000 --json

Odd rounds: twenty drivers accept the same leg. Even rounds: one driver's last seat is accepted for twenty legs.
Each claimant has a connection of their own and commits for themselves; a barrier lets them go together. After each
round: one yes won, one ride lives, one seat is taken, and each loser has a kind message waiting.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain
from threading import Barrier
from typing import Any

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides import operations
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.errors import Refused
from lotocar.messages.models import OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM
from lotocar.world.roads.estimate import EstimatedRoads
from tests.faults.report import circumstances, database_version, say
from tests.faults.stores import database_of
from tests.support.databases import every_table
from tests.support.factories import (
    NOW,
    PICKUP,
    a_leg,
    an_approach_leg,
    make_approach,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_trip,
)

CLAIMANTS = 20
SAY_EVERY = 100
BUSY, TRIES = "busy", 5  # a database that makes one wait too long is asked again, as people and jobs do
ROUNDS_A_TEAM = 8  # a trip of eight seats cannot be filled by those, and one of twenty wins each
POLICY = SenderPolicy(
    two_way=True, desk_phone="05 36 49 00 00", public_base_url="https://desk.example", organisation="Lotocar"
)
Factory = sessionmaker[Session]


class Teams:
    """Twenty drivers with a trip each, and twenty passengers, who race several times before others come."""

    def __init__(self) -> None:
        self.trips: list[int] = []
        self.passengers: list[int] = []

    def change(self, session: Session) -> None:
        """Others come."""
        self.trips = [
            make_trip(session, driver=make_driver(session), seats=ROUNDS_A_TEAM).id for _ in range(CLAIMANTS)
        ]
        self.passengers = [make_passenger(session, phone=None).id for _ in range(CLAIMANTS)]

    def twenty_drivers_one_leg(self, session: Session) -> list[int]:
        """Twenty drivers asked for one leg."""
        passenger = session.get_one(Person, self.passengers[0])
        ride_request = make_request(session, passenger=passenger, legs=[a_leg(status="approached")])
        trips = [session.get_one(Trip, trip_id) for trip_id in self.trips]
        return [make_approach(session, ride_request=ride_request, trip=trip).id for trip in trips]

    def one_seat_twenty_legs(self, session: Session) -> list[int]:
        """One driver, one seat, asked for twenty passengers."""
        driver = session.get_one(Trip, self.trips[0]).driver
        trip = make_trip(session, driver=driver, seats=1)
        asked = []
        for passenger_id in self.passengers:
            leg = a_leg(status="approached")
            passenger = session.get_one(Person, passenger_id)
            ride_request = make_request(session, passenger=passenger, legs=[leg])
            proposed = an_approach_leg(leg=leg, trip=trip, dropoff_at=PICKUP + timedelta(hours=1))
            asked.append(make_approach(session, ride_request=ride_request, trip=trip, legs=[proposed]).id)
        return asked


def race(factory: Factory, approach_ids: list[int]) -> Counter[str]:
    """Everybody says yes at the same moment; how each fared."""
    start = Barrier(len(approach_ids))

    def claim(approach_id: int) -> list[str]:
        start.wait()
        fates = []
        while not fates or (fates[-1] == BUSY and len(fates) < TRIES):
            fates.append(_say_yes(factory, approach_id))
        return fates

    with ThreadPoolExecutor(len(approach_ids)) as pool:
        return Counter(chain.from_iterable(pool.map(claim, approach_ids)))


def _say_yes(factory: Factory, approach_id: int) -> str:
    try:
        with factory.begin() as session:
            won = operations.accept(
                session,
                session.get_one(Approach, approach_id),
                through="sms",
                actor=SYSTEM,
                now=NOW,
                policy=POLICY,
                roads=EstimatedRoads(),
            )
        return "won" if won else "too_late"
    except (Refused, StaleDataError):
        return "refused"
    except OperationalError:
        return BUSY


def wrong(factory: Factory, approach_ids: list[int], fared: Counter[str]) -> list[str]:
    """What the rows say against this round."""
    with factory() as session:
        live = session.scalars(
            select(Ride).where(Ride.approach_id.in_(approach_ids), Ride.live_leg_id.is_not(None))
        ).all()
        taken = select(func.sum(SeatUse.taken)).where(SeatUse.trip_id.in_([ride.trip_id for ride in live]))
        seats = session.scalar(select(func.sum(Ride.seats)).where(_on_the_same_trips(live))) or 0
        told = Counter(
            session.scalars(
                select(OutboxMessage.kind).where(
                    OutboxMessage.subject_kind == "approach", OutboxMessage.subject_id.in_(approach_ids)
                )
            )
        )
        checks = {
            f"how they fared: {dict(fared)}": fared - Counter({BUSY: fared[BUSY]})
            == {"won": 1, "too_late": len(approach_ids) - 1},
            f"{len(live)} rides": len(live) == 1,
            "seats taken are not those of rides": session.scalar(taken) == seats,
            f"told: {dict(told)}": (told["driver_accepted_confirmed"], told["driver_already_found"])
            == (1, len(approach_ids) - 1),
        }
    return [words for words, holds in checks.items() if not holds]


def _on_the_same_trips(live: Any) -> Any:
    return Ride.trip_id.in_([ride.trip_id for ride in live]) & Ride.live_leg_id.is_not(None)


def run(url: str, *, rounds: int, progress: bool = False) -> dict[str, Any]:
    """So many races on this database; a round fails unless exactly one won and the rows agree."""
    engine = create_engine(url, pool_size=CLAIMANTS + 1)
    factory = _founded(engine)
    teams, fates, failing = Teams(), Counter[str](), []
    began = time.monotonic()
    for number in range(rounds):
        with factory.begin() as session:
            if number % ROUNDS_A_TEAM == 0:
                teams.change(session)
            ids = (teams.twenty_drivers_one_leg if number % 2 else teams.one_seat_twenty_legs)(session)
        fared = race(factory, ids)
        fates += fared
        faults = wrong(factory, ids, fared)
        if faults:
            failing.append({"round": number, "faults": faults})
        if progress and number % SAY_EVERY == SAY_EVERY - 1:
            say(
                f"{number + 1} rounds in {time.monotonic() - began:.0f} s: {len(failing)} failing {failing[:3]}"
            )
    version = database_version(engine)
    engine.dispose()
    return {
        "database": version,
        "rounds": rounds,
        "claimants": CLAIMANTS,
        "fates": dict(fates),
        "failing": failing,
        "seconds": round(time.monotonic() - began, 1),
        "holds": not failing,
    }


def _founded(engine: Engine) -> Factory:
    every_table().create_all(engine)
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        make_organisation(session)
    return factory


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when each round had one winner."""
    parser = argparse.ArgumentParser(
        prog="./run bench race", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=100, help="how many races (100)")
    parser.add_argument("--json", action="store_true", help="one line of JSON; progress goes to stderr")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    about = circumstances("race", given)
    with (
        tempfile.TemporaryDirectory(prefix="lotocar-races-") as folder,
        database_of(options.engine, folder) as url,
    ):
        report = about | {"engine": options.engine, **run(url, rounds=options.rounds, progress=True)}
    sys.stdout.write(json.dumps(report, indent=None if options.json else 2) + "\n")
    return 0 if report["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
