"""The journal of a request, told as a colleague would."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach
from lotocar.journal import queries as journal
from lotocar.journal.models import Entry
from lotocar.staff.models import Account
from lotocar.values import wording
from lotocar.values.days import local
from lotocar.web.desk import words

WHO = {"system": "le service", "public": "le site", "person": "par lien ou SMS"}


def of_request(
    session: Session, ride_request: RideRequest, approaches: Sequence[Approach]
) -> list[dict[str, str]]:
    """The entries of `components/timeline.html`, the latest first."""
    entries = journal.story(session, [("ride_request", ride_request.id)])
    names = _names(session, entries)
    drivers = {one.id: one.driver.full_name for one in approaches}
    return [
        {
            "when": wording.instant_words(entry.at),
            "at": local(entry.at).isoformat(timespec="minutes"),
            "who": names.get(entry.actor_id or 0, "")
            if entry.actor_kind == "staff"
            else WHO[entry.actor_kind],
            "text": words.told(entry.verb, entry.data, drivers),
            "tone": words.TONE.get(entry.verb, ""),
        }
        for entry in reversed(entries)
    ]


def _names(session: Session, entries: Sequence[Entry]) -> dict[int, str]:
    ids = {entry.actor_id for entry in entries if entry.actor_kind == "staff"}
    return {one.id: one.display_name for one in session.scalars(select(Account).where(Account.id.in_(ids)))}
