"""The journal of a request, told as a colleague would: who asked whom, when, by what means, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lotocar.carpool.requests.models import RideRequest
from lotocar.carpool.rides.models import Approach
from lotocar.journal import queries as journal
from lotocar.journal.models import Entry
from lotocar.messages import queries as messages
from lotocar.messages.models import OutboxMessage
from lotocar.staff import queries as staff
from lotocar.values import wording
from lotocar.values.days import local
from lotocar.web.desk import story_words, words

WHO = {"system": "le service", "public": "le site", "person": "par lien ou SMS"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom the lines speak of: the team by number, drivers by question, the fate of each question's SMS."""

    team: Mapping[int, str]
    asked: Mapping[int, Approach]
    fates: Mapping[int, OutboxMessage]


def of_request(
    session: Session, ride_request: RideRequest, approaches: Sequence[Approach]
) -> list[dict[str, str]]:
    """The entries of `components/timeline.html`, the latest first."""
    entries = journal.story(session, [("ride_request", ride_request.id)])
    cast = _cast(session, entries, approaches)
    return [_line(entry, cast) for entry in reversed(entries)]


def _line(entry: Entry, cast: Cast) -> dict[str, str]:
    return {
        "when": wording.instant_words(entry.at),
        "at": local(entry.at).isoformat(timespec="minutes"),
        "who": cast.team.get(entry.actor_id or 0, "")
        if entry.actor_kind == "staff"
        else WHO[entry.actor_kind],
        "text": _told(entry, cast),
        "tone": words.TONE.get(entry.verb, ""),
    }


def _told(entry: Entry, cast: Cast) -> str:
    approach = cast.asked.get(int(entry.data.get("approach") or 0))
    drivers = {approach.id: approach.driver.full_name} if approach else {}
    said = words.told(entry.verb, entry.data, drivers)
    return said + story_words.means(entry, approach, cast.team, cast.fates)


def _cast(session: Session, entries: Sequence[Entry], approaches: Sequence[Approach]) -> Cast:
    mentioned = {entry.actor_id for entry in entries if entry.actor_kind == "staff" and entry.actor_id}
    mentioned |= {entry.data["to"] for entry in entries if entry.data.get("to")}
    sent = messages.of_subject(session, "approach", [one.id for one in approaches])
    return Cast(
        team=staff.names(session, mentioned),
        asked={one.id: one for one in approaches},
        fates={one.subject_id: one for one in sent if one.kind == "driver_approached"},
    )
