"""An evening at the registry: a clock, rides that took place today, and the three acts of the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import operations, sending, settling
from lotocar.civic.registry.client.registrar import Registrar
from lotocar.civic.registry.models import Proof
from lotocar.civic.registry.operations import KeysAtHand
from lotocar.civic.registry.proofs import Terms
from lotocar.organisation.models import OrganisationRow
from lotocar.values.actor import SYSTEM
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    TUESDAY,
    a_leg,
    make_approach,
    make_consent,
    make_driver,
    make_organisation,
    make_passenger,
    make_request,
    make_ride,
    make_trip,
)
from tests.support.fake_registry import FakeRegistry

BEGINNING = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BOTH = KeysAtHand(demo=True, production=True)


class Clock:
    """The test's time."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **much: float) -> None:
        """Let time pass: hours=2, minutes=5…"""
        self.now += timedelta(**much)

    def seconds(self) -> float:
        """The same as monotonic seconds."""
        return (self.now - BEGINNING).total_seconds() + 1000.0


class Evening:
    """What the worker does, and what the desk sees."""

    def __init__(
        self, factory: sessionmaker[Session], registry: FakeRegistry, registrar: Registrar, clock: Clock
    ) -> None:
        self.factory = factory
        self.registry = registry
        self.registrar = registrar
        self.clock = clock
        self.terms = Terms(environment="demo", roads=EstimatedRoads())
        with factory.begin() as session:
            if session.get(OrganisationRow, 1) is None:
                make_organisation(session)
            operations.switch(session, "demo", keys=BOTH, actor=SYSTEM, now=clock())

    def ride(self, session: Session, **changes: Any) -> Ride:
        """A ride of this morning, done, both agreed; `at` moves its start."""
        start = changes.pop("at", datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
        values: dict[str, Any] = {
            "status": "done",
            "pickup_at": start,
            "dropoff_at": start + timedelta(hours=1),
            "day": start.date(),
        }
        if "approach" not in changes:
            driver = changes.pop("driver", None) or make_driver(session)
            passenger = changes.pop("passenger", None) or make_passenger(session)
            leg = a_leg(day=TUESDAY, **changes.pop("leg", {}))
            values["approach"] = make_approach(
                session,
                trip=make_trip(session, driver=driver),
                ride_request=make_request(session, passenger=passenger, legs=[leg]),
                status="accepted",
            )
        ride = make_ride(session, **(values | changes))
        for person in (ride.driver, ride.passenger):
            make_consent(session, person, "registry")
        return ride

    def rides(self, count: int = 1, **changes: Any) -> list[int]:
        """So many rides of different people, stored; their ids."""
        with self.factory.begin() as session:
            return [self.ride(session, **changes).id for _ in range(count)]

    def send(self) -> int:
        """The worker's sending tick."""
        settling.settle_due(self.factory, self.registrar, self.clock, environment="demo")
        sending.act_due(self.factory, self.registrar, self.clock, terms=self.terms)
        return sending.send_due(self.factory, self.registrar, self.clock, terms=self.terms)

    def check(self) -> int:
        """The worker's checking tick."""
        return settling.check_due(self.factory, self.registrar, self.clock, environment="demo")

    def reconcile(self) -> None:
        """The worker's night."""
        settling.reconcile(self.factory, self.registrar, self.clock, environment="demo")

    def proofs(self) -> list[Proof]:
        """Every proof, in order."""
        with self.factory() as session:
            return list(session.scalars(select(Proof).order_by(Proof.id)))

    def proof(self) -> Proof:
        """The latest proof."""
        return self.proofs()[-1]

    def statuses(self) -> list[str]:
        """Where every proof stands."""
        return [proof.status for proof in self.proofs()]

    def change(self, ride_id: int, **changes: Any) -> None:
        """The ride's page is corrected."""
        with self.factory.begin() as session:
            ride = session.get_one(Ride, ride_id)
            for name, value in changes.items():
                setattr(ride, name, value)
