"""False knocks at the machines' door: counted, and no longer listened to past twenty a minute from one place."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

from flask import abort, request
from prometheus_client import Counter

from lotocar import clock
from lotocar.messages import webhook
from lotocar.web.edge import outside, session

REFUSED = Counter("lotocar_hooks_refused_total", "Calls to a machine's door that bore no genuine signature")
PER_MINUTE = 20
PLACES_KEPT = 5000


class Knocks:
    """The last false knocks of each place, in this process only: a counter, never a row."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.places: dict[str, deque[float]] = {}

    def count(self, place: str) -> None:
        """One more false knock."""
        REFUSED.inc()
        with self.lock:
            if len(self.places) >= PLACES_KEPT:
                self.places.pop(next(iter(self.places)))
            self.places.setdefault(place, deque(maxlen=PER_MINUTE)).append(time.monotonic())

    def too_many(self, place: str) -> bool:
        """Whether this place knocked falsely twenty times within the minute."""
        with self.lock:
            knocks = self.places.get(place)
            return knocks is not None and len(knocks) == PER_MINUTE and time.monotonic() - knocks[0] < 60


KNOCKS = Knocks()


def check_signature() -> None:
    """Go on for a genuine provider; 403 otherwise, and 429 for whoever insists. Nothing of it is stored.

    The true provider always passes, also when somebody else floods from behind the same proxy. Who names our own
    account, and yet is refused, is most likely our provider behind a wrong setting of ours: the health page says so.
    """
    path = request.full_path if request.query_string else request.path
    given = request.headers.get("X-Twilio-Signature", "")
    if outside().signature.is_genuine(path, request.form, given):
        webhook.note_heard(session(), now=clock.now())
        return
    account = outside().settings.twilio_account_sid
    knows_us = bool(account) and request.form.get("AccountSid") == account
    if knows_us and webhook.note_refused(session(), now=clock.now()):
        session().commit()  # the refusal below undoes the rest
    visitor = request.remote_addr or ""
    dropped = KNOCKS.too_many(visitor)
    KNOCKS.count(visitor)
    abort(429 if dropped else 403)
