"""What `./run registry …` says: files, forecasts and standing, as JSON or in plain French."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from lotocar.civic.registry import sending, settling
from lotocar.civic.registry.client.environments import Registries
from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.files.export import NAMES, export
from lotocar.civic.registry.files.forecast import Verdict, forecast, payloads_in
from lotocar.civic.registry.operations import active_environment
from lotocar.civic.registry.proofs import Terms, sent_since
from lotocar.civic.registry.sending import Clock, Factory, Told
from lotocar.civic.registry.settling import month_of
from lotocar.civic.registry.standing import Standing, deadline, month_totals, standing
from lotocar.civic.registry.wording import ALARMS, ENVIRONMENTS, ERRORS, STATES
from lotocar.errors import Invalid, Refused

FORMATS = NAMES
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
