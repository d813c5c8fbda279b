"""Several drivers asked one after the other: the next one's turn comes when the one before cannot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lotocar.carpool.rides import queries, rules, texts
from lotocar.carpool.rides.bookings import FREE, note_approach
from lotocar.carpool.rides.models import Approach
from lotocar.messages.texts import SenderPolicy
from lotocar.values.actor import Actor

ASKED_NOW = frozenset({"to_contact", "sent", "to_reconfirm"})  # rung in vain leaves the turn to the next


def send_question(
    session: Session, one: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    """Put the question to the driver by SMS, now."""
    one.status = rules.approach_after(one.status, "send")
    one.asked_at = now
    one.tries += 1
    texts.ask_driver(session, one, actor=actor, now=now, policy=policy)


def next_in_line(
    session: Session, gone: Approach, *, actor: Actor, now: datetime, policy: SenderPolicy
) -> Approach | None:
    """Ask the next driver in line after this one, unless somebody is still being asked; who was asked, if anybody."""
    waiting = sorted(queries.waiting_of_request(session, gone.ride_request_id), key=lambda one: one.id)
    line = [one for one in waiting if one.status == "queued"]
    if not line or any(one.status in ASKED_NOW for one in waiting):
        return None
    following = next((one for one in line if any(part.leg.status in FREE for part in one.legs)), None)
    if following is not None:
        _take_turn(session, following, is_last=following is line[-1], actor=actor, now=now, policy=policy)
    return following


def _take_turn(
    session: Session, one: Approach, *, is_last: bool, actor: Actor, now: datetime, policy: SenderPolicy
) -> None:
    pickup_at = min(part.pickup_at for part in one.legs)
    deadline = rules.answer_deadline if is_last else rules.turn_deadline
    one.expires_at = deadline(now=now, pickup_at=pickup_at)
    one.status = rules.approach_after(one.status, "turn")
    if one.channel == "sms":
        send_question(session, one, actor=actor, now=now, policy=policy)
    note_approach(session, one, "asked", actor, now, channel=one.channel, driver=one.driver_id, was="queued")
