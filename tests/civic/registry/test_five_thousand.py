"""5 000 rides, honest and absurd, over real HTTP: all that go are taken, all that stay had a reason to.

Ten days of five hundred. The loopback registry shares no code with the product. What we refuse for a reason that
it knows too is shown to it (without being stored): it must refuse it as well.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lotocar.civic.registry.couples.checks import Sent, review
from lotocar.civic.registry.couples.facts import Code, CoupleFacts, Incentive, PersonFacts
from lotocar.civic.registry.couples.payload import encode, payload
from lotocar.values.geo import Point, distance_m
from tests.civic.registry.evening import Clock
from tests.civic.registry.fictional import a_person
from tests.support.fake_registry import FakeRegistry, judge

DAYS, RIDES_A_DAY = 10, 500
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


def _too_old(couple: CoupleFacts, now: datetime, _luck: random.Random) -> CoupleFacts:
    start = now - timedelta(hours=24, seconds=1)
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
    Absurdity(_with(communes=("46042", None)), Code.OUTSIDE_FRANCE),
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
        communes=("46042", "46102"),
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


def test_five_thousand_rides(registry: FakeRegistry, registry_clock: Clock) -> None:
    luck = random.Random(20261121)
    registrar = registry.registrar(ticks=registry_clock.seconds, timeout_seconds=10)
    sent: list[Sent] = []
    stopped: Counter[Code] = Counter()
    for day in range(DAYS):
        now = datetime(2026, 11, 2 + day, 20, 0, tzinfo=UTC)
        registry_clock.now = now
        couples, wrong = a_day(luck, day, now)
        found = review(couples, now=now, already_sent=sent)
        for ready in found.ready:
            assert ready.couple.ride_id not in wrong, wrong[ready.couple.ride_id].code
            registrar.send(encode(ready.body))  # raises when the registry refuses anything
            sent.append(ready.trace)
        assert len(found.ready) + len(found.refused) == RIDES_A_DAY
        for refused in found.refused:
            codes = {reason.code for reason in refused.reasons}
            stopped.update(codes)
            _refused_for_good_reason(registry, refused.couple, codes, wrong.get(refused.couple.ride_id), now)
    assert len(registry.journal) == len(sent)
    assert {one.status for one in registry.journal.values()} == {"pending"}
    assert len(sent) > 2_000
    assert {one.code for one in ABSURD} <= set(stopped)
    assert {Code.TOO_MANY_TRIPS, Code.TOO_CLOSE, Code.PASSENGER_OVERLAP} <= set(stopped)


def _refused_for_good_reason(
    registry: FakeRegistry,
    couple: CoupleFacts,
    codes: set[Code],
    wrong: Absurdity | None,
    now: datetime,
) -> None:
    if wrong is None:
        assert codes <= set(BETWEEN_RIDES), codes
        labels = {BETWEEN_RIDES[code] for code in codes} - {""}
        _, _, said = judge(registry.book, payload(couple), now)
        assert labels <= set(said), (codes, said)
        return
    assert wrong.code in codes, (wrong.code, codes)
    if wrong.answer:
        status, _, said = judge(registry.book, payload(couple), now)
        assert status == wrong.answer, (wrong.code, status, said)
        assert not wrong.label or wrong.label in said


def test_a_number_used_once_is_used_for_ever(registry: FakeRegistry, registry_clock: Clock) -> None:
    luck = random.Random(7)
    now = registry_clock.now
    couple = an_honest_ride(luck, 1, now)
    first = review([couple], now=now)
    registry.registrar().send(encode(first.ready[0].body))
    again = review([couple], now=now, already_sent=[first.ready[0].trace])
    assert [reason.code for reason in again.refused[0].reasons] == [Code.ID_USED]
    assert judge(registry.book, first.ready[0].body, now)[0] == 409
