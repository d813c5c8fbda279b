"""Twilio: the only file that imports its library and turns its answers into our own types.

The library speaks through our own HTTP client, on urllib3: one timeout, no hidden retry (a repeated POST would
be a second SMS), and each failure told apart by whether bytes may have left.
https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

import urllib3
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import VoiceResponse

from lotocar.messages import rules
from lotocar.messages.channels import (
    Accepted,
    AccountBroken,
    NotCreated,
    Outgoing,
    RateLimited,
    Received,
    Rejected,
    Seen,
    Unknown,
)

PAGE_SIZE = 1000
RECEIVED_LIMIT = 20_000  # days without us are pages long, and the oldest come last
RING_SECONDS = 30
GATHER_SECONDS = 10
FRENCH = "fr-FR"
RETRY_AFTER_DEFAULT = timedelta(seconds=30)
RETRY_AFTER_MAX = timedelta(minutes=30)

# What urllib3 raises before the request line is written: nothing can have been created.
BEFORE_BYTES_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.LocationValueError,
)


class TwilioSender:
    """Sends through one Twilio number or sender name. See SmsSender for what each method promises.

    `status_url` is the public address of our status hook, to which « /<row>/<attempt> » is added.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        status_url: str,
        base_url: str = "",
        timeout: timedelta = rules.HTTP_TIMEOUT,
    ) -> None:
        self.sender = sender
        self.status_url = status_url.rstrip("/")
        self.client = Client(account_sid, auth_token, http_client=PlainHttp(base_url, timeout))

    def send(self, message: Outgoing) -> Accepted:
        """Create one message: POST Messages.json."""
        try:
            created = self.client.messages.create(
                to=message.to,
                from_=self.sender,
                body=message.body,
                status_callback=f"{self.status_url}/{message.id}/{message.attempt}",
                validity_period=message.validity_seconds,
            )
            sid = created.sid
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            _explain(error)
        if not sid:
            raise Unknown("provider.no_sid")
        return Accepted(sid=str(sid), status=str(created.status), segments=_integer(created.num_segments))

    def sent_to(self, number: str, *, since: datetime) -> Sequence[Seen]:
        """List the messages of one number: GET Messages.json?To=. No date filter: it means « when sent »."""
        listed = self._listed(to=number)
        return [one for one in map(_seen, listed) if one.created_at is None or one.created_at >= since]

    def look_up(self, sid: str) -> Seen | None:
        """Read one message: GET Messages/<sid>.json."""
        try:
            return _seen(self.client.messages(sid).fetch())
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            if getattr(error, "status", None) == 404:
                return None
            _explain(error)

    def received_since(self, since: datetime) -> Sequence[Received]:
        """List what came in to our number since that day: GET Messages.json?To=<ours>&DateSent>=."""
        listed = self._listed(RECEIVED_LIMIT, to=self.sender, date_sent_after=since)
        # newest first in the list: a no must not be read before the yes that it takes back
        return [_received(one) for one in reversed(listed) if one.direction == "inbound"]

    def forget(self, sid: str) -> None:
        """Redact, then delete: POST Messages/<sid>.json with an empty Body, DELETE Messages/<sid>.json."""
        try:
            self.client.messages(sid).update(body="")
            self.client.messages(sid).delete()
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            if getattr(error, "status", None) != 404:
                _explain(error)

    def _listed(self, limit: int = PAGE_SIZE, **filters: object) -> list[Any]:
        try:
            return list(self.client.messages.list(page_size=PAGE_SIZE, limit=limit, **filters))
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            _explain(error)


class TwilioCaller:
    """Rings from one permitted number and lets our hooks say the words. https://www.twilio.com/docs/voice/api

    `voice_url` is the public address of our voice hook, to which « /<row>/<attempt> » is added. Nothing is
    recorded or transcribed; Twilio says whether a machine answered.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        voice_url: str,
        base_url: str = "",
        timeout: timedelta = rules.HTTP_TIMEOUT,
    ) -> None:
        self.sender = sender
        self.voice_url = voice_url.rstrip("/")
        self.client = Client(account_sid, auth_token, http_client=PlainHttp(base_url, timeout))

    def send(self, message: Outgoing) -> Accepted:
        """Place one call: POST Calls.json."""
        address = f"{self.voice_url}/{message.id}/{message.attempt}"
        try:
            placed = self.client.calls.create(
                to=message.to,
                from_=self.sender,
                url=address,
                status_callback=f"{address}/fin",
                status_callback_event=["completed"],
                timeout=RING_SECONDS,
                machine_detection="Enable",
                record=False,
            )
            sid = placed.sid
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            _explain(error)
        if not sid:
            raise Unknown("provider.no_sid")
        return Accepted(sid=str(sid))


def spoken_question(text: str, *, asks: bool, action: str) -> str:
    """TwiML: the text twice, then a key; without one, the next round at `action`."""
    menu = "Pour oui, tapez 1. Pour non, tapez 2. " if asks else ""
    menu += "Pour réécouter, tapez 3. Pour qu'une personne vous rappelle, tapez 0."
    response = VoiceResponse()
    gather = response.gather(
        num_digits=1, timeout=GATHER_SECONDS, action=action, method="POST", action_on_empty_result=True
    )
    for words in (text, menu, text, menu):
        gather.say(words, language=FRENCH)
        gather.pause(length=1)
    return str(response)


def spoken_end(text: str) -> str:
    """TwiML: some last words, then hang up."""
    response = VoiceResponse()
    response.say(text, language=FRENCH)
    response.hangup()
    return str(response)


class Signature:
    """Whether a webhook truly comes from Twilio: HMAC over the public address and the untouched form.

    Two tokens are accepted while one replaces the other. https://www.twilio.com/docs/usage/security
    """

    def __init__(self, *, tokens: Sequence[str], public_base_url: str) -> None:
        self.validators = [RequestValidator(token) for token in tokens if token]
        self.public_base_url = public_base_url.rstrip("/")

    def is_genuine(self, path: str, form: object, signature: str) -> bool:
        """Whether `form` (a multi-valued mapping) posted to this path of ours bears this signature."""
        address = f"{self.public_base_url}{path}"
        return any(validator.validate(address, form, signature) for validator in self.validators)


class PlainHttp(HttpClient):  # type: ignore[misc]
    """HTTP for Twilio's library: 10 s in all, no retry, no redirect, and our own base address when given."""

    def __init__(self, base_url: str = "", timeout: timedelta = rules.HTTP_TIMEOUT) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=timeout.total_seconds())
        self.base = urlsplit(base_url) if base_url else None

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One exchange.

        Raises:
            NotCreated, RateLimited, AccountBroken, Unknown: see channels.
        """
        sent = dict(headers or {})
        if auth:
            sent |= urllib3.make_headers(basic_auth=":".join(auth))
        sent["Connection"] = "close"
        address = self._address(uri, params)
        body = urlencode(_pairs(data), doseq=True) if data else None
        try:
            # a connection kept for later may be cut while we write: a new one each time costs less than a doubt
            with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=self.timeout)) as pool:
                answer = pool.request(method, address, body=body, headers=sent, redirect=False)
        except BEFORE_BYTES_LEFT as error:
            raise NotCreated("provider.unreachable") from error
        except urllib3.exceptions.HTTPError as error:
            raise Unknown("provider.silent") from error
        return _checked(answer)

    def _address(self, uri: str, params: dict[str, object] | None) -> str:
        parts = urlsplit(uri)
        if self.base:
            parts = parts._replace(scheme=self.base.scheme, netloc=self.base.netloc)
        query = "&".join(part for part in (parts.query, urlencode(_pairs(params), doseq=True)) if part)
        return urlunsplit(parts._replace(query=query))


def _pairs(values: dict[str, object] | None) -> dict[str, object]:
    return {name: value for name, value in (values or {}).items() if value is not None}


def _checked(answer: urllib3.BaseHTTPResponse) -> Response:
    if answer.status == 429:
        raise RateLimited(_retry_after(answer.headers.get("Retry-After", "")))
    if answer.status == 408 or answer.status >= 500 or 300 <= answer.status < 400:
        raise Unknown("provider.broken", status=answer.status)
    return Response(answer.status, answer.data.decode("utf-8", "replace"), dict(answer.headers))


def _retry_after(text: str) -> timedelta:
    asked = timedelta(seconds=int(text)) if text.isascii() and text.isdigit() else RETRY_AFTER_DEFAULT
    return min(max(asked, timedelta(seconds=1)), RETRY_AFTER_MAX)


def _explain(error: Exception) -> NoReturn:
    if not isinstance(error, TwilioRestException | TwilioServiceException):
        raise Unknown("provider.unreadable") from error  # a cut or strange body: it may have been created
    code = _integer(error.code) or error.status
    if code in rules.RATE_CODES:
        raise RateLimited(RETRY_AFTER_DEFAULT) from None
    if code in rules.ACCOUNT_CODES or (error.status in {401, 403} and code not in rules.REMEDIES):
        raise AccountBroken("provider.account") from None
    raise Rejected(code) from None


def _seen(one: Any) -> Seen:
    return Seen(
        sid=str(one.sid),
        status=str(one.status),
        to=str(one.to),
        body=str(one.body or ""),
        direction=str(one.direction),
        created_at=_aware(one.date_created),
        error_code=_integer(one.error_code) or 0,
        segments=_integer(one.num_segments),
        price_text=f"{one.price} {one.price_unit}" if one.price else "",
    )


def _received(one: Any) -> Received:
    return Received(
        sid=str(one.sid),
        from_number=str(one.from_),
        to_number=str(one.to),
        body=str(one.body or ""),
        written_at=_aware(one.date_created),
    )


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _integer(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
