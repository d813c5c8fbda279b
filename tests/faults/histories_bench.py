"""Random histories of callbacks and replies, through a real database, against a small reference model.

    ./run bench histories --engine sqlite --count 100000 --json

One history is one message of ours that a worker has claimed, and one person who writes back. The provider's words on
the message come in any order, twice, too late, for another attempt or another number, before or after our own note
of its identifier; its sender may have died meanwhile. The person's texts are told by the webhook and by the list,
any number of times, and read by several. In the end the message stands where the model says, and each text was kept
once and read once. A failing history replays alone: --count 1 --seed N.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from lotocar.messages import delivery, inbound
from lotocar.messages.callbacks import StatusWord, note_status
from lotocar.messages.channels import Received
from lotocar.messages.models import InboundMessage, OutboxMessage
from tests.faults.report import circumstances, database_version, say
from tests.faults.stores import database_of
from tests.support.databases import every_table
from tests.support.factories import NOW

WORDS = (
    "queued",
    "accepted",
    "sending",
    "sent",
    "delivered",
    "undelivered",
    "failed",
    "canceled",
    "nonsense",
)
ENDS = {"delivered", "undelivered", "failed", "canceled"}
MOST_ACTS = 10
BATCH = 100
SAY_EVERY = 5000


def model(words: list[str], *, start: str = "sending") -> str:
    """What must come out: the first end if any was said, else the furthest word, else where it stood."""
    ends = [word for word in words if word in ENDS]
    if ends:
        return ends[0]
    if "sent" in words:
        return "sent"
    return "accepted" if {"queued", "accepted", "sending"} & set(words) else start


@dataclass
class History:
    """One message and one correspondent; what the model was told of them."""

    session: Session
    seed: int
    start: str = "sending"
    heard: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    effects: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.sid = f"SM{self.seed}"
        self.texts = [f"{self.sid}-{number}" for number in range(3)]
        self.is_mine = InboundMessage.provider_sid.in_(self.texts)
        self.row = OutboxMessage(
            id=f"{self.seed:032x}",
            dedup_key=f"history/{self.seed}",
            kind="driver_reminder",
            channel="sms",
            to_number=f"+3363998{self.seed % 10_000:04d}",
            subject_kind="ride",
            subject_id=1,
            body="Bonjour",
            status="sending",
            attempt=1,
            claimed_at=NOW,
            lease_until=NOW,
            not_before=NOW,
            created_at=NOW,
        )
        self.session.add(self.row)
        self.session.flush()

    def live(self) -> list[str]:
        """Up to ten acts in any order; what then differs from the model."""
        acts = (
            self._callback,
            self._callback,
            self._foreign,
            self._note,
            self._doubt,
            self._text,
            self._read,
        )
        for act in self.chance.choices(acts, k=self.chance.randint(0, MOST_ACTS)):
            act()
        self.session.flush()
        return [*self._wrong_message(), *self._wrong_texts()]

    def _callback(self) -> None:
        word = self.chance.choice(WORDS)
        self._say(StatusWord(self.row.id, 1, self.sid, word, to=self.row.to_number))
        self.heard += ["queued", word]  # whatever it says, it proves that the provider has the message

    def _foreign(self) -> None:
        other = self.chance.choice(
            (
                {"attempt": 7},
                {"to": "+33639989999"},
                {"outbox_id": "f" * 32},
            )
        )
        given = {"outbox_id": self.row.id, "attempt": 1, "sid": f"{self.sid}x", "to": self.row.to_number}
        word = StatusWord(status=self.chance.choice(WORDS), **(given | other))
        assert self._say(word) in {"foreign", "unknown", "replayed"}

    def _note(self) -> None:
        """Our own worker comes to note what the provider answered."""
        delivery.adopt(self.session, self.row, sid=self.sid, status="queued", now=NOW)
        self.heard.append("queued")

    def _doubt(self) -> None:
        """The lease is over: the sender died, as far as anybody knows."""
        if self.row.status == "sending":
            delivery.doubt(self.row, reason="lease.over", now=NOW)
            self.start = "uncertain"

    def _text(self) -> None:
        sid = self.chance.choice(self.texts)
        received = Received(sid, self.row.to_number, "+33939980000", "oui")
        kept = inbound.store(self.session, received, now=NOW)
        assert (kept is not None) == (sid not in self.told)
        self.told.add(sid)

    def _read(self) -> None:
        for letter_id in self.session.scalars(select(InboundMessage.id).where(self.is_mine)).all():
            letter = inbound.to_read(self.session, letter_id)
            if letter is not None:
                self.effects[letter.provider_sid] += 1
                inbound.settle(letter, "acted", "accept")
                self.session.flush()

    def _say(self, word: StatusWord) -> str:
        return note_status(self.session, word, now=NOW)

    def _wrong_message(self) -> list[str]:
        stands = self.session.scalar(select(OutboxMessage.status).where(OutboxMessage.id == self.row.id))
        expected = model(self.heard, start=self.start)
        return [] if stands == expected else [f"{stands} instead of {expected} after {self.heard}"]

    def _wrong_texts(self) -> list[str]:
        kept = self.session.scalar(select(func.count()).select_from(InboundMessage).where(self.is_mine))
        wrong = [] if kept == len(self.told) else [f"{kept} texts kept of {len(self.told)}"]
        return wrong + [f"{sid} read {times} times" for sid, times in self.effects.items() if times > 1]


def run(url: str, *, count: int, seed: int, progress: bool = False) -> dict[str, Any]:
    """So many histories, a hundred to a transaction."""
    engine = create_engine(url)
    every_table().create_all(engine)
    failing: dict[int, list[str]] = {}
    began = time.monotonic()
    for first in range(seed, seed + count, BATCH):
        with Session(engine) as session, session.begin():
            for one in range(first, min(first + BATCH, seed + count)):
                faults = History(session, one).live()
                if faults:
                    failing[one] = faults
                session.expunge_all()
        done = first + BATCH - seed
        if progress and done % SAY_EVERY == 0:
            say(f"{done} histories in {time.monotonic() - began:.0f} s: {len(failing)} failing")
    version = database_version(engine)
    engine.dispose()
    return {
        "database": version,
        "histories": count,
        "seed": seed,
        "failing": failing,
        "seconds": round(time.monotonic() - began, 1),
        "holds": not failing,
    }


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when every history equals the model."""
    parser = argparse.ArgumentParser(
        prog="./run bench histories",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--count", type=int, default=1000, help="how many histories (1000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1); the next ones follow")
    parser.add_argument("--json", action="store_true", help="one line of JSON; progress goes to stderr")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    about = circumstances("histories", given)
    with (
        tempfile.TemporaryDirectory(prefix="lotocar-histories-") as folder,
        database_of(options.engine, folder) as url,
    ):
        figures = run(url, count=options.count, seed=options.seed, progress=True)
    report = about | {"engine": options.engine, **figures}
    sys.stdout.write(json.dumps(report, indent=None if options.json else 2, ensure_ascii=False) + "\n")
    return 0 if report["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
