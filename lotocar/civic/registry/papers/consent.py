"""The words under which people agree to the registry, by version: for forms, and to be said on the phone.

A consent under words we do not know is none. A changed sentence is a new version, added here for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.consents import TEXT_VERSION
from lotocar.carpool.people.models import Consent


@dataclass(frozen=True, slots=True)
class Words:
    """The same consent as read on a form and as said in twenty seconds on the phone."""

    form: str
    phone: str


TEXTS: Mapping[str, Words] = {
    "2026-11": Words(
        form="J’accepte que mes trajets faits soient déclarés au Registre de preuve de covoiturage, tenu pour l’État "
        "(ministère chargé des transports) en application de la loi d’orientation des mobilités. Sont transmis : une "
        "empreinte de mon numéro et de mon nom, le début de mon numéro, les lieux et heures de départ et d’arrivée, "
        "la distance et le prix. Jamais mon nom, ni mon numéro entier, ni la raison du trajet. Je peux refuser ou "
        "changer d’avis à tout moment : cela ne change rien au covoiturage. Je peux demander à voir ces données, à "
        "les corriger ou à les effacer.",
        phone="Acceptez-vous que vos trajets faits soient déclarés au registre national du covoiturage ? L’État y "
        "compte les trajets. Nous n’envoyons ni votre nom, ni votre numéro entier, ni la raison du trajet : seulement "
        "les lieux, les heures et une empreinte de votre numéro. Vous pouvez dire non, ou changer d’avis quand vous "
        "voulez, cela ne change rien pour vous.",
    ),
}
CURRENT = TEXT_VERSION  # what people are shown, and what is written down, go by one number


def given_consents(session: Session, person_ids: Collection[int]) -> dict[int, Consent]:
    """The latest word on the registry of those of these people who said yes, under words that we know."""
    if not person_ids:
        return {}
    latest = (
        select(func.max(Consent.id))
        .where(Consent.kind == "registry", Consent.person_id.in_(set(person_ids)))
        .group_by(Consent.person_id)
    )
    rows = session.scalars(select(Consent).where(Consent.id.in_(latest), Consent.given.is_(True)))
    return {row.person_id: row for row in rows if row.text_version in TEXTS}
