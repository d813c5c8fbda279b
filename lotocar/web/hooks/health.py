"""What a watchman reads: a health page that turns red, and counts without a name or a number."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Response, abort, jsonify, make_response, request
from prometheus_client import REGISTRY as COUNTERS
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from lotocar import clock
from lotocar.messages.health import Health
from lotocar.messages.health import health as read_health
from lotocar.web.edge import outside, session

HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def health() -> Response:
    """200 when all is well, 503 with the codes of what is wrong."""
    session().execute(text("SELECT 1"))
    state = read_health(session(), now=clock.now(), caps=outside().caps)
    answer = {"status": "ok" if state.is_well else "rouge", "red": state.red, "amber": state.amber}
    return make_response(jsonify(answer), 200 if state.is_well else 503)


def metrics() -> Response:
    """The counts of the outbox and inbox, for Prometheus: to who has the token, or without one to this machine only."""
    if not _may_count():
        abort(404)
    registry = CollectorRegistry()
    _fill(registry, read_health(session(), now=clock.now(), caps=outside().caps))
    return Response(
        generate_latest(registry) + generate_latest(COUNTERS), mimetype="text/plain; version=0.0.4"
    )


def _may_count() -> bool:
    """Whether this visitor may read the counts.

    A request that a proxy passed on is not from this machine: it bears the proxy's headers, or our public name when
    those headers were not to be believed and stopped at the server.
    """
    token = outside().settings.metrics_token
    if token:
        given = request.authorization
        return given is not None and hmac.compare_digest((given.token or "").encode(), token.encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    here = request.remote_addr in HERE and (urlsplit(f"//{request.host}").hostname or "") in HERE
    return here and not forwarded


def _fill(registry: CollectorRegistry, state: Health) -> None:
    seen = state.situation
    values = {
        "lotocar_messages_waiting": ("Messages in the queue", seen.waiting),
        "lotocar_messages_oldest_due_seconds": (
            "Age of the oldest due message",
            seen.oldest_due.total_seconds(),
        ),
        "lotocar_messages_uncertain": ("Messages of unknown fate", seen.uncertain),
        "lotocar_messages_to_handle": ("Messages that need somebody", seen.to_handle),
        "lotocar_messages_sent_24h": ("Messages handed over in 24 hours", seen.sent_today),
        "lotocar_replies_unread": ("Replies that wait for a human", seen.unread),
        "lotocar_circuit_open": ("Whether sending is down", int(seen.circuit_open)),
        "lotocar_healthy": ("Whether nothing is red", int(state.is_well)),
    }
    for name, (words, value) in values.items():
        Gauge(name, words, registry=registry).set(value)
