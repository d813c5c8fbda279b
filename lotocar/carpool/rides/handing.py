"""Handing a request over: to a colleague or to whoever comes next, with a note; and letting go of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import HandOver
from lotocar.errors import Invalid
from lotocar.values.actor import Actor

MOST = 500


def hand_over(
    session: Session,
    ride_request: RideRequest,
    *,
    author_id: int,
    to_id: int | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> HandOver:
    """The request becomes the colleague's, or nobody's, with a note to read first.

    Raises:
        Invalid: a note that is empty or too long. Refused: the request is closed.
    """
    if not note or len(note) > MOST:
        raise Invalid("hand_over.note", field="note")
    requests.lock(session, ride_request)
    requests.still_open(ride_request)
    was = ride_request.assigned_to_id
    ride_request.assigned_to_id = to_id
    ride_request.working_by_id = None
    requests.refresh_status(ride_request, now=now)
    row = HandOver(ride_request_id=ride_request.id, author_id=author_id, to_id=to_id, note=note, at=now)
    session.add(row)
    requests.write_down(session, ride_request, "request.handed_over", actor, now, to=to_id, was=was)
    return row


def read(session: Session, note: HandOver, *, now: datetime) -> None:
    """Somebody read it; twice changes nothing."""
    note.read_at = note.read_at or now


def notes_of(session: Session, ride_request_id: int) -> list[HandOver]:
    """The notes left on a request, the latest first."""
    query = select(HandOver).where(HandOver.ride_request_id == ride_request_id)
    shown = query.options(joinedload(HandOver.author), joinedload(HandOver.to))
    return list(session.scalars(shown.order_by(HandOver.at.desc(), HandOver.id.desc()).limit(5)))


def forget_notes(session: Session, person_id: int, *, now: datetime) -> None:
    """Empty what was written about the requests of somebody who is erased."""
    theirs = select(RideRequest.id).where(
        (RideRequest.passenger_id == person_id) | (RideRequest.caller_id == person_id)
    )
    session.execute(
        update(HandOver)
        .where(HandOver.ride_request_id.in_(theirs))
        .values(note="", read_at=now)
        .execution_options(synchronize_session=False)
    )
