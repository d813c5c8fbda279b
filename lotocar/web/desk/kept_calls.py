"""Calls that dropped, as the bureau and the list of what to do offer them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from lotocar.carpool.requests import drafts
from lotocar.carpool.requests.models import Draft


@dataclass(frozen=True, slots=True)
class KeptCall:
    """One call: whom it is about, from where to where as far as it was said, since when, and where it goes on."""

    id: int
    form_key: str
    who: str
    journey: str
    at: datetime

    @property
    def href(self) -> str:
        return url_for("desk.intake", reprise=self.form_key)


def of_account(session: Session, account_id: int, *, apart_from: str | None = None) -> list[KeptCall]:
    """The calls that this account may take up again, the latest first; one form may be left out."""
    kept = drafts.of_account(session, account_id)
    return [_kept(one) for one in kept if one.form_key != apart_from]


def read(session: Session, numbers: Collection[int]) -> list[KeptCall]:
    """These calls, as `drafts.dropped` counts them."""
    return [_kept(one) for one in drafts.read(session, numbers)]


def _kept(draft: Draft) -> KeptCall:
    typed = drafts.contents(draft)
    who = _joined([typed.get(name) for name in ("first_name", "last_name", "phone")])
    ends = [str(typed.get(name) or "…") for name in ("origin", "destination")]
    journey = " → ".join(ends) if ends != ["…", "…"] else ""
    return KeptCall(draft.id, draft.form_key, who or "Sans nom", journey, draft.updated_at)


def _joined(words: Sequence[object]) -> str:
    return " ".join(str(one) for one in words if one)
