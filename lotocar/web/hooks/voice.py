"""Twilio at the door, for calls: what to say, the key that was pressed, how it ended.

Each address names our row and attempt. A machine hears who we are and our number, nothing else.
"""

from __future__ import annotations

from flask import Response, abort, current_app, request, url_for

from lotocar import clock
from lotocar.carpool.rides import replies
from lotocar.errors import LotocarError
from lotocar.messages import calls, rules
from lotocar.messages.models import OutboxMessage
from lotocar.messages.twilio import spoken_end, spoken_question
from lotocar.web.edge import outside, policy, session
from lotocar.web.hooks.knocks import check_signature


def say_message(message_id: str, attempt: int) -> Response:
    """Somebody, or a machine, picked up."""
    row = _row(message_id, attempt)
    if _is_machine():
        calls.note_machine(row)
        house = policy()
        return _twiml(spoken_end(f"Bonjour, ici {house.organisation}. Notre numéro : {house.desk_phone}."))
    return _ask(row, attempt, number=1)


def key_pressed(message_id: str, attempt: int) -> Response:
    """A key, or none: act on it once, or say it again, three rounds at most."""
    row = _row(message_id, attempt)
    if row.status != "accepted" or row.reason.startswith("key."):
        return _twiml(spoken_end("Merci, au revoir."))  # a second key, or a replay: answered already
    key = rules.key_meaning(request.form.get("Digits", ""), asks=calls.asks(row))
    if key is rules.Key.REPEAT:
        number = request.args.get("tour", default=1, type=int) + 1
        if number > rules.CALL_ROUNDS:
            return _twiml(spoken_end("Une personne vous rappellera. Au revoir."))
        return _ask(row, attempt, number=number)
    calls.note_key(row, key, now=clock.now())
    if key is rules.Key.HUMAN:
        return _twiml(spoken_end("C'est noté, une personne vous rappellera. Au revoir."))
    return _twiml(spoken_end(_answered(row, yes=key is rules.Key.YES)))


def call_ended(message_id: str, attempt: int) -> Response:
    """How the call ended."""
    row = _row(message_id, attempt)
    machine = _is_machine() or row.reason == "call.machine"
    status = request.form.get("CallStatus", "")
    calls.note_end(row, session(), status=status, machine=machine, now=clock.now())
    return _twiml("<Response/>")


def _answered(row: OutboxMessage, *, yes: bool) -> str:
    try:
        with session().begin_nested():
            state = replies.answer_by_key(
                session(), row, yes=yes, now=clock.now(), policy=policy(), roads=outside().roads
            )
    except LotocarError as error:
        current_app.logger.warning("a key could not be followed: %s", error.code)
        state = "human"
    if state == "human":
        calls.note_key(row, rules.Key.HUMAN, now=clock.now())
        return "C'est noté, une personne vous rappellera. Au revoir."
    return "C'est noté, merci. Au revoir."


def _ask(row: OutboxMessage, attempt: int, *, number: int) -> Response:
    # the address is ours and public: Twilio posts the key there, signed over it
    path = url_for("hooks.key_pressed", message_id=row.id, attempt=attempt, tour=number)
    action = policy().public_base_url + path
    return _twiml(spoken_question(row.body, asks=calls.asks(row), action=action))


def _row(message_id: str, attempt: int) -> OutboxMessage:
    check_signature()
    row = calls.on_the_line(
        session(), message_id, attempt, sid=request.form.get("CallSid", "")[:64], now=clock.now()
    )
    if row is None:
        abort(404)
    return row


def _is_machine() -> bool:
    return request.form.get("AnsweredBy", "").startswith(("machine", "fax"))


def _twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
