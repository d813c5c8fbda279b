"""Calendars, moved days, full months and pairs, read from the database into what matching judges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lotocar.carpool.matching.candidate import Candidate
from lotocar.carpool.matching.facts import LegFacts, TimeKind
from lotocar.carpool.matching.mirror import Mirror
from lotocar.carpool.matching.search import exhaustive, leg_facts, search, why_not
from lotocar.carpool.people import operations as people
from lotocar.carpool.trips import calendar, seats
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips.models import SeatUse, Trip
from lotocar.values.actor import SYSTEM
from lotocar.values.days import local
from lotocar.world.roads.estimate import EstimatedRoads
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GRAMAT,
    NOW,
    SOUILLAC,
    a_leg,
    make_driver,
    make_passenger,
    make_trip,
    once,
    weekly,
)

ROADS = EstimatedRoads()
TODAY = date(2026, 11, 21)
TUESDAY, CHRISTMAS_TUESDAY = date(2026, 11, 24), date(2026, 12, 22)
LEG = LegFacts(CAHORS.point, FIGEAC.point, TUESDAY)


def found(session: Session, day: date, **changes: Any) -> list[Candidate]:
    """Who fits on that day, by both ways of looking, which agree."""
    leg = replace(LEG, day=day, **changes)
    through = search(session, leg, mirror=Mirror(ROADS))
    assert through == exhaustive(session, leg, roads=ROADS)
    return through


def hours(session: Session, day: date) -> list[str]:
    return [f"{local(one.departure_at):%H:%M}" for one in found(session, day) if one.departure_at]


def why(session: Session, day: date, driver_id: int) -> str:
    return why_not(session, replace(LEG, day=day), roads=ROADS, driver_id=driver_id).words


def follow(session: Session, trip: Trip, **changes: Any) -> None:
    """The trip as its driver now says it, with its weekday kept."""
    from lotocar.carpool.trips.rules import DepartureOffer, TripOffer

    days = tuple(
        DepartureOffer(one.direction, weekday=one.weekday, hour=one.hour)
        for one in trip.departures
        if one.day is None
    )
    trips.change_trip(
        session, trip, TripOffer(CAHORS, FIGEAC, "regular", days, **changes), actor=SYSTEM, now=NOW
    )


def test_in_school_terms_only(session: Session) -> None:
    trip = make_trip(session)
    follow(session, trip, school_terms="term")
    assert len(found(session, TUESDAY)) == 1
    assert found(session, CHRISTMAS_TUESDAY) == []
    said = why(session, CHRISTMAS_TUESDAY, trip.driver_id)
    assert said == "ne fait pas ce trajet pendant les vacances scolaires"


def test_in_school_breaks_only(session: Session) -> None:
    follow(session, make_trip(session), school_terms="break")
    assert found(session, TUESDAY) == []
    assert len(found(session, CHRISTMAS_TUESDAY)) == 1


def test_not_on_public_holidays(session: Session) -> None:
    armistice = date(2027, 11, 11)  # a Thursday
    trip = make_trip(session, departures=[weekly(3, time(8))])
    assert len(found(session, armistice)) == 1
    follow(session, trip, skips_holidays=True)
    assert found(session, armistice) == []
    assert len(found(session, date(2027, 11, 18))) == 1
    assert why(session, armistice, trip.driver_id) == "ne fait pas ce trajet les jours fériés"


def test_a_calendar_corrected_by_hand_is_known_to_the_next_search(session: Session) -> None:
    follow(session, make_trip(session), school_terms="term")
    mirror = Mirror(ROADS)
    assert len(search(session, LEG, mirror=mirror)) == 1
    session.commit()
    calendar.add_break(
        session, zone="C", name="Pont", first_day=TUESDAY, last_day=TUESDAY, actor=SYSTEM, now=NOW
    )
    session.commit()
    assert search(session, LEG, mirror=mirror) == []


def test_a_year_filled_for_one_trip_is_known_to_the_others(session: Session) -> None:
    """Posting a term trip fills the calendar before the nightly job, which then finds nothing to add."""
    make_trip(session, school_terms="term")
    leg, mirror = replace(LEG, day=CHRISTMAS_TUESDAY), Mirror(ROADS)
    assert len(search(session, leg, mirror=mirror)) == 1, "no calendar yet"
    session.commit()
    other = make_trip(session)
    follow(session, other, school_terms="term")
    calendar.fill(session, TODAY)
    session.commit()
    assert search(session, leg, mirror=mirror) == []


def test_a_day_at_another_hour_replaces_the_usual_one(session: Session) -> None:
    trip = make_trip(session)
    trips.move_day(
        session, trip, TUESDAY, to=TUESDAY, hour=time(10), back_hour=time(18), actor=SYSTEM, now=NOW
    )
    assert hours(session, TUESDAY) == ["10:00"]
    assert hours(session, date(2026, 12, 1)) == ["08:30"]


@pytest.mark.parametrize("to", [TUESDAY, date(2026, 11, 26)])
def test_a_return_taken_away_from_a_day_is_no_longer_offered(session: Session, to: date) -> None:
    both = [one for day in (1, 3) for one in (weekly(day, time(8, 30)), weekly(day, time(17), "back"))]
    trip = make_trip(session, departures=both)
    back = {"pickup": FIGEAC.point, "dropoff": CAHORS.point}
    assert [one.direction for one in found(session, to, **back)] == ["back"]
    trips.move_day(session, trip, TUESDAY, to=to, hour=time(10), back_hour=None, actor=SYSTEM, now=NOW)
    assert hours(session, to) == ["10:00"]
    assert found(session, to, **back) == []
    judged = why_not(session, replace(LEG, day=to, **back), roads=ROADS, driver_id=trip.driver_id)
    assert judged.words == "a changé ses horaires ce jour-là"
    next_week = to + timedelta(days=7)
    assert [one.direction for one in found(session, next_week, **back)] == ["back"]


def test_a_day_moved_to_another_runs_there_only(session: Session) -> None:
    trip, friday = make_trip(session), date(2026, 11, 27)
    trips.move_day(session, trip, TUESDAY, to=friday, hour=None, back_hour=None, actor=SYSTEM, now=NOW)
    assert (hours(session, TUESDAY), hours(session, friday)) == ([], ["08:30"])
    trips.restore_day(session, trip, friday, actor=SYSTEM, now=NOW)
    assert hours(session, friday) == []


def test_a_day_given_hours_again_runs_though_it_was_moved_away(session: Session) -> None:
    trip, friday = make_trip(session), date(2026, 11, 27)
    trips.move_day(session, trip, TUESDAY, to=friday, hour=None, back_hour=None, actor=SYSTEM, now=NOW)
    trips.move_day(session, trip, TUESDAY, to=TUESDAY, hour=time(10), back_hour=None, actor=SYSTEM, now=NOW)
    assert hours(session, TUESDAY) == ["10:00"]
    assert trip.pauses == []


def test_a_day_moved_into_a_pause_runs_and_the_pause_holds_around_it(session: Session) -> None:
    trip, friday = make_trip(session), date(2026, 11, 27)
    first, last = date(2026, 11, 23), date(2026, 12, 6)
    trips.pause(session, trip, first, last, actor=SYSTEM, now=NOW)
    trips.move_day(session, trip, TUESDAY, to=friday, hour=None, back_hour=None, actor=SYSTEM, now=NOW)
    kept = [(first, friday - timedelta(days=1)), (friday + timedelta(days=1), last)]
    assert [(one.first_day, one.last_day) for one in trip.pauses] == kept
    session.expire_all()
    assert [(one.first_day, one.last_day) for one in trip.pauses] == kept
    assert [hours(session, day) for day in (TUESDAY, friday, date(2026, 12, 1))] == [[], ["08:30"], []]


def test_a_moved_day_holds_even_when_it_is_a_holiday(session: Session) -> None:
    trip, christmas = make_trip(session), date(2026, 12, 25)
    follow(session, trip, skips_holidays=True, school_terms="term")
    trips.move_day(session, trip, TUESDAY, to=christmas, hour=time(9), back_hour=None, actor=SYSTEM, now=NOW)
    assert hours(session, christmas) == ["09:00"]


def test_changing_the_trip_leaves_its_moved_days(session: Session) -> None:
    trip = make_trip(session)
    trips.move_day(session, trip, TUESDAY, to=TUESDAY, hour=time(10), back_hour=None, actor=SYSTEM, now=NOW)
    follow(session, trip, seats=2)
    assert hours(session, TUESDAY) == ["10:00"]


def take(session: Session, trip: Trip, day: date, **changes: Any) -> None:
    seats.take_seats(session, trip_id=trip.id, direction="out", day=day, seats=1, now=NOW, **changes)


def test_a_driver_whose_month_is_full_is_left_alone_until_the_next(session: Session) -> None:
    trip = make_trip(session)
    other = make_trip(session, driver=trip.driver, departures=[weekly(3, time(8))])
    trips.set_terms(session, trip.driver, abilities=None, monthly_limit=1, actor=SYSTEM, now=NOW)
    mirror = Mirror(ROADS)
    thursday = replace(LEG, day=date(2026, 11, 26))
    assert len(search(session, thursday, mirror=mirror)) == 1
    session.commit()
    take(session, trip, TUESDAY)
    session.commit()
    assert search(session, thursday, mirror=mirror) == []
    assert len(found(session, TUESDAY)) == 1, "one passenger more on the day already driven"
    assert len(found(session, date(2026, 12, 1))) == 1
    said = why(session, thursday.day, other.driver_id)
    assert said == "a déjà pris autant de trajets que convenu pour ce mois"


@pytest.mark.parametrize("limit", [0, 32])
def test_a_limit_that_makes_no_sense_is_refused(session: Session, limit: int) -> None:
    from lotocar.errors import Invalid

    with pytest.raises(Invalid):
        trips.set_terms(
            session, make_driver(session), abilities=None, monthly_limit=limit, actor=SYSTEM, now=NOW
        )


def test_two_passengers_one_after_the_other_share_a_seat(session: Session) -> None:
    trip = make_trip(session, seats=1, origin=CAHORS, destination=SOUILLAC)
    alone = found(session, TUESDAY, dropoff=SOUILLAC.point)
    assert len(alone) == 1
    take(session, trip, TUESDAY, holder=1, span=(0, 600))
    take(session, trip, TUESDAY, holder=2, span=(600, 1200))
    assert session.query(SeatUse).one().taken == 1
    assert found(session, TUESDAY, dropoff=SOUILLAC.point) == []
    seats.release_seats(session, trip_id=trip.id, direction="out", day=TUESDAY, seats=1, now=NOW, holder=1)
    assert [part[0] for part in session.query(SeatUse).one().parts] == [2]


def test_seats_that_overlap_are_refused_even_for_a_minute(session: Session) -> None:
    from lotocar.errors import Refused

    trip = make_trip(session, seats=1)
    take(session, trip, TUESDAY, holder=1, span=(0, 600))
    with pytest.raises(Refused):
        take(session, trip, TUESDAY, holder=2, span=(540, 1200))


def test_a_place_passed_by_is_served_both_ways(session: Session) -> None:
    trip = make_trip(session, departures=[weekly(1, time(8)), weekly(1, time(17), "back")])
    trip.via_stops = [[GRAMAT.label, GRAMAT.insee, GRAMAT.lat, GRAMAT.lon]]
    session.flush()
    out = found(session, TUESDAY, dropoff=GRAMAT.point)
    back = found(session, TUESDAY, pickup=GRAMAT.point, dropoff=CAHORS.point)
    assert [(one.direction, one.detour_seconds) for one in (*out, *back)] == [("out", 0), ("back", 0)]


def test_a_pair_to_avoid_is_proposed_to_neither(session: Session) -> None:
    trip, marcel = make_trip(session), make_passenger(session)
    people.avoid_pair(session, marcel, trip.driver, actor=SYSTEM, now=NOW)
    people.avoid_pair(session, trip.driver, marcel, actor=SYSTEM, now=NOW)  # said twice, kept once
    facts = leg_facts(session, a_leg(), passenger_id=marcel.id)
    assert facts.avoid == {trip.driver_id}
    assert search(session, facts, mirror=Mirror(ROADS)) == []
    people.forget_pair(session, marcel, trip.driver, actor=SYSTEM, now=NOW)
    assert leg_facts(session, a_leg(), passenger_id=marcel.id).avoid == frozenset()


def test_a_leg_as_stored_becomes_what_matching_asks(session: Session) -> None:
    leg = a_leg(time_kind="between", hour=time(8), until=time(12), flexible_days=1)
    facts = leg_facts(session, leg, seats=2, needs="hand,boot", is_public=True, now=NOW)
    assert (facts.time_kind, facts.hour, facts.until) == (TimeKind.BETWEEN, time(8), time(12))
    assert (facts.seats, facts.needs, facts.is_public, facts.not_before) == (2, 3, True, NOW)


def test_a_trip_of_the_past_year_does_not_weigh_on_a_one_off(session: Session) -> None:
    make_trip(session, kind="one_off", departures=[once(TUESDAY, time(9))])
    assert hours(session, TUESDAY) == ["09:00"]
