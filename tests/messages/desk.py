"""What the tests of this room share: a sender's policy, a number, a queued message, a clock that tests set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lotocar.messages import waiting
from lotocar.messages.models import InboundMessage, OutboxMessage
from lotocar.messages.outbox import queue
from lotocar.messages.texts import SenderPolicy
from lotocar.values.phone import LineKind, PhoneNumber

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, noon in Paris
PICKUP = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
ODILE = PhoneNumber("+33639980001", LineKind.MOBILE)
GRANDMOTHER = PhoneNumber("+33536490001", LineKind.LANDLINE)
TWO_WAY = SenderPolicy(
    two_way=True,
    desk_phone="05 36 49 00 00",
    public_base_url="https://covoiturage-solidaire-du-lot.fr",
    organisation="Covoiturage solidaire du Lot",
)
ONE_WAY = SenderPolicy(
    two_way=False,
    desk_phone=TWO_WAY.desk_phone,
    public_base_url=TWO_WAY.public_base_url,
    organisation=TWO_WAY.organisation,
)


@dataclass
class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def queue_one(session: Session, *, key: str = "approach/1/ask", **changes: Any) -> OutboxMessage:
    """A courtesy-free message to Odile about approach 1."""
    given: dict[str, Any] = {
        "now": NOON,
        "kind": "driver_reminder",
        "dedup_key": key,
        "to": ODILE,
        "person_id": 7,
        "subject_kind": "approach",
        "subject_id": 1,
        "values": {
            "passenger_first_name": "Marcel",
            "pickup_place": "Cahors",
            "destination": "Figeac",
            "pickup_at": PICKUP,
        },
        "voice": TWO_WAY,
    }
    return queue(session, **(given | changes))


def seen_by_the_desk(session: Session, *, now: datetime) -> list[OutboxMessage]:
    """What Nadia finds to do about messages of ours, failed, doubtful or to be said; the most urgent first."""
    ids = [*session.scalars(waiting.failed(now=now)), *session.scalars(waiting.to_say(now=now))]
    return sorted(waiting.read_sent(session, ids), key=lambda row: (row.priority, row.created_at))


def letters_to_read(session: Session) -> list[InboundMessage]:
    """What Nadia finds to read, in order."""
    return [session.get_one(InboundMessage, number) for number in session.scalars(waiting.to_read())]
