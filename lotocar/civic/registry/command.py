"""What `./run registry …` says: files, forecasts and standing, as JSON or in plain French."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from lotocar.civic.registry import sending, settling
from lotocar.civic.registry.client.environments import Registries
from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.files.comparing import compare
from lotocar.civic.registry.files.export import NAMES, export
from lotocar.civic.registry.files.forecast import Verdict, forecast, payloads_in
from lotocar.civic.registry.files.open_data import count_communes, is_open_data, keep_counts
from lotocar.civic.registry.files.partner_csv import read_partner
from lotocar.civic.registry.operations import active_environment
from lotocar.civic.registry.proofs import Terms, sent_since
from lotocar.civic.registry.sending import Clock, Factory, Told
from lotocar.civic.registry.settling import month_of
from lotocar.civic.registry.standing import (
    Standing,
    deadline,
    dropped_from_open_data,
    month_totals,
    our_communes,
    standing,
)
from lotocar.civic.registry.wording import ALARMS, ENVIRONMENTS, ERRORS, STATES
from lotocar.errors import Invalid, Refused

FORMATS = NAMES
SENTENCES = {
    "registry.not_json": "Ce fichier n'est pas du JSON.",
    "registry.partner_file": "Ce fichier n'a pas les colonnes du registre, ou une de ses lignes est abîmée.",
    "registry.open_data": "Une ligne de ce fichier public est abîmée.",
    "registry.off": "Rien n'est envoyé : le registre est éteint, ou cette base est une démonstration.",
}
DIFFERENCES = {"start": "heure", "distance": "distance", "seats": "places", "money": "sommes"}
REMEMBERED = timedelta(days=3)
TermsOf = Callable[[str], Terms]


class Services(Protocol):
    """What sending needs of the services that this installation leans on."""

    @property
    def registries(self) -> Registries: ...

    def registry_terms(self, environment: str) -> Terms: ...


def export_text(
    session: Session, terms_of: TermsOf, *, since: date, until: date, now: datetime, fmt: str
) -> str:
    """A period as a file, on this installation's own terms."""
    environment = active_environment(session)
    terms = terms_of(environment)
    return export(
        session,
        since=since,
        until=until,
        now=now,
        fmt=fmt,
        environment=environment,
        ceiling=terms.ceiling,
        roads=terms.roads,
        where=terms.where,
        insee_of=terms.insee_of,
        geography=of_france(),
    )


def check(session: Session | None, data: bytes, *, now: datetime) -> list[Verdict]:
    """What would happen to the payloads of this file, after what this installation sent (None: nothing).

    Raises:
        Invalid: registry.not_json.
    """
    try:
        document = json.loads(data)
    except ValueError:
        raise Invalid("registry.not_json", field="file") from None
    already = []
    if session is not None:
        already = sent_since(session, active_environment(session), now - REMEMBERED)
    return forecast(payloads_in(document), now=now, already_sent=already)


def compare_file(session: Session, path: Path, *, now: datetime) -> dict[str, Any]:
    """What a file of the registry says beside our own books: its export to partners, or the public one of a month.

    Raises:
        Invalid: registry.partner_file, registry.open_data.
    """
    environment = active_environment(session)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        header = lines.readline()
        if is_open_data(header):
            seen = count_communes(lines, header=header)
            ours = our_communes(session, environment)
            months = keep_counts(session, seen, ours=ours, now=now)
            session.flush()
            return {"open_data": [_open_month(session, environment, month) for month in months]}
    return {"partner": asdict(compare(session, environment, read_partner(path.read_bytes())))}


def _open_month(session: Session, environment: str, month: str) -> dict[str, Any]:
    found = dropped_from_open_data(session, environment, month)
    return {"month": month, "rides": found.rides, "shown": found.shown, "dropped_communes": found.communes}


def comparison_json(found: dict[str, Any]) -> str:
    """As one object."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def comparison_in_words(found: dict[str, Any]) -> str:
    """A few lines to read."""
    lines = []
    for month in found.get("open_data", ()):
        lines.append(f"{month['month']} : {month['shown']} de nos {month['rides']} trajets y sont.")
        names = [f"{code} ({count} chez nous)" for code, count in month["dropped_communes"]]
        if names:
            lines.append(f"  Communes vues moins de six fois, tous services réunis : {', '.join(names)}.")
    if partner := found.get("partner"):
        lines.append(f"{partner['rows']} trajets dans ce fichier, {partner['same']} comme chez nous.")
        lines += [f"  manque au registre : {one}" for one in partner["missing"]]
        lines += [f"  inconnu chez nous : {one}" for one in partner["strangers"]]
        lines += [
            f"  diffère : {one} ({', '.join(DIFFERENCES[what] for what in found_here)})"
            for one, found_here in partner["differing"].items()
        ]
    return "\n".join(lines) or "Aucun trajet dans ce fichier."


def verdicts_json(verdicts: Sequence[Verdict]) -> str:
    """As an array of objects."""
    return json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=2)


def verdicts_in_words(verdicts: Sequence[Verdict]) -> str:
    """One line a payload, its problems below."""
    lines = []
    for verdict in verdicts:
        lines.append(f"{verdict.journey_id or '(sans numéro)'} : {_answer(verdict)}")
        lines += [f"  – {message}" for message in verdict.messages]
        lines += [f"  · {message}" for message in verdict.advice]
    return "\n".join(lines) or "Aucune preuve dans ce fichier."


def _answer(verdict: Verdict) -> str:
    if verdict.passes:
        return "accepté (201)"
    burnt = ", numéro perdu" if verdict.labels else ""
    return f"refusé ({verdict.status}{burnt})"


def send(factory: Factory, services: Services, clock: Clock, *, told: Told | None = None) -> int:
    """Settle doubts, cancel and correct what was asked, then send what is ready; how many were accepted.

    Raises:
        Refused: registry.off, nobody switched the registry on, or this is a demonstration.
    """
    with factory() as session:
        environment = active_environment(session)
    if environment == "off":
        raise Refused("registry.off")
    registrar, terms = services.registries.of(environment), services.registry_terms(environment)
    settling.settle_due(factory, registrar, clock, environment=environment)
    sending.act_due(factory, registrar, clock, terms=terms)
    return sending.send_due(factory, registrar, clock, terms=terms, told=told)


def status(session: Session, *, now: datetime) -> dict[str, Any]:
    """Where we stand, as plain values: no name, no key."""
    found = standing(session, now=now)
    month = month_totals(session, found.environment, month_of(now))
    return {
        "environment": found.environment,
        "trouble": found.trouble,
        "counts": found.counts,
        "alarms": _alarms(found),
        "month": {"month": month.month, "ours": month.ours, "theirs": month.theirs},
        "reconciled_at": found.reconciled_at.isoformat() if found.reconciled_at else None,
    }


def _alarms(found: Standing) -> list[dict[str, Any]]:
    return [
        {
            "why": why,
            "ride": proof.ride_id,
            "operator_journey_id": proof.journey_id,
            "status": proof.status,
            "deadline": deadline(proof).isoformat(),
            "reasons": [code for code, _ in proof.reasons],
            "labels": proof.labels,
        }
        for why, proof in found.alarms
    ]


def status_json(state: dict[str, Any]) -> str:
    """As one object."""
    return json.dumps(state, ensure_ascii=False, indent=2)


def status_in_words(state: dict[str, Any]) -> str:
    """A few lines to read."""
    lines = [ENVIRONMENTS[state["environment"]]]
    if "accepted" in state:
        lines.append(f"Envoyés à l’instant : {state['accepted']}.")
    if state["trouble"]:
        lines.append(ERRORS.get(state["trouble"], state["trouble"]))
    lines += [f"  {count:>5}  {STATES[name]}" for name, count in sorted(state["counts"].items())]
    lines += [f"À regarder : trajet n° {one['ride']}, {ALARMS[one['why']]}" for one in state["alarms"]]
    theirs = state["month"]["theirs"]
    if theirs:
        said = ", ".join(f"{name} {count}" for name, count in sorted(theirs.items()))
        lines.append(f"Au registre, {state['month']['month']} : {said}.")
    return "\n".join(lines)
