"""Where machines knock: the SMS provider, and whoever watches over the service."""

from __future__ import annotations

from lotocar.web.guards import Route, anyone, by_signature
from lotocar.web.hooks.health import health, metrics
from lotocar.web.hooks.sms import inbound_sms, sms_status
from lotocar.web.hooks.voice import call_ended, key_pressed, say_message

ROUTES = (
    Route("/hooks/twilio/inbound", inbound_sms, by_signature, ("POST",)),
    Route(
        "/hooks/twilio/status/<string(length=32):outbox_id>/<int:attempt>",
        sms_status,
        by_signature,
        ("POST",),
    ),
    Route(
        "/hooks/twilio/voice/<string(length=32):message_id>/<int:attempt>",
        say_message,
        by_signature,
        ("POST",),
    ),
    Route(
        "/hooks/twilio/voice/<string(length=32):message_id>/<int:attempt>/touche",
        key_pressed,
        by_signature,
        ("POST",),
    ),
    Route(
        "/hooks/twilio/voice/<string(length=32):message_id>/<int:attempt>/fin",
        call_ended,
        by_signature,
        ("POST",),
    ),
    Route("/sante", health, anyone),
    Route("/metrics", metrics, anyone),
)
