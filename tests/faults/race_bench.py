"""Twenty say yes at once for the last seat: one wins, nineteen are answered kindly, nothing is half-done.

    python -m tests.faults.race_bench --engine postgresql --rounds 1000 --json

Odd rounds: twenty drivers accept the same leg. Even rounds: the same driver's last seat is accepted for twenty
legs. Each claimant has its own connection and commits for itself.
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
from pathlib import Path
from threading import Barrier
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from lotocar.carpool.rides import operations
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.trips.models import SeatUse
from lotocar.errors import Refused
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import SYSTEM
from lotocar.world.roads.estimate import EstimatedRoads
from tests.faults.stores import database_of
from tests.support.databases import every_table
from tests.support.factories import (
    NOW,
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
POLICY = SenderPolicy(
    two_way=True, desk_phone="05 36 49 00 00", public_base_url="https://desk.example", organisation="Lotocar"
)
Factory = sessionmaker[Session]


def twenty_drivers_one_leg(session: Session) -> list[int]:
    """Twenty drivers asked for one leg."""
    ride_request = make_request(session)
    ride_request.legs[0].status = "approached"
    trips = [make_trip(session, driver=make_driver(session, phone=None)) for _ in range(CLAIMANTS)]
    return [make_approach(session, ride_request=ride_request, trip=trip).id for trip in trips]


def one_seat_twenty_legs(session: Session) -> list[int]:
    """One driver, one seat, asked for twenty passengers."""
    trip = make_trip(session, driver=make_driver(session, phone=None), seats=1)
    asked = []
    for _ in range(CLAIMANTS):
        leg = a_leg(status="approached")
        ride_request = make_request(session, passenger=make_passenger(session, phone=None), legs=[leg])
        proposed = an_approach_leg(leg=leg, trip=trip, dropoff_at=NOW + timedelta(days=3, hours=1))
        asked.append(make_approach(session, ride_request=ride_request, trip=trip, legs=[proposed]).id)
    return asked


def race(factory: Factory, approach_ids: list[int]) -> Counter[str]:
    """Everybody says yes at the same moment; how each fared."""
    start = Barrier(len(approach_ids))

    def claim(approach_id: int) -> str:
        start.wait()
        try:
            with factory.begin() as session:
                approach = session.get_one(Approach, approach_id)
                won = operations.accept(
                    session,
                    approach,
                    through="sms",
                    actor=SYSTEM,
                    now=NOW,
                    policy=POLICY,
                    roads=EstimatedRoads(),
                )
            return "won" if won else "too_late"
        except (Refused, StaleDataError):
            return "refused"
        except OperationalError as error:
            return f"database: {type(error.orig).__name__}"

    with ThreadPoolExecutor(len(approach_ids)) as pool:
        return Counter(pool.map(claim, approach_ids))


def run(url: str, *, rounds: int) -> dict[str, Any]:
    """So many races on this database; a round fails unless exactly one won and the rows agree."""
    engine = create_engine(url, pool_size=CLAIMANTS + 1)
    every_table().create_all(engine)
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        make_organisation(session)
    fates: Counter[str] = Counter()
    failing = []
    began = time.monotonic()
    for number in range(rounds):
        with factory.begin() as session:
            ids = (twenty_drivers_one_leg if number % 2 else one_seat_twenty_legs)(session)
        fared = race(factory, ids)
        fates += fared
        if fared["won"] != 1 or not _rows_agree(factory, ids):
            failing.append({"round": number, **fared})
    engine.dispose()
    seconds = round(time.monotonic() - began, 1)
    return {
        "rounds": rounds,
        "fates": dict(fates),
        "failing": failing,
        "seconds": seconds,
        "holds": not failing,
    }


def _rows_agree(factory: Factory, approach_ids: list[int]) -> bool:
    with factory() as session:
        live = session.scalars(
            select(Ride).where(Ride.approach_id.in_(approach_ids), Ride.live_leg_id.is_not(None))
        ).all()
        if len(live) != 1:
            return False
        taken = session.scalar(select(func.sum(SeatUse.taken)).where(SeatUse.trip_id == live[0].trip_id))
        return taken == live[0].seats


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when each round had one winner."""
    parser = argparse.ArgumentParser(prog="./run bench races", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="lotocar-races-") as folder:
        Path(folder).chmod(0o755)
        with database_of(options.engine, folder) as url:
            report = {"engine": options.engine, **run(url, rounds=options.rounds)}
    sys.stdout.write(json.dumps(report, indent=None if options.json else 2) + "\n")
    return 0 if report["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
