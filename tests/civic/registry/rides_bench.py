"""Random rides, honest and absurd, over real HTTP: all that go are taken, all that stay had a reason to.

    ./run bench rides --rides 5000 --seed 20261121 --json

Days of five hundred. The loopback registry shares no code with the product. What we refuse for a reason that it
knows too is shown to it (without being stored): it must refuse it as well.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lotocar.civic.registry.client.registrar import Registrar
from lotocar.civic.registry.couples.checks import Sent, review
from lotocar.civic.registry.couples.facts import Code, CoupleFacts, Incentive, PersonFacts
from lotocar.civic.registry.couples.geography import of_france
from lotocar.civic.registry.couples.payload import encode, payload
from lotocar.errors import Unavailable
from lotocar.values.geo import Point, distance_m
from tests.civic.registry.evening import Clock
from tests.civic.registry.fictional import a_person
from tests.faults.report import circumstances, say
from tests.support.fake_registry import FakeRegistry, judge

RIDES_A_DAY = 500
FIRST_EVENING = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
SURNAMES = ("Delmas", "Vernet", "Poujol", "Roux", "Lacaze", "D'Hérûg-de-l'Hérault", "Tô", "Œuvrard")
LOT = ((44.3, 44.9), (1.1, 2.1))

Change = Callable[[CoupleFacts, datetime, random.Random], CoupleFacts]


@dataclass(frozen=True, slots=True)
class Absurdity:
    """What is made wrong, the reason that must be found, and what the registry answers to it (0: it takes it)."""

    change: Change
    code: Code
    answer: int = 0
    label: str = ""


def _with(**changes: Any) -> Change:
    return lambda couple, _now, _luck: replace(couple, **changes)


def _driver(**changes: Any) -> Change:
    return lambda couple, _now, _luck: replace(couple, driver=replace(couple.driver, **changes))


def _passenger(**changes: Any) -> Change:
    return lambda couple, _now, _luck: replace(couple, passenger=replace(couple.passenger, **changes))


def _to(lat: float, lon: float) -> Change:
    """The same ride to somewhere else, as long and as slow as that asks for."""

    def change(couple: CoupleFacts, now: datetime, _luck: random.Random) -> CoupleFacts:
        end = Point(lat, lon)
        metres = round(distance_m(couple.start, end) * 1.3)
        begun = now - timedelta(hours=metres / 1000 / 60)
        communes = (couple.communes[0], of_france().insee_of(end)) if couple.communes else None
        return replace(couple, end=end, distance_m=metres, start_at=begun, end_at=now, communes=communes)

    return change


def _too_old(couple: CoupleFacts, now: datetime, _luck: random.Random) -> CoupleFacts:
    start = now - timedelta(hours=24, seconds=1)  # past our own twenty hours, and past the registry's limit
    return replace(couple, start_at=start, end_at=start + couple.duration)


def _to_come(couple: CoupleFacts, now: datetime, _luck: random.Random) -> CoupleFacts:
    end = now + timedelta(minutes=1)
    return replace(couple, start_at=end - couple.duration, end_at=end)


def _backwards(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    return replace(couple, end_at=couple.start_at - timedelta(minutes=5))


def _alone(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    return replace(couple, passenger=couple.driver)


def _one_identity(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    twin = replace(couple.driver, person_id=couple.passenger.person_id, user_id="e" * 32)
    return replace(couple, passenger=twin)


def _flying(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    hours = couple.distance_m / 1000 / 200
    return replace(couple, end_at=couple.start_at + timedelta(hours=hours))


def _crawling(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    hours = couple.distance_m / 1000 / 3
    return replace(couple, start_at=couple.end_at - timedelta(hours=hours))


def _shortcut(couple: CoupleFacts, _now: datetime, _luck: random.Random) -> CoupleFacts:
    return replace(couple, distance_m=max(1000, couple.distance_m // 3))


ABSURD = (
    Absurdity(_driver(consent=False), Code.NO_CONSENT),
    Absurdity(_passenger(consent=False), Code.NO_CONSENT),
    Absurdity(_with(status="planned"), Code.NOT_CONFIRMED),
    Absurdity(_with(status="unknown"), Code.NOT_CONFIRMED),
    Absurdity(_with(status="driver_no_show"), Code.NOT_DONE),
    Absurdity(_with(passenger_says="not_done"), Code.DISPUTED),
    Absurdity(_with(driver_says=None), Code.UNHEARD),
    Absurdity(_with(driver_says=None, passenger_says=None), Code.NOT_CONFIRMED),
    Absurdity(_with(distance_m=999), Code.TOO_SHORT, 422, "distance_too_short"),
    Absurdity(_with(distance_m=0), Code.TOO_SHORT, 400),
    Absurdity(_with(distance_m=1_000_001), Code.TOO_LONG, 400),
    Absurdity(_too_old, Code.EXPIRED, 422, "expired"),
    Absurdity(_to_come, Code.IN_FUTURE, 422),
    Absurdity(_backwards, Code.END_BEFORE_START, 422),
    Absurdity(_alone, Code.SAME_PERSON),
    Absurdity(_one_identity, Code.SAME_IDENTITY),
    Absurdity(_with(start=Point(91.0, 1.0)), Code.BAD_POSITION, 400),
    Absurdity(_with(start=Point(1.44, 44.44)), Code.OUTSIDE_FRANCE),  # swapped
    Absurdity(_to(43.35, 3.75), Code.OUTSIDE_FRANCE),  # at sea, off Sète
    Absurdity(_to(46.15, -1.35), Code.OUTSIDE_FRANCE),  # between Ré and Oléron
    Absurdity(_to(43.734, 7.42), Code.OUTSIDE_FRANCE),  # Monaco
    Absurdity(_to(42.465, 1.98), Code.OUTSIDE_FRANCE),  # Llívia
    Absurdity(_with(contribution_cents=-1), Code.BAD_MONEY, 400),
    Absurdity(_with(contribution_cents=1_000_001), Code.BAD_MONEY, 400),
    Absurdity(_with(revenue_cents=50), Code.BAD_PRICE),
    Absurdity(_with(seats=9), Code.BAD_SEATS, 400),
    Absurdity(_with(incentives=(Incentive(0, 0, "123"),)), Code.BAD_INCENTIVE, 400),
    Absurdity(_driver(phone_e164=None), Code.NO_PHONE, 400),
    Absurdity(_driver(phone_e164="+33 6 39 98"), Code.BAD_PHONE, 400),
    Absurdity(_passenger(last_name="—"), Code.BAD_NAME),
    Absurdity(_passenger(user_id=""), Code.BAD_ID, 400),
    Absurdity(_with(journey_id="NOT-AN-ID"), Code.BAD_ID, 400),
    Absurdity(_passenger(guardian_missing=True), Code.NO_GUARDIAN),
    Absurdity(_flying, Code.TOO_FAST),
    Absurdity(_crawling, Code.TOO_SLOW),
    Absurdity(_shortcut, Code.SHORTER_THAN_LINE),
)
BETWEEN_RIDES = {
    Code.TOO_MANY_TRIPS: "too_many_trips_by_day",
    Code.TOO_CLOSE: "too_close_trips",
    Code.PASSENGER_OVERLAP: "",
    Code.COUPLE_TWICE: "",
    Code.HOUSEHOLD: "",
    Code.DRIVERS_DIFFER: "",
}


def somebody(luck: random.Random, many: int, first: int) -> PersonFacts:
    number = first + luck.randrange(many)
    return a_person(
        number,
        user_id=f"{number:032x}",
        phone_e164=f"+336399{number:05d}",
        last_name=SURNAMES[number % len(SURNAMES)],
    )


def an_honest_ride(luck: random.Random, number: int, now: datetime) -> CoupleFacts:
    """Somewhere in the Lot, at the pace of its roads, over by now and begun within the day."""
    while True:
        start, end = (Point(luck.uniform(*LOT[0]), luck.uniform(*LOT[1])) for _ in range(2))
        if (crow := distance_m(start, end)) > 3_000:
            break
    metres = round(crow * luck.uniform(1.2, 1.6))
    way = timedelta(minutes=round(metres / 1000 / luck.uniform(35, 70) * 60) + 1)
    begun = now - timedelta(minutes=luck.randrange(int(way.total_seconds() // 60), 19 * 60))
    cents = luck.choice((0, 0, 0, 200, 350))
    return CoupleFacts(
        ride_id=number,
        journey_id=f"{luck.getrandbits(128):032x}",
        trip_id=f"{luck.getrandbits(128):032x}",
        driver=somebody(luck, 90, 1_000),
        passenger=somebody(luck, 250, 2_000),
        start_at=begun,
        start=start,
        end_at=begun + way,
        end=end,
        distance_m=metres,
        status="done",
        driver_says="done",
        passenger_says="done",
        contribution_cents=cents,
        revenue_cents=cents,
        seats=luck.choice((1, 1, 2)),
        communes=(of_france().insee_of(start), of_france().insee_of(end)),
    )


def a_day(luck: random.Random, day: int, now: datetime) -> tuple[list[CoupleFacts], dict[int, Absurdity]]:
    """Five hundred rides, a third of them made absurd in one way, some driving straight back too soon."""
    couples: list[CoupleFacts] = []
    wrong: dict[int, Absurdity] = {}
    for place in range(RIDES_A_DAY):
        number = day * RIDES_A_DAY + place
        couple = an_honest_ride(luck, number, now)
        if luck.random() < 0.33:
            wrong[number] = luck.choice(ABSURD)
            couple = wrong[number].change(couple, now, luck)
        elif luck.random() < 0.1 and couples and couples[-1].ride_id not in wrong:
            couple = _straight_back(luck, couple, couples[-1], now) or couple
        couples.append(couple)
    return couples, wrong


def _straight_back(
    luck: random.Random, couple: CoupleFacts, way_out: CoupleFacts, now: datetime
) -> CoupleFacts | None:
    begun = way_out.end_at + timedelta(minutes=luck.choice((0, 18, 30, 31, 45)))
    if begun + way_out.duration > now:
        return None
    return replace(
        way_out,
        ride_id=couple.ride_id,
        journey_id=couple.journey_id,
        trip_id=couple.trip_id,
        start=way_out.end,
        end=way_out.start,
        start_at=begun,
        end_at=begun + way_out.duration,
    )


@dataclass
class Report:
    """What was sent and stopped; `wrong` says in words what should not have happened."""

    seed: int
    rides: int = 0
    accepted: int = 0
    stopped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unseen: list[str] = field(default_factory=list)  # absurdities that no ride had
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.wrong


def run(*, rides: int, seed: int, progress: bool = False) -> Report:
    """So many rides, five hundred a day, each day's sent over real HTTP."""
    began, report, luck = time.monotonic(), Report(seed), random.Random(seed)
    clock, sent = Clock(), list[Sent]()
    with FakeRegistry(clock) as registry:
        registrar = registry.registrar(ticks=clock.seconds, timeout_seconds=10)
        for day in range(-(-rides // RIDES_A_DAY)):
            clock.now = FIRST_EVENING + timedelta(days=day)
            couples, wrong = a_day(luck, day, clock.now)
            sent += _one_day(report, registry, registrar, couples, wrong, sent)
            if progress:
                say(f"{report.rides} rides, {report.accepted} accepted, wrong: {report.wrong}")
        if {one.status for one in registry.journal.values()} != {"pending"} or len(registry.journal) != len(
            sent
        ):
            report.wrong.append("the registry holds others than were sent")
    report.unseen = sorted({one.code for one in ABSURD} - set(report.reasons))
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _one_day(
    report: Report,
    registry: FakeRegistry,
    registrar: Registrar,
    couples: list[CoupleFacts],
    wrong: dict[int, Absurdity],
    sent: list[Sent],
) -> list[Sent]:
    now = registry.clock()
    found = review(couples, now=now, already_sent=sent)
    for ready in found.ready:
        absurd = wrong.get(ready.couple.ride_id)
        if absurd:
            report.wrong.append(f"{ready.couple.ride_id} went although {absurd.code}")
        try:
            registrar.send(encode(ready.body))
        except Unavailable as refusal:
            report.wrong.append(f"{ready.couple.ride_id} refused: {refusal}")
    for refused in found.refused:
        codes = {reason.code for reason in refused.reasons}
        report.reasons.update(codes)
        report.wrong += complaints(registry, refused.couple, codes, wrong.get(refused.couple.ride_id), now)
    report.rides += len(couples)
    report.accepted += len(found.ready)
    report.stopped += len(found.refused)
    return [ready.trace for ready in found.ready]


def complaints(
    registry: FakeRegistry,
    couple: CoupleFacts,
    codes: set[Code],
    absurd: Absurdity | None,
    now: datetime,
) -> list[str]:
    """What is wrong with a refusal: a wrong reason, or one that the registry knows too and does not share."""
    if absurd is None:
        labels = {BETWEEN_RIDES.get(code, "?") for code in codes} - {""}
        _, _, said = judge(registry.book, payload(couple), now)
        return [] if labels <= set(said) else [f"{couple.ride_id}: {sorted(codes)}, the registry says {said}"]
    found = [] if absurd.code in codes else [f"{couple.ride_id}: {sorted(codes)} instead of {absurd.code}"]
    if absurd.answer:
        status, _, said = judge(registry.book, payload(couple), now)
        if status != absurd.answer or (absurd.label and absurd.label not in said):
            found.append(f"{couple.ride_id}: {absurd.code}, the registry answers {status} {said}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when everything holds."""
    parser = argparse.ArgumentParser(
        prog="./run bench rides", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rides", type=int, default=5_000, help="how many rides (5000), by five hundreds")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--json", action="store_true", help="one line of JSON; progress goes to stderr")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    report = run(rides=options.rides, seed=options.seed, progress=True)
    printed = circumstances("rides", given) | vars(report) | {"holds": report.holds}
    sys.stdout.write(json.dumps(printed, indent=None if options.json else 2, ensure_ascii=False) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
