"""One pane a direction: where and when, its state, its candidates; the dates of a series are listed apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.rides.models import Approach
from lotocar.values import wording
from lotocar.web.desk import candidates
from lotocar.web.desk.looking import NOBODY, Looking, OverDates, WayOut, looking_for

FIRST = 6  # what one reads with a caller on the line
FIRST_OF_TWO = 4  # when the way back stands below, so that nine keys reach both


@dataclass(frozen=True, slots=True)
class LegPane:
    """What the request's page shows of one direction: the first rows at once, the others on demand.

    `legs` are those of its dates; `leg` is the first that still waits.
    """

    legs: Sequence[Leg]
    wish: str
    rows: Sequence[candidates.Row]
    found: OverDates
    ways_out: Sequence[WayOut]
    other_days: Sequence[WayOut]
    at_once: int
    asked: Sequence[Approach]

    @property
    def asks_again(self) -> bool:
        """Whether the driver who said yes is to be asked anew after a change."""
        return any(one.status == "to_reconfirm" for one in self.asked)

    @property
    def asked_besides(self) -> Sequence[Approach]:
        """Those asked who are not on the list of who could drive."""
        listed = {row.driver_id for row in self.rows}
        return [one for one in self.asked if one.driver_id not in listed]

    @property
    def leg(self) -> Leg:
        return next((one for one in self.legs if _is_looked_for(one)), self.legs[0])

    @property
    def first(self) -> Sequence[candidates.Row]:
        return self.rows[: self.at_once]

    @property
    def others(self) -> Sequence[candidates.Row]:
        return self.rows[self.at_once :]

    @property
    def count(self) -> int:
        return self.found.count

    @property
    def is_series(self) -> bool:
        return len(self.legs) > 1

    @property
    def is_looked_for(self) -> bool:
        return any(map(_is_looked_for, self.legs))

    def choice(self, row: candidates.Row) -> str:
        """What asking this driver names: leg, trip and departure of each date that he serves."""
        served = self.found.served_by(row.driver_id)
        if not served:
            return f"{self.leg.id}:{row.key}"
        by_day = {leg.day: leg.id for leg in self.legs}
        return ",".join(f"{by_day[day]}:{one.trip_id}:{one.departure_id}" for day, one in served.items())


@dataclass(frozen=True, slots=True)
class DateLine:
    """One date of a series: its ways, and whether it may still be called off."""

    day: date
    legs: Sequence[Leg]

    @property
    def is_open(self) -> bool:
        return any(leg.status not in {"done", "failed", "dropped"} for leg in self.legs)


def leg_panes(
    session: Session,
    ride_request: RideRequest,
    approaches: Sequence[Approach],
    *,
    now: datetime,
    sees_numbers: bool,
) -> list[LegPane]:
    """A pane for each direction still wanted, with candidates while something of it is to be served."""
    ways = _ways(ride_request)
    search = looking_for(session, ride_request, now=now)
    found = {way: _found(search, legs) for way, legs in ways.items()}
    able = [ones.best.drivers for ones in found.values()]
    both = frozenset.intersection(*able) if len(able) > 1 else frozenset[int]()
    return [
        LegPane(
            legs=legs,
            wish=wish_words(legs[0]),
            rows=candidates.rows(
                session,
                found[way].best,
                pickup=legs[0].origin_label,
                both_ways=both,
                covers=found[way].covers,
                approaches=_about(approaches, legs),
                sees_numbers=sees_numbers,
            ),
            found=found[way],
            ways_out=_ways_out(search, legs, found[way]),
            other_days=_other_days(search, legs),
            asked=_about(approaches, legs),
            at_once=FIRST_OF_TWO if len(ways) > 1 else FIRST,
        )
        for way, legs in ways.items()
    ]


def numbered_rows(panes: Sequence[LegPane]) -> list[tuple[int, candidates.Row]]:
    """The rows that show at once, with the numbers that the page gives them."""
    numbered: list[tuple[int, candidates.Row]] = []
    rank = 0
    for pane in panes:
        rank += len(pane.asked_besides)
        numbered += enumerate(pane.first, rank + 1)
        rank += len(pane.first)
    return numbered


def date_lines(ride_request: RideRequest) -> list[DateLine]:
    """The dates of a series in order, those called off included; nothing for a single journey."""
    by_day: dict[date, list[Leg]] = {}
    for leg in sorted(ride_request.legs, key=lambda one: (one.day, one.direction == "back")):
        by_day.setdefault(leg.day, []).append(leg)
    outs = {leg.day for leg in ride_request.legs if leg.direction == "out"}
    return [DateLine(day, legs) for day, legs in by_day.items()] if len(outs) > 1 else []


def candidates_of(session: Session, leg: Leg, *, now: datetime) -> Sequence[Candidate]:
    """Who could drive this leg; nobody any more once it is agreed."""
    if not _is_looked_for(leg):
        return []
    return looking_for(session, leg.ride_request, now=now).find(leg)


def wish_words(leg: Leg) -> str:
    """« arriver avant 10 h », « partir après 11 h 30, heure pas sûre », « vers 17 h », « à toute heure »."""
    if leg.hour is None:
        return "à toute heure"
    hour = wording.hour_words(leg.hour)
    words = {
        "arrive_by": f"arriver avant {hour}",
        "leave_at": f"partir après {hour}",
        "around": f"vers {hour}",
        "between": f"entre {hour} et {wording.hour_words(leg.until)}" if leg.until else hour,
    }[leg.time_kind]
    return f"{words}, heure pas sûre" if leg.unsure else words


def _ways(ride_request: RideRequest) -> Mapping[str, list[Leg]]:
    """The legs still wanted by direction, in order of their dates."""
    ways: dict[str, list[Leg]] = {}
    for leg in sorted(ride_request.legs, key=lambda one: (one.direction == "back", one.day, one.position)):
        if leg.status != "dropped":
            ways.setdefault(leg.direction, []).append(leg)
    return ways


def _found(search: Looking, legs: Sequence[Leg]) -> OverDates:
    waiting = [leg for leg in legs if _is_looked_for(leg)]
    return search.over_dates(waiting) if waiting else NOBODY


def _about(approaches: Sequence[Approach], legs: Sequence[Leg]) -> list[Approach]:
    ids = {leg.id for leg in legs}
    return [one for one in approaches if ids & {part.leg_id for part in one.legs}]


def _is_looked_for(leg: Leg) -> bool:
    return leg.status in {"unserved", "approached"} and leg.ride_request.is_open


def _other_days(search: Looking, legs: Sequence[Leg]) -> list[WayOut]:
    return search.other_days(legs[0]) if len(legs) == 1 and _is_looked_for(legs[0]) else []


def _ways_out(search: Looking, legs: Sequence[Leg], found: OverDates) -> list[WayOut]:
    waiting = [leg for leg in legs if _is_looked_for(leg)]
    return search.ways_out(waiting[0], at_once=False) if waiting and not found.best else []
