"""What would happen to payloads written by anybody, without sending them: the registry's answer, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lotocar.civic.registry.couples.checks import MAX_TRIPS_A_DAY, PAIR_GAP, Sent, rpc_day
from lotocar.civic.registry.couples.payload import Payload
from lotocar.civic.registry.couples.rules import EXPIRES_AFTER, MIN_DISTANCE_M, SEND_WITHIN
from lotocar.civic.registry.files.schema import Problem, check_payload

LABELS = {
    "expired": "Le départ date de plus de 24 heures : le registre refuse, et le numéro est perdu.",
    "distance_too_short": "Moins de 1 000 mètres : le registre refuse, et le numéro est perdu.",
    "too_many_trips_by_day": "Déjà quatre trajets ce jour-là pour l’une des deux personnes : le registre peut refuser.",
    "too_close_trips": "Les deux mêmes personnes ont un autre trajet à moins de 31 minutes : le registre refuse.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one payload would get: HTTP status, labels of broken rules, and every problem in French."""

    journey_id: str
    status: int
    labels: tuple[str, ...]
    messages: tuple[str, ...]
    advice: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        return self.status == 201


def payloads_in(document: object) -> list[object]:
    """The payloads of a parsed file: one body, a list of them, or our own JSON export (`journeys`)."""
    if isinstance(document, Mapping) and isinstance(document.get("journeys"), list):
        return list(document["journeys"])
    return list(document) if isinstance(document, list) else [document]


def forecast(bodies: Iterable[object], *, now: datetime, already_sent: Iterable[Sent] = ()) -> list[Verdict]:
    """What each would get if they were sent now, in this order, after what was sent already."""
    known = list(already_sent)
    verdicts = []
    for body in bodies:
        verdict, trace = _one(body, known, now)
        verdicts.append(verdict)
        if trace is not None:
            known.append(trace)
    return verdicts


def _one(body: object, known: Sequence[Sent], now: datetime) -> tuple[Verdict, Sent | None]:
    journey_id = str(body.get("operator_journey_id", "")) if isinstance(body, Mapping) else ""
    problems = check_payload(body)
    advice = tuple(_line(problem) for problem in problems if not problem.blocking)
    blocking = [problem for problem in problems if problem.blocking]
    if blocking:
        order = all(problem.path == "/end/datetime" and "avant" in problem.message for problem in blocking)
        status = 422 if order else 400
        return Verdict(journey_id, status, (), tuple(map(_line, blocking)), advice), None
    assert isinstance(body, dict)
    trace = trace_of_body(body)
    if any(other.journey_id == journey_id for other in known):
        return Verdict(journey_id, 409, (), ("Ce numéro a déjà servi.",), advice), None
    if trace.end_at > now:
        return Verdict(journey_id, 422, (), ("L’arrivée est dans l’avenir.",), advice), None
    labels = tuple(_labels(body, trace, known, now))
    if labels:
        return Verdict(journey_id, 422, labels, tuple(LABELS[label] for label in labels), advice), trace
    if now - trace.start_at > SEND_WITHIN:
        advice = (*advice, "Le départ date de plus de 20 heures : envoyez tout de suite.")
    return Verdict(journey_id, 201, (), (), advice), trace


def trace_of_body(body: Payload) -> Sent:
    """What later rides are compared with, read from a body whose shape is right."""
    return Sent(
        journey_id=body["operator_journey_id"],
        trip_id=body["operator_trip_id"],
        driver_key=body["driver"]["identity"]["identity_key"],
        passenger_key=body["passenger"]["identity"]["identity_key"],
        passenger_user_id=body["passenger"]["identity"]["operator_user_id"],
        start_at=datetime.fromisoformat(body["start"]["datetime"].upper()),
        end_at=datetime.fromisoformat(body["end"]["datetime"].upper()),
    )


def _labels(body: Payload, trace: Sent, known: Sequence[Sent], now: datetime) -> Iterable[str]:
    if now - trace.start_at > EXPIRES_AFTER:
        yield "expired"
    if body["distance"] < MIN_DISTANCE_M:
        yield "distance_too_short"
    others = [other for other in known if other.trip_id != trace.trip_id]
    if any(_trips_that_day(key, trace, others) >= MAX_TRIPS_A_DAY for _, key in trace.keys):
        yield "too_many_trips_by_day"
    if any(other.pair == trace.pair and _gap(other, trace) < PAIR_GAP for other in others):
        yield "too_close_trips"


def _trips_that_day(key: str, trace: Sent, others: Sequence[Sent]) -> int:
    day = rpc_day(trace.start_at)
    mine = (other for other in others if key in other.pair and rpc_day(other.start_at) == day)
    return len({other.trip_id for other in mine})


def _gap(one: Sent, other: Sent) -> timedelta:
    return max(one.start_at - other.end_at, other.start_at - one.end_at)


def _line(problem: Problem) -> str:
    return f"{problem.path} : {problem.message}"
