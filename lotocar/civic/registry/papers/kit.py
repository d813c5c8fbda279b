"""Joining the registry: the documents it asks for, one step each, and what this installation can truly certify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Consent, PhoneLine
from lotocar.carpool.rides.models import Ride
from lotocar.civic.registry.life import heard_through
from lotocar.civic.registry.models import Proof, RegistryDesk
from lotocar.civic.registry.operations import the_desk
from lotocar.errors import Invalid
from lotocar.journal import operations as journal
from lotocar.values.actor import Actor
from lotocar.values.phone import parse_phone

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to write down; `kind`: text, email, phone or siret."""

    name: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Step:
    """One document. `todo` says what to do, `tick` what ticking it means."""

    name: str
    title: str
    todo: str
    tick: str
    answers: tuple[Answer, ...] = ()


def _person(name: str, *, phone: bool = False) -> tuple[Answer, ...]:
    answers = (
        Answer(f"{name}_last_name", "Nom"),
        Answer(f"{name}_first_name", "Prénom"),
        Answer(f"{name}_email", "Adresse électronique", "email"),
    )
    return (*answers, Answer(f"{name}_phone", "Téléphone", "phone")) if phone else answers


STEPS: tuple[Step, ...] = (
    Step(
        "terms",
        "Conditions d’utilisation",
        "Lisez les conditions d’utilisation du registre. Acceptez-les par courriel à "
        "contact@covoiturage.beta.gouv.fr : la personne qui écrit engage la structure.",
        "Le courriel d’acceptation est parti.",
        (Answer("terms_sender", "Qui a écrit, et au nom de quoi"),),
    ),
    Step(
        "identity",
        "Identité de la structure",
        "Joignez la preuve d’existence : récépissé de l’association, extrait Kbis, délibération ou arrêté.",
        "Le justificatif est joint.",
        (
            Answer("legal_name", "Nom légal"),
            Answer("siret", "SIRET", "siret"),
            Answer("address", "Adresse du siège"),
        ),
    ),
    Step(
        "technical_file",
        "Dossier technique",
        "Relisez le dossier technique préparé ci-dessous, imprimez-le et joignez-le. "
        "Le registre en déduit la classe de preuve.",
        "Le dossier technique est relu et joint.",
    ),
    Step(
        "dpo",
        "Délégué à la protection des données",
        "Donnez la personne qui répond aux questions sur les données personnelles.",
        "Cette personne est au courant.",
        _person("dpo"),
    ),
    Step(
        "controller",
        "Responsable de traitement",
        "Donnez la personne qui décide de l’usage des données, le plus souvent la présidence ou la direction.",
        "Cette personne est au courant.",
        _person("controller"),
    ),
    Step(
        "technical_contact",
        "Contact technique",
        "Donnez la personne que le registre appelle quand un envoi ne va pas.",
        "Cette personne est au courant.",
        _person("technical", phone=True),
    ),
    Step(
        "bank",
        "Coordonnées bancaires",
        "Joignez le RIB de la structure. Il n’est pas gardé ici.",
        "Le RIB est joint.",
    ),
    Step("logo", "Logo", "Joignez le logo de la structure, en PNG ou SVG.", "Le logo est joint."),
    Step(
        "keys",
        "Clés d’accès",
        "Le registre ouvre l’espace de la structure et un premier accès. Créez-y une paire de clés d’essai, puis une "
        "paire réelle. La personne qui installe le service les range dans ses réglages, jamais ici.",
        "Les deux paires de clés sont installées.",
    ),
    Step(
        "consent",
        "Accord des personnes",
        "Ajoutez les textes ci-dessous à vos conditions et à vos formulaires. L’équipe dit le texte du téléphone "
        "avant de noter un accord. Sans accord des deux personnes, un trajet ne part pas.",
        "L’équipe connaît ces textes.",
    ),
)
BY_NAME = {step.name: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Dossier:
    """What was written and ticked so far. `done`: step → date it was ticked."""

    answers: Mapping[str, str]
    done: Mapping[str, str]

    def is_done(self, step: Step) -> bool:
        return step.name in self.done

    @property
    def missing(self) -> Sequence[Step]:
        """The steps that remain, in order."""
        return [step for step in STEPS if step.name not in self.done]


def dossier(session: Session) -> Dossier:
    """The kit as it stands."""
    desk = session.get(RegistryDesk, 1)
    return Dossier(dict(desk.answers), dict(desk.done)) if desk else Dossier({}, {})


def save_step(
    session: Session, name: str, *, answers: Mapping[str, str], done: bool, actor: Actor, now: datetime
) -> None:
    """Write down the answers of a step, and whether it is done. An unfinished step may be kept half filled.

    Raises:
        Invalid: kit.step; else at the answer's field: kit.missing (done without it), kit.siret, kit.email,
            kit.too_long, or what a phone number lacks.
    """
    step = BY_NAME.get(name)
    if step is None:
        raise Invalid("kit.step", field="step")
    read = {answer.name: _read(answer, answers.get(answer.name, ""), done) for answer in step.answers}
    desk = the_desk(session, lock=True)
    desk.answers = {**desk.answers, **read}
    ticked = {key: value for key, value in desk.done.items() if key != name}
    desk.done = ticked | ({name: desk.done.get(name, now.date().isoformat())} if done else {})
    journal.note(
        session,
        actor=actor,
        now=now,
        verb="registry.kit",
        subject_kind="registry",
        subject_id=1,
        data={"step": name, "done": done},
    )


def _read(answer: Answer, text: str, needed: bool) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Invalid("kit.too_long", field=answer.name)
    if not text:
        if needed:
            raise Invalid("kit.missing", field=answer.name)
        return ""
    if answer.kind == "siret":
        return _siret(text, answer.name)
    if answer.kind == "email" and not ("@" in text[1:-1] and " " not in text):
        raise Invalid("kit.email", field=answer.name)
    return parse_phone(text, field=answer.name).e164 if answer.kind == "phone" else text


def _siret(text: str, field: str) -> str:
    digits = text.replace(" ", "")
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        raise Invalid("kit.siret", field=field)
    return digits


# --- what this installation can certify -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """How rides were really proven here so far; all are counts."""

    rides: int
    both_own: int  # both sides answered by themselves
    one_own: int
    desk_only: int  # both told the desk on the phone
    half_heard: int  # a side is silent or disagrees: never sent
    no_show: int  # known not to have taken place: never sent
    numbers: int
    numbers_confirmed: int
    consents: Mapping[str, int]  # version of the text → people who said yes under it
    sent: int


def evidence(session: Session) -> Evidence:
    """The counts that the technical file states."""
    done = session.execute(
        select(
            Ride.driver_says, Ride.driver_said_through, Ride.passenger_says, Ride.passenger_said_through
        ).where(Ride.status == "done")
    ).all()
    words = [{heard_through(*row[:2]), heard_through(*row[2:])} for row in done]
    return Evidence(
        rides=len(words),
        both_own=words.count({"own"}),
        one_own=words.count({"own", "desk"}),
        desk_only=words.count({"desk"}),
        half_heard=sum("" in word for word in words),
        no_show=_count(session, Ride, Ride.status.in_(("passenger_no_show", "driver_no_show"))),
        numbers=_count(session, PhoneLine),
        numbers_confirmed=_count(session, PhoneLine, PhoneLine.confirmed_at.is_not(None)),
        consents=_consents(session),
        sent=_count(session, Proof, Proof.sent_at.is_not(None)),
    )


def _consents(session: Session) -> dict[str, int]:
    latest = select(func.max(Consent.id)).where(Consent.kind == "registry").group_by(Consent.person_id)
    counted = session.execute(
        select(Consent.text_version, func.count())
        .where(Consent.id.in_(latest), Consent.given.is_(True))
        .group_by(Consent.text_version)
    )
    return {version: count for version, count in counted}


def _count(session: Session, table: type[Ride | PhoneLine | Proof], *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]
