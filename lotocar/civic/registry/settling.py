"""What the registry says of what we sent: doubts settled at once, fates after 24 and 48 hours, totals every night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lotocar.civic.registry import life
from lotocar.civic.registry.client.registrar import Fate, Registrar
from lotocar.civic.registry.models import Proof, RegistryTally
from lotocar.civic.registry.operations import active_environment, forget_old, the_desk
from lotocar.civic.registry.sending import BATCH, Clock, Factory, accept, doubt
from lotocar.errors import Unavailable
from lotocar.values.days import PARIS

NIGHT_BEGINS = time(2, 0)
LISTED = ("ok", "pending", "fraud_error", "anomaly_error", "acquisition_error", "canceled")
STRANGER, MISSING = "stranger", "missing"
WINDOW = timedelta(days=7)
LOOK_BACK = timedelta(days=62)  # this month and the one before


def settle_due(factory: Factory, registrar: Registrar, clock: Clock, *, environment: str) -> int:
    """Read the registry about every send of unknown fate, before it is sent again; how many were settled."""
    with factory.begin() as session:
        if active_environment(session) != environment:
            return 0
        _doubt_overdue(session, environment, now=clock())
        wanted = [(row.id, row.journey_id, row.attempt) for row in _doubtful(session, environment, clock())]
    return sum(_settle(factory, registrar, clock, *one) for one in wanted)


def _settle(
    factory: Factory, registrar: Registrar, clock: Clock, proof_id: int, journey_id: str, attempt: int
) -> bool:
    try:
        fate = registrar.status(journey_id)
    except Unavailable as error:
        with factory.begin() as session:
            proof = session.get_one(Proof, proof_id, with_for_update=True)
            proof.failures, proof.error = proof.failures + 1, error.code
            proof.not_before = clock() + life.pause(proof.failures)
        return False
    with factory.begin() as session:
        proof = session.get_one(Proof, proof_id, with_for_update=True)
        if proof.status != "uncertain" or proof.attempt != attempt:
            return False
        _settle_as(session, proof, fate, now=clock())
    return True


def _settle_as(session: Session, proof: Proof, fate: Fate | None, *, now: datetime) -> None:
    proof.updated_at, proof.doubted_at = now, None
    if fate is None:
        proof.status, proof.known_there = life.after(proof.status, "put_back"), False
        proof.error, proof.not_before = "", now
        return
    act = life.FATES.get(fate.status, "")
    if act in {"burn", "find_cancelled"}:
        proof.status = life.after(proof.status, act)
        proof.sent_at, proof.answer = proof.sent_at or now, fate.text
    else:
        accept(session, proof, now=now)
    proof.registry_status, proof.labels, proof.read_at = fate.status, list(fate.labels), now


def _doubt_overdue(session: Session, environment: str, *, now: datetime) -> None:
    """Whoever claimed these died, or is too late."""
    rows = session.scalars(
        select(Proof)
        .where(Proof.environment == environment, Proof.status == "sending", Proof.lease_until <= now)
        .with_for_update(skip_locked=True)
    )
    for row in rows.all():
        doubt(row, code="lease.over", now=now)


def _doubtful(session: Session, environment: str, now: datetime) -> Sequence[Proof]:
    return session.scalars(
        select(Proof)
        .where(Proof.environment == environment, Proof.status == "uncertain", Proof.not_before <= now)
        .order_by(Proof.start_at)
        .limit(BATCH)
    ).all()


# --- 24 and 48 hours ----------------------------------------------------------------------------------------


def check_due(factory: Factory, registrar: Registrar, clock: Clock, *, environment: str) -> int:
    """Read what became of proofs a day, then two, after their ride; how many moved. Nobody is asked earlier."""
    with factory.begin() as session:
        if active_environment(session) != environment:
            return 0
        wanted = [(row.id, row.journey_id) for row in _to_check(session, environment, clock())]
    moved = 0
    for proof_id, journey_id in wanted:
        try:
            fate = registrar.status(journey_id)
        except Unavailable:
            break  # the next tick asks again
        with factory.begin() as session:
            moved += hear(session.get_one(Proof, proof_id, with_for_update=True), fate, now=clock())
    return moved


def hear(proof: Proof, fate: Fate | None, *, now: datetime) -> bool:
    """Write down the registry's word and take the step it means; whether there was one.

    A number that it no longer knows changes nothing: the reconciliation shows it as missing.
    """
    proof.read_at = now
    if fate is None:
        proof.registry_status = MISSING
        return False
    proof.registry_status = fate.status
    if life.contradicts(proof.status, fate.status):
        proof.contradicted_at = proof.contradicted_at or now
        return False
    act = life.fate_step(proof.status, fate.status, over_at=proof.end_at, now=now)
    if not act:
        return False
    proof.status, proof.updated_at = life.after(proof.status, act), now
    proof.labels = list(fate.labels) or proof.labels
    if act in {"flag_fraud", "flag_anomaly", "burn"}:
        proof.answer = fate.text
    if proof.status == "checked":
        hear(proof, fate, now=now)  # two days late, both steps at once
    return True


def _to_check(session: Session, environment: str, now: datetime) -> Sequence[Proof]:
    again = or_(Proof.read_at.is_(None), Proof.read_at <= now - life.ASK_AGAIN_AFTER)
    first = (Proof.status == "sent") & (Proof.end_at <= now - life.CHECK_AFTER)
    second = (Proof.status == "checked") & (Proof.end_at <= now - life.FINAL_AFTER)
    return session.scalars(
        select(Proof)
        .where(Proof.environment == environment, or_(first, second), again)
        .order_by(Proof.end_at)
        .limit(BATCH)
    ).all()


# --- every night --------------------------------------------------------------------------------------------


def reconcile_tonight(factory: Factory, registrar: Registrar, clock: Clock, *, environment: str) -> bool:
    """Reconcile once a night, after two o'clock in Paris; whether it was done now."""
    now = clock()
    with factory.begin() as session:
        if active_environment(session) != environment:
            return False
        if not is_time_to_reconcile(the_desk(session).reconciled_at, now=now):
            return False
    reconcile(factory, registrar, clock, environment=environment)
    return True


def is_time_to_reconcile(last: datetime | None, *, now: datetime) -> bool:
    """Whether a night began since the last time."""
    local = now.astimezone(PARIS)
    if local.time() < NIGHT_BEGINS:
        return False
    begins = datetime.combine(local.date(), NIGHT_BEGINS, PARIS)
    return last is None or last < begins


def reconcile(factory: Factory, registrar: Registrar, clock: Clock, *, environment: str) -> None:
    """Compare what the registry lists with what we know, for this month and the last; keep its totals.

    A later « ok » over a refusal received is written down as a contradiction and changes nothing. A number that
    is not ours, or one of ours that is listed nowhere, is counted apart.

    Raises:
        Unavailable: the registry did not answer; nothing was changed.
    """
    now = clock()
    today = datetime.combine(now.astimezone(PARIS).date(), time(), PARIS)
    first = (today - LOOK_BACK).replace(day=1)
    listed = {
        journey_id: status
        for start, end in _windows(first, today)
        for status in LISTED
        for journey_id in registrar.journeys(status=status, start=start, end=end)
    }
    with factory.begin() as session:
        proofs = session.scalars(
            select(Proof)
            .where(Proof.environment == environment, Proof.known_there, Proof.start_at >= first)
            .with_for_update()
        ).all()
        for proof in proofs:
            if proof.journey_id in listed and proof.status not in life.AWAY:
                hear(proof, Fate(listed[proof.journey_id]), now=now)
        _keep_tally(session, environment, proofs, listed, today, now=now)
        forget_old(session, now=now)
        the_desk(session, lock=True).reconciled_at = now


def _windows(first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Weeks from first to last: the registry's default window is seven days."""
    windows = []
    while first < last:
        windows.append((first, min(first + WINDOW, last)))
        first += WINDOW
    return windows


def _keep_tally(
    session: Session,
    environment: str,
    proofs: Sequence[Proof],
    listed: dict[str, str],
    today: datetime,
    *,
    now: datetime,
) -> None:
    months = {proof.journey_id: month_of(proof.start_at) for proof in proofs}
    counts = Counter((months[one], status) for one, status in listed.items() if one in months)
    counts[month_of(now), STRANGER] = sum(one not in months for one in listed)
    for proof in proofs:
        if proof.status in life.THERE and proof.start_at < today and proof.journey_id not in listed:
            counts[month_of(proof.start_at), MISSING] += 1
    since = min([*months.values(), month_of(now)])
    session.execute(
        delete(RegistryTally).where(RegistryTally.environment == environment, RegistryTally.month >= since)
    )
    for (month, status), count in sorted(counts.items()):
        session.add(RegistryTally(environment=environment, month=month, status=status, count=count, at=now))


def month_of(at: datetime) -> str:
    """The month of an instant in Paris: 2026-11."""
    return at.astimezone(PARIS).strftime("%Y-%m")
