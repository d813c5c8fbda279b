"""Twilio at the door: SMS that people send us, and the fates of those that we sent.

The signature first; then the raw message, committed before anything is made of it; then its meaning. Twilio
hardly ever knocks twice, so that a failure of ours after the first commit is no failure for Twilio: the
timetable reads what was left unread.
"""

from __future__ import annotations

from flask import Response, abort, current_app, request

from lotocar import clock
from lotocar.carpool.rides import replies
from lotocar.messages import inbound
from lotocar.messages.callbacks import StatusWord, note_status
from lotocar.messages.channels import Received
from lotocar.web.edge import outside, policy, session
from lotocar.web.hooks.knocks import check_signature

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def inbound_sms() -> Response:
    """One SMS received: kept, then read."""
    check_signature()
    form = request.form
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if not sid:
        abort(400)
    received = Received(
        sid=sid,
        from_number=form.get("From", ""),
        to_number=form.get("To", ""),
        body=form.get("Body", ""),
        raw={name: form.getlist(name) for name in form},
    )
    row = inbound.store(session(), received, now=clock.now())
    session().commit()  # kept, whatever happens below
    if row is not None:
        _read(row.id)
    return _empty()


def sms_status(outbox_id: str, attempt: int) -> Response:
    """The provider's word on a message of ours; the address names the row and the attempt."""
    check_signature()
    form = request.form
    word = StatusWord(
        outbox_id=outbox_id,
        attempt=attempt,
        sid=(form.get("MessageSid") or form.get("SmsSid") or "")[:64],
        status=form.get("MessageStatus") or form.get("SmsStatus") or "",
        code=_number(form.get("ErrorCode", "")),
        to=form.get("To", ""),
    )
    if not word.sid or not word.status:
        abort(400)
    effect = note_status(session(), word, now=clock.now())
    if effect in {"foreign", "unknown"}:
        current_app.logger.warning("status callback without effect: %s", effect)
    return _empty()


def _read(inbound_id: int) -> None:
    try:
        replies.answer_by_sms(
            session(), now=clock.now(), inbound_id=inbound_id, policy=policy(), roads=outside().roads
        )
    except Exception:
        # the message is kept; the timetable reads it again, and a human sees it if that fails too
        session().rollback()
        current_app.logger.exception("inbound message %s could not be read", inbound_id)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _empty() -> Response:
    return Response(EMPTY_TWIML, mimetype="text/xml")
