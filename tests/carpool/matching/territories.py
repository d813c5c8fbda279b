"""Random territories made to fall on boundaries: few places, round hours, limits met to the second."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from lotocar.carpool.matching.facts import DayRange, DepartureFacts, LegFacts, TimeKind
from lotocar.carpool.matching.rules import prepare, way
from lotocar.carpool.matching.times import epoch, minute_of
from lotocar.carpool.trips.rules import SeatPart
from lotocar.values.days import PARIS
from lotocar.values.geo import Point
from lotocar.world.roads.router import Roads

CLOCKS_FORWARD, CLOCKS_BACK = date(2026, 3, 29), date(2026, 10, 25)
DAYS = (date(2026, 11, 24), CLOCKS_FORWARD, CLOCKS_BACK, date(2027, 1, 1), date(2028, 2, 29))
NIGHT_HOURS = (time(0), time(0, 1), time(1, 59), time(2), time(2, 30), time(3), time(23, 30), time(23, 59))


class Territory:
    """Places, departures and legs drawn from one seed."""

    def __init__(self, seed: int, roads: Roads) -> None:
        self.dice = random.Random(seed)
        self.roads = roads
        spread = self.dice.choice((0.02, 0.3, 3.0))
        self.places = [
            Point(44.6 + self.dice.uniform(-spread, spread), 1.6 + self.dice.uniform(-spread, spread))
            for _ in range(self.dice.randint(2, 12))
        ]
        self.today = self.dice.choice(DAYS)

    def day(self) -> date:
        return self.today + timedelta(days=self.dice.choice((-7, -1, -1, 0, 0, 0, 0, 1, 1, 7)))

    def hour(self) -> time:
        if self.dice.random() < 0.3:
            return self.dice.choice(NIGHT_HOURS)
        return time(self.dice.randint(0, 23), self.dice.choice((0, 15, 30, 45)))

    def two_places(self) -> tuple[Point, Point]:
        one, other = self.dice.sample(self.places, 2)
        return one, other

    def range(self) -> DayRange:
        first = self.day()
        return DayRange(first, first + timedelta(days=self.dice.randint(0, 2)))

    def leg(self) -> LegFacts:
        dice = self.dice
        pickup, dropoff = self.two_places()
        kind = dice.choice(tuple(TimeKind))
        day = self.day()
        moment = datetime.combine(day, self.hour(), tzinfo=PARIS)
        first, last = sorted((self.hour(), self.hour()))
        if epoch(day, minute_of(last)) < epoch(day, minute_of(first)):
            first = last  # 02:59 that does not exist comes after 03:00
        return LegFacts(
            pickup=pickup,
            dropoff=dropoff,
            day=day,
            time_kind=kind,
            hour=None if kind is TimeKind.NONE else first,
            until=last if kind is TimeKind.BETWEEN else None,
            tolerance_minutes=dice.choice((0, 0, 0, 60)),
            extra_detour_minutes=dice.choice((0, 0, 0, 5)),
            seats=dice.choice((1, 1, 2, 3)),
            passenger_id=dice.choice((None, 1, 2)),
            window_minutes=dice.choice((None, None, 0, 30, 720)),
            avoid=frozenset(dice.sample(range(8), dice.choice((0, 0, 1, 2)))),
            not_before=moment if dice.random() < 0.3 else None,
            needs=dice.choice((0, 0, 0, 0, 1, 3)),
            is_public=dice.random() < 0.3,
            known_drivers=frozenset(dice.sample(range(8), dice.choice((0, 1)))),
        )

    def departure(self, number: int) -> DepartureFacts:
        dice = self.dice
        origin, destination = self.two_places()
        once = dice.random() < 0.4
        day = self.day()
        return DepartureFacts(
            trip_id=number // 2,
            departure_id=number,
            driver_id=dice.randrange(8),
            direction=dice.choice(("out", "back")),
            origin=origin,
            destination=destination,
            weekday=None if once else day.weekday(),
            day=day if once else None,
            hour=None if dice.random() < 0.05 else self.hour(),
            seats=dice.choice((1, 2, 3)),
            flexibility_minutes=dice.choice((0, 0, 15, 120)),
            max_detour_minutes=dice.choice((0, 5, 10, 60, 600)),
            base_seconds=dice.choice((None, None, None, 0, 1800, 20_000)),
            valid_from=self.day() if dice.random() < 0.2 else None,
            valid_until=self.day() if dice.random() < 0.2 else None,
            pauses=tuple(self.range() for _ in range(dice.choice((0, 0, 0, 1, 2)))),
            seats_taken={self.day(): self.taken()} if dice.random() < 0.3 else {},
            is_open=dice.random() < 0.95,
            vias=self.vias(origin, destination),
            abilities=dice.choice((None, None, 0, 1, 63)),
            team_only=dice.random() < 0.1,
        )

    def taken(self) -> tuple[SeatPart, ...]:
        """Seats taken all the way, or on parts that touch or overlap."""
        dice = self.dice
        if dice.random() < 0.3:
            return (SeatPart(dice.randint(1, 3)),)
        edges = (0, 600, 1200, 1800, 2400, 6000)
        spans = (sorted(dice.sample(edges, 2)) for _ in range(dice.randint(1, 3)))
        return tuple(SeatPart(dice.randint(1, 2), start, end) for start, end in spans)

    def vias(self, origin: Point, destination: Point) -> tuple[Point, ...]:
        """Mostly none; sometimes places passed by, in any order, even those of the passenger."""
        if self.dice.random() < 0.75:
            return ()
        others = [place for place in self.places if place not in (origin, destination)]
        return tuple(self.dice.sample(others, min(len(others), self.dice.randint(1, 3))))

    def at_the_limit(self, departure: DepartureFacts, leg: LegFacts) -> DepartureFacts:
        """The departure whose detour for this leg is its limit, or a second on either side."""
        drive = way(replace(departure, base_seconds=0), prepare(leg, self.roads), self.roads)
        whole = drive.detour_seconds
        base = whole - 60 * departure.max_detour_minutes + self.dice.choice((-1, 0, 1))
        return replace(departure, base_seconds=max(0, base))

    def on_the_edge_of_the_window(self, departure: DepartureFacts, leg: LegFacts) -> DepartureFacts:
        """The departure that leaves from the pick-up at a minute where the window opens or closes."""
        if leg.hour is None:
            return departure
        shift = self.dice.choice((-106, -105, -91, -90, -16, -15, -1, 0, 1, 15, 16, 89, 90, 91, 105, 106))
        leaves = datetime.combine(leg.day, leg.hour) + timedelta(minutes=shift)
        return replace(
            departure,
            origin=leg.pickup,
            hour=leaves.time(),
            weekday=leaves.weekday(),
            day=None,
            max_detour_minutes=600,
            base_seconds=20_000,
        )
