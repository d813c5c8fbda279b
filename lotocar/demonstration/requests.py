"""350 requests, each brought to its state by the acts that lead there, at the instants when they happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.search import indexed
from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import PURPOSES, LegWish
from lotocar.carpool.rides import confirmations, outcomes
from lotocar.carpool.rides import operations as rides
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.rules import Proposal
from lotocar.demonstration.trips import Country, stop_of
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor
from lotocar.values.days import PARIS
from lotocar.values.tokens import new_hex_id
from lotocar.world.roads.router import Ground

# How many requests end in each way; 350 in all.
PAST = (
    ("done", 72),
    ("done_lately", 8),  # within the registry's day: these may be declared
    ("to_settle", 6),
    ("passenger_no_show", 4),
    ("unserved_no_driver", 84),
    ("unserved_declined", 22),
    ("referred_transit", 18),
    ("withdrawn_by_passenger", 14),
    ("out_of_scope", 7),
)
COMING = (
    ("to_process", 24),
    ("searching", 22),
    ("awaiting_driver", 26),
    ("to_confirm", 18),
    ("confirmed", 25),
)


@dataclass(slots=True)
class Stage:
    """Everything a request needs to be played."""

    session: Session
    random: Random
    places: Country
    ground: Ground
    index: Index
    policy: SenderPolicy
    desk: Sequence[Actor]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()


def play(stage: Stage, fate: str, passenger: Person, *, past: bool) -> None:
    """One request, from the call to its fate; when nobody happens to pass, it ends as unserved."""
    wish, chosen = _journey(stage, fate, past=past)
    called_at = _called_at(stage, wish)
    desk = stage.random.choice(stage.desk)
    ride_request = requests.submit(
        stage.session,
        form_key=new_hex_id(),
        passenger=passenger,
        legs=[wish],
        purpose=stage.random.choice(PURPOSES),
        source="web" if stage.random.random() < 0.2 else "desk",
        actor=desk,
        now=called_at,
    )
    if fate == "to_process":
        return
    requests.take(stage.session, ride_request, account_id=desk.id or 0, actor=desk, now=called_at)
    if fate in SERVED and chosen is not None:
        _serve(stage, ride_request, fate, chosen, desk, called_at)
    elif past:
        outcome = fate if fate not in SERVED else "unserved_no_driver"
        requests.close(
            stage.session, ride_request, outcome=outcome, actor=desk, now=called_at + timedelta(hours=4)
        )


SERVED = frozenset(
    {"done", "done_lately", "to_settle", "passenger_no_show", "awaiting_driver", "to_confirm", "confirmed"}
)


def _journey(stage: Stage, fate: str, *, past: bool) -> tuple[LegWish, Candidate | None]:
    """A leg, with somebody who drives it when one is wanted; a few tries, since villages are small."""
    lately = fate == "done_lately"
    for _ in range(80 if lately else 25):
        wish = _wish(stage, (-1, 0) if lately else (-60, -1) if past else (1, 12))
        if fate not in SERVED:
            return wish, None
        found = indexed(stage.index, _facts(wish))
        for one in found:
            if (
                one.pickup_at
                and one.dropoff_at
                and (not lately or _is_lately(stage, one.pickup_at, one.dropoff_at))
            ):
                return wish, one
    return wish, None


def _is_lately(stage: Stage, pickup_at: datetime, dropoff_at: datetime) -> bool:
    return stage.now - timedelta(hours=19) < pickup_at and dropoff_at < stage.now - timedelta(minutes=30)


def _wish(stage: Stage, days: tuple[int, int]) -> LegWish:
    random = stage.random
    home = stage.places.home(random)
    away = stage.places.away(random, home)
    arrive = random.random() < 0.7
    return LegWish(
        direction="out",
        origin=stop_of(home),
        destination=stop_of(away),
        day=stage.today + timedelta(days=random.randint(*days)),
        time_kind="arrive_by" if arrive else "leave_at",
        hour=time(random.randint(8, 11) if arrive else random.randint(7, 15), random.choice((0, 30))),
    )


def _facts(wish: LegWish) -> LegFacts:
    return LegFacts(wish.origin.point, wish.destination.point, wish.day, TimeKind(wish.time_kind), wish.hour)


def _called_at(stage: Stage, wish: LegWish) -> datetime:
    """Two days before the journey at the desk's hours, never later than now."""
    morning = datetime.combine(wish.day - timedelta(days=2), time(9), tzinfo=PARIS).astimezone(UTC)
    called = morning + timedelta(minutes=stage.random.randint(0, 180))
    return min(called, stage.now - timedelta(minutes=stage.random.randint(5, 600)))


def _serve(
    stage: Stage, ride_request: RideRequest, fate: str, chosen: Candidate, desk: Actor, called_at: datetime
) -> None:
    asked_at = called_at + timedelta(minutes=5)
    approach = _ask(stage, ride_request, chosen, desk, asked_at)
    if fate == "awaiting_driver":
        return
    agreed_at = asked_at + timedelta(minutes=50)
    booked = rides.accept(
        stage.session,
        approach,
        through="phone",
        actor=desk,
        now=agreed_at,
        policy=stage.policy,
        roads=stage.ground,
    )
    if not booked:
        # the car was full after all: what is past ended without anybody
        if chosen.pickup_at and chosen.pickup_at < stage.now:
            requests.close(
                stage.session, ride_request, outcome="unserved_no_driver", actor=desk, now=agreed_at
            )
        return
    if fate == "to_confirm":
        return
    told_at = agreed_at + timedelta(minutes=10)
    rides.tell_passenger(
        stage.session, ride_request, through="phone", actor=desk, now=told_at, policy=stage.policy
    )
    act = {"done": "done", "done_lately": "done", "passenger_no_show": "passenger_no_show"}.get(fate)
    if act is not None:
        after = min(booked[0].dropoff_at + timedelta(hours=2), stage.now)
        _settle(stage, booked[0], act, desk, after)
    if fate == "passenger_no_show":
        requests.close(stage.session, ride_request, outcome="no_show", actor=desk, now=stage.now)


def _settle(stage: Stage, ride: Ride, act: str, desk: Actor, after: datetime) -> None:
    outcomes.finish(stage.session, ride, act, actor=desk, now=after, policy=stage.policy)
    for side in ("driver", "passenger") if act == "done" else ():
        confirmations.heard_by_desk(stage.session, ride, side, actor=desk, now=after, policy=stage.policy)


def _ask(
    stage: Stage, ride_request: RideRequest, chosen: Candidate, desk: Actor, asked_at: datetime
) -> Approach:
    leg: Leg = ride_request.legs[0]
    driver = stage.session.get_one(Person, chosen.driver_id)
    assert chosen.pickup_at is not None  # only timed candidates are chosen
    assert chosen.dropoff_at is not None
    shift = timedelta(seconds=chosen.shift_seconds)
    proposal = Proposal(
        leg_id=leg.id,
        trip_id=chosen.trip_id,
        direction=chosen.direction,
        departure_id=chosen.departure_id,
        pickup_at=chosen.pickup_at + shift,
        dropoff_at=chosen.dropoff_at + shift,
        detour_seconds=chosen.detour_seconds,
    )
    can_text = any(line.kind == "mobile" for line in driver.lines)
    return rides.approach(
        stage.session,
        ride_request=ride_request,
        driver=driver,
        proposals=[proposal],
        channel="sms" if can_text else "phone",
        actor=desk,
        now=asked_at,
        policy=stage.policy,
    )
