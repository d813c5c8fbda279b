"""What an SMS sent to us does: a clear yes or no with one open question acts, everything else finds a human.

A caller's number is weak proof: an SMS answers questions open for that number, and nothing more. It changes no
profile, books nothing new, and both sides hear of what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.people.models import Person, PhoneLine
from lotocar.carpool.rides import confirmations, operations
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.carpool.rides.questions import Question, open_questions, persons_of, wrote_since
from lotocar.carpool.rides.replies_rules import Decision, Kind, Why, classify
from lotocar.errors import Invalid, LotocarError
from lotocar.messages import delivery, inbound, outbox
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor, ActorKind
from lotocar.values.phone import PhoneNumber, parse_phone
from lotocar.world.roads.router import Roads

CLOSED_LATELY = timedelta(days=7)
SOON = timedelta(hours=24)
RESTART = frozenset({"start", "unstop"})  # the provider's own words: it takes no other
NOBODY = "0000"  # a reference that no question carries


@dataclass(frozen=True, slots=True)
class _Letter:
    """A received message and all that is needed to act on it."""

    session: Session
    row: InboundMessage
    persons: Sequence[Person]
    questions: Sequence[Question]
    now: datetime
    policy: SenderPolicy
    roads: Roads


def answer_by_sms(
    session: Session, *, now: datetime, inbound_id: int, policy: SenderPolicy, roads: Roads
) -> str:
    """Read one stored message and do what it clearly says; what became of it: acted, ignored or human.

    Empty when somebody else read it first. A refusal below (the state of things changed) goes to a human.
    """
    row = inbound.to_read(session, inbound_id)
    if row is None:
        return ""
    persons = persons_of(session, row.from_number)
    row.person_id = persons[0].id if len(persons) == 1 else None
    questions = open_questions(session, row.from_number, persons, now=now)
    letter = _Letter(session, row, persons, questions, now, policy, roads)
    decision = classify(row.body, _references(letter))
    _act(letter, decision)
    return row.state


def answer_by_key(
    session: Session, message: OutboxMessage, *, yes: bool, now: datetime, policy: SenderPolicy, roads: Roads
) -> str:
    """The answer that a key gave to a question asked by the voice: acted, or human when a person must see to it."""
    subject, person_id = message.subject_id, message.person_id or 0
    if message.kind in {"driver_approached", "driver_relaunched"}:
        approach = session.get_one(Approach, subject)
        actor = Actor(ActorKind.PERSON, person_id)
        if yes:
            operations.accept(
                session, approach, through="phone", actor=actor, now=now, policy=policy, roads=roads
            )
        else:
            operations.decline(
                session, approach, reason="", through="phone", actor=actor, now=now, policy=policy
            )
        return "acted"
    if message.kind == "ride_happened":
        confirmations.ride_said(session, subject, person_id, yes, through="call", now=now, policy=policy)
    elif message.kind == "offer_renewal":
        confirmations.offer_said(session, subject, person_id, yes, now=now)
        return "acted"
    return "acted" if yes else "human"


# --- acting ---------------------------------------------------------------------------------------------------


def _references(letter: _Letter) -> list[str]:
    """The references that an answer may name. Two people on one number must name theirs even for one question."""
    references = [question.reference for question in letter.questions]
    return [*references, NOBODY] if len(letter.persons) > 1 and len(references) == 1 else references


def _act(letter: _Letter, decision: Decision) -> None:
    if decision.urgent:
        _answer(letter, "emergency", urgent=True)
        return _to_human(letter, "urgent", urgent=True)
    if decision.kind is Kind.STOP:
        return _stop(letter)
    if letter.row.body.strip().casefold() in RESTART:
        return _start(letter)
    if decision.kind is Kind.HELP:
        _answer(letter, "help_answer")
        return inbound.settle(letter.row, "acted", "help")
    if decision.kind is Kind.THANKS:
        return inbound.settle(letter.row, "ignored", "thanks")
    if not letter.persons:
        return _to_human(letter, "unknown")
    if decision.kind in {Kind.ACCEPT, Kind.DECLINE}:
        return _answered(letter, decision)
    if decision.kind in {Kind.CLOSED, Kind.CANCEL}:
        return _about_the_past(letter, decision)
    return _in_doubt(letter, decision)


def _answered(letter: _Letter, decision: Decision) -> None:
    named = [one for one in letter.questions if one.reference == decision.ref]
    if len(named) != 1:
        return _in_doubt(letter, decision)
    question = named[0]
    if _may_mean_something_else(letter, question, decision):
        return _to_human(letter, "crossed")
    try:
        # what was begun is undone when it cannot be finished: the message alone stays, for a human
        with letter.session.begin_nested():
            state = ANSWERS[question.kind](letter, question, decision.kind is Kind.ACCEPT)
    except LotocarError as error:
        return _to_human(letter, error.code)
    return inbound.settle(letter.row, state, str(decision.kind), subject_id=question.subject_id)


def _may_mean_something_else(letter: _Letter, question: Question, decision: Decision) -> bool:
    """Whether an answer that names no question may be to another one.

    It was written before this one was asked (we read it late), or it is an « ok » and we wrote of something else
    since: people acknowledge a reminder just so.
    """
    if question.reference in letter.row.body:
        return False
    if question.asked_at.replace(microsecond=0) > letter.row.received_at:
        return True
    return decision.soft and wrote_since(letter.session, letter.row.from_number, question)


def _answer_approach(letter: _Letter, question: Question, yes: bool) -> str:
    approach = letter.session.get_one(Approach, question.subject_id)
    actor = Actor(ActorKind.PERSON, question.person_id)
    if yes:
        operations.accept(
            letter.session,
            approach,
            through="sms",
            actor=actor,
            now=letter.now,
            policy=letter.policy,
            roads=letter.roads,
        )
        return "acted"
    operations.decline(
        letter.session, approach, reason="", through="sms", actor=actor, now=letter.now, policy=letter.policy
    )
    return "acted"


def _answer_ride(letter: _Letter, question: Question, yes: bool) -> str:
    confirmations.ride_said(
        letter.session,
        question.subject_id,
        question.person_id,
        yes,
        through="sms",
        now=letter.now,
        policy=letter.policy,
    )
    return "acted" if yes else "human"


def _answer_offer(letter: _Letter, question: Question, yes: bool) -> str:
    confirmations.offer_said(letter.session, question.subject_id, question.person_id, yes, now=letter.now)
    return "acted"


ANSWERS: dict[str, Callable[[_Letter, Question, bool], str]] = {
    "approach": _answer_approach,
    "ride_happened": _answer_ride,
    "offer_renewal": _answer_offer,
}


def _about_the_past(letter: _Letter, decision: Decision) -> None:
    """A yes to what is over, or a no to what was agreed."""
    latest = _latest_approach(letter)
    if latest is None:
        return _to_human(letter, str(decision.kind))
    is_no = decision.says_yes is False
    if decision.kind is Kind.CANCEL or (is_no and latest.status == "accepted"):
        return _take_back(letter)
    if latest.status == "accepted":
        return inbound.settle(letter.row, "ignored", "repeated", subject_id=latest.id)
    if latest.status == "expired" and any(
        part.leg.status in {"unserved", "approached"} for part in latest.legs
    ):
        return _to_human(letter, "late", subject_id=latest.id)  # a late yes is still worth a call
    if is_no:
        return inbound.settle(letter.row, "ignored", "closed", subject_id=latest.id)
    first = latest.legs[0]
    values = {"destination": first.leg.destination.label, "pickup_at": first.pickup_at}
    _answer(letter, "driver_already_found", values, key=f"approach/{latest.id}/found")
    return inbound.settle(letter.row, "acted", "closed", subject_id=latest.id)


def _latest_approach(letter: _Letter) -> Approach | None:
    return letter.session.scalar(
        select(Approach)
        .where(
            Approach.driver_id.in_([person.id for person in letter.persons]),
            Approach.asked_at > letter.now - CLOSED_LATELY,
        )
        .order_by(Approach.asked_at.desc())
        .limit(1)
    )


def _take_back(letter: _Letter) -> None:
    """A driver's no after their yes: undone at once when only one agreed trip can be meant."""
    agreed = letter.session.scalars(
        select(Approach)
        .join(Ride, Ride.approach_id == Approach.id)
        .where(
            Approach.driver_id.in_([person.id for person in letter.persons]),
            Approach.status == "accepted",
            Ride.live_leg_id.is_not(None),
            Ride.pickup_at > letter.now,
        )
        .distinct()
    ).all()
    if len(agreed) != 1 or len(letter.persons) != 1 or letter.questions:
        return _to_human(letter, "cancel", urgent=bool(agreed))
    one = agreed[0]
    soon = min(part.pickup_at for part in one.legs) - letter.now < SOON
    try:
        with letter.session.begin_nested():
            operations.decline(
                letter.session,
                one,
                reason="",
                through="sms",
                actor=Actor(ActorKind.PERSON, one.driver_id),
                now=letter.now,
                policy=letter.policy,
            )
    except LotocarError as error:
        return _to_human(letter, error.code, urgent=soon)
    # somebody must find another car quickly: the desk hears of it besides
    return inbound.settle(letter.row, "human" if soon else "acted", "cancel", subject_id=one.id, urgent=soon)


def _stop(letter: _Letter) -> None:
    """No SMS any more, whatever was going on; a person with something to come must be called."""
    session, number = letter.session, letter.row.from_number
    _answer(letter, "stop_confirmed", urgent=True)
    outbox.stop_number(session, number, now=letter.now, keep="stop_confirmed")
    delivery.learn(session, number, "stopped", source="sms", now=letter.now)
    lines = select(PhoneLine).where(PhoneLine.e164 == number, PhoneLine.sms_stopped_at.is_(None))
    for line in session.scalars(lines):
        line.sms_stopped_at = letter.now
    inbound.settle(letter.row, "human" if _has_something_to_come(letter) else "acted", "stop")


def _start(letter: _Letter) -> None:
    """SMS are wanted again: the provider lifts its own block by the same word."""
    session, number = letter.session, letter.row.from_number
    delivery.forget(session, number, "stopped")
    stopped = select(PhoneLine).where(PhoneLine.e164 == number, PhoneLine.sms_stopped_at.is_not(None))
    for line in session.scalars(stopped):
        line.sms_stopped_at = None
    inbound.settle(letter.row, "acted", "start")


def _has_something_to_come(letter: _Letter) -> bool:
    ids = [person.id for person in letter.persons]
    coming = select(Ride.id).where(
        Ride.driver_id.in_(ids) | Ride.passenger_id.in_(ids),
        Ride.live_leg_id.is_not(None),
        Ride.pickup_at > letter.now,
    )
    return bool(letter.questions) or letter.session.scalar(coming.limit(1)) is not None


def _in_doubt(letter: _Letter, decision: Decision) -> None:
    """A plain yes or no that several questions may claim is asked which one, once; all else is for a human."""
    if decision.why is not Why.WHICH or not letter.questions or not _is_plain(letter.row.body):
        return _to_human(letter, str(decision.why or "doubt"))
    references = sorted(question.reference for question in letter.questions)
    key = f"which/{letter.row.from_number}/{'-'.join(references)}"[:150]
    already = letter.session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedup_key == key))
    listed = [
        {"reference": one.reference, "pickup_at": one.pickup_at, "destination": one.destination}
        for one in letter.questions
    ]
    if already or not _answer(letter, "which_question", {"questions": listed}, key=key):
        return _to_human(letter, "doubt")
    return inbound.settle(letter.row, "acted", "which")


def _is_plain(body: str) -> bool:
    return classify(body, (NOBODY,)).kind in {Kind.ACCEPT, Kind.DECLINE}


def _to_human(letter: _Letter, decision: str, *, urgent: bool = False, subject_id: int | None = None) -> None:
    inbound.settle(letter.row, "human", decision[:16], urgent=urgent, subject_id=subject_id)


def _answer(
    letter: _Letter,
    kind: str,
    values: dict[str, object] | None = None,
    *,
    key: str = "",
    urgent: bool = False,
) -> bool:
    """One automatic answer, unless this number had its share; whether it goes."""
    to = _mobile(letter.row.from_number)
    if to is None or not letter.policy.two_way:
        return False
    if not inbound.may_answer(letter.session, to.e164, known=bool(letter.persons), now=letter.now):
        return False
    outbox.queue(
        letter.session,
        now=letter.now,
        kind=kind,
        dedup_key=key or f"inbound/{letter.row.id}/{kind}",
        to=to,
        person_id=letter.row.person_id,
        subject_kind="inbound",
        subject_id=letter.row.id,
        values=values or {},
        voice=letter.policy,
        useful_until=letter.now + timedelta(hours=12),
        urgent=True,  # the person wrote a moment ago
        priority=1 if urgent else 3,
    )
    return True


def _mobile(number: str) -> PhoneNumber | None:
    """The French mobile that wrote; None for all else: a landline, a short or foreign number, a forged costly one."""
    try:
        line = parse_phone(number)
    except Invalid:
        return None
    return line if line.can_receive_sms else None
