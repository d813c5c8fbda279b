"""What people decide about the registry: which one to send to, and what to do with one proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import life
from lotocar.civic.registry.models import PassengerCar, Proof, RegistryDesk, RideDetail
from lotocar.civic.registry.proofs import Terms, fresh_body
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.journal import operations as journal
from lotocar.organisation import queries as organisation
from lotocar.values.actor import Actor
from lotocar.values.tokens import new_hex_id

ENVIRONMENTS = ("off", "demo", "production")
KEYS_KEPT_FOR = timedelta(days=3 * 365)  # as far back as the registry itself answers for a ride


@dataclass(frozen=True, slots=True)
class KeysAtHand:
    """For which registries this installation has a pair of keys."""

    demo: bool = False
    production: bool = False


def the_desk(session: Session, *, lock: bool = False) -> RegistryDesk:
    """Where this installation stands; the row is made at its first need, `lock` holds it for this transaction."""
    row = session.get(RegistryDesk, 1, with_for_update=lock)
    if row is None:
        row = RegistryDesk(id=1, environment="off", answers={}, done={}, trouble="")
        session.add(row)
        session.flush()  # whoever comes second must see it
    return row


def switch(session: Session, environment: str, *, keys: KeysAtHand, actor: Actor, now: datetime) -> None:
    """Send to this registry from now on, or to none ("off"). What was made for another one stays with it.

    Raises:
        Invalid: no such environment.
        Refused: registry.demonstration (this database holds people who do not exist), registry.no_keys,
            registry.under_way (a proof is on its way to the other one).
    """
    if environment not in ENVIRONMENTS:
        raise Invalid("registry.environment", field="environment")
    if environment != "off" and organisation.current(session).is_demonstration:
        raise Refused("registry.demonstration")
    if environment != "off" and not getattr(keys, environment):
        raise Refused("registry.no_keys")
    desk = the_desk(session, lock=True)
    if session.scalar(select(Proof.id).where(Proof.status == "sending").limit(1)) is not None:
        raise Refused("registry.under_way")
    before, desk.environment, desk.switched_at = desk.environment, environment, now
    desk.trouble, desk.trouble_at = "", None
    _note(session, "registry.switched", 1, actor, now, before=before, after=environment)


def active_environment(session: Session) -> str:
    """Which registry proofs go to: "off" as long as nobody switched, and always on a demonstration database."""
    desk = session.get(RegistryDesk, 1)
    if desk is None or desk.environment == "off":
        return "off"
    return "off" if organisation.current(session).is_demonstration else desk.environment


def withdraw(session: Session, proof: Proof, *, actor: Actor, now: datetime) -> None:
    """Never send this one, though it might go.

    Raises:
        Refused: it has gone, or is over.
    """
    proof.status = life.after(proof.status, "withdraw")
    proof.updated_at = now
    _note(session, "proof.withdrawn", proof.id, actor, now)


def cancel(session: Session, proof: Proof, *, code: str, actor: Actor, now: datetime) -> None:
    """Take a proof back from the registry; the worker does it. There is no way to undo it.

    Raises:
        Invalid: registry.cancel_code, not one of ours.
        Refused: it is not there, or already being taken back.
    """
    if code not in life.CANCEL_CODES:
        raise Invalid("registry.cancel_code", field="code")
    proof.status = life.after(proof.status, "cancel")
    proof.cancel_code, proof.not_before, proof.failures, proof.error = code, now, 0, ""
    proof.lease_until, proof.updated_at = None, now
    _note(session, "proof.cancelled", proof.id, actor, now, code=code)


def correct(session: Session, proof: Proof, *, terms: Terms, actor: Actor, now: datetime) -> None:
    """Send the registry what the ride's page says now: places, hours, distance. Within 24 hours of the start.

    Raises:
        Refused: registry.too_late_to_correct; registry.same (nothing changed); registry.not_correctable (people,
            prices or seats changed: cancel it and send it under a new number); registry.unfit (checks stop it).
    """
    if not life.may_correct(proof.start_at, now=now):
        raise Refused("registry.too_late_to_correct")
    kind = what_changed(session, proof, terms=terms, now=now)
    if kind != "correct":
        raise Refused(
            {"": "registry.same", "replace": "registry.not_correctable"}.get(kind, "registry.unfit")
        )
    proof.status = life.after(proof.status, "correct")
    proof.not_before, proof.failures, proof.lease_until = now, 0, None
    proof.error, proof.updated_at = "", now
    _note(session, "proof.corrected", proof.id, actor, now)


def what_changed(session: Session, proof: Proof, *, terms: Terms, now: datetime) -> str:
    """How the ride differs from what was sent: "" (not at all), "correct", "replace" or "unfit"."""
    fresh = fresh_body(session, proof, terms=terms, now=now)
    if fresh is None:
        return "unfit"
    return fresh.differs_from(proof.body)


def renew(session: Session, proof: Proof, *, actor: Actor, now: datetime) -> Proof:
    """Make a new proof of the same ride under a new number; it passes every check again before it goes.

    Raises:
        Refused: registry.too_late_to_renew; registry.standing (the present one still stands).
    """
    if proof.status not in {"refused_burnt", "cancelled"}:
        raise Refused("registry.standing")
    if life.is_too_late(proof.start_at, now=now):
        raise Refused("registry.too_late_to_renew")
    standing = select(Proof.id).where(
        Proof.environment == proof.environment,
        Proof.live_ride_id == proof.ride_id,
        Proof.id != proof.id,
    )
    if session.scalar(standing) is not None:
        raise Refused("registry.standing")
    proof.live_ride_id = None
    session.flush()  # the place must be free before the new one takes it
    fresh = Proof(
        environment=proof.environment,
        ride_id=proof.ride_id,
        live_ride_id=proof.ride_id,
        journey_id=new_hex_id(),
        trip_id=proof.trip_id,
        start_at=proof.start_at,
        end_at=proof.end_at,
        not_before=now,
        created_at=now,
        updated_at=now,
    )
    session.add(fresh)
    session.flush()  # its number is in the journal
    _note(session, "proof.renewed", fresh.id, actor, now, before=proof.id)
    return fresh


def proof_of(session: Session, proof_id: int, *, lock: bool = True) -> Proof:
    """One proof, held for this transaction unless it is only to be read.

    Raises:
        NotFound: none.
    """
    row = session.get(Proof, proof_id, with_for_update=lock)
    if row is None:
        raise NotFound("proof")
    return row


def erase_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Keep of this person's proofs what an audit of the registry may ask for, and nothing else.

    Left of a proof that was sent: its number, date, class, fate, identity key, and under which words and when
    they agreed; for three years. Places, prices, the start of the number and our own name for them go now.
    """
    mine = select(Ride.id).where(or_(Ride.driver_id == person_id, Ride.passenger_id == person_id))
    for proof in session.scalars(select(Proof).where(Proof.ride_id.in_(mine))):
        proof.body, proof.answer, proof.passenger_user_id = "", "", ""
        if proof.status in life.WAITING:
            proof.status = life.after(proof.status, "withdraw")
        if not proof.known_there:
            _forget_keys(proof)
        proof.updated_at = now
    session.execute(delete(RideDetail).where(RideDetail.ride_id.in_(mine)))
    session.execute(delete(PassengerCar).where(PassengerCar.person_id == person_id))


def forget_old(session: Session, *, now: datetime) -> int:
    """Blank what was kept for audits of rides older than three years; how many."""
    old = session.scalars(
        select(Proof).where(
            Proof.start_at < now - KEYS_KEPT_FOR, or_(Proof.driver_key != "", Proof.body != "")
        )
    ).all()
    for proof in old:
        proof.body = proof.answer = proof.passenger_user_id = ""
        _forget_keys(proof)
    return len(old)


def _forget_keys(proof: Proof) -> None:
    proof.driver_key = proof.passenger_key = ""
    proof.consents = {}


def _note(session: Session, verb: str, subject_id: int, actor: Actor, now: datetime, **data: object) -> None:
    journal.note(
        session,
        actor=actor,
        now=now,
        verb=verb,
        subject_kind="registry_proof" if verb.startswith("proof") else "registry",
        subject_id=subject_id,
        data=dict(data),
    )
