"""Reading requests, with all that a list or a page of the desk shows loaded at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, distinct, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests import rules
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.errors import NotFound

OPEN = tuple(sorted({state for state, _ in rules.REQUEST} - {"closed"}))


def whole() -> Select[RideRequest]:
    """Requests with their people and legs, as lists and pages show them."""
    return select(RideRequest).options(
        joinedload(RideRequest.passenger).selectinload(Person.lines),
        joinedload(RideRequest.caller).selectinload(Person.lines),
        joinedload(RideRequest.assigned_to),
        joinedload(RideRequest.working_by),
        selectinload(RideRequest.legs),
    )


def touching(communes: Collection[str]) -> Select[int]:
    """The numbers of the requests that touch one of these INSEE codes."""
    return select(Leg.ride_request_id).where(
        or_(Leg.origin_insee.in_(communes), Leg.destination_insee.in_(communes))
    )


def open_requests(
    session: Session, *, communes: Collection[str] = (), limit: int = 100, offset: int = 0
) -> Sequence[RideRequest]:
    """Requests not closed, the soonest due first; those without a due time last.

    `communes` keeps the requests that touch one of these INSEE codes; empty keeps all.
    """
    open_ones = select(RideRequest.id).where(RideRequest.status.in_(OPEN))
    if communes:
        open_ones = open_ones.where(RideRequest.id.in_(touching(communes)))
    due = open_ones.where(RideRequest.due_at.is_not(None))
    numbers = list(
        session.scalars(due.order_by(RideRequest.due_at, RideRequest.id).limit(limit).offset(offset))
    )
    if len(numbers) < limit:
        before = session.scalar(select(func.count()).select_from(due.subquery())) or 0
        undated = open_ones.where(RideRequest.due_at.is_(None)).order_by(RideRequest.id)
        left = undated.limit(limit - len(numbers)).offset(max(0, offset - before))
        numbers += session.scalars(left)
    return _in_order(session, numbers)


def _in_order(session: Session, numbers: Sequence[int]) -> list[RideRequest]:
    """These requests, whole, in this order: the few of a page are chosen before anything else is read of them."""
    found = session.scalars(whole().where(RideRequest.id.in_(numbers))).unique()
    by_number = {one.id: one for one in found}
    return [by_number[number] for number in numbers]


def count_open(session: Session, *, communes: Collection[str] = ()) -> dict[str, int]:
    """How many open requests in each state."""
    query = (
        select(RideRequest.status, func.count())
        .where(RideRequest.status.in_(OPEN))
        .group_by(RideRequest.status)
    )
    if communes:
        query = query.where(RideRequest.id.in_(touching(communes)))
    return {status: count for status, count in session.execute(query)}


def waiting_by_commune(session: Session, *, communes: Collection[str] = ()) -> dict[str, int]:
    """How many open requests still look for somebody, by the INSEE code where they start; `communes` keeps some."""
    looked_for = (RideRequest.status.in_(OPEN), Leg.status.in_(("unserved", "approached")))
    query = select(Leg.origin_insee, func.count(distinct(Leg.ride_request_id))).join(Leg.ride_request)
    query = query.where(*looked_for, Leg.direction == "out").group_by(Leg.origin_insee)
    rows = session.execute(query.where(Leg.origin_insee.in_(communes)) if communes else query)
    return {insee: count for insee, count in rows}


def request_page(session: Session, ride_request_id: int, *, communes: Collection[str] = ()) -> RideRequest:
    """One request with its people and legs.

    Raises:
        NotFound: none, or none that touches these communes.
    """
    query = whole().where(RideRequest.id == ride_request_id)
    if communes:
        query = query.where(RideRequest.id.in_(touching(communes)))
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("request")
    return found


def by_form_key(session: Session, form_key: str) -> RideRequest | None:
    """The request that this form already made, or None."""
    return session.scalar(select(RideRequest).where(RideRequest.form_key == form_key))


def numbered(session: Session, number: int, *, communes: Collection[str] = ()) -> RideRequest | None:
    """The request that people know by this number, or None."""
    try:
        return request_page(session, number, communes=communes)
    except NotFound:
        return None


def of_person(session: Session, person_id: int, *, limit: int = 50) -> Sequence[RideRequest]:
    """The latest requests in which this person is the passenger or the caller."""
    query = (
        whole()
        .where(or_(RideRequest.passenger_id == person_id, RideRequest.caller_id == person_id))
        .order_by(RideRequest.id.desc())
        .limit(limit)
    )
    return session.scalars(query).unique().all()


def same_day(
    session: Session, person_id: int, days: Collection[object], *, apart_from: int | None
) -> Sequence[Leg]:
    """Other live legs of this passenger on these days, for the warning of a second booking."""
    query = (
        select(Leg)
        .join(Leg.ride_request)
        .where(
            RideRequest.passenger_id == person_id,
            Leg.day.in_(list(days)),
            Leg.status.not_in(sorted(rules.GIVEN_UP)),
            RideRequest.status != "closed",
        )
    )
    if apart_from is not None:
        query = query.where(RideRequest.id != apart_from)
    return session.scalars(query).all()
