"""The life of a request (machine 1) and of its legs (machine 2).

The request's state says who holds the ball; it is derived from its least advanced leg, so that
« aller trouvé, retour manquant » is visible. Only drafting, taking and closing are acts of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lotocar.errors import Invalid
from lotocar.values.geo import Stop
from lotocar.values.hours import local_instant
from lotocar.values.steps import Table, step

REQUEST: Table = {
    ("draft", "submit"): "to_process",
    ("draft", "close"): "closed",
    ("to_process", "take"): "searching",
    ("to_process", "close"): "closed",
    ("searching", "close"): "closed",
    ("awaiting_driver", "close"): "closed",
    ("to_confirm", "close"): "closed",
    ("confirmed", "close"): "closed",
    ("closed", "reopen"): "to_process",
}

LEG: Table = {
    ("unserved", "approach"): "approached",
    ("approached", "approach"): "approached",
    ("approached", "release"): "unserved",  # nobody left to answer
    ("unserved", "agree"): "agreed",  # hand-picked, agreed on the phone at once
    ("approached", "agree"): "agreed",
    ("agreed", "tell"): "confirmed",
    ("confirmed", "untell"): "agreed",  # the journey changed: the passenger will be told anew
    ("agreed", "release"): "unserved",  # the driver or the passenger fell out
    ("confirmed", "release"): "unserved",
    ("agreed", "finish"): "done",
    ("confirmed", "finish"): "done",
    ("unserved", "fail"): "failed",
    ("approached", "fail"): "failed",
    ("agreed", "fail"): "failed",
    ("confirmed", "fail"): "failed",
    ("failed", "release"): "unserved",  # reopened
    ("done", "restore"): "confirmed",  # a wrong outcome taken back: the ride stands again
    ("failed", "restore"): "confirmed",
    ("unserved", "drop"): "dropped",  # corrected away: reopening does not bring it back
    ("approached", "drop"): "dropped",
    ("agreed", "drop"): "dropped",
    ("confirmed", "drop"): "dropped",
}
GIVEN_UP = frozenset({"failed", "dropped"})  # nobody looks for these any more

ORDER = ("unserved", "approached", "agreed", "confirmed", "done")
FROM_LEG = {
    "unserved": "searching",
    "approached": "awaiting_driver",
    "agreed": "to_confirm",
    "confirmed": "confirmed",
    "done": "confirmed",
}

# « suite donnée »: compulsory at closing. Which say that somebody was carried?
OUTCOMES = (
    "served_carpool",
    "served_purpose_trip",
    "referred_transit",
    "out_of_scope",
    "unserved_no_driver",
    "unserved_declined",
    "unserved_late",
    "withdrawn_by_passenger",
    "no_show",
)
SERVED = frozenset({"served_carpool", "served_purpose_trip"})

# Closed on purpose: none says anything about health.
PURPOSES = ("courses", "demarches", "visite", "rendez_vous", "travail", "autre")


def request_after(state: str, act: str) -> str:
    """The request's next state by an act of its own, or Refused."""
    return step("request", REQUEST, state, act)


def leg_after(state: str, act: str) -> str:
    """The leg's next state, or Refused."""
    return step("leg", LEG, state, act)


def status_of(current: str, legs: Sequence[str], *, taken: bool) -> str:
    """The state of a request whose legs are in these states.

    Draft and closed stay as they are. A request that nobody took (`taken`) and whose legs wait stays to_process.
    Legs given up no longer hold the request back.
    """
    if current in {"draft", "closed"}:
        return current
    live = [state for state in legs if state not in GIVEN_UP]
    if not live:
        return "searching" if taken else "to_process"
    least = min(live, key=ORDER.index)
    if least == "unserved" and not taken:
        return "to_process"
    return FROM_LEG[least]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegWish:
    """One way as the passenger asks for it: `direction` out or back, `hour` in local wall time.

    `time_kind` is leave_at, arrive_by, around, between or none; all but the last come with an hour, and
    « between » with `until` too. `flexible_days`: so many days before or after would do as well. `unsure`: the
    hour may move a little.
    """

    direction: str
    origin: Stop
    destination: Stop
    day: date
    time_kind: str = "none"
    hour: time | None = None
    until: time | None = None
    flexible_days: int = 0
    unsure: bool = False


# half-days as people say them, on the clock
HALF_DAYS = {"morning": (time(6), time(12)), "afternoon": (time(12), time(19))}
TIME_KINDS = ("leave_at", "arrive_by", "around", "between", "none")
MAX_FLEXIBLE_DAYS = 3
MAX_DAYS_AHEAD = 366
MAX_SEATS = 8
# no way back asked for yet: the passenger rings once free, or the team rings to settle it
RETURN_PLANS = ("", "rings", "later")
MOST_DATES = 80  # a school term
MAX_TEXT = 500


def check_legs(legs: Sequence[LegWish], *, today: date) -> None:
    """Refuse legs that make no journey: one way out, perhaps one back, or the same on several dates.

    Raises:
        Invalid: no way out, too many dates, more ways back than out, a date twice, the same place twice, a past
            or far day, an hour without its meaning, or a way back before the way out.
    """
    outs, backs = ([leg for leg in legs if leg.direction == way] for way in ("out", "back"))
    if not outs or len(outs) > MOST_DATES:
        raise Invalid("request.legs", field="day")
    if len(backs) > len(outs):
        raise Invalid("request.more_backs", field="back_day")
    for leg in legs:
        _check_leg(leg, today)
    if any(len({leg.day for leg in ways}) < len(ways) for ways in (outs, backs)):
        raise Invalid("request.date_twice", field="day")
    if len(outs) == 1 and any(leg.day < outs[0].day for leg in backs):
        raise Invalid("request.back_before_out", field="back_day")


def _check_leg(leg: LegWish, today: date) -> None:
    if (leg.origin.lat, leg.origin.lon) == (leg.destination.lat, leg.destination.lon):
        raise Invalid("request.same_place", field="destination")
    if leg.day < today:
        raise Invalid("request.day_past", field="day")
    if leg.day > today + timedelta(days=MAX_DAYS_AHEAD):
        raise Invalid("request.day_far", field="day")
    if (leg.hour is None) != (leg.time_kind == "none"):
        raise Invalid("request.hour_without_meaning", field="hour")
    if leg.time_kind not in TIME_KINDS:
        raise Invalid("request.time_kind", field="time_kind")
    _check_until(leg)
    if not 0 <= leg.flexible_days <= MAX_FLEXIBLE_DAYS:
        raise Invalid("request.flexible_days", field="flexible_days", most=MAX_FLEXIBLE_DAYS)
    _check_clock(leg)


def _check_until(leg: LegWish) -> None:
    if (leg.until is None) != (leg.time_kind != "between"):
        raise Invalid("request.until", field="until")
    if leg.until is not None and leg.hour is not None and leg.until <= leg.hour:
        raise Invalid("request.until_before", field="until")


def _check_clock(leg: LegWish) -> None:
    """On the nights when clocks change, an hour may not exist, or exist twice."""
    try:
        local_instant(leg.day, leg.hour or time(12))
    except Invalid as refusal:
        raise Invalid(refusal.code, field="hour" if leg.direction == "out" else "back_hour") from None


# When each state wants the desk again, counted from now; the ride's own hour can only make it sooner.
NEXT_LOOK = {
    "to_process": timedelta(hours=2),
    "searching": timedelta(hours=4),
    "awaiting_driver": timedelta(hours=24),
    "to_confirm": timedelta(hours=2),
}


def due_at(
    status: str, *, now: datetime, first_day_starts: datetime, callback_at: datetime | None
) -> datetime | None:
    """By when somebody must look at the request again; None when nothing waits.

    A call-back that was promised wins; otherwise the state's delay, and never after the eve of the journey.
    """
    if callback_at is not None and status not in {"closed", "draft"}:
        return callback_at
    delay = NEXT_LOOK.get(status)
    if delay is None:
        return None
    eve = first_day_starts - timedelta(hours=14)
    return max(now, min(now + delay, eve))
