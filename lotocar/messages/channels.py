"""What an SMS provider is for us: one Protocol, and the typed ways in which sending may turn out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from lotocar.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt at one message. `id` and `attempt` travel in the callback's address."""

    id: str
    attempt: int
    to: str
    body: str
    validity_seconds: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider created the message. `status` is its first word, which no callback repeats."""

    sid: str
    status: str = "queued"
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the provider lists it. `created_at` is aware; `error_code` 0 means none."""

    sid: str
    status: str
    to: str
    body: str
    direction: str
    created_at: datetime | None
    error_code: int = 0
    segments: int | None = None
    price_text: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An SMS that came in, from the webhook or from the list; `written_at` is the list's hour for it, aware."""

    sid: str
    from_number: str
    to_number: str
    body: str
    raw: Mapping[str, object] = field(default_factory=dict)
    written_at: datetime | None = None


class NotCreated(Unavailable):
    """Nothing was created for certain (no name, no connection, no TLS): the same send may be tried again."""


class RateLimited(NotCreated):
    """Too many at once: nothing was created, and the provider says when to come back."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("provider.rate")
        self.retry_after = retry_after


class AccountBroken(NotCreated):
    """Our own account is refused or suspended: no message is to blame, all must wait."""


class Unknown(Unavailable):
    """The message may or may not exist (no answer in time, cut connection, 5xx, unreadable body)."""


class Rejected(Unavailable):
    """The provider refused this message, with its own number for the reason."""

    def __init__(self, number: int) -> None:
        super().__init__("provider.rejected", permanent=True)
        self.number = number


class Sender(Protocol):
    """Whoever hands messages over: an SMS provider, or one that rings and speaks.

    Every exchange has its own timeout, shorter than a claim's lease; instants are aware. Every method may raise
    NotCreated, AccountBroken, RateLimited or Unknown.
    """

    def send(self, message: Outgoing) -> Accepted:
        """Hand the message over.

        Raises:
            Rejected: refused with a code.
        """
        ...


class SmsSender(Sender, Protocol):
    """An SMS provider, whose lists tell the truth after a doubt; reading twice is harmless."""

    def sent_to(self, number: str, *, since: datetime) -> Sequence[Seen]:
        """What the provider lists as sent to this number since then, as far back as its list goes at least."""
        ...

    def look_up(self, sid: str) -> Seen | None:
        """One message by its identifier, or None when the provider knows no such one."""
        ...

    def forget(self, sid: str) -> None:
        """Empty a message and delete it; one that is not there any more is forgotten already.

        Raises:
            Rejected: refused with a code.
        """
        ...

    def received_since(self, since: datetime) -> Sequence[Received]:
        """What came in for our number since then, oldest first (the provider's grain may be a day: more may come)."""
        ...
