"""Steps of the rides' tests: asking Odile, her answers, and what people were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import Proposal
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.journal import queries as journal
from lotocar.messages.models import OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor, ActorKind
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    NOW,
    PICKUP,
    a_mobile,
    make_driver,
    make_passenger,
    make_request,
    make_trip,
)

NADIA = Actor(ActorKind.STAFF, 1)
ROADS = EstimatedRoads()
POLICY = SenderPolicy(
    two_way=True,
    desk_phone="05 36 49 00 00",
    public_base_url="https://desk.example",
    organisation="Covoiturage solidaire du Lot",
)


def a_request(session: Session, *legs: Leg, **changes: Any) -> RideRequest:
    """Marcel, who has a mobile, needs Tuesday's way out; Nadia is on it."""
    values: dict[str, Any] = {"status": "searching"} | changes
    if "passenger" not in values:
        values["passenger"] = make_passenger(session, phone=a_mobile())
    if legs:
        values["legs"] = list(legs)
    return make_request(session, **values)


def a_proposal(leg: Leg, trip: Trip | None, **changes: Any) -> Proposal:
    """Odile passes at 8 h 30 and arrives an hour later, for four minutes more."""
    departures = trip.departures if trip else []
    mine = next((one.id for one in departures if one.direction == leg.direction), None)
    values: dict[str, Any] = {
        "leg_id": leg.id,
        "trip_id": trip.id if trip else None,
        "direction": leg.direction,
        "departure_id": mine,
        "pickup_at": PICKUP if leg.direction == "out" else PICKUP + timedelta(hours=8),
        "dropoff_at": PICKUP + timedelta(hours=1 if leg.direction == "out" else 9),
        "detour_seconds": 240,
    } | changes
    return Proposal(**values)


def ask(
    session: Session,
    asked: RideRequest,
    driver: Person | None = None,
    *,
    trip: Trip | None = None,
    legs: Sequence[Leg] | None = None,
    channel: str = "sms",
    now: datetime = NOW,
    **changes: Any,
) -> Approach:
    """A driver (Odile on her Tuesdays unless told) asked for these legs, or all of them."""
    if trip is None:
        trip = make_trip(session, driver=driver or make_driver(session))
    proposals = [a_proposal(leg, trip, **changes) for leg in legs or asked.legs]
    return rides.approach(
        session,
        ride_request=asked,
        driver=trip.driver,
        proposals=proposals,
        channel=channel,
        actor=NADIA,
        now=now,
        policy=POLICY,
    )


def accept(session: Session, approach: Approach, *, through: str = "sms", now: datetime = NOW) -> list[Ride]:
    """The driver says yes."""
    return rides.accept(session, approach, through=through, actor=NADIA, now=now, policy=POLICY, roads=ROADS)


def decline(session: Session, approach: Approach, reason: str = "") -> None:
    """The driver says no."""
    rides.decline(session, approach, reason=reason, through="sms", actor=NADIA, now=NOW, policy=POLICY)


def tell(session: Session, asked: RideRequest, through: str = "sms") -> list[Ride]:
    """The passenger is told."""
    return rides.tell_passenger(session, asked, through=through, actor=NADIA, now=NOW, policy=POLICY)


def agreed(session: Session, asked: RideRequest | None = None, **changes: Any) -> Ride:
    """Odile said yes for Marcel's first leg, and he was told."""
    asked = asked or a_request(session)
    (ride, *_) = accept(session, ask(session, asked, **changes))
    tell(session, asked, "phone")
    return ride


def everything_left(session: Session) -> None:
    """All queued messages reached the phones."""
    session.flush()
    session.execute(update(OutboxMessage).where(OutboxMessage.status == "queued").values(status="delivered"))
    session.expire_all()


def told(session: Session, person: Person, *, but: Sequence[str] = ()) -> list[str]:
    """The kinds of messages written to this person and not taken back, in order."""
    session.flush()
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.person_id == person.id, OutboxMessage.status != "canceled")
        .order_by(OutboxMessage.created_at, OutboxMessage.dedup_key)
    )
    return [row.kind for row in rows if row.kind not in but]


def bodies(session: Session, person: Person, kind: str) -> list[str]:
    """The texts of this kind written to this person."""
    session.flush()
    rows = select(OutboxMessage).where(OutboxMessage.person_id == person.id, OutboxMessage.kind == kind)
    return [row.body for row in session.scalars(rows.order_by(OutboxMessage.dedup_key))]


def seats_taken(session: Session, trip: Trip) -> dict[tuple[str, str], int]:
    """Seats promised, by direction and day."""
    session.flush()
    rows = session.execute(select(SeatUse).where(SeatUse.trip_id == trip.id)).scalars()
    return {(one.direction, one.day.isoformat()): one.taken for one in rows if one.taken}


def verbs(session: Session, asked: RideRequest) -> list[str]:
    """The story of the request."""
    session.flush()
    return [entry.verb for entry in journal.story(session, [("ride_request", asked.id)])]


def states(asked: RideRequest) -> list[str]:
    """The state of each leg."""
    return [leg.status for leg in asked.legs]
