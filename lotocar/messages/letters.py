"""Letters to the team by e-mail: each goes once, however many workers try, and none fails in silence.

A letter is claimed with a lease, sent with no transaction open, then marked. One that may have left when its
worker died is sent again: a second copy does less harm to a team than none, and both carry the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lotocar.errors import Unavailable
from lotocar.messages.models import Mailing
from lotocar.values.actor import Actor

LEASE = timedelta(minutes=3)  # longer than a sending may last
RETRY = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its subject, a text, and the same as a page that stands alone, as body and as attachment."""

    key: str
    subject: str
    text: str
    html: str
    file_name: str
    written_at: datetime


class Mailer(Protocol):
    """Whoever hands letters over. Each exchange has a timeout shorter than the lease."""

    def send(self, letter: Letter) -> Collection[str]:
        """Hand it over to the whole team; the addresses that were refused, while some were taken.

        Raises:
            Unavailable: nobody got it; the code says why.
        """
        ...


def send_once(
    factory: sessionmaker[Session],
    mailer: Mailer,
    key: str,
    write: Callable[[Session], Letter],
    clock: Callable[[], datetime],
) -> bool:
    """Send the letter of this key unless it is sent, or another worker is at it; whether it left now.

    `write` composes it only when it is our turn.
    """
    attempt = _claim(factory, key, now=clock())
    if attempt is None:
        return False
    try:
        with factory() as session:
            letter = write(session)
        refused = mailer.send(letter)
    except Unavailable as error:
        _note(factory, key, attempt, error.code, now=clock())
        return False
    except Exception:
        _note(factory, key, attempt, "mail.broken", now=clock())
        raise
    _note(factory, key, attempt, "mail.some" if refused else "", sent=True, now=clock())
    return True


def handle(session: Session, row: Mailing, *, actor: Actor, now: datetime) -> None:
    """Somebody dealt with a letter that did not leave: it is not tried again."""
    row.handled_at, row.handled_by_id = now, actor.id


def _claim(factory: sessionmaker[Session], key: str, *, now: datetime) -> int | None:
    """The number of our attempt, or None when there is nothing to send."""
    lease = now + LEASE
    try:
        with factory.begin() as session:
            row = session.get(Mailing, key)
            if row is None:
                session.add(
                    Mailing(
                        key=key,
                        status="sending",
                        attempt=1,
                        lease_until=lease,
                        not_before=now,
                        created_at=now,
                    )
                )
                return 1
            free = or_(Mailing.status != "sending", Mailing.lease_until <= now)
            claimed = session.execute(
                update(Mailing)
                .where(
                    Mailing.key == key,
                    Mailing.attempt == row.attempt,
                    Mailing.sent_at.is_(None),
                    Mailing.handled_at.is_(None),
                    Mailing.not_before <= now,
                    free,
                )
                .values(status="sending", attempt=row.attempt + 1, lease_until=lease)
                .execution_options(synchronize_session=False)
            )
            return row.attempt + 1 if claimed.rowcount == 1 else None  # type: ignore[attr-defined]
    except IntegrityError:
        return None  # another worker was quicker


def _note(
    factory: sessionmaker[Session],
    key: str,
    attempt: int,
    error: str,
    *,
    sent: bool = False,
    now: datetime,
) -> None:
    """What became of our attempt. Having left is a fact even when another worker has tried since."""
    ours = Mailing.key == key if sent else (Mailing.key == key) & (Mailing.attempt == attempt)
    retry = now + RETRY[min(attempt, len(RETRY)) - 1]
    # a letter that reached some of the team only is for somebody to look at
    status = "sent" if sent and not error else "failed"
    with factory.begin() as session:
        session.execute(
            update(Mailing)
            .where(ours)
            .values(
                status=status,
                error=error,
                sent_at=now if sent else Mailing.sent_at,
                not_before=retry,
                lease_until=None,
            )
            .execution_options(synchronize_session=False)
        )
