"""What the desk may add to a ride for the registry: plate, money from others, whether the passenger is of age."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.couples.facts import Incentive, Payment
from lotocar.civic.registry.couples.rules import MAX_INCENTIVE_CENTS, fit_plate
from lotocar.civic.registry.models import RideDetail
from lotocar.errors import Invalid
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor

MAX_FEE_CENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is added. Sums are in euro cents; `incentives` are in the registry's order (territory, employer, us)."""

    plate: str = ""
    fee_cents: int = 0
    incentives: tuple[Incentive, ...] = ()
    payments: tuple[Payment, ...] = field(default=())
    passenger_adult: bool | None = None


def told(session: Session, ride_id: int) -> Told:
    """What was added to this ride so far."""
    row = session.get(RideDetail, ride_id)
    if row is None:
        return Told()
    return Told(
        plate=row.licence_plate,
        fee_cents=row.fee_cents,
        incentives=tuple(Incentive(*each) for each in row.incentives),
        payments=tuple(Payment(*each) for each in row.payments),
        passenger_adult=row.passenger_adult,
    )


def tell(session: Session, ride: Ride, what: Told, *, actor: Actor, now: datetime) -> None:
    """Write it down; what is to be sent is made anew from it.

    Raises:
        Invalid: detail.plate (longer than the registry holds), detail.siret_{n}, detail.amount_{n}, detail.payment_siret,
            detail.payment (more than the passenger gives), detail.fee (more than everybody gives together).
    """
    _check(ride, what)
    row = session.get(RideDetail, ride.id) or RideDetail(ride_id=ride.id)
    row.licence_plate, row.fee_cents = what.plate, what.fee_cents
    row.incentives = [[each.index, each.amount_cents, each.siret] for each in what.incentives]
    row.payments = [[each.index, each.siret, each.type, each.amount_cents] for each in what.payments]
    row.passenger_adult = what.passenger_adult
    session.add(row)
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="registry.detail",
        subject_kind="ride_request",
        subject_id=ride.leg.ride_request_id,
        data={"ride": ride.id},
    )


def _check(ride: Ride, what: Told) -> None:
    if what.plate and not fit_plate(what.plate):
        raise Invalid("detail.plate", field="plate")
    for each in what.incentives:
        if not _is_siret(each.siret):
            raise Invalid("detail.siret", field=f"siret_{each.index}")
        if not 0 < each.amount_cents <= MAX_INCENTIVE_CENTS:
            raise Invalid("detail.amount", field=f"amount_{each.index}")
    for payment in what.payments:
        if not _is_siret(payment.siret):
            raise Invalid("detail.siret", field="payment_siret")
    if sum(each.amount_cents for each in what.payments) > ride.contribution_cents:
        raise Invalid("detail.payment", field="payment_amount")
    given = ride.contribution_cents + sum(each.amount_cents for each in what.incentives)
    if what.fee_cents > min(given, MAX_FEE_CENTS):
        raise Invalid("detail.fee", field="fee")


def _is_siret(text: str) -> bool:
    return len(text) == 14 and text.isascii() and text.isdigit()
