"""The large territory of the bench is the small one many times over, and as sound."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.rides.models import Ride
from lotocar.carpool.trips.models import Trip
from tests.bench.bench_bureau import Rows, _copy
from tests.support.databases import every_table
from tests.support.factories import make_account, make_organisation, make_ride


def _rows(folder: Path) -> Rows:
    engine = create_engine(f"sqlite:///{folder}/small.sqlite3")
    every_table().create_all(engine)
    with Session(engine) as session:
        make_organisation(session)
        make_account(session)
        for _ in range(3):
            make_ride(session)
        session.commit()
    with engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in every_table().sorted_tables
        }
    engine.dispose()
    return rows


def test_the_copies_point_at_one_another_as_the_rows_did(tmp_path: Path):
    engine = create_engine(f"sqlite:///{tmp_path}/large.sqlite3")
    every_table().create_all(engine)
    _copy(engine, _rows(tmp_path), people=20, trips=9, requests=30)  # foreign keys are checked here
    with Session(engine) as session:
        sizes = [session.scalar(select(func.count()).select_from(one)) for one in (Person, Trip, Ride)]
        assert sizes == [24, 9, 30]
        for ride in session.scalars(select(Ride)):
            assert ride.leg.ride_request == ride.approach.ride_request
            assert ride.live_leg_id == ride.leg_id
    engine.dispose()
