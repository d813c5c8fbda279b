"""What the desk adds to one ride for the registry: plate, money from others, whether the passenger is of age."""

from __future__ import annotations

from flask import Response, request

from lotocar import clock
from lotocar.civic.registry import operations
from lotocar.civic.registry.couples import details
from lotocar.civic.registry.couples.details import Told
from lotocar.civic.registry.couples.facts import Incentive, Payment
from lotocar.civic.registry.models import Proof
from lotocar.errors import Invalid
from lotocar.values.money import in_euros, read_cents
from lotocar.web import guards
from lotocar.web.desk import registry_words, screens
from lotocar.web.edge import session
from lotocar.web.forms import showable
from lotocar.web.render import see_other

INCENTIVES = range(3)
CARD = "titre-mobilite"  # the only payment that the registry asks about
AGES = {"yes": True, "no": False}


def proof_detail(proof_id: int) -> Response:
    """What was added so far, to be changed."""
    proof = operations.proof_of(session(), proof_id, lock=False)
    return _show(proof, _typed_again(details.told(session(), proof.ride_id)), {})


def save_proof_detail(proof_id: int) -> Response:
    """Keep it, or show it again beside what is wrong."""
    proof = operations.proof_of(session(), proof_id)
    typed = {name: showable(value).strip() for name, value in request.form.items()}
    try:
        details.tell(session(), proof.ride, _read(typed), actor=guards.actor(), now=clock.now())
    except Invalid as error:
        return _show(proof, typed, {error.field or "": registry_words.DETAIL.get(error.code, "")})
    return see_other("desk.registry", notice=f"Noté pour le trajet n° {proof.ride_id}.")


def _read(typed: dict[str, str]) -> Told:
    given = [
        (number, siret, read_cents(typed.get(f"amount_{number}", ""), field=f"amount_{number}"))
        for number in INCENTIVES
        if (siret := _digits(typed.get(f"siret_{number}", ""))) or typed.get(f"amount_{number}")
    ]
    paid = read_cents(typed.get("payment_amount", ""), field="payment_amount")
    card = _digits(typed.get("payment_siret", ""))
    return Told(
        plate=typed.get("plate", ""),
        fee_cents=read_cents(typed.get("fee", ""), field="fee"),
        incentives=tuple(Incentive(number, cents, siret) for number, siret, cents in given),
        payments=(Payment(0, card, CARD, paid),) if card or paid else (),
        passenger_adult=AGES.get(typed.get("adult", "")),
    )


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")


def _typed_again(known: Told) -> dict[str, str]:
    ages = {True: "yes", False: "no", None: ""}
    typed = {"plate": known.plate, "fee": in_euros(known.fee_cents), "adult": ages[known.passenger_adult]}
    for each in known.incentives:
        typed |= {f"siret_{each.index}": each.siret, f"amount_{each.index}": in_euros(each.amount_cents)}
    for payment in known.payments:
        typed |= {"payment_siret": payment.siret, "payment_amount": in_euros(payment.amount_cents)}
    return typed


def _show(proof: Proof, typed: dict[str, str], errors: dict[str, str]) -> Response:
    return screens.show(
        "desk/registry_detail.html",
        screen="registry",
        status=422 if errors else 200,
        proof=proof,
        typed=typed,
        errors=errors,
        lines=tuple(zip(INCENTIVES, registry_words.GIVERS, strict=True)),
        contribution=in_euros(proof.ride.contribution_cents) or "0",
    )
