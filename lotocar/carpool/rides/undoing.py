"""Taking back the last step of a request, while nothing of it has reached anybody.

A step is what one colleague did at one instant: one or several lines of the journal. It is taken back whole, by
that colleague, within ten minutes; what has left (an SMS) or set others going is never undone in silence: the
reason is said instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides import later, operations, outcomes, queries, returns
from lotocar.carpool.rides.bookings import FREE, unbook
from lotocar.carpool.rides.models import Approach, Ride
from lotocar.errors import Refused
from lotocar.journal import queries as journal
from lotocar.journal.models import Entry
from lotocar.messages import outbox
from lotocar.messages.models import OutboxMessage
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor, ActorKind

UNDO_WITHIN = timedelta(minutes=10)
NOT_LEFT = ("queued", "canceled", "needs_human")  # a call to make was not made


@dataclass(frozen=True, slots=True)
class LastStep:
    """What was done last on a request. `why_not` is the code of the reason when it cannot be taken back."""

    ride_request_id: int
    verb: str
    entries: Sequence[Entry]
    account_id: int | None
    at: datetime
    why_not: str = ""

    @property
    def entry_id(self) -> int:
        """The journal's line that a form names: a newer one means that the page is old."""
        return self.entries[-1].id


@dataclass(frozen=True, slots=True)
class Taking:
    """All that taking back a step needs."""

    session: Session
    ride_request: RideRequest
    entries: Sequence[Entry]
    actor: Actor
    now: datetime
    policy: SenderPolicy

    def approaches(self, verb: str) -> list[tuple[Approach, Entry]]:
        """The questions of this verb, each with its line."""
        lines = [entry for entry in self.entries if entry.verb == verb]
        return [(self.session.get_one(Approach, entry.data["approach"]), entry) for entry in lines]


def last_step(session: Session, ride_request: RideRequest, *, now: datetime) -> LastStep | None:
    """The last thing a colleague did on this request within ten minutes, or None.

    Taking the call is no step to take back: the request is corrected, or closed.
    """
    entries = journal.latest(session, ("ride_request", ride_request.id), since=now - UNDO_WITHIN)
    if not entries or entries[-1].actor_kind != ActorKind.STAFF.value:
        return None
    last = entries[-1]
    step = [one for one in entries if one.at == last.at and one.actor_id == last.actor_id]
    verb = next((one for one in TAKE_BACK if any(entry.verb == one for entry in step)), last.verb)
    if verb == UNDONE or any(one.verb == "request.submitted" for one in step):
        return None
    why_not = _why_not(session, verb, step)
    return LastStep(ride_request.id, verb, step, last.actor_id, last.at, why_not)


def take_back(
    session: Session,
    ride_request: RideRequest,
    *,
    entry_id: int,
    actor: Actor,
    now: datetime,
    policy: SenderPolicy,
) -> None:
    """Undo the last step, if it is still the one that was seen, ours, and reached nobody.

    Raises:
        Refused: "undo.…" with the reason.
    """
    requests.lock(session, ride_request)
    step = last_step(session, ride_request, now=now)
    if step is None or step.entry_id != entry_id:
        raise Refused("undo.moved")
    if step.account_id != actor.id:
        raise Refused("undo.not_yours")
    if step.why_not:
        raise Refused(step.why_not)
    TAKE_BACK[step.verb](Taking(session, ride_request, step.entries, actor, now, policy))
    requests.write_down(session, ride_request, UNDONE, actor, now, step=step.verb)


def _why_not(session: Session, verb: str, step: Sequence[Entry]) -> str:
    if verb not in TAKE_BACK:
        return WHY_NOT.get(verb, "undo.kind")
    verbs = {entry.verb for entry in step}
    if not verbs <= {verb} | COMES_WITH.get(verb, frozenset()):
        return "undo.went_on"
    if any(entry.data.get("after_yes") for entry in step):
        return "undo.told"
    return "undo.sent" if _has_left(session, step) else ""


def _has_left(session: Session, step: Sequence[Entry]) -> bool:
    """Whether a message that this step wrote is on its way, or arrived."""
    approaches = [entry.data["approach"] for entry in step if "approach" in entry.data]
    rides = [entry.data["ride"] for entry in step if "ride" in entry.data]
    rides += session.scalars(select(Ride.id).where(Ride.approach_id.in_(approaches)))
    about = or_(
        (OutboxMessage.subject_kind == "approach") & OutboxMessage.subject_id.in_(approaches),
        (OutboxMessage.subject_kind == "ride") & OutboxMessage.subject_id.in_(rides),
    )
    left = select(OutboxMessage.id).where(
        about, OutboxMessage.created_at == step[0].at, OutboxMessage.status.not_in(NOT_LEFT)
    )
    return session.scalar(left.limit(1)) is not None


def _call_off_messages(taking: Taking, approaches: Sequence[int], rides: Sequence[int]) -> None:
    """What this step wrote and has not left is taken back."""
    about = or_(
        (OutboxMessage.subject_kind == "approach") & OutboxMessage.subject_id.in_(approaches),
        (OutboxMessage.subject_kind == "ride") & OutboxMessage.subject_id.in_(rides),
    )
    written = select(OutboxMessage.dedup_key).where(
        about, OutboxMessage.created_at == taking.entries[0].at, OutboxMessage.status == "queued"
    )
    for key in taking.session.scalars(written).all():
        outbox.cancel(taking.session, dedup_key=key, reason="undone", now=taking.now)


# --- one function a verb --------------------------------------------------------------------------------------


def _asked(taking: Taking) -> None:
    for one, _ in taking.approaches("approach.asked"):
        operations.withdraw(taking.session, one, actor=taking.actor, now=taking.now, policy=taking.policy)


def _missed(taking: Taking) -> None:
    for one, entry in taking.approaches("approach.missed"):
        one.status, one.tries = entry.data["was"], one.tries - 1
        later.take_up(taking.session, "ring", str(one.id))


def _declined(taking: Taking) -> None:
    for one, entry in taking.approaches("approach.declined"):
        _ask_still(taking, one, entry)
        one.decline_reason, one.answered_at, one.answered_through = "", None, ""


def _withdrawn(taking: Taking) -> None:
    ours = [one.id for one, _ in taking.approaches("approach.withdrawn")]
    _call_off_messages(taking, ours, [])
    for one, entry in taking.approaches("approach.withdrawn"):
        _ask_still(taking, one, entry)


def _ask_still(taking: Taking, one: Approach, entry: Entry) -> None:
    """The question is open again, as it was."""
    one.status = entry.data["was"]
    for part in one.legs:
        if part.leg.status in FREE:
            requests.move_leg(part.leg, "approach", now=taking.now)


def _accepted(taking: Taking) -> None:
    for one, entry in taking.approaches("approach.accepted"):
        rides = list(queries.live_rides(taking.session, one))
        others = [other.id for other, _ in taking.approaches("approach.withdrawn")]
        _call_off_messages(taking, [one.id, *others], [ride.id for ride in rides])
        for ride in rides:
            unbook(taking.session, ride, now=taking.now)
        one.answered_at, one.answered_through = None, ""
        _ask_still(taking, one, entry)
    for other, entry in taking.approaches("approach.withdrawn"):
        _ask_still(taking, other, entry)


def _told(taking: Taking) -> None:
    rides = [taking.session.get_one(Ride, entry.data["ride"]) for entry in taking.entries]
    _call_off_messages(taking, [], [ride.id for ride in rides])
    for ride in rides:
        ride.passenger_told_at, ride.passenger_told_through = None, ""
        requests.move_leg(ride.leg, "untell", now=taking.now)


def _settled(taking: Taking) -> None:
    for entry in taking.entries:
        if "ride" in entry.data:
            ride = taking.session.get_one(Ride, entry.data["ride"])
            outcomes.finish(
                taking.session, ride, "reopen", actor=taking.actor, now=taking.now, policy=taking.policy
            )


def _assigned(taking: Taking) -> None:
    """The request is again whose it was; a note left with it is withdrawn."""
    requests.still_open(taking.ride_request)
    taking.ride_request.assigned_to_id = taking.entries[-1].data.get("was")
    requests.refresh_status(taking.ride_request, now=taking.now)


def _called_back(taking: Taking) -> None:
    requests.still_open(taking.ride_request)
    was = taking.entries[-1].data.get("was")
    taking.ride_request.callback_at = datetime.fromisoformat(was) if was else None
    requests.refresh_status(taking.ride_request, now=taking.now)


def _return_settled(taking: Taking) -> None:
    """The way back is open again, and the request with it."""
    if not taking.ride_request.is_open:
        outcomes.reopen_request(taking.session, taking.ride_request, actor=taking.actor, now=taking.now)
    line = next(one for one in taking.entries if one.verb == "request.return_settled")
    taking.ride_request.return_plan = line.data.get("was", taking.ride_request.return_plan)
    later.take_up(taking.session, returns.ACTION, str(taking.ride_request.id))


def _closed(taking: Taking) -> None:
    outcomes.reopen_request(taking.session, taking.ride_request, actor=taking.actor, now=taking.now)


UNDONE = "request.undone"
# the first of these verbs among a step's lines names the step
TAKE_BACK: dict[str, Callable[[Taking], Any]] = {
    "ride.done": _settled,
    "ride.passenger_no_show": _settled,
    "ride.driver_no_show": _settled,
    "request.return_settled": _return_settled,
    "request.closed": _closed,
    "approach.accepted": _accepted,
    "approach.asked": _asked,
    "approach.declined": _declined,
    "approach.missed": _missed,
    "approach.withdrawn": _withdrawn,
    "ride.told": _told,
    "request.taken": _assigned,
    "request.released": _assigned,
    "request.handed_over": _assigned,
    "request.callback": _called_back,
}
# lines that a step may write besides its own, and that are taken back with it
COMES_WITH = {
    "ride.done": frozenset({"request.closed"}),
    "ride.passenger_no_show": frozenset({"request.closed"}),
    "ride.driver_no_show": frozenset({"request.closed"}),
    "request.return_settled": frozenset({"request.closed"}),
    "approach.accepted": frozenset({"approach.withdrawn"}),
}
WHY_NOT = {
    "request.corrected": "undo.correct_again",
    "ride.cancel_by_passenger": "undo.told",
    "ride.cancel_by_driver": "undo.told",
}
