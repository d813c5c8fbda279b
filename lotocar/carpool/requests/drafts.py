"""Calls being typed: kept at every pause, taken up again after a dropped line, gone once they are requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import queries
from lotocar.carpool.requests.models import Draft

KEPT = timedelta(days=7)
LONGEST = 20_000  # letters of a whole form; a note of a million is not a call


def keep(
    session: Session,
    *,
    form_key: str,
    account_id: int,
    person_id: int | None,
    content: Mapping[str, str | list[str]],
    now: datetime,
) -> bool:
    """Keep what the form holds; False when it is a request already, or somebody else's, or far too long."""
    words = json.dumps(content, ensure_ascii=False)
    if not form_key or len(words) > LONGEST or queries.by_form_key(session, form_key) is not None:
        return False
    draft = session.scalar(select(Draft).where(Draft.form_key == form_key))
    if draft is None:
        draft = Draft(form_key=form_key, account_id=account_id)
        session.add(draft)
    if draft.account_id != account_id:
        return False
    draft.person_id, draft.content, draft.updated_at = person_id, words, now
    return True


def of_account(session: Session, account_id: int) -> Sequence[Draft]:
    """This account's calls to take up again, the latest first."""
    return session.scalars(
        select(Draft).where(Draft.account_id == account_id).order_by(Draft.updated_at.desc(), Draft.id.desc())
    ).all()


def dropped(account_id: int, *, before: datetime) -> Select[int]:
    """The numbers of this account's calls that nobody typed in since then, the oldest first."""
    quiet = Draft.account_id == account_id, Draft.updated_at < before
    return select(Draft.id).where(*quiet).order_by(Draft.updated_at, Draft.id)


def left_by_colleagues(account_id: int, *, before: datetime) -> Select[int]:
    """The numbers of the others' calls that nobody typed in since then: their caller waits, and they may be gone."""
    quiet = Draft.account_id != account_id, Draft.updated_at < before
    return select(Draft.id).where(*quiet).order_by(Draft.updated_at, Draft.id)


def take_over(session: Session, number: int, *, account_id: int) -> None:
    """The call is this account's to go on with; whoever began it can no longer write over it."""
    session.get_one(Draft, number).account_id = account_id


def read(session: Session, numbers: Collection[int]) -> Sequence[Draft]:
    """These calls."""
    return session.scalars(select(Draft).where(Draft.id.in_(numbers))).all()


def taken_up(session: Session, form_key: str, *, account_id: int) -> Mapping[str, str | list[str]] | None:
    """What this account had typed in that form; None when nothing is kept."""
    draft = session.scalar(select(Draft).where(Draft.form_key == form_key, Draft.account_id == account_id))
    return contents(draft) if draft else None


def contents(draft: Draft) -> Mapping[str, str | list[str]]:
    """The fields and their words."""
    return cast("Mapping[str, str | list[str]]", json.loads(draft.content))


def forget(session: Session, form_key: str, *, account_id: int | None = None) -> None:
    """The call became a request (whoever typed it), or this account gave it up."""
    mine = () if account_id is None else (Draft.account_id == account_id,)
    session.execute(delete(Draft).where(Draft.form_key == form_key, *mine))


def forget_old(session: Session, *, now: datetime) -> None:
    """Calls that nobody took up again for a week."""
    session.execute(delete(Draft).where(Draft.updated_at < now - KEPT))


def erase_person(session: Session, person_id: int) -> None:
    """Nothing half-typed is left about this person."""
    session.execute(delete(Draft).where(Draft.person_id == person_id))
