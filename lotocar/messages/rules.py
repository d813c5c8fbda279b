"""The life of an outgoing message, and what each outcome asks of us.

A message ends delivered, failed with a reason, or in front of a human; nothing else is an end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from lotocar.values.days import PARIS
from lotocar.values.steps import Table, allows, step

OUTBOX: Table = {
    ("queued", "claim"): "sending",
    ("queued", "expire"): "expired",
    ("queued", "block"): "blocked",
    ("queued", "cancel"): "canceled",
    ("queued", "hand"): "needs_human",  # no voice any more to ring with
    ("queued", "accept"): "accepted",  # put back too soon: the provider calls back for an earlier attempt
    ("sending", "accept"): "accepted",
    ("sending", "retry"): "queued",  # the provider said that nothing was created
    ("sending", "doubt"): "uncertain",  # no answer, or the sender died
    ("sending", "refuse"): "failed",
    ("sending", "block"): "blocked",
    ("sending", "hand"): "needs_human",
    ("uncertain", "accept"): "accepted",  # found at the provider's
    ("uncertain", "retry"): "queued",  # a late worker knows that nothing was created
    ("uncertain", "again"): "queued",  # searched twice, found nowhere
    ("uncertain", "refuse"): "failed",
    ("uncertain", "block"): "blocked",
    ("uncertain", "expire"): "expired",
    ("uncertain", "hand"): "needs_human",
    ("accepted", "hand"): "needs_human",  # no word for two hours
    ("sent", "hand"): "needs_human",
    ("needs_human", "accept"): "accepted",  # found after all
}

# What the provider's word makes of a message: the callback may come before our own commit of the sid, or
# after a human was called, so that every state that may have reached the provider listens.
LISTENING = ("sending", "uncertain", "accepted", "sent", "needs_human")
PROVIDER_WORD = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "undelivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "canceled",
}
RANK = {
    "queued": 0,
    "sending": 1,
    "uncertain": 1,
    "needs_human": 1,
    "accepted": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "expired": 4,
    "blocked": 4,
}
TERMINAL = frozenset(state for state, rank in RANK.items() if rank == 4)
STATES = tuple(RANK)

# These lose nothing but themselves when they fail: a new one is asked for, or a courtesy is missed.
COURTESIES = frozenset(
    {
        "driver_code",
        "driver_link",
        "statement_link",
        "driver_already_found",
        "driver_withdrawn",
        "request_received",
        "stop_confirmed",
        "help_answer",
    }
)
# The first to stop when the day's allowance runs short; what concerns an agreed ride goes on to the end.
SPARE = frozenset({"driver_code", "driver_link", "statement_link", "request_received", "help_answer"})

HTTP_TIMEOUT = timedelta(seconds=10)
LEASE = timedelta(seconds=60)
SEARCH_AFTER = timedelta(seconds=120)  # since the claim: longer than any HTTP exchange
SEARCH_AGAIN_AFTER = timedelta(seconds=120)
SEARCHES = 2
DOUBTS = 2  # sends of unknown outcome after which a human only
HUMAN_AFTER = timedelta(minutes=5)
POLL_AFTER = timedelta(minutes=30)
SILENCE_BEFORE_HUMAN = timedelta(hours=2)
VALIDITY_MAX = timedelta(hours=10)
CLOCK_TOLERANCE = timedelta(seconds=5)
RETRIES_BEFORE_HUMAN = 12

DAY_OPENS = time(8, 0)
DAY_CLOSES = time(20, 30)
NEAR_TRIP = timedelta(hours=3)
TIME_TO_READ = timedelta(hours=1)


def message_after(state: str, act: str) -> str:
    """The message's next state, or Refused."""
    return step("message", OUTBOX, state, act)


def may(state: str, act: str) -> bool:
    """Whether the message may take this step."""
    return allows(OUTBOX, state, act)


def heard(state: str, provider_status: str) -> str:
    """The state after the provider's word: it may only raise the rank, and the first terminal word wins.

    Words that we do not know change nothing. Needing a human ranks low, so that a late good word still counts.
    """
    told = PROVIDER_WORD.get(provider_status)
    if told is None or state not in LISTENING or RANK[told] <= RANK[state]:
        return state
    return told


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an error code asks of us.

    `act` is a step of OUTBOX taken while sending; `reason` is kept on the row. `number_fact` is what the code
    says of the number (stopped, landline, wrong). `retry_in` is set when a new try is worth it; `once` limits
    it to one. `alarm` concerns the configuration or the whole service, never one person. `human` opens a task.
    """

    act: str
    reason: str
    number_fact: str = ""
    retry_in: timedelta | None = None
    once: bool = False
    alarm: bool = False
    human: bool = True
    holds_sender: bool = False


WRONG_NUMBER = Remedy("refuse", "number.wrong", number_fact="wrong")
LANDLINE = Remedy("block", "number.landline", number_fact="landline")
SENDER = Remedy("retry", "sender.refused", alarm=True, holds_sender=True, retry_in=timedelta(minutes=10))
OUR_BUG = Remedy("refuse", "text.refused", alarm=True)
OVERFLOW = Remedy("retry", "provider.overflow", alarm=True, retry_in=timedelta(minutes=10))
FILTERED = Remedy("refuse", "text.filtered", alarm=True)
UNKNOWN_CODE = Remedy("hand", "code.unknown")

# https://www.twilio.com/docs/api/errors – codes may change or be added: whatever is not here gets UNKNOWN_CODE.
REMEDIES: dict[int, Remedy] = {
    21211: WRONG_NUMBER,
    21214: WRONG_NUMBER,
    21217: WRONG_NUMBER,
    21614: LANDLINE,
    21635: LANDLINE,
    30006: LANDLINE,
    21610: Remedy("block", "number.stopped", number_fact="stopped"),
    21408: SENDER,
    21606: SENDER,
    21612: SENDER,
    21212: SENDER,
    21659: SENDER,
    21611: OVERFLOW,
    30001: OVERFLOW,
    21602: OUR_BUG,
    21617: OUR_BUG,
    30003: Remedy("refuse", "handset.off", retry_in=timedelta(minutes=45), once=True),
    30005: WRONG_NUMBER,
    30004: FILTERED,
    30007: FILTERED,
    30008: Remedy("refuse", "provider.unknown", retry_in=timedelta(minutes=45), once=True),
    30036: Remedy("refuse", "validity.over"),
}
# Our own account is at fault: no message is to blame, all of them wait.
ACCOUNT_CODES = frozenset({20003, 20005, 30002})
RATE_CODES = frozenset({20429})


def remedy(code: int | None) -> Remedy:
    """What to do about this error code; an unknown one is never retried and goes to a human."""
    return REMEDIES.get(code or 0, UNKNOWN_CODE)


def backoff(failures: int, *, jitter: float) -> timedelta:
    """How long to wait after this many refusals to create (1 or more): 30 s doubling up to 15 min.

    `jitter` in 0..1 adds up to a quarter, so that a crowd does not come back at once.
    """
    seconds = min(30 * 2 ** max(0, failures - 1), 900)
    return timedelta(seconds=seconds * (1 + jitter / 4))


def is_day(now: datetime) -> bool:
    """Whether people may be written to: from 8:00 to 20:30 in Paris."""
    return DAY_OPENS <= now.astimezone(PARIS).time() < DAY_CLOSES


def next_day_opens(now: datetime) -> datetime:
    """`now` by day, else the next 8:00 in Paris, in UTC. Clock changes happen at night and are thus crossed."""
    if is_day(now):
        return now
    local = now.astimezone(PARIS)
    day = local.date() if local.time() < DAY_OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, DAY_OPENS, PARIS).astimezone(now.tzinfo)


def last_opening(now: datetime, opens: time) -> datetime:
    """The last time that it was this hour in Paris."""
    local = now.astimezone(PARIS)
    day = local.date() if local.time() >= opens else local.date() - timedelta(days=1)
    return datetime.combine(day, opens, PARIS).astimezone(now.tzinfo)


def night_from(*, now: datetime, urgent: bool, trip_at: datetime | None) -> datetime | None:
    """From when this message may also leave at night: at once when urgent, else three hours before its trip.

    None when it may not, or when eight o'clock comes at least an hour before the trip: people may sleep on.
    """
    if urgent:
        return now
    if trip_at is None or next_day_opens(trip_at - NEAR_TRIP) + TIME_TO_READ <= trip_at:
        return None
    return trip_at - NEAR_TRIP


def may_leave(now: datetime, *, night_from: datetime | None) -> bool:
    """Whether a message may leave now, by day or by its own right at night."""
    return is_day(now) or (night_from is not None and night_from <= now)


def leaves_at(*, now: datetime, night_from: datetime | None) -> datetime:
    """The first instant at which a message written now may leave."""
    if may_leave(now, night_from=night_from):
        return now
    opens = next_day_opens(now)
    return min(opens, night_from) if night_from and night_from > now else opens


def validity_seconds(*, now: datetime, useful_until: datetime | None) -> int:
    """For how long the provider may try: 1 s to 10 h, never past the instant at which the text is worth nothing."""
    if useful_until is None:
        return int(VALIDITY_MAX.total_seconds())
    return max(1, min(int(VALIDITY_MAX.total_seconds()), int((useful_until - now).total_seconds())))


def lease_is_over(*, lease_until: datetime | None, claimed_at: datetime | None, now: datetime) -> bool:
    """Whether a claim no longer protects its row. A claim from the future means that the clock was set back."""
    if lease_until is None or lease_until <= now:
        return True
    return claimed_at is not None and claimed_at > now + CLOCK_TOLERANCE


# --- calls ------------------------------------------------------------------------------------------------

CALLS_FROM, CALLS_UNTIL = time(9, 0), time(20, 0)
CALL_AGAIN = (timedelta(minutes=15), timedelta(minutes=60))  # busy or nobody: two more tries, then the desk
CALL_ROUNDS = 3
CALL_ENDS_WITHIN = timedelta(minutes=10)  # ringing, three rounds, and its last word
ASKING_KINDS = frozenset(
    {
        "driver_approached",
        "driver_relaunched",
        "driver_reminder",
        "passenger_reminder",
        "passenger_unserved",
        "ride_happened",
        "offer_renewal",
    }
)
CALL_WORD = {
    "completed": "delivered",
    "busy": "undelivered",
    "no-answer": "undelivered",
    "failed": "undelivered",
    "canceled": "canceled",
}


def call_at(now: datetime) -> datetime:
    """`now` between 9:00 and 20:00 in Paris, else the next 9:00."""
    local = now.astimezone(PARIS)
    if CALLS_FROM <= local.time() < CALLS_UNTIL:
        return now
    day = local.date() if local.time() < CALLS_FROM else local.date() + timedelta(days=1)
    return datetime.combine(day, CALLS_FROM, PARIS).astimezone(now.tzinfo)


class Key(StrEnum):
    """What a key pressed during a call means."""

    YES = "yes"
    NO = "no"
    REPEAT = "repeat"
    HUMAN = "human"


def key_meaning(digits: str, *, asks: bool) -> Key:
    """1 yes, 2 no (when a question was asked), 0 a person rings back; 3, anything else or nothing repeats."""
    if digits == "0":
        return Key.HUMAN
    if asks and digits in {"1", "2"}:
        return Key.YES if digits == "1" else Key.NO
    return Key.REPEAT


# --- allowances -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Caps:
    """How many SMS may leave in 24 hours: in all, of which the last part is kept for agreed rides, and per number."""

    per_day: int = 1000
    reserved_share: float = 0.3
    per_number: int = 15

    def allows(self, kind: str, *, sent_today: int) -> bool:
        """Whether one more of this kind may leave."""
        limit = self.per_day * (1 - self.reserved_share) if kind in SPARE else self.per_day
        return sent_today < limit

    def alarms(self, sent_today: int) -> Iterable[int]:
        """The thresholds passed, among 50, 80 and 100 %."""
        return [percent for percent in (50, 80, 100) if sent_today * 100 >= self.per_day * percent]
