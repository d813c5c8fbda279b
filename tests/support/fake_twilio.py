"""A Twilio of our own on this machine: Messages and Calls in JSON, a journal that is the truth, faults on demand.

The real library talks to it over real sockets. It signs what it sends us, may call back before it answers, and
its list may lag or lose a page. Its clock is given, so that tests live in the time they choose.

    with FakeTwilio() as twilio:
        twilio.script.append(Fault.RESET_AFTER)
        sender = twilio.sender("https://desk.example/hooks/twilio/status")
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

from lotocar.messages.twilio import TwilioSender

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token only this machine knows"
OURS = "+33939980000"


class Fault(Enum):
    """What may go wrong with one POST; BEFORE and AFTER say on which side of the journal."""

    NONE = auto()
    SLOW_BEFORE = auto()
    SLOW_AFTER = auto()
    RESET_BEFORE = auto()
    RESET_AFTER = auto()
    ERROR_BEFORE = auto()
    ERROR_AFTER = auto()
    TRUNCATED = auto()
    RATE = auto()
    ACCOUNT_REFUSED = auto()


RECORDED = frozenset({Fault.NONE, Fault.SLOW_AFTER, Fault.RESET_AFTER, Fault.ERROR_AFTER, Fault.TRUNCATED})


@dataclass
class Record:
    """One line of the journal."""

    sid: str
    to: str
    from_: str
    body: str
    direction: str
    status: str
    created_at: datetime
    callback: str = ""
    validity: str = ""
    error_code: int | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The record as Twilio writes it."""
        return {
            "sid": self.sid,
            "to": self.to,
            "from": self.from_,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "num_segments": "1",
            "price": None,
            "price_unit": "EUR",
            "error_code": self.error_code,
            "date_created": format_datetime(self.created_at),
            "date_sent": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "_callback": self.callback,
            "_url": self.extra.get("Url", ""),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Record:
        """A record read from another process."""
        return cls(
            sid=values["sid"],
            to=values["to"],
            from_=values["from"],
            body=values["body"],
            direction=values["direction"],
            status=values["status"],
            created_at=parsedate_to_datetime(values["date_created"]),
            callback=values["_callback"],
            extra={"Url": values["_url"]},
        )


class FakeTwilio:
    """The server. `script` holds the fault of each message to come, `call_script` of each call; empty, all goes well.

    `code` maps a number to the error code with which it is refused. `lag` hides a message from the list for a
    time; `lose_next_page` cuts the list; `list_fails` makes reading fail. `on_created` is called with each
    message recorded, before the answer leaves: calling back from there is the early callback.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.journal: list[Record] = []
        self.calls: list[Record] = []
        self.script: list[Fault | int] = []
        self.call_script: list[Fault | int] = []
        self.code: dict[str, int] = {}
        self.retry_after = 7
        self.slow_seconds = 1.0
        self.lag = timedelta()
        self.list_fails = False
        self.page_size: int | None = None
        self.on_created: Callable[[Record], None] | None = None
        self.requests: Counter[str] = Counter()
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.twilio = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> FakeTwilio:
        self.thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def sender(
        self, status_url: str = "https://desk.example/hooks/twilio/status", *, timeout_seconds: float = 0.5
    ) -> TwilioSender:
        """The real sender, on the real library, pointed here."""
        return TwilioSender(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=OURS,
            status_url=status_url,
            base_url=self.url,
            timeout=timedelta(seconds=timeout_seconds),
        )

    def sent(self, *, to: str = "") -> list[Record]:
        """What was truly created by us, for one number or all."""
        with self.lock:
            return [
                one for one in self.journal if one.direction == "outbound-api" and (not to or one.to == to)
            ]

    def forget(self) -> None:
        """An empty journal, for the next case of a long bench."""
        with self.lock:
            self.journal.clear()
            self.calls.clear()

    def receive(self, from_: str, body: str) -> Record:
        """Somebody texts our number; the webhook is the test's to knock, the list shows it anyway."""
        return self._record(to=OURS, from_=from_, body=body, direction="inbound", status="received")

    def deliver(self) -> None:
        """Everything that left has arrived; whoever asks is told so."""
        with self.lock:
            for one in self.journal:
                if one.direction == "outbound-api":
                    one.status = "delivered"

    def inbound_form(self, record: Record) -> dict[str, str]:
        """What the webhook of a received message posts."""
        return {
            "MessageSid": record.sid,
            "SmsSid": record.sid,
            "AccountSid": ACCOUNT,
            "From": record.from_,
            "To": record.to,
            "Body": record.body,
            "NumMedia": "0",
            "NumSegments": "1",
        }

    def status_form(self, record: Record, status: str, code: int = 0) -> dict[str, str]:
        """What a status callback posts."""
        form = {
            "MessageSid": record.sid,
            "MessageStatus": status,
            "AccountSid": ACCOUNT,
            "To": record.to,
            "From": record.from_,
        }
        return form | ({"ErrorCode": str(code)} if code else {})

    def sign(self, address: str, form: dict[str, str], *, token: str = TOKEN) -> str:
        """The signature of a form posted to this public address."""
        return str(RequestValidator(token).compute_signature(address, form))

    def call_form(self, record: Record, **changes: str) -> dict[str, str]:
        """What the webhooks of a call post."""
        return {"CallSid": record.sid, "AccountSid": ACCOUNT, "To": record.to, "From": record.from_} | changes

    def next_fault(self, script: list[Fault | int]) -> Fault | int:
        """The fault of the POST at hand."""
        with self.lock:
            return script.pop(0) if script else Fault.NONE

    def create(self, form: dict[str, str]) -> Record:
        """Record one outgoing message."""
        record = self._record(
            to=form["To"],
            from_=form["From"],
            body=form["Body"],
            direction="outbound-api",
            status="queued",
            callback=form.get("StatusCallback", ""),
            validity=form.get("ValidityPeriod", ""),
        )
        if self.on_created:
            self.on_created(record)
        return record

    def call(self, form: dict[str, str]) -> Record:
        """Record one outgoing call."""
        with self.lock:
            record = Record(
                sid=f"CA{next(self.numbers):032x}",
                to=form["To"],
                from_=form["From"],
                body=form.get("Twiml", "") or form.get("Url", ""),
                direction="outbound-api",
                status="queued",
                created_at=self.clock(),
                callback=form.get("StatusCallback", ""),
                extra=form,
            )
            self.calls.append(record)
        return record

    def listed(self, query: dict[str, list[str]]) -> list[Record]:
        """What the list shows, newest first: what lags is not there yet."""
        to = query.get("To", [""])[0]
        since = query.get("DateSent>", query.get("DateSent>=", [""]))[0][:10]
        now = self.clock()
        with self.lock:
            found = [
                one
                for one in self.journal
                if (not to or one.to == to)
                and one.created_at + self.lag <= now
                and (not since or one.created_at.date().isoformat() >= since)
            ]
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    def find(self, sid: str) -> Record | None:
        """One message by its identifier."""
        with self.lock:
            return next((one for one in self.journal if one.sid == sid), None)

    def _record(self, **values: Any) -> Record:
        with self.lock:
            record = Record(sid=f"SM{next(self.numbers):032x}", created_at=self.clock(), **values)
            self.journal.append(record)
        return record


class _Server(ThreadingHTTPServer):
    twilio: FakeTwilio
    daemon_threads = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the screen."""

    def do_POST(self) -> None:
        twilio = self.server.twilio
        length = int(self.headers.get("Content-Length") or 0)
        pairs = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        form = {name: values[0] for name, values in pairs.items()}
        if self.path == "/_receive":
            return self._answer(200, twilio.receive(form["From"], form["Body"]).as_json())
        if self.path == "/_deliver":
            return self._answer(200, {"delivered": twilio.deliver()})
        if self.path.endswith("/Calls.json"):
            twilio.requests["call"] += 1
            return self._create(form, twilio.next_fault(twilio.call_script), twilio.call)
        if not self.path.endswith("/Messages.json"):
            return self._redact()
        twilio.requests["create"] += 1
        return self._create(form, twilio.next_fault(twilio.script), twilio.create)

    def do_GET(self) -> None:
        twilio = self.server.twilio
        parts = urlsplit(self.path)
        if parts.path == "/_journal":
            kept = {"journal": list(twilio.journal), "calls": list(twilio.calls)}
            return self._answer(200, {name: [one.as_json() for one in ones] for name, ones in kept.items()})
        if twilio.list_fails:
            return self._answer(503, {"message": "down"})
        if parts.path.endswith("/Messages.json"):
            twilio.requests["list"] += 1
            return self._list(parts.query)
        twilio.requests["fetch"] += 1
        record = self._named()
        if record is None:
            return self._answer(404, {"code": 20404, "message": "not found"})
        return self._answer(200, record.as_json())

    def _redact(self) -> None:
        record = self._named()
        if record is None:
            return self._answer(404, {"code": 20404, "message": "not found"})
        record.body = ""
        return self._answer(200, record.as_json())

    def do_DELETE(self) -> None:
        record = self._named()
        if record is None:
            return self._answer(404, {"code": 20404, "message": "not found"})
        with self.server.twilio.lock:
            self.server.twilio.journal.remove(record)
        return self._write(204, b"")

    def _named(self) -> Record | None:
        return self.server.twilio.find(urlsplit(self.path).path.rsplit("/", 1)[-1].removesuffix(".json"))

    def _create(
        self, form: dict[str, str], fault: Fault | int, record_it: Callable[[dict[str, str]], Record]
    ) -> None:
        twilio = self.server.twilio
        code = fault if isinstance(fault, int) else twilio.code.get(form.get("To", ""))
        if code:
            return self._answer(400, {"code": code, "message": "refused", "status": 400})
        assert isinstance(fault, Fault)
        record = record_it(form) if fault in RECORDED else None
        if fault in {Fault.SLOW_BEFORE, Fault.SLOW_AFTER}:
            time.sleep(twilio.slow_seconds)
        if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
            return self._reset()
        if fault in {Fault.ERROR_BEFORE, Fault.ERROR_AFTER}:
            return self._answer(503, {"code": 20503, "message": "down"})
        if fault is Fault.RATE:
            return self._answer(429, {"code": 20429}, {"Retry-After": str(twilio.retry_after)})
        if fault is Fault.ACCOUNT_REFUSED:
            return self._answer(401, {"code": 20003, "message": "authenticate"})
        if record is None:
            return self._reset()
        if fault is Fault.TRUNCATED:
            return self._write(201, json.dumps(record.as_json()).encode()[:40])
        return self._answer(201, record.as_json())

    def _list(self, query: str) -> None:
        values = parse_qs(query)
        twilio = self.server.twilio
        found = twilio.listed(values)
        size = min(int(values.get("PageSize", ["50"])[0]), twilio.page_size or 1000)
        page = int(values.get("Page", ["0"])[0])
        shown = found[page * size : (page + 1) * size]
        following = None
        if len(found) > (page + 1) * size:
            base = self.path.split("&Page=")[0]
            following = f"{base}&Page={page + 1}"
        body = {
            "messages": [one.as_json() for one in shown],
            "page": page,
            "page_size": size,
            "next_page_uri": following,
        }
        self._answer(200, body)

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._write(status, json.dumps(body).encode(), headers)

    def _write(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked has gone: killed, or out of patience

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
