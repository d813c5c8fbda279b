"""Street addresses, whoever finds them: the national address base online, or nobody."""

from __future__ import annotations

from typing import Protocol

from lotocar.values.geo import Point, Stop


class AddressFinder(Protocol):
    """Finds street addresses. The product is whole without any."""

    def find(self, text: str, *, near: Point | None = None, limit: int = 5) -> list[Stop]:
        """Likely addresses, best first; none when nothing is likely.

        Raises:
            Unavailable: the service failed, was too slow or asked to wait.
        """
        ...
