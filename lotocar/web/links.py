"""Private links: their public address, and their way to the phone of whoever they belong to."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries
from lotocar.carpool.people.models import Person
from lotocar.messages import outbox
from lotocar.values.actor import PUBLIC, Actor
from lotocar.values.tokens import hash_token
from lotocar.web.edge import outside, policy


def send_link(session: Session, person: Person, *, now: datetime, actor: Actor = PUBLIC) -> str:
    """Give this driver a new private page, whose address also leaves by SMS when there is a mobile; its secret."""
    token = people.issue_link(session, person, purpose="driver_page", actor=actor, now=now)
    line = queries.sms_line(person)
    if line is not None:
        outbox.queue(
            session,
            now=now,
            kind="driver_link",
            dedup_key=f"link/{hash_token(token)[:32]}",
            to=line,
            person_id=person.id,
            subject_kind="person",
            subject_id=person.id,
            values={"link": private_address(token)},
            voice=policy(),
            priority=2,
            urgent=True,
        )
    return token


def private_address(token: str) -> str:
    """The whole address of a private page, on the public host of this installation and no other."""
    return outside().settings.public_base_url + url_for("driver.space", token=token)
