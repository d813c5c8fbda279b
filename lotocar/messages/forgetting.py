"""Having the provider forget texts and numbers, for who does not want to wait for its own delays.

Two days at least after a message: until then its list is what finds a message in doubt, or a reply that was missed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.messages import rules
from lotocar.messages.channels import Rejected, SmsSender
from lotocar.messages.delivery import Clock, Factory
from lotocar.messages.models import InboundMessage, OutboxMessage

log = logging.getLogger(__name__)

SEEN_AGAIN = timedelta(days=1)  # of what a run before looked at: forgetting twice does no harm
SETTLED = sorted(rules.TERMINAL | {"needs_human"})


def forget_settled(
    factory: Factory, sender: SmsSender, clock: Clock, *, after: timedelta, last_run: datetime | None
) -> int:
    """Empty and delete at the provider's what is older than `after`, since the last run that went well; how many.

    Raises:
        Unavailable: the provider could not be reached; the next run begins at the same place.
    """
    until = clock() - after
    since = last_run - after - SEEN_AGAIN if last_run else None
    with factory() as session:
        sids = [*_sent(session, since, until), *_received(session, since, until)]
    for sid in sids:
        try:
            sender.forget(sid)
        except Rejected as error:
            log.warning("the provider keeps a message: %s", error.number)
    return len(sids)


def _sent(session: Session, since: datetime | None, until: datetime) -> Sequence[str]:
    query = select(OutboxMessage.provider_sid).where(
        OutboxMessage.channel == "sms",
        OutboxMessage.provider_sid.is_not(None),
        OutboxMessage.status.in_(SETTLED),
        OutboxMessage.created_at < until,
    )
    if since is not None:
        query = query.where(OutboxMessage.created_at >= since)
    return [sid for sid in session.scalars(query) if sid]


def _received(session: Session, since: datetime | None, until: datetime) -> Sequence[str]:
    query = select(InboundMessage.provider_sid).where(
        InboundMessage.state != "received", InboundMessage.received_at < until
    )
    if since is not None:
        query = query.where(InboundMessage.received_at >= since)
    return session.scalars(query).all()
