"""One question to a road service over HTTP, answered in JSON or by Unavailable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

from lotocar.errors import Unavailable

TIMEOUT_S = 5.0
USER_AGENT = "Lotocar"


class Service:
    """A road service at one address. A request lasts at most about `timeout_s`, connecting included."""

    def __init__(self, base_url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.base_url = base_url.rstrip("/")
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=timeout_s), retries=False, headers={"User-Agent": USER_AGENT}
        )

    def get(self, path: str, fields: Mapping[str, str]) -> Any:
        """The answer to GET, parsed.

        Raises:
            Unavailable: "roads.timeout", "roads.unreachable", "roads.busy" (429, with `retry_after_s`),
                "roads.refused" (permanent; with `status` and `answer`), "roads.nonsense".
        """
        return self._answer("GET", path, {"fields": fields})

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to POST of this JSON, parsed. Raises as `get`."""
        return self._answer("POST", path, {"json": body})

    def _answer(self, method: str, path: str, what: Mapping[str, Any]) -> Any:
        try:
            response = self._pool.request(method, self.base_url + path, redirect=False, **what)
        except HTTPError as failure:
            # nobody listening is, to urllib3, a kind of time-out
            slow = isinstance(failure, TimeoutError) and not isinstance(failure, NewConnectionError)
            raise Unavailable("roads.timeout" if slow else "roads.unreachable") from None
        _check(response)
        return _parsed(response)


def _check(response: urllib3.BaseHTTPResponse) -> None:
    if response.status == 429:
        raise Unavailable("roads.busy", retry_after_s=_retry_after(response))
    if 400 <= response.status < 500:
        raise Unavailable("roads.refused", permanent=True, status=response.status, answer=_or_none(response))
    if response.status != 200:
        raise Unavailable("roads.unreachable", status=response.status)


def _retry_after(response: urllib3.BaseHTTPResponse) -> float:
    """Seconds to wait; one when the service gives a date or nothing."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else 1.0


def _or_none(response: urllib3.BaseHTTPResponse) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _parsed(response: urllib3.BaseHTTPResponse) -> Any:
    try:
        return response.json()
    except ValueError:
        raise Unavailable("roads.nonsense") from None
