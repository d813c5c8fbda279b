"""A registry of our own on this machine, written from its public rules: keys, tokens, schema, limits, rules, fates.

It shares no code with the product: what it takes and refuses is written down a second time here. Its journal is
the truth, its clock is given, and `script` holds the faults of the calls to come.

    with FakeRegistry(clock) as registry:
        registry.script.append(Fault.SLOW_AFTER)
        registrar = registry.registrar()
"""

from __future__ import annotations

import json
import math
import re
import secrets
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import urllib3

from lotocar.civic.registry.client.rpc import RpcRegistrar

PARIS = ZoneInfo("Europe/Paris")
ACCESS, SECRET = "an access key of nobody", "a secret of nobody"
TOKEN_SECONDS = 300


class Fault(Enum):
    """What may go wrong with one call that carries a token; BEFORE and AFTER say on which side of the journal."""

    NONE = auto()
    SLOW_BEFORE = auto()
    SLOW_AFTER = auto()
    RESET_BEFORE = auto()
    RESET_AFTER = auto()
    ERROR_BEFORE = auto()
    ERROR_AFTER = auto()
    MAINTENANCE = auto()
    TRUNCATED = auto()
    RATE = auto()
    EXPIRED = auto()


STORED = frozenset({Fault.NONE, Fault.SLOW_AFTER, Fault.RESET_AFTER, Fault.ERROR_AFTER, Fault.TRUNCATED})


@dataclass
class Stored:
    """One journey of the journal. `status` is the registry's own word."""

    body: dict[str, Any]
    created_at: datetime
    status: str = "pending"
    labels: list[str] = field(default_factory=list)
    cancel_code: str = ""
    posts: int = 1

    @property
    def id(self) -> str:
        return str(self.body["operator_journey_id"])

    @property
    def trip(self) -> str:
        return str(self.body["operator_trip_id"])

    @property
    def start(self) -> datetime:
        return instant(self.body["start"]["datetime"])

    @property
    def end(self) -> datetime:
        return instant(self.body["end"]["datetime"])

    @property
    def people(self) -> frozenset[str]:
        return frozenset(self.body[side]["identity"]["identity_key"] for side in ("driver", "passenger"))

    @property
    def day(self) -> Any:
        return self.start.astimezone(PARIS).date()


def instant(text: str) -> datetime:
    """An ISO 8601 instant with its zone."""
    return datetime.fromisoformat(text.upper())


# --- the schema ---------------------------------------------------------------------------------------------


def breaches(body: Any) -> list[str]:
    """What the schema has against a body: « /path: message », empty when nothing."""
    return list(_journey(body))


def _journey(body: Any) -> Iterator[str]:
    required = {"operator_journey_id", "operator_trip_id", "operator_class", "incentives", "start", "end"}
    yield from _keys(
        body, "", required | {"distance", "driver", "passenger"}, {"licence_plate", "incentive_counterparts"}
    )
    if not isinstance(body, dict):
        return
    yield from _text(body, "operator_journey_id", 1, 256, r"[a-z0-9-]+")
    yield from _text(body, "operator_trip_id", 1, 256)
    yield from _text(body, "operator_class", 1, 1, r"[ABC]")
    yield from _text(body, "licence_plate", 1, 256)
    yield from _integer(body, "distance", 1, 1_000_000)
    for name in ("start", "end"):
        yield from _place(body.get(name), f"/{name}")
    yield from _lines(body.get("incentives"), "/incentives", {"index", "amount", "siret"})
    yield from _side(body.get("driver"), "/driver", "revenue", passenger=False)
    yield from _side(body.get("passenger"), "/passenger", "contribution", passenger=True)


def _keys(value: Any, path: str, required: Iterable[str], optional: Iterable[str] = ()) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: must be object"
        return
    for name in set(required) - value.keys():
        yield f"{path}: must have required property '{name}'"
    for name in value.keys() - set(required) - set(optional):
        yield f"{path}: must NOT have additional properties ({name})"


def _text(
    holder: Any, name: str, least: int, most: int, pattern: str = ".*", path: str = ""
) -> Iterator[str]:
    if not isinstance(holder, dict) or name not in holder:
        return
    value = holder[name]
    fits = isinstance(value, str) and least <= len(value) <= most
    if not fits or not re.fullmatch(pattern, value, re.DOTALL):
        yield f"{path}/{name}: must match {pattern}"


def _integer(holder: Any, name: str, least: int, most: int, path: str = "") -> Iterator[str]:
    if not isinstance(holder, dict) or name not in holder:
        return
    value = holder[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        yield f"{path}/{name}: must be integer"
    elif not least <= value <= most:
        yield f"{path}/{name}: must be between {least} and {most}"


def _place(value: Any, path: str) -> Iterator[str]:
    yield from _keys(value, path, {"datetime", "lat", "lon"})
    if not isinstance(value, dict):
        return
    zoned = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)"
    text = value.get("datetime")
    if not isinstance(text, str) or not re.fullmatch(zoned, text) or not _is_instant(text):
        yield f'{path}/datetime: must match format "date-time"'
    for name, limit in (("lat", 90), ("lon", 180)):
        degrees = value.get(name)
        if (
            isinstance(degrees, bool)
            or not isinstance(degrees, int | float)
            or not -limit <= degrees <= limit
        ):
            yield f"{path}/{name}: must be number within {limit}"
        elif "e" in repr(degrees):
            yield f"{path}/{name}: must be a plain decimal"


def _is_instant(text: str) -> bool:
    try:
        return instant(text).tzinfo is not None
    except ValueError:
        return False


def _lines(value: Any, path: str, keys: set[str]) -> Iterator[str]:
    if not isinstance(value, list) or len(value) > 20:
        yield f"{path}: must be array of at most 20"
        return
    for place, line in enumerate(value):
        here = f"{path}/{place}"
        yield from _keys(line, here, keys)
        yield from _integer(line, "index", 0, 19, here)
        yield from _text(line, "siret", 14, 14, r"[0-9]{14}", here)
        if isinstance(line, dict) and not 0 <= line.get("amount", 0) <= 100_000:
            yield f"{here}/amount: must be between 0 and 100000"


def _side(value: Any, path: str, money: str, *, passenger: bool) -> Iterator[str]:
    yield from _keys(value, path, {"identity", money}, {"seats", "payments"} if passenger else ())
    if not isinstance(value, dict):
        return
    yield from _integer(value, money, 0, 1_000_000, path)
    yield from _integer(value, "seats", 1, 8, path)
    if "payments" in value:
        yield from _lines(value["payments"], f"{path}/payments", {"index", "siret", "type", "amount"})
    identity, here = value.get("identity"), f"{path}/identity"
    names = {"phone_trunc", "phone", "travel_pass", "firstname", "lastname", "email", "company"}
    yield from _keys(
        identity, here, {"identity_key", "operator_user_id"}, names | ({"over_18"} if passenger else set())
    )
    yield from _text(identity, "identity_key", 64, 64, r"[a-f0-9]{64}", here)
    yield from _text(identity, "operator_user_id", 1, 256, path=here)
    yield from _text(identity, "phone_trunc", 8, 13, r"\+[0-9]{8,12}", here)
    if isinstance(identity, dict) and identity.get("over_18", True) not in {True, False, None}:
        yield f"{here}/over_18: must be boolean"


# --- the rules ----------------------------------------------------------------------------------------------


class Rulebook:
    """The business rules at POST, over what one operator sent before; refused and cancelled ones count too."""

    def __init__(self) -> None:
        self.journeys: dict[str, Stored] = {}
        self.trips: dict[tuple[str, Any], set[str]] = {}
        self.pairs: dict[frozenset[str], list[Stored]] = {}

    def labels(self, body: dict[str, Any], now: datetime) -> list[str]:
        """The labels of the rules that this body breaks."""
        new = Stored(body, now)
        found = []
        if now - new.start > timedelta(hours=24):
            found.append("expired")
        if body["distance"] < 1000:
            found.append("distance_too_short")
        if any(len(self._earlier_trips(key, new)) >= 4 for key in new.people):
            found.append("too_many_trips_by_day")
        if any(self._too_close(new, other) for other in self.pairs.get(new.people, ())):
            found.append("too_close_trips")
        return found

    def _earlier_trips(self, key: str, new: Stored) -> set[str]:
        # stricter than today's registry (more than 4 earlier trips), as it was in 2025 (4 or more)
        return self.trips.get((key, new.day), set()) - {new.trip}

    def _too_close(self, new: Stored, other: Stored) -> bool:
        if other.trip == new.trip:
            return False
        gap = max(new.start - other.end, other.start - new.end)
        return gap <= timedelta(minutes=30)

    def keep(self, stored: Stored) -> None:
        """Into the journal."""
        self.journeys[stored.id] = stored
        for key in stored.people:
            self.trips.setdefault((key, stored.day), set()).add(stored.trip)
        self.pairs.setdefault(stored.people, []).append(stored)


def judge(book: Rulebook, body: Any, now: datetime) -> tuple[int, int, list[str]]:
    """What a POST of this body gets: HTTP status, error code, and labels or breaches. 201 is not yet kept."""
    wrong = breaches(body)
    if wrong:
        return 400, -32602, wrong
    if not all({"phone", "phone_trunc"} & body[side]["identity"].keys() for side in ("driver", "passenger")):
        return 400, -32600, ["phone or phone_trunc"]
    if len(body.get("licence_plate", "")) > 32:
        return 500, -32000, []
    if body["operator_journey_id"] in book.journeys:
        return 409, -32509, []
    if instant(body["end"]["datetime"]) > now or instant(body["start"]["datetime"]) > instant(
        body["end"]["datetime"]
    ):
        return 422, -32700, []
    labels = book.labels(body, now)
    return (422, -32422, labels) if labels else (201, 0, [])


# --- the server ---------------------------------------------------------------------------------------------


class FakeRegistry:
    """The server. `script` is taken from for each call with a token; an empty script means that all goes well.

    `versions` are those it serves; `remaining` and `token_calls_left` make its limits felt.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.book = Rulebook()
        self.script: list[Fault] = []
        self.versions = {"v3.3", "v3.4"}
        self.tokens: dict[str, datetime] = {}
        self.forbidden = False
        self.says_nothing_of_unknown = False  # an empty 404, as for a version no longer served
        self.remaining: int | None = None
        self.reset_seconds = 7
        self.slow_seconds = 1.0
        self.token_calls: list[datetime] = []
        self.requests: Counter[str] = Counter()
        self.paths: list[str] = []
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.registry = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> FakeRegistry:
        self.thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Its base address, without the version."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def registrar(self, *, timeout_seconds: float = 0.5, **changes: Any) -> RpcRegistrar:
        """The real client, pointed here."""
        values: dict[str, Any] = {
            "base_url": self.url,
            "access_key": ACCESS,
            "secret_key": SECRET,
            "timeout": urllib3.Timeout(total=timeout_seconds),
        }
        return RpcRegistrar(**(values | changes))

    @property
    def journal(self) -> dict[str, Stored]:
        """Everything it ever stored, by number."""
        return self.book.journeys

    def forget(self) -> None:
        """An empty journal, for the next case of a long bench."""
        with self.lock:
            self.book = Rulebook()
            self.requests.clear()

    def night(self) -> None:
        """The checks of 48 hours: whatever is pending and old enough passes; flags are the test's to set."""
        for one in self.journal.values():
            if one.status == "pending" and self.clock() - one.start > timedelta(hours=48):
                one.status = "ok"

    def next_fault(self) -> Fault:
        with self.lock:
            return self.script.pop(0) if self.script else Fault.NONE

    # --- what each route answers: status and body -----------------------------------------------------------

    def token(self, body: Any) -> tuple[int, Any]:
        now = self.clock()
        self.token_calls = [at for at in self.token_calls if timedelta() <= now - at < timedelta(minutes=1)]
        if len(self.token_calls) >= 5:
            return 429, {"error": {"code": 429, "message": "Too many requests"}}
        self.token_calls.append(now)
        if body != {"access_key": ACCESS, "secret_key": SECRET}:
            return 401, _failure(-32501, "Unauthorized")
        token = secrets.token_hex(16)
        self.tokens[token] = now + timedelta(seconds=TOKEN_SECONDS)
        return 201, {"access_token": token}

    def is_signed_in(self, header: str) -> bool:
        until = self.tokens.get(header.removeprefix("Bearer "))
        return header.startswith("Bearer ") and until is not None and self.clock() < until

    def post(self, body: Any) -> tuple[int, Any]:
        with self.lock:
            known = body.get("operator_journey_id") if isinstance(body, dict) else None
            if known in self.journal:
                self.journal[known].posts += 1
            status, code, found = judge(self.book, body, self.clock())
            if status == 201 or code == -32422:
                refused = "terms_violation_error" if found else "pending"
                self.book.keep(Stored(body, self.clock(), refused, found))
        if status == 201:
            made = {"operator_journey_id": known, "created_at": self.clock().isoformat()}
            return 201, {"id": 1, "jsonrpc": "2.0", "result": {"meta": None, "data": made}}
        if code == -32422:
            details = [{"label": label, "metas": {}} for label in found]
            said = {"terms_violation_labels": found, "terms_violation_error_details": details}
            return 422, _failure(code, "Unprocessable", said)
        return status, _failure(code, "Error", found or None)

    def read(self, journey_id: str) -> tuple[int, Any]:
        one = self.journal.get(journey_id)
        if one is None:
            return 404, None if self.says_nothing_of_unknown else _failure(-32504, "Not found")
        anomaly = one.status in {"anomaly_error", "acquisition_error"}
        return 200, {
            "operator_journey_id": journey_id,
            "status": one.status,
            "created_at": one.created_at.isoformat(),
            "journey_id": 1,
            "fraud_error_labels": one.labels if one.status == "fraud_error" else [],
            "anomaly_error_details": [{"label": x, "metas": {}} for x in one.labels] if anomaly else [],
            "terms_violation_details": one.labels if one.status == "terms_violation_error" else [],
        }

    def cancel(self, journey_id: str, body: Any) -> tuple[int, Any]:
        one = self.journal.get(journey_id)
        if one is None:
            return 404, _failure(-32504, "Not found")
        code = body.get("code") if isinstance(body, dict) else None
        if not isinstance(code, str) or not re.fullmatch(r"[0-9A-Za-z_-]{0,32}", code):
            return 400, _failure(-32602, "Invalid params", ["/code: must match pattern"])
        one.status, one.cancel_code = "canceled", code
        return 200, None

    def patch(self, journey_id: str, body: Any) -> tuple[int, Any]:
        one = self.journal.get(journey_id)
        if one is None:
            return 404, _failure(-32504, "Not found")
        needed = {"incentives", "operator_class", "start", "end", "distance"}
        wrong = list(_keys(body, "", needed, {"operator_trip_id"})) or breaches(one.body | body)
        if wrong:
            return 400, _failure(-32602, "Invalid params", wrong)
        one.body, one.status, one.labels = one.body | body, "pending", []
        return 200, None

    def listed(self, asked: dict[str, list[str]]) -> tuple[int, Any]:
        status = asked.get("status", [""])[0]
        if status in {"", "terms_violation_error", "unknown"}:
            return 400, _failure(-32602, "Invalid params")
        midnight = datetime.combine(self.clock().astimezone(PARIS).date(), datetime.min.time(), PARIS)
        start = instant(asked["start"][0])
        end = min(instant(asked["end"][0]), midnight)
        found = [
            {"operator_journey_id": one.id}
            for one in self.journal.values()
            if one.status == status and start <= one.start < end
        ]
        offset, limit = int(asked.get("offset", ["0"])[0]), int(asked.get("limit", ["50"])[0])
        return 200, found[offset : offset + limit]


def _failure(code: int, message: str, data: Any = None) -> dict[str, Any]:
    return {"id": 1, "jsonrpc": "2.0", "error": {"code": code, "message": message, "data": data}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    registry: FakeRegistry

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """A caller that was killed is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def log_message(self, *_arguments: Any) -> None:
        """Silence."""

    def _answer(self) -> None:
        registry = self.server.registry
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        address = urlsplit(self.path)
        version, _, path = address.path.lstrip("/").partition("/")
        registry.paths.append(f"{self.command} {self.path}")
        if version not in registry.versions:
            self._send(404, b"")
            return
        if length > 2_000_000:
            self._json(413, _failure(-32600, "Too large"))
            return
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            self._json(400, _failure(-32700, "Parse error"))
            return
        if path == "auth/access_token":
            self._json(*registry.token(body))
            return
        fault = registry.next_fault()
        if fault is Fault.EXPIRED:
            registry.tokens.clear()
        if not registry.is_signed_in(self.headers.get("Authorization", "")):
            self._json(401, _failure(-32501, "Unauthorized"))
            return
        if registry.forbidden:
            self._json(403, _failure(-32503, "Forbidden"))
            return
        self._behave(fault, self.command, path, body, parse_qs(address.query))

    def _behave(self, fault: Fault, method: str, path: str, body: Any, asked: dict[str, list[str]]) -> None:
        registry = self.server.registry
        if fault is Fault.RATE:
            self._json(429, {"error": {"code": 429, "message": "Too many requests"}})
            return None
        if fault is Fault.SLOW_BEFORE:
            time.sleep(registry.slow_seconds)
            return self._cut()
        if fault is Fault.RESET_BEFORE:
            return self._cut()
        if fault in {Fault.ERROR_BEFORE, Fault.MAINTENANCE}:
            status = 503 if fault is Fault.MAINTENANCE else 500
            self._json(status, {"code": status})
            return None
        status, answer = self._route(method, path, body, asked)
        if fault is Fault.SLOW_AFTER:
            time.sleep(registry.slow_seconds)
            return self._cut()
        if fault is Fault.RESET_AFTER:
            return self._cut()
        if fault is Fault.ERROR_AFTER:
            self._json(502, {"code": 502})
            return None
        if fault is Fault.TRUNCATED:
            self._send(status, json.dumps(answer).encode()[:20], claimed=400)
            return None
        self._json(status, answer)
        return None

    def _route(self, method: str, path: str, body: Any, asked: dict[str, list[str]]) -> tuple[int, Any]:
        registry = self.server.registry
        with registry.lock:
            registry.requests[f"{method} {path.split('/')[0]}"] += 1
        parts = path.split("/")
        if method == "POST" and path == "journeys":
            return registry.post(body)
        if method == "GET" and path == "journeys":
            return registry.listed(asked)
        if method == "POST" and len(parts) == 3 and parts[2] == "cancel":
            return registry.cancel(parts[1], body)
        if method == "PATCH" and len(parts) == 2:
            return registry.patch(parts[1], body)
        if method == "GET" and len(parts) == 2:
            return registry.read(parts[1])
        return 404, _failure(-32601, "Method not found")

    def _json(self, status: int, answer: Any) -> None:
        self._send(status, b"" if answer is None else json.dumps(answer).encode())

    def _send(self, status: int, data: bytes, *, claimed: int | None = None) -> None:
        registry = self.server.registry
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(claimed or len(data)))
        if status == 429 or registry.remaining is not None:
            self.send_header("RateLimit-Limit", "20000")
            self.send_header("RateLimit-Remaining", "0" if status == 429 else str(registry.remaining))
            self.send_header("RateLimit-Reset", str(registry.reset_seconds))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def _cut(self) -> None:
        """Reset the connection: the caller learns nothing."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def route_m(a: dict[str, float], b: dict[str, float]) -> float:
    """A road between two places of a payload, as the registry's own router might find it: a third more than straight."""
    lat = math.radians((a["lat"] + b["lat"]) / 2)
    north = math.radians(b["lat"] - a["lat"])
    east = math.radians(b["lon"] - a["lon"]) * math.cos(lat)
    return 1.33 * 6_371_000 * math.hypot(north, east)
