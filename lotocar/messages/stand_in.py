"""The SMS provider of installations without an account: nothing leaves, every text is read on « Messages »."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lotocar.messages.channels import Accepted, Outgoing, Received, Seen


class StandInSender:
    """Takes every message as delivered at once; the desk's screen is where it arrives.

    The identifier is the row's own, so that a second hand-over of one row is still one message.
    """

    def send(self, message: Outgoing) -> Accepted:
        return Accepted(sid=f"stand-in-{message.id}", status="delivered")

    def sent_to(self, number: str, *, since: datetime) -> Sequence[Seen]:
        return ()

    def look_up(self, sid: str) -> Seen | None:
        return None

    def received_since(self, since: datetime) -> Sequence[Received]:
        return ()

    def forget(self, sid: str) -> None:
        """Nothing left this machine."""
