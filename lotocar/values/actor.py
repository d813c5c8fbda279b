"""Who acts: every operation is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"
    PERSON = "person"  # a driver or passenger, through a private link or an SMS
    PUBLIC = "public"  # somebody on a public page
    SYSTEM = "system"  # the timetable, a command


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, without a name: `id` is the row of the account or person, None for public and system."""

    kind: ActorKind
    id: int | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
PUBLIC = Actor(ActorKind.PUBLIC)
