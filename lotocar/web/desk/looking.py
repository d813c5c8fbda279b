"""Looking for drivers on behalf of one request: what is read once for all its legs and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from lotocar.carpool.matching import series
from lotocar.carpool.matching import wording as matching_words
from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.confirming import found_by_road
from lotocar.carpool.matching.facts import LegFacts
from lotocar.carpool.matching.found import Found, Listed
from lotocar.carpool.matching.index import Index
from lotocar.carpool.matching.ladder import Change, Rung, Step
from lotocar.carpool.matching.search import days_of_wish, indexed, leg_facts, ways_out
from lotocar.carpool.people import queries as people
from lotocar.carpool.requests.models import Leg, RideRequest
from lotocar.carpool.requests.rules import LegWish
from lotocar.carpool.rides import fairness
from lotocar.errors import Invalid
from lotocar.values import wording
from lotocar.values.days import local
from lotocar.values.wished_hours import hour_as_typed
from lotocar.web.edge import outside

AT_ONCE_SECONDS, AT_LEISURE_SECONDS = 0.04, 0.3


@dataclass(frozen=True, slots=True)
class OverDates:
    """What one direction finds on its dates.

    `best` is each driver once when there are several dates, those who serve most dates first, with `covers`
    saying so by driver; `by_day` counts the drivers of each date; `dates` is what each date finds, when there are several.
    """

    best: Found
    by_day: Mapping[date, int]
    covers: Mapping[int, str]
    dates: Mapping[date, Found]

    @property
    def count(self) -> int:
        return len(self.best)

    def served_by(self, driver_id: int) -> Mapping[date, Candidate]:
        """The candidate of this driver on each of several dates."""
        return series.served_by(driver_id, self.dates)

    @property
    def bare_days(self) -> Sequence[date]:
        """The dates on which nobody fits, when others are served."""
        return [day for day, count in self.by_day.items() if not count] if self.best else []


NOBODY = OverDates(Listed(), {}, {}, {})


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing to change when nobody fits, in words; `field` and `value` would write it in the form of the call."""

    words: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Looking:
    """One request's search: seats, needs (codes), whose it is, the index, and what drivers bore of late."""

    session: Session
    index: Index
    burden: Mapping[int, int]
    seats: int
    needs: str
    passenger_id: int | None
    known_drivers: frozenset[int]
    avoid: frozenset[int]
    now: datetime

    def facts(self, one: Leg | LegWish) -> LegFacts:
        """What matching needs of a leg, saved or still being typed."""
        return leg_facts(
            self.session,
            one,
            seats=self.seats,
            needs=self.needs,
            passenger_id=self.passenger_id,
            now=self.now,
            known_drivers=self.known_drivers,
            avoid=self.avoid,
        )

    def find(self, one: Leg | LegWish, *, waits: bool = True) -> Found:
        """Every candidate, in the documented order; none for a leg that makes no sense (the same place twice).

        The first ones are confirmed by road where there is a router; `waits` False does not wait for it.
        """
        leg = self.facts(one)
        try:
            found = indexed(self.index, leg, asked_recently=self.burden)
        except Invalid:
            return NOBODY.best
        return found_by_road(
            self.session,
            leg,
            found,
            confirmer=outside().confirmer,
            asked_recently=self.burden,
            waits=waits,
        )

    def over_dates(self, ones: Sequence[Leg | LegWish]) -> OverDates:
        """Who could drive these legs of one direction, on one or several dates."""
        by_day = {one.day: self.find(one, waits=rank == 0) for rank, one in enumerate(ones)}
        counts = series.counts(by_day)
        if len(by_day) == 1:
            (found,) = by_day.values()
            return OverDates(found, counts, {}, {})
        best = series.EachOnce(by_day)
        covers = {one.driver_id: f"{len(one.days)} dates sur {len(by_day)}" for one in best.companions}
        return OverDates(best, counts, covers, by_day)

    def ways_out(self, one: Leg | LegWish, *, at_once: bool) -> list[WayOut]:
        """When nobody fits: what one thing changed would give.

        `at_once`, with a caller on the line: changes in a village, which take longer, are left out.
        """
        seconds = AT_ONCE_SECONDS if at_once else AT_LEISURE_SECONDS
        villages = () if at_once else None
        try:
            rungs = ways_out(
                self.session, self.facts(one), mirror=outside().mirror, villages=villages, seconds=seconds
            )
        except Invalid:
            return []
        names = self._names(rungs)
        return [_way_out(rung, one, names) for rung in rungs]

    def other_days(self, one: Leg | LegWish, *, beyond: int = 0) -> list[WayOut]:
        """For a day that may move: the other days that would do, more than `beyond` days off, and how many drive then."""
        days = days_of_wish(one, today=local(self.now).date())[1:]
        return [self._on_day(one, day) for day in days if abs((day - one.day).days) > beyond]

    def _on_day(self, one: Leg | LegWish, day: date) -> WayOut:
        try:
            count = len(indexed(self.index, replace(self.facts(one), day=day)).drivers)
        except Invalid:
            count = 0
        found = wording.counted(count, "possible") if count else "personne"
        said = wording.day_words(day)
        return WayOut(f"{said} : {found}", f"{_prefix(one)}day", said)

    def _names(self, rungs: Sequence[Rung | Change]) -> dict[int, str]:
        """Whom one would have to persuade."""
        detours = [rung for rung in rungs if isinstance(rung, Rung) and rung.step is Step.DETOUR]
        drivers = {driver for rung in detours for driver in rung.found.drivers}
        return {number: one.full_name for number, one in people.by_number(self.session, drivers).items()}


def looking(
    session: Session, *, seats: int, needs: str = "", passenger_id: int | None, now: datetime
) -> Looking:
    """The search of a request being typed, or of one that is saved."""
    mine = passenger_id is not None
    return Looking(
        session=session,
        index=outside().mirror.index(session),
        burden=fairness.burden(session, now),
        seats=seats,
        needs=needs,
        passenger_id=passenger_id,
        known_drivers=fairness.drivers_of_last_time(session, passenger_id or 0) if mine else frozenset(),
        avoid=people.avoided_with(session, passenger_id or 0) if mine else frozenset(),
        now=now,
    )


def looking_for(session: Session, ride_request: RideRequest, *, now: datetime) -> Looking:
    """The search of a saved request."""
    return looking(
        session,
        seats=ride_request.seats,
        needs=ride_request.needs,
        passenger_id=ride_request.passenger_id,
        now=now,
    )


def _prefix(one: Leg | LegWish) -> str:
    """What comes before the names of the fields of this direction."""
    return "back_" if one.direction == "back" else ""


def _way_out(rung: Rung | Change, one: Leg | LegWish, names: Mapping[int, str]) -> WayOut:
    said = matching_words.rung_words(rung, names)
    prefix = _prefix(one)
    if isinstance(rung, Rung) and rung.step in {Step.DAY_BEFORE, Step.DAY_AFTER}:
        return WayOut(said, f"{prefix}day", wording.day_words(rung.leg.day))
    if rung.step is Step.HOUR and one.hour is not None:
        return WayOut(said, f"{prefix}hour", f"vers {hour_as_typed('', one.hour, one.until)}")
    return WayOut(said)
