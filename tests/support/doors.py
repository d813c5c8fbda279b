"""The doors: an app on the test's own database, a client that reads pages as people do, and a real server.

    def test_the_desk_lists_the_request(client, session):
        make_request(session)
        session.commit()
        client.sign_in(role="agent")
        page = client.get("/bureau")
        answer = page.submit("/bureau/demandes", note="Rappeler")   # the form with that action, filled in

Every HTML answer is checked (tests/support/pages.py), whatever its status. The app's clock starts at `now` and
goes on; `clock.move_to(instant)` moves it.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.test import TestResponse

from config import Settings
from lotocar.db import db
from lotocar.staff.models import StaffSession
from lotocar.values.tokens import hash_token, new_token
from tests.support.factories import NOW, make_account
from tests.support.fake_twilio import OURS, TOKEN
from tests.support.pages import check_fragment, check_page, text_of, tree

FAR_AWAY = datetime(2100, 1, 1, tzinfo=UTC)
SECRET = "only-for-the-tests-only-for-the-tests"


@pytest.fixture
def settings(engine_url: str) -> Settings:
    """Settings of a test installation: stand-ins for everything outside, but webhooks are signed with a token.

    Override it to change some.
    """
    return Settings(
        database_url=engine_url,
        secret_key=SECRET,
        public_base_url="http://localhost",
        testing=True,
        twilio_auth_token=TOKEN,
    )


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    """The wall clock of the app, started at `now`."""
    with time_machine.travel(now, tick=True) as traveller:
        yield traveller


def close_app(app: Flask) -> None:
    """Let go of the app's database connections."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def app(settings: Settings, clock: Any) -> Iterator[Flask]:
    """The application on the test's own database."""
    from lotocar.app import create_app

    app = create_app(settings)
    yield app
    close_app(app)


@pytest.fixture
def client(app: Flask, session: Session) -> PageClient:
    """A browser without JavaScript that checks every page it receives."""
    return PageClient(app, session)


@dataclass(slots=True)
class Page:
    """An answer as a person sees it, and the forms they may send back."""

    client: PageClient
    response: TestResponse
    path: str
    _root: Element | None = field(default=None, repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def root(self) -> Element:
        """The page as elements, without namespaces."""
        if self._root is None:
            self._root = tree(self.html)
        return self._root

    @property
    def title(self) -> str:
        return text_of(_only(self.root.findall("head/title"), "title"))

    @property
    def text(self) -> str:
        """All that one reads, spaces collapsed."""
        return text_of(self.root)

    @property
    def main(self) -> str:
        """What one reads in the main part."""
        return text_of(_only(list(self.root.iter("main")), "main"))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements with this tag and these attributes (`class_`, `data_x` for `data-x`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.root.iter(tag) if all(e.get(name) == value for name, value in wanted.items())]

    def links(self) -> dict[str, str]:
        """The addresses of the links, by what they say."""
        return {text_of(link): link.get("href", "") for link in self.root.iter("a")}

    def follow(self, words: str) -> Page:
        """Click on the first link that says this, wholly or in part."""
        for said, address in self.links().items():
            if words in said:
                return self.client.get(urljoin(self.path, address))
        raise AssertionError(f"no link says « {words} »: {list(self.links())}")

    def form(self, action: str) -> Element:
        """The first form whose action holds this text."""
        forms = [
            form for form in self.root.iter("form") if action in urljoin(self.path, form.get("action") or "")
        ]
        assert forms, f"no form goes to {action}: {[form.get('action') for form in self.root.iter('form')]}"
        return forms[0]

    def submit(self, action: str, *, button: str | None = None, **answers: Any) -> Page:
        """Fill in the form that goes to `action`, press its button (by its words) and follow where that leads.

        A list answers several boxes or a multiple choice; None empties a field.

        Raises:
            AssertionError: the form has no such field: nobody could have typed that.
        """
        form = self.form(action)
        data = _as_found(form)
        offered = {e.get("name") for e in form.iter() if e.tag in {"input", "select", "textarea", "button"}}
        assert set(answers) <= offered, f"the form has no {set(answers) - offered}, only {offered}"
        for name, answer in answers.items():
            data.pop(name, None)
            if answer is not None:
                data[name] = [str(one) for one in (answer if isinstance(answer, (list, tuple)) else [answer])]
        if button is not None:
            data |= _pressed(form, button)
        target = urljoin(self.path, form.get("action") or "")
        if (form.get("method") or "get").lower() == "get":
            return self.client.get(target, query_string=data)
        return self.client.post(target, data=data, forge=False)


class PageClient:
    """A browser without JavaScript: keeps cookies, follows redirects, checks every page."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.session = session
        self.http: FlaskClient = app.test_client()

    def get(self, path: str, *, htmx: bool = False, **options: Any) -> Page:
        """The page at this address; with `htmx`, the fragment.

        The door of a person's file is opened by the way, as a click on a name does where scripts run.
        """
        answer = self.http.get(path, headers=_headers(htmx), follow_redirects=True, buffered=True, **options)
        page = self._read(answer, htmx)
        is_door = answer.mimetype == "text/html" and "data-file-door" in page.html
        return page.submit("/ouvrir") if is_door else page

    def post(self, path: str, data: Any = None, *, htmx: bool = False, forge: bool = True) -> Page:
        """Send a form; `forge` adds the token that the page would have carried."""
        fields = {**(data or {}), **({"csrf_token": self.token()} if forge else {})}
        answer = self.http.post(
            path, data=fields, headers=_headers(htmx), follow_redirects=True, buffered=True
        )
        return self._read(answer, htmx)

    def token(self) -> str:
        """A CSRF token of this browser, such as any page of the app would carry."""
        with self.http.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def sign_in(self, *, role: str = "agent", **changes: Any) -> int:
        """Sign in as somebody of the team (Nadia, a new account) without the form; the account's number.

        She never falls asleep in front of the screen, and has just typed her password again with a reason.
        """
        account = make_account(self.session, role=role, **changes)
        token = new_token()
        self.session.add(
            StaffSession(
                token_hash=hash_token(token),
                account_id=account.id,
                created_at=NOW,
                expires_at=FAR_AWAY,
                confirmed_at=FAR_AWAY,
                export_reason="check",
            )
        )
        self.session.commit()
        with self.http.session_transaction() as cookie:
            cookie.clear()
            cookie["staff"] = token
            cookie["seen"] = int(FAR_AWAY.timestamp())
        return account.id

    def _read(self, response: TestResponse, htmx: bool) -> Page:
        path = urlsplit(response.request.url)
        where = f"{response.request.method} {path.path} ({response.status_code})"
        assert response.status_code != 500, f"{where}: {response.text[:2000]}"
        kept = "attachment" in response.headers.get(
            "Content-Disposition", ""
        )  # a file, not a page of the site
        if response.mimetype == "text/html" and response.data and not kept:
            whole = response.text.lstrip().lower().startswith("<!doctype")
            check_fragment(response.text, where) if htmx and not whole else check_page(response.text, where)
        return Page(self, response, path.path + (f"?{path.query}" if path.query else ""))


def _headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


def _only(elements: list[Element], name: str) -> Element:
    assert len(elements) == 1, f"one {name} expected, found {len(elements)}"
    return elements[0]


def _as_found(form: Element) -> dict[str, list[str]]:
    """What a browser would send if one touched nothing."""
    data: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if name is None or element.get("disabled") is not None:
            continue
        for value in _value(element):
            data.setdefault(name, []).append(value)
    return data


def _value(element: Element) -> list[str]:
    if element.tag == "textarea":
        return [(element.text or "").removeprefix("\n")]
    if element.tag == "select":
        return _chosen(element)
    kind = (element.get("type") or "text").lower()
    if element.tag != "input" or kind in {"submit", "button", "reset", "image", "file"}:
        return []
    if kind in {"checkbox", "radio"}:
        return [element.get("value", "on")] if element.get("checked") is not None else []
    return [element.get("value", "")]


def _chosen(select: Element) -> list[str]:
    options = [option for option in select.iter("option") if option.get("disabled") is None]
    chosen = [option for option in options if option.get("selected") is not None]
    if not chosen and select.get("multiple") is None:
        chosen = options[:1]
    return [option.get("value", text_of(option)) for option in chosen]


def _pressed(form: Element, words: str) -> dict[str, list[str]]:
    for button in form.iter("button"):
        if words in text_of(button):
            name = button.get("name")
            return {name: [button.get("value", "")]} if name else {}
    raise AssertionError(f"no button says « {words} »")


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The product answering on this machine, on the database of `engine_url`."""

    url: str
    app: Flask

    def work(self, *names: str) -> None:
        """What the worker would do now: every job of the timetable once, or those named.

        Raises:
            AssertionError: a job failed, or another worker leads.
        """
        from lotocar.jobs.running import rim_of
        from lotocar.jobs.work import TIMETABLE
        from lotocar.jobs.worker import Worker

        worker = Worker(rim_of(self.app), name="test")
        try:
            assert worker.beat(), "another worker leads"
            for job in TIMETABLE:
                assert (names and job.name not in names) or worker.run(job), f"job {job.name} failed"
            worker.resign()
        finally:
            worker.rim.factory.kw["bind"].dispose()

    def receive_sms(self, from_number: str, body: str, *, token: str = TOKEN) -> int:
        """Somebody sends us an SMS, and the provider tells us with its signature; the status of our answer."""
        address = f"{self.url}/hooks/twilio/inbound"
        form = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": from_number, "To": OURS, "Body": body}
        signature = RequestValidator(token).compute_signature(address, form)
        knock = Request(address, urlencode(form).encode(), {"X-Twilio-Signature": signature})
        try:
            with urlopen(knock, timeout=15) as answer:
                return int(answer.status)
        except HTTPError as refusal:
            refusal.close()
            return refusal.code


@pytest.fixture
def live_server(settings: Settings, clock: Any) -> Iterator[LiveServer]:
    """A real waitress server on a free loopback port, for browser tests."""
    from lotocar.app import create_app

    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create_app(replace(settings, public_base_url=url))
    with serving(app, listener):
        yield LiveServer(url, app)
    close_app(app)


@contextmanager
def serving(app: Flask, listener: socket.socket) -> Iterator[None]:
    """The app answering on this socket meanwhile."""
    sockets: dict[int, Any] = {}
    server = create_server(
        app, map=sockets, sockets=[listener], threads=4, clear_untrusted_proxy_headers=True
    )
    over = threading.Event()

    def loop() -> None:
        # waitress's own loop ends by a signal only, which a thread does not receive
        while not over.is_set():
            wasyncore.loop(timeout=0.2, map=sockets, count=1)

    thread = threading.Thread(target=loop, name="waitress")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        server.task_dispatcher.shutdown()
        for channel in [*server.active_channels.values()]:
            channel.handle_close()  # closes the files that a browser left before it had them; close_all does not
        wasyncore.close_all(sockets, ignore_all=True)
        listener.close()
