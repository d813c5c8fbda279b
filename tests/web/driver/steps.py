"""What a driver does on the pages, for the tests of this door."""

import re

from sqlalchemy import select

from lotocar.messages.models import OutboxMessage
from tests.support.doors import Page, PageClient

ODILE = {
    "origin": "Cahors",
    "destination": "Figeac",
    "same_hour": "8h30",
    "monday-on": "y",
    "thursday-on": "y",
    "first_name": "Odile",
    "last_name": "Vernet",
    "phone": "06 39 98 00 21",
}
ONCE = {key: value for key, value in ODILE.items() if "-on" not in key and key != "same_hour"} | {
    "day": "mardi 24 novembre",
    "hour": "8h30",
}


def offer(client: PageClient, *, once: bool = False, **answers: object) -> Page:
    """Fill in the public form, as Odile unless told otherwise."""
    page = client.get("/proposer-un-trajet" + ("?quand=une-fois" if once else ""))
    return page.submit("/proposer-un-trajet", **((ONCE if once else ODILE) | answers))


def texts(session: object, kind: str) -> list[OutboxMessage]:
    """The messages of this kind, in order."""
    session.expire_all()
    return list(
        session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.created_at)
        )
    )


def last_code(session: object) -> str:
    """The six digits of the last SMS."""
    return re.search(r"\b\d{6}\b", texts(session, "driver_code")[-1].body).group()


def confirm(client: PageClient, session: object) -> Page:
    """Type the code back."""
    return client.get("/confirmer").submit("/confirmer", code=last_code(session))
