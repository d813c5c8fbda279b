"""The registry's API v3 over HTTP: one timeout, no hidden retry, each failure told apart by what is known.

A token is asked with our pair of keys, kept four of its five minutes (the route takes five calls a minute) and
renewed once on a 401. Limits are read from their headers. https://tech.covoiturage.beta.gouv.fr
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from lotocar.civic.registry.client.registrar import (
    AlreadyThere,
    Fate,
    KeysRefused,
    NotStored,
    RefusedRules,
    RefusedShape,
    Slow,
    TooEarly,
    Unknown,
    VersionGone,
)

PRODUCTION_URL = "https://api.covoiturage.beta.gouv.fr"
DEMO_URL = "https://api.demo.covoiturage.beta.gouv.fr"
VERSION, FALLBACK = "v3.4", "v3.3"
TIMEOUT = urllib3.Timeout(connect=5, read=15, total=20)
TOKEN_LASTS = 240.0  # seconds, of the 300 that it is valid
SERVED_FOR = 60.0  # an empty 404 is not asked about more often
PAGE = 100
PAGES_AT_MOST = 200
PAUSE_DEFAULT, PAUSE_MOST = 30.0, 900.0
RULES_BROKEN = -32422

# what urllib3 raises before the request line is written: nothing can have been stored
BEFORE_BYTES_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.LocationValueError,
)
Answer = urllib3.BaseHTTPResponse


class RpcRegistrar:
    """The registry at one address, with one pair of keys. See Registrar for what each method promises.

    `ticks` gives monotonic seconds. One object may be shared by threads.
    """

    def __init__(
        self,
        *,
        base_url: str,
        access_key: str,
        secret_key: str,
        version: str = VERSION,
        timeout: urllib3.Timeout = TIMEOUT,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.keys = {"access_key": access_key, "secret_key": secret_key}
        self.version = version
        self.timeout = timeout
        self.ticks = ticks
        self.lock = threading.Lock()
        self.token = ""
        self.token_until = 0.0
        self.served_until = -math.inf
        self.paused_until: dict[str, float] = {}

    def send(self, body: str) -> None:
        """POST /journeys."""
        answer = self._call("send", "POST", "/journeys", body)
        if answer.status == 404:
            raise VersionGone("registry.version")
        if answer.status == 409:
            raise AlreadyThere("registry.known")
        self._refuse(answer)
        if answer.status != 201 or not _created(answer):
            raise Unknown("registry.unreadable", status=answer.status)

    def status(self, journey_id: str) -> Fate | None:
        """GET /journeys/{id}."""
        answer = self._call("read", "GET", f"/journeys/{quote(journey_id, safe='')}")
        if answer.status == 404:
            return None
        return _fate(_read(answer))

    def correct(self, journey_id: str, body: str) -> bool:
        """PATCH /journeys/{id}."""
        answer = self._call("correct", "PATCH", f"/journeys/{quote(journey_id, safe='')}", body)
        self._refuse(answer)
        return _done(answer)

    def cancel(self, journey_id: str, *, code: str, message: str) -> bool:
        """POST /journeys/{id}/cancel."""
        body = json.dumps({"code": code, "message": message[:512]}, ensure_ascii=False)
        answer = self._call("send", "POST", f"/journeys/{quote(journey_id, safe='')}/cancel", body)
        if answer.status == 409:
            return True  # taken back already
        self._refuse(answer)
        return _done(answer)

    def journeys(self, *, status: str, start: datetime, end: datetime) -> Sequence[str]:
        """GET /journeys, page after page: neither their order nor their uniqueness is guaranteed."""
        return sorted({found for page in self._pages(status, start, end) for found in page})

    def _pages(self, status: str, start: datetime, end: datetime) -> Iterator[list[str]]:
        for page in range(PAGES_AT_MOST):
            asked = {
                "status": status,
                "start": _utc(start),
                "end": _utc(end),
                "limit": PAGE,
                "offset": page * PAGE,
            }
            listed = _read(self._call("list", "GET", f"/journeys?{urlencode(asked)}"))
            if not isinstance(listed, list):
                raise Unknown("registry.unreadable")
            yield [str(one["operator_journey_id"]) for one in listed if isinstance(one, dict)]
            if len(listed) < PAGE:
                return

    # --- one exchange -------------------------------------------------------------------------------------

    def _call(self, kind: str, method: str, path: str, body: str | None = None) -> Answer:
        """One call with a live token; 401 renews it once, a version no longer served is tried once lower."""
        answer = self._authorised(kind, method, path, body)
        if answer.status == 401:
            self._forget_token()
            answer = self._authorised(kind, method, path, body)
        if answer.status == 404 and not answer.data and not self._is_still_served():
            answer = self._authorised(kind, method, path, body)
        return self._checked(answer)

    def _authorised(self, kind: str, method: str, path: str, body: str | None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token()}"}
        return self._exchange(kind, method, path, body, headers)

    def _checked(self, answer: Answer) -> Answer:
        if answer.status in {401, 403}:
            raise KeysRefused("registry.keys", status=answer.status)
        return answer

    def _exchange(
        self, kind: str, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> Answer:
        self._wait_for(kind)
        sent = headers | {"Accept": "application/json", "Connection": "close"}
        if body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        try:
            # a connection kept for later may be cut while we write: a new one each time costs less than a doubt
            with urllib3.PoolManager(retries=False, timeout=self.timeout) as pool:
                answer = pool.request(
                    method,
                    f"{self.base_url}/{self.version}{path}",
                    body=None if body is None else body.encode(),
                    headers=sent,
                    redirect=False,
                )
        except BEFORE_BYTES_LEFT as error:
            raise NotStored("registry.unreachable") from error
        except urllib3.exceptions.HTTPError as error:
            raise Unknown("registry.silent") from error
        self._mind_limits(kind, answer)
        if answer.status >= 500 or answer.status == 408 or 300 <= answer.status < 400:
            raise Unknown("registry.broken", status=answer.status)
        return answer

    # --- tokens and version -------------------------------------------------------------------------------

    def _token(self) -> str:
        with self.lock:
            if not self.token or self.ticks() >= self.token_until:
                self.token = self._new_token()
                self.token_until = self.ticks() + TOKEN_LASTS
            return self.token

    def _new_token(self) -> str:
        answer = self._ask_token()
        if answer.status == 404 and self._lower():
            answer = self._ask_token()
        if answer.status == 404:
            raise VersionGone("registry.version")
        if answer.status in {400, 401, 403}:
            raise KeysRefused("registry.keys", status=answer.status)
        token = _json(answer).get("access_token") if answer.status in {200, 201} else None
        if not isinstance(token, str) or not token:
            raise NotStored("registry.token", status=answer.status)
        return token

    def _ask_token(self) -> Answer:
        try:
            return self._exchange("token", "POST", "/auth/access_token", json.dumps(self.keys), {})
        except Unknown as error:  # whatever became of the token, no proof was sent
            raise NotStored("registry.token") from error

    def _forget_token(self) -> None:
        with self.lock:
            self.token = ""

    def _is_still_served(self) -> bool:
        """Whether an empty 404 was about the number asked for: a version no longer served gives no token either."""
        with self.lock:
            if self.ticks() < self.served_until:
                return True
            version = self.version
            self.token = self._new_token()
            self.token_until = self.ticks() + TOKEN_LASTS
            self.served_until = self.ticks() + SERVED_FOR
            return self.version == version

    def _lower(self) -> bool:
        lowered = self.version != FALLBACK
        self.version = FALLBACK
        return lowered

    # --- limits -------------------------------------------------------------------------------------------

    def _wait_for(self, kind: str) -> None:
        left = self.paused_until.get(kind, -math.inf) - self.ticks()
        if left > 0:
            raise Slow(timedelta(seconds=left))

    def _mind_limits(self, kind: str, answer: Answer) -> None:
        remaining, reset = answer.headers.get("RateLimit-Remaining"), answer.headers.get("RateLimit-Reset")
        if answer.status == 429:
            wait = _seconds(reset or answer.headers.get("Retry-After"))
            self.paused_until[kind] = self.ticks() + wait
            raise Slow(timedelta(seconds=wait))
        if remaining is not None and remaining.strip() == "0":
            self.paused_until[kind] = self.ticks() + _seconds(reset)

    def _refuse(self, answer: Answer) -> None:
        text = answer.data.decode("utf-8", "replace")
        if answer.status in {400, 413}:
            raise RefusedShape(text)
        if answer.status != 422:
            return
        error = _error(answer)
        if error.get("code") != RULES_BROKEN:
            raise TooEarly("registry.early")
        raise RefusedRules(_labels(error.get("data")), text)


def _seconds(text: str | None) -> float:
    asked = float(text) if text and text.strip().isascii() and text.strip().isdigit() else PAUSE_DEFAULT
    return min(max(asked, 1.0), PAUSE_MOST)


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _error(answer: Answer) -> dict[str, Any]:
    error = _json(answer).get("error")
    return error if isinstance(error, dict) else {}


def _created(answer: Answer) -> bool:
    return isinstance(_json(answer).get("result"), dict)


def _done(answer: Answer) -> bool:
    """Whether the call was obeyed; False when the number is unknown there."""
    if answer.status == 404:
        return False
    if answer.status in {200, 201, 204}:
        return True
    raise Unknown("registry.unreadable", status=answer.status)


def _read(answer: Answer) -> Any:
    """The body of a reading call; some routes wrap it, others do not."""
    try:
        found = json.loads(answer.data)
    except ValueError:
        raise Unknown("registry.unreadable", status=answer.status) from None
    if answer.status != 200:
        raise Unknown("registry.unreadable", status=answer.status)
    if isinstance(found, dict) and "jsonrpc" in found:
        result = found.get("result")
        return result.get("data") if isinstance(result, dict) else None
    return found


def _fate(found: Any) -> Fate:
    if not isinstance(found, dict) or not isinstance(found.get("status"), str):
        raise Unknown("registry.unreadable")
    against = ("terms_violation_details", "fraud_error_labels", "anomaly_error_details")
    labels = tuple(label for name in against for label in _named(found.get(name)))
    return Fate(found["status"], labels, json.dumps(found, ensure_ascii=False))


def _labels(data: Any) -> tuple[str, ...]:
    """Labels of a refusal: a plain list, or details of API v3.4 that say the same."""
    if not isinstance(data, dict):
        return ()
    plain = _named(data.get("terms_violation_labels"))
    return plain or _named(data.get("terms_violation_error_details"))


def _named(found: Any) -> tuple[str, ...]:
    """Strings in the registry's code, objects with a `label` in its specification: both are read."""
    if not isinstance(found, list):
        return ()
    names = (one.get("label") if isinstance(one, dict) else one for one in found)
    return tuple(name for name in names if isinstance(name, str))


def _utc(at: datetime) -> str:
    return datetime.fromtimestamp(at.timestamp(), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
