"""One thing to do, and for whom the list is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from lotocar.carpool.people.models import Person
from lotocar.carpool.requests.models import RideRequest
from lotocar.values.hours import local_instant_lenient
from lotocar.web.desk import area

EVE = time(18)  # a promise for the next day is kept by then


@dataclass(frozen=True, slots=True)
class Ask:
    """For whom and when the list is read. `communes` empty is everywhere.

    `proofs` are the numbers of those that ask to be looked at, None for a reader whom they do not concern.
    """

    now: datetime
    account_id: int
    communes: Collection[str] = ()
    acts: bool = True  # whoever only reads is not shown what a call or a message said
    registry: bool = False  # proofs are sent somewhere
    proofs: Collection[int] | None = None

    @property
    def within(self) -> Any | None:
        return area.known_there(self.communes)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `row` is what its fragment shows; `deadline` is when it is lost, if ever.

    `person` is whom to ring, with the hours they gave; None when nobody is.
    """

    kind: str
    subject: str
    row: Any
    due_at: datetime
    person: Person | None = None
    deadline: datetime | None = None
    request: RideRequest | None = None
    urgent: bool = False


def by_the_eve(at: datetime, now: datetime) -> datetime:
    """The evening before; the hour itself when that evening is over."""
    eve = local_instant_lenient(at.date() - timedelta(days=1), EVE)
    return eve if eve > now else at
