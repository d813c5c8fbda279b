"""No registry: what an installation without keys speaks to. Nothing is stored, nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lotocar.civic.registry.client.registrar import Fate, KeysRefused


class NoRegistrar:
    """Refuses every call for want of keys, so that no proof is ever burnt."""

    def send(self, body: str) -> None:
        """Never goes anywhere."""
        raise KeysRefused("registry.no_keys")

    def status(self, journey_id: str) -> Fate | None:
        """Nobody to ask."""
        raise KeysRefused("registry.no_keys")

    def correct(self, journey_id: str, body: str) -> bool:
        """Nobody to tell."""
        raise KeysRefused("registry.no_keys")

    def cancel(self, journey_id: str, *, code: str, message: str) -> bool:
        """Nobody to tell."""
        raise KeysRefused("registry.no_keys")

    def journeys(self, *, status: str, start: datetime, end: datetime) -> Sequence[str]:
        """Nobody to ask."""
        raise KeysRefused("registry.no_keys")
