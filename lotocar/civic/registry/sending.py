"""Claim, call, note: three steps, and no transaction open while the registry answers.

A claim is made under the desk's row, so that proofs are judged one after the other whoever runs; its attempt
number fences a worker that comes back late. A crash leaves a row with a lease: `settling` takes it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry import life
from lotocar.civic.registry.client.registrar import (
    AlreadyThere,
    KeysRefused,
    NotStored,
    RefusedRules,
    RefusedShape,
    Registrar,
    Slow,
    Unknown,
    VersionGone,
)
from lotocar.civic.registry.couples.checks import Ready
from lotocar.civic.registry.couples.payload import encode
from lotocar.civic.registry.models import Proof
from lotocar.civic.registry.operations import active_environment, the_desk
from lotocar.civic.registry.proofs import Terms, follow, fresh_body, hold, judge_one, prepare

Clock = Callable[[], datetime]
Factory = sessionmaker[Session]
Told = Callable[[int, int], None]  # how many of how many are through

BATCH = 200
STOPS = frozenset({"paused", "broken"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt at one call."""

    proof_id: int
    journey_id: str
    attempt: int
    body: str = ""
    code: str = ""


def send_due(
    factory: Factory, registrar: Registrar, clock: Clock, *, terms: Terms, told: Told | None = None
) -> int:
    """Bring every proof up to date, then send what is ready, the earliest ride first; how many were accepted.

    Does nothing when the desk's switch is elsewhere. Stops at once when the registry asks to slow down or refuses
    our keys; what was not sent stays ready.
    """
    with factory.begin() as session:
        if active_environment(session) != terms.environment:
            return 0
        prepare(session, terms=terms, now=clock())
        due = _due(session, terms.environment, ("ready",), clock())
    count = 0
    for number, proof_id in enumerate(due, start=1):
        outcome = send_one(factory, registrar, proof_id, clock, terms=terms)
        count += outcome == "accepted"
        if told is not None:
            told(number, len(due))
        if outcome in STOPS:
            break
    return count


def send_one(factory: Factory, registrar: Registrar, proof_id: int, clock: Clock, *, terms: Terms) -> str:
    """One proof through its three steps: "accepted", "refused", "burnt", "doubt", "put_back", "paused", "broken".

    Empty means that it may not go now: somebody else has it, a check stops it, or the switch was turned.
    """
    with factory.begin() as session:
        claimed = claim(session, proof_id, terms=terms, now=clock())
    if claimed is None:
        return ""
    try:
        registrar.send(claimed.body)
    except RefusedShape as error:
        return _noted(factory, claimed, clock, _refused(error))
    except RefusedRules as error:
        return _noted(factory, claimed, clock, _burnt(error))
    except (AlreadyThere, Unknown) as error:
        return _noted(factory, claimed, clock, _doubted(error.code))
    except NotStored as error:
        return _noted(factory, claimed, clock, _put_back(error))
    return _noted(factory, claimed, clock, _accepted)


def claim(session: Session, proof_id: int, *, terms: Terms, now: datetime) -> Outgoing | None:
    """Take one ready proof for a lease, with the body to send, or None when it may not go now.

    Everything is looked at again here: consents, the ride's word, and what the registry knows of the day.
    """
    the_desk(session, lock=True)
    if active_environment(session) != terms.environment:
        return None
    proof = session.get(Proof, proof_id, with_for_update=True, populate_existing=True)
    if proof is None or proof.status != "ready" or proof.not_before > now:
        return None
    follow(proof, session.get_one(Ride, proof.ride_id, populate_existing=True), now=now)
    if proof.status != "ready":
        return None
    found = judge_one(session, proof, terms=terms, now=now)
    if not isinstance(found, Ready):
        hold(proof, found, now=now)
        return None
    _keep_record(proof, found)
    proof.status = life.after(proof.status, "claim")
    proof.attempt += 1
    proof.known_there = True
    proof.lease_until, proof.updated_at = now + life.LEASE, now
    return Outgoing(proof.id, proof.journey_id, proof.attempt, proof.body)


def _keep_record(proof: Proof, ready: Ready) -> None:
    """What goes out, and on whose consent, kept before it goes."""
    proof.body = encode(ready.body)
    proof.proof_class = ready.body["operator_class"]
    proof.driver_key, proof.passenger_key = ready.trace.driver_key, ready.trace.passenger_key
    proof.passenger_user_id = ready.trace.passenger_user_id
    proof.consents = {
        who.value: {
            "version": person.consent_version,
            "at": person.consent_at.isoformat() if person.consent_at else "",
        }
        for who, person in ready.couple.sides
    }
    proof.reasons = []


# --- cancelling and correcting ------------------------------------------------------------------------------


def act_due(factory: Factory, registrar: Registrar, clock: Clock, *, terms: Terms) -> int:
    """Cancel and correct at the registry what the desk, or a ride's denial, asked for; how many were done."""
    with factory.begin() as session:
        if active_environment(session) != terms.environment:
            return 0
        due = _due(session, terms.environment, ("cancelling", "correcting"), clock())
    return sum(_act_one(factory, registrar, proof_id, clock, terms=terms) for proof_id in due)


def _act_one(factory: Factory, registrar: Registrar, proof_id: int, clock: Clock, *, terms: Terms) -> bool:
    with factory.begin() as session:
        claimed = _claim_act(session, proof_id, terms=terms, now=clock())
    if claimed is None:
        return False
    try:
        if claimed.code:
            registrar.cancel(claimed.journey_id, code=claimed.code, message="")
            return _noted(factory, claimed, clock, _cancelled) == "done"
        known = registrar.correct(claimed.journey_id, claimed.body)
        return _noted(factory, claimed, clock, _corrected if known else _unknown_there) == "done"
    except (RefusedShape, RefusedRules) as error:
        return _noted(factory, claimed, clock, _act_refused(error.text)) == "done"
    except (NotStored, Unknown, AlreadyThere) as error:
        _noted(factory, claimed, clock, _act_later(error))
        return False


def _claim_act(session: Session, proof_id: int, *, terms: Terms, now: datetime) -> Outgoing | None:
    proof = session.get(Proof, proof_id, with_for_update=True, populate_existing=True)
    if proof is None or proof.status not in {"cancelling", "correcting"} or proof.not_before > now:
        return None
    if proof.lease_until is not None and proof.lease_until > now:
        return None
    proof.attempt += 1
    proof.lease_until, proof.updated_at = now + life.LEASE, now
    if proof.status == "cancelling":
        return Outgoing(proof.id, proof.journey_id, proof.attempt, code=proof.cancel_code)
    fresh = fresh_body(session, proof, terms=terms, now=now)
    if fresh is None:
        proof.status, proof.error = life.after(proof.status, "accept"), "registry.unfit"
        return None
    proof.body = encode(fresh.body)
    return Outgoing(proof.id, proof.journey_id, proof.attempt, body=fresh.correction)


def _cancelled(_session: Session, proof: Proof, now: datetime) -> str:
    proof.status = life.after(proof.status, "end")
    proof.registry_status, proof.error, proof.read_at = "canceled", "", now
    return "done"


def _corrected(_session: Session, proof: Proof, now: datetime) -> str:
    proof.status = life.after(proof.status, "accept")
    proof.error, proof.read_at = "", None
    return "done"


def _unknown_there(_session: Session, proof: Proof, now: datetime) -> str:
    proof.status, proof.doubted_at = life.after(proof.status, "doubt"), now
    proof.error = "registry.unknown"
    return "doubt"


def _act_refused(text: str) -> Note:
    def note(_session: Session, proof: Proof, now: datetime) -> str:
        if proof.status == "correcting":
            proof.status = life.after(proof.status, "accept")
        proof.error, proof.answer = "registry.act_refused", text
        proof.not_before = now + life.LONGEST_PAUSE
        return "refused"

    return note


def _act_later(error: NotStored | Unknown | AlreadyThere) -> Note:
    def note(session: Session, proof: Proof, now: datetime) -> str:
        _stumble(session, proof, error, now)
        return "later"

    return note


# --- noting what happened -----------------------------------------------------------------------------------

Note = Callable[[Session, Proof, datetime], str]


def _noted(factory: Factory, claimed: Outgoing, clock: Clock, note: Note) -> str:
    with factory.begin() as session:
        proof = session.get(Proof, claimed.proof_id, with_for_update=True)
        if proof is None or proof.attempt != claimed.attempt or proof.status not in life.AWAY:
            return "late"  # fenced: another attempt owns the row since
        proof.lease_until, proof.updated_at = None, clock()
        return note(session, proof, clock())


def _accepted(session: Session, proof: Proof, now: datetime) -> str:
    accept(session, proof, now=now)
    return "accepted"


def accept(session: Session, proof: Proof, *, now: datetime) -> None:
    """The registry has it."""
    proof.status = life.after(proof.status, "accept")
    proof.sent_at, proof.error, proof.failures, proof.doubted_at = now, "", 0, None
    proof.answer, proof.labels = "", []
    desk = the_desk(session)
    if desk.trouble:
        desk.trouble, desk.trouble_at = "", None


def _refused(error: RefusedShape) -> Note:
    def note(_session: Session, proof: Proof, _now: datetime) -> str:
        proof.status = life.after(proof.status, "refuse")
        proof.error, proof.answer, proof.known_there = error.code, error.text, False
        return "refused"

    return note


def _burnt(error: RefusedRules) -> Note:
    def note(_session: Session, proof: Proof, now: datetime) -> str:
        proof.status = life.after(proof.status, "burn")
        proof.error, proof.answer, proof.labels = error.code, error.text, list(error.labels)
        proof.sent_at, proof.registry_status = now, "terms_violation_error"
        return "burnt"

    return note


def _doubted(code: str) -> Note:
    def note(_session: Session, proof: Proof, now: datetime) -> str:
        doubt(proof, code=code, now=now)
        return "doubt"

    return note


def doubt(proof: Proof, *, code: str, now: datetime) -> None:
    """Nobody knows whether the registry has it: it is read before anything else."""
    proof.status = life.after(proof.status, "doubt")
    proof.doubted_at, proof.error, proof.lease_until = now, code, None
    proof.not_before = now + life.SETTLE_AFTER


def _put_back(error: NotStored) -> Note:
    def note(session: Session, proof: Proof, now: datetime) -> str:
        proof.status, proof.known_there = life.after(proof.status, "put_back"), False
        _stumble(session, proof, error, now)
        if isinstance(error, Slow):
            return "paused"
        return "broken" if isinstance(error, KeysRefused | VersionGone) else "put_back"

    return note


def _stumble(
    session: Session, proof: Proof, error: NotStored | Unknown | AlreadyThere, now: datetime
) -> None:
    """A call that led nowhere: later each time, and the desk is told when our keys or version are to blame."""
    proof.error, proof.lease_until = error.code, None
    if isinstance(error, Slow):
        proof.not_before = now + error.retry_after
        return
    if isinstance(error, KeysRefused | VersionGone):
        desk = the_desk(session)
        desk.trouble, desk.trouble_at = error.code, desk.trouble_at or now
    proof.failures += 1
    proof.not_before = now + life.pause(proof.failures)


def _due(session: Session, environment: str, statuses: Sequence[str], now: datetime) -> list[int]:
    due = select(Proof.id).where(
        Proof.environment == environment,
        Proof.status.in_(statuses),
        Proof.not_before <= now,
        or_(Proof.lease_until.is_(None), Proof.lease_until <= now),
    )
    return list(session.scalars(due.order_by(Proof.start_at, Proof.id).limit(BATCH)))
