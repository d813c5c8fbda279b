"""Codes that leave by SMS, always through the outbox."""

from __future__ import annotations

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from lotocar.carpool.people import codes, rules
from lotocar.carpool.people.models import PhoneLine
from lotocar.errors import Refused
from lotocar.messages import outbox
from lotocar.values.tokens import hash_token, new_token
from lotocar.web import guards
from lotocar.web.edge import outside, policy


def send_code(session: Session, line: PhoneLine, *, now: datetime) -> bool:
    """Send a code to this mobile and bind it to this browser; False when too many were asked for."""
    secret = new_token()
    try:
        code = codes.start_code(
            session,
            line,
            browser_secret=secret,
            key=outside().settings.secret_key,
            now=now,
            network=request.remote_addr or "",
        )
    except Refused:
        return False
    guards.keep_browser_secret(secret)
    outbox.queue(
        session,
        now=now,
        kind="driver_code",
        dedup_key=f"code/{hash_token(secret)[:32]}",
        to=line,
        person_id=line.person_id,
        subject_kind="person",
        subject_id=line.person_id,
        values={"code": code},
        voice=policy(),
        useful_until=now + rules.CODE_LASTS,
        priority=1,
        urgent=True,  # somebody is waiting in front of the page
    )
    return True
