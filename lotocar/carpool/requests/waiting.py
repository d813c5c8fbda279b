"""Requests that want somebody, as numbers to be counted or read a few at a time, by kind.

Each kind answers with the numbers of its requests, the most pressing first; `communes` keeps those that touch
one of these INSEE codes, empty keeps all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import rules
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.queries import touching, whole

Numbers = Select[int]


def callbacks(*, now: datetime, communes: Collection[str] = ()) -> Numbers:
    """Those to whom a call was promised by now."""
    promised = and_(RideRequest.callback_at <= now, RideRequest.status != "closed")
    return _numbers(promised, communes).order_by(RideRequest.callback_at, RideRequest.id)


def new(*, communes: Collection[str] = ()) -> Numbers:
    """Those that nobody took yet."""
    return _by_due(and_(RideRequest.status == "to_process", _not_promised()), communes)


def searching(*, now: datetime, communes: Collection[str] = ()) -> Numbers:
    """Those whose time to look again has come."""
    due = and_(RideRequest.status == "searching", _not_promised(), RideRequest.due_at <= now)
    return _by_due(due, communes)


def to_close(*, communes: Collection[str] = ()) -> Numbers:
    """Those partly driven, with nothing left to serve: somebody did not come, and a human says how it ends.

    A passenger who went and whose way back is open waits for that first.
    """
    went = RideRequest.legs.any(Leg.status == "done")
    settled = or_(RideRequest.return_plan == "", ~went)
    over = and_(RideRequest.status == "confirmed", _not_promised(), _is_over(), settled)
    return _numbers(over, communes).order_by(RideRequest.updated_at, RideRequest.id)


def read(session: Session, numbers: Collection[int]) -> Sequence[RideRequest]:
    """These requests with all that a list shows."""
    if not numbers:
        return []
    return session.scalars(whole().where(RideRequest.id.in_(numbers))).unique().all()


def _not_promised() -> ColumnElement[bool]:
    return RideRequest.callback_at.is_(None)


def _is_over() -> ColumnElement[bool]:
    return ~RideRequest.legs.any(Leg.status.not_in(sorted(rules.GIVEN_UP | {"done"})))


def _by_due(condition: ColumnElement[bool], communes: Collection[str]) -> Numbers:
    return _numbers(condition, communes).order_by(RideRequest.due_at, RideRequest.id)


def _numbers(condition: ColumnElement[bool], communes: Collection[str]) -> Numbers:
    query = select(RideRequest.id).where(condition)
    return query.where(RideRequest.id.in_(touching(communes))) if communes else query
