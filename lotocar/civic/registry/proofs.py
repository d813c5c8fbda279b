"""From rides to proofs: which are to be made, what is known of each, and whether it may go now."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import life
from lotocar.civic.registry.couples.checks import Ready, RefusedCouple, Review, Sent, review
from lotocar.civic.registry.couples.facts import CoupleFacts, Reason
from lotocar.civic.registry.couples.geography import Where
from lotocar.civic.registry.couples.payload import Payload, encode
from lotocar.civic.registry.couples.queries import DECLARABLE, InseeOf, couples_of, exact_point, whole_rides
from lotocar.civic.registry.couples.rules import DENIED, unproven
from lotocar.civic.registry.models import Proof
from lotocar.world.roads.router import Roads

LOOK_BACK = timedelta(days=2)
AROUND = timedelta(days=2)  # farther rides are never compared
CORRECTABLE = frozenset({"incentives", "operator_class", "start", "end", "distance", "operator_trip_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms proofs are made: for which registry, up to which class, and with whose geography."""

    environment: str
    ceiling: str = "A"
    roads: Roads | None = None
    where: Where = exact_point
    insee_of: InseeOf | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """What would be sent of a ride now."""

    body: Payload

    def differs_from(self, sent: str) -> str:
        """How it differs from what was sent: "", "correct" (PATCH may mend it) or "replace"."""
        before = json.loads(sent) if sent else {}
        changed = {
            name for name in self.body.keys() | before.keys() if self.body.get(name) != before.get(name)
        }
        if not changed:
            return ""
        return "correct" if changed <= CORRECTABLE else "replace"

    @property
    def correction(self) -> str:
        """The body of a PATCH, as JSON text."""
        return encode({name: value for name, value in self.body.items() if name in CORRECTABLE})


def prepare(session: Session, *, terms: Terms, now: datetime) -> None:
    """Make the proofs of rides just over, and bring each unsent one to where its ride and the checks put it."""
    proofs = _proofs_of_rides(session, terms, now)
    rides = {ride.id: ride for ride in _rides(session, [proof.ride_id for proof in proofs])}
    open_ones = []
    for proof in proofs:
        ride = rides[proof.ride_id]
        if proof.status in life.UNSENT:
            follow(proof, ride, now=now)
        if proof.status in {"confirmed", "ready", "refused_fixable"}:
            open_ones.append(proof)
    _judge(session, open_ones, rides, terms=terms, now=now)
    _take_back_denied(session, terms, now)


def follow(proof: Proof, ride: Ride, *, now: datetime) -> None:
    """Bring an unsent proof to where its ride's word and the hour put it."""
    if not proof.known_there:
        proof.trip_id, proof.start_at, proof.end_at = ride.car_trip_key, ride.pickup_at, ride.dropoff_at
    word = life.word_of(status=ride.status, driver_says=ride.driver_says, passenger_says=ride.passenger_says)
    if life.may(proof.status, word):
        proof.status, proof.updated_at = life.after(proof.status, word), now
    proof.driver_word = life.heard_through(ride.driver_says, ride.driver_said_through)
    proof.passenger_word = life.heard_through(ride.passenger_says, ride.passenger_said_through)
    if proof.status == "draft":
        proof.reasons = stored(
            unproven(status=ride.status, driver_says=ride.driver_says, passenger_says=ride.passenger_says)
        )
    if life.is_too_late(proof.start_at, now=now) and life.may(proof.status, "expire"):
        proof.status, proof.updated_at = life.after(proof.status, "expire"), now


def judge_one(session: Session, proof: Proof, *, terms: Terms, now: datetime) -> Ready | RefusedCouple:
    """Whether this proof may go now, given everything that the registry knows or may know of us."""
    ride = _rides(session, [proof.ride_id])[0]
    couple = _couples(session, [ride], {ride.id: proof}, terms)[0]
    already = traces(session, terms.environment, [couple], but_rides={ride.id})
    found = review([couple], now=now, already_sent=already, ceiling=terms.ceiling)
    return found.ready[0] if found.ready else found.refused[0]


def fresh_body(session: Session, proof: Proof, *, terms: Terms, now: datetime) -> Fresh | None:
    """What would be sent of this ride now, or None when checks stop it."""
    found = judge_one(session, proof, terms=terms, now=now)
    return Fresh(found.body) if isinstance(found, Ready) else None


def traces(
    session: Session, environment: str, couples: Collection[CoupleFacts], *, but_rides: Collection[int]
) -> list[Sent]:
    """What the registry knows, or may know, of the days around these couples; the attempts of `but_rides` apart.

    Cancelled and refused ones count too: the registry never takes them off its totals.
    """
    if not couples:
        return []
    rows = session.scalars(
        select(Proof).where(
            Proof.environment == environment,
            Proof.known_there,
            Proof.start_at >= min(couple.start_at for couple in couples) - AROUND,
            Proof.start_at <= max(couple.start_at for couple in couples) + AROUND,
            Proof.driver_key != "",
        )
    )
    return [trace_of_proof(row) for row in rows if row.ride_id not in but_rides]


def sent_since(session: Session, environment: str, since: datetime) -> list[Sent]:
    """Everything that this registry knows, or may know, of rides since then."""
    rows = session.scalars(
        select(Proof).where(
            Proof.environment == environment,
            Proof.known_there,
            Proof.start_at >= since,
            Proof.driver_key != "",
        )
    )
    return [trace_of_proof(row) for row in rows]


def trace_of_proof(row: Proof) -> Sent:
    """What later rides are compared with."""
    return Sent(
        journey_id=row.journey_id,
        trip_id=row.trip_id,
        driver_key=row.driver_key,
        passenger_key=row.passenger_key,
        passenger_user_id=row.passenger_user_id,
        start_at=row.start_at,
        end_at=row.end_at,
    )


def _proofs_of_rides(session: Session, terms: Terms, now: datetime) -> list[Proof]:
    """The standing proofs of rides of the last days, made where one is missing, with the unsent ones of before."""
    young = select(Ride).where(Ride.pickup_at > now - LOOK_BACK, Ride.pickup_at <= now)
    rides = session.scalars(young).all()
    standing = select(Proof).where(
        Proof.environment == terms.environment,
        or_(
            Proof.live_ride_id.in_([ride.id for ride in rides]),
            Proof.status.in_(sorted(life.WAITING)),
        ),
    )
    proofs = list(session.scalars(standing.with_for_update()))
    known = {proof.live_ride_id for proof in proofs}
    for ride in rides:
        if ride.id in known or ride.status not in DECLARABLE:
            continue
        if not life.is_too_late(ride.pickup_at, now=now):
            proofs.append(_draft(session, ride, terms, now))
    session.flush()  # their numbers are theirs from now on, or another worker was quicker
    return proofs


def _draft(session: Session, ride: Ride, terms: Terms, now: datetime) -> Proof:
    taken = session.scalar(select(Proof.id).where(Proof.journey_id == ride.journey_key))
    proof = Proof(
        environment=terms.environment,
        ride_id=ride.id,
        live_ride_id=ride.id,
        journey_id=ride.journey_key if taken is None else _other_id(ride, terms),
        trip_id=ride.car_trip_key,
        start_at=ride.pickup_at,
        end_at=ride.dropoff_at,
        status="draft",
        attempt=0,
        failures=0,
        known_there=False,
        driver_word="",
        passenger_word="",
        body="",
        reasons=[],
        labels=[],
        not_before=now,
        created_at=now,
        updated_at=now,
    )
    session.add(proof)
    return proof


def _other_id(ride: Ride, terms: Terms) -> str:
    """The same ride for the other registry: each number is ours once and for all."""
    return sha256(f"{terms.environment}/{ride.journey_key}".encode()).hexdigest()[:32]


def _take_back_denied(session: Session, terms: Terms, now: datetime) -> None:
    """A ride that did not take place after all is due to be cancelled as soon as we know."""
    denied = session.scalars(
        select(Proof)
        .join(Proof.ride)
        .where(
            Proof.environment == terms.environment,
            Proof.status.in_(sorted(life.THERE)),
            Ride.status.in_(sorted(DENIED)),
        )
    )
    for proof in denied.all():
        proof.status = life.after(proof.status, "cancel")
        proof.cancel_code, proof.not_before, proof.failures = "NOT_DONE", now, 0
        proof.lease_until, proof.updated_at = None, now


def _judge(
    session: Session, proofs: Sequence[Proof], rides: dict[int, Ride], *, terms: Terms, now: datetime
) -> None:
    by_ride = {proof.ride_id: proof for proof in proofs}
    couples = _couples(session, [rides[ride_id] for ride_id in by_ride], by_ride, terms)
    already = traces(session, terms.environment, couples, but_rides=set(by_ride))
    found = review(couples, now=now, already_sent=already, ceiling=terms.ceiling)
    _write_down(found, by_ride, now=now)


def _write_down(found: Review, by_ride: dict[int, Proof], *, now: datetime) -> None:
    for ready in found.ready:
        proof = by_ride[ready.couple.ride_id]
        if proof.status == "refused_fixable" and encode(ready.body) != proof.body:
            proof.status = life.after(proof.status, "mend")
        if proof.status == "confirmed":
            proof.status, proof.updated_at = life.after(proof.status, "pass"), now
        proof.reasons = []
    for refused in found.refused:
        hold(by_ride[refused.couple.ride_id], refused, now=now)


def hold(proof: Proof, refused: RefusedCouple, *, now: datetime) -> None:
    """Keep a proof at home, with every reason known."""
    if proof.status == "ready":
        proof.status, proof.updated_at = life.after(proof.status, "hold"), now
    proof.reasons = stored(refused.reasons)


def stored(reasons: Iterable[Reason]) -> list[list[str]]:
    """Reasons as a proof keeps them: [code, side]."""
    return [[reason.code.value, reason.who.value if reason.who else ""] for reason in reasons]


def _couples(
    session: Session, rides: Sequence[Ride], by_ride: dict[int, Proof], terms: Terms
) -> list[CoupleFacts]:
    couples = couples_of(session, rides, roads=terms.roads, where=terms.where, insee_of=terms.insee_of)
    return [
        replace(
            couple, journey_id=by_ride[couple.ride_id].journey_id, trip_id=by_ride[couple.ride_id].trip_id
        )
        for couple in couples
    ]


def _rides(session: Session, ride_ids: Collection[int]) -> list[Ride]:
    if not ride_ids:
        return []
    found = session.scalars(
        whole_rides().where(Ride.id.in_(ride_ids)).execution_options(populate_existing=True)
    )
    return list(found.all())
