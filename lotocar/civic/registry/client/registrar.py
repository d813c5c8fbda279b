"""What the registry is for us: one Protocol, and the typed ways in which a call may turn out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lotocar.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Fate:
    """What the registry says of a proof. `labels` are the names of whatever it holds against it."""

    status: str
    labels: tuple[str, ...] = ()
    text: str = ""


class NotStored(Unavailable):
    """Nothing was stored for certain: the same number may be sent again."""


class Slow(NotStored):
    """Too many calls at once; `retry_after` is the registry's own wish."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("registry.rate")
        self.retry_after = retry_after


class KeysRefused(NotStored):
    """Our key pair, or what it may do, is refused: no proof is to blame, all must wait."""


class VersionGone(NotStored):
    """Neither the version set nor the one before is served."""


class Unknown(Unavailable):
    """Stored or not, nobody knows: no answer in time, cut connection, 5xx, unreadable answer."""


class TooEarly(NotStored):
    """The registry's clock says that the ride is not over (422 without a rule broken)."""


class RefusedShape(Unavailable):
    """400: the JSON itself; nothing stored. `text` is the whole answer."""

    def __init__(self, text: str) -> None:
        super().__init__("registry.shape", permanent=True)
        self.text = text


class RefusedRules(Unavailable):
    """422: a business rule; stored as refused, its number is burnt."""

    def __init__(self, labels: tuple[str, ...], text: str) -> None:
        super().__init__("registry.rules", permanent=True)
        self.labels = labels
        self.text = text


class AlreadyThere(Unavailable):
    """409: this number is stored; nothing says whether it was accepted."""


class Registrar(Protocol):
    """The registry of one environment. Every call has its own timeout; reading twice is harmless.

    Any method may raise NotStored or one of its kinds, or Unknown.
    """

    def send(self, body: str) -> None:
        """Hand one proof over, as JSON text.

        Raises:
            RefusedShape, RefusedRules, AlreadyThere.
        """
        ...

    def status(self, journey_id: str) -> Fate | None:
        """What became of this proof, or None when the registry knows no such number."""
        ...

    def correct(self, journey_id: str, body: str) -> bool:
        """Replace places, hours, distance, class and incentives; False when unknown there.

        Raises:
            RefusedShape, RefusedRules.
        """
        ...

    def cancel(self, journey_id: str, *, code: str, message: str) -> bool:
        """Take a proof back; False when unknown there. Cancelling twice is harmless."""
        ...

    def journeys(self, *, status: str, start: datetime, end: datetime) -> Sequence[str]:
        """The numbers that the registry lists in this status, sorted, each once; today's never appear."""
        ...
