from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select

from lotocar.carpool.people import operations as people
from lotocar.carpool.people import queries as people_queries
from lotocar.carpool.trips import operations as trips
from lotocar.carpool.trips import queries
from lotocar.carpool.trips import seats as trip_seats
from lotocar.carpool.trips.models import SeatUse, Trip, TripRevision
from lotocar.carpool.trips.rules import DepartureOffer, TripOffer
from lotocar.errors import Invalid, NotFound, Refused
from lotocar.values.actor import PUBLIC, Actor, ActorKind
from lotocar.values.geo import Stop
from tests.support.factories import (
    CAHORS,
    FIGEAC,
    GOURDON,
    TUESDAY,
    make_consent,
    make_driver,
    make_organisation,
    make_person,
    make_trip,
)
from tests.support.offered import awaiting_call, live_trips

NADIA = Actor(ActorKind.STAFF, 1)
# V5: 7 h 30 on Monday and Tuesday, 8 h on Friday
OFFER = TripOffer(
    CAHORS,
    FIGEAC,
    "regular",
    (
        DepartureOffer("out", weekday=0, hour=time(7, 30)),
        DepartureOffer("out", weekday=1, hour=time(7, 30)),
        DepartureOffer("out", weekday=4, hour=time(8)),
    ),
)


def post(session, driver, now, offer=OFFER, actor=PUBLIC):
    return trips.post_trip(session, driver=driver, offer=offer, confirmed=True, actor=actor, now=now)


def unreached(session, **changes):
    return make_person(session, first_name="Odile", last_name="Vernet", **changes)


def revision(session):
    return session.scalars(select(TripRevision.value)).one()


def test_the_hours_of_each_day_are_kept(session, now):
    """V5: different hours by weekday."""
    trip = post(session, make_driver(session), now)
    session.expire_all()
    assert {one.weekday: one.hour for one in trip.departures} == {0: time(7, 30), 1: time(7, 30), 4: time(8)}


def test_the_trip_of_a_known_driver_can_be_found_at_once(session, now):
    trip = post(session, make_driver(session), now)
    assert trip.status == "active"
    assert live_trips(session) == [trip]
    assert queries.trip_by_public_id(session, trip.public_id) is trip


def test_the_trip_of_an_unreached_number_is_found_by_nobody(session, now):
    driver = unreached(session)
    driver.lines[0].confirmed_at = None
    trip = post(session, driver, now)
    assert trip.status == "pending"
    assert live_trips(session) == []
    assert awaiting_call(session) == [trip]
    with pytest.raises(NotFound):
        queries.trip_by_public_id(session, trip.public_id)


def test_confirming_the_number_opens_the_trip(session, now):
    make_organisation(session)
    driver = unreached(session)
    driver.lines[0].confirmed_at = None
    trip = post(session, driver, now)
    people.confirm_line(session, driver.lines[0], actor=PUBLIC, now=now)
    assert trips.confirm_pending(session, driver, actor=PUBLIC, now=now) is driver
    assert trip.status == "active"


def test_where_drivers_need_validation_the_team_opens_the_trip(session, now):
    make_organisation(session, drivers_need_validation=True)
    driver = unreached(session)
    trip = post(session, driver, now)
    trips.confirm_pending(session, driver, actor=PUBLIC, now=now)
    assert trip.status == "pending"
    trips.confirm_pending(session, driver, actor=NADIA, now=now)
    assert trip.status == "active"


def test_a_confirmed_newcomer_becomes_one_with_who_they_already_were(session, now):
    make_organisation(session)
    known = make_driver(session, phone="+33639980044")
    draft = unreached(session, phone="+33639980044")
    draft.lines[0].confirmed_at = None
    make_consent(session, draft, "share_phone")
    trip = post(session, draft, now)
    people.confirm_line(session, draft.lines[0], actor=PUBLIC, now=now)
    assert trips.confirm_pending(session, draft, actor=PUBLIC, now=now) is known
    assert (trip.driver_id, trip.status) == (known.id, "active")
    assert people_queries.shares_phone(session, [known.id]) == {known.id}
    assert len(known.lines) == 1


def test_a_stranger_cannot_slip_a_trip_under_somebody_s_name(session, now):
    """Until the number is confirmed, the draft stays apart from the known driver."""
    make_organisation(session)
    known = make_driver(session, phone="+33639980045")
    draft = unreached(session, phone="+33639980045")
    draft.lines[0].confirmed_at = None
    post(session, draft, now)
    trips.confirm_pending(session, known, actor=PUBLIC, now=now)
    assert queries.trips_of(session, known.id) == []


def test_every_change_raises_the_revision_and_stamps_the_trip(session, now):
    trip = post(session, make_driver(session), now)
    stamps = [trip.revision]
    trips.change_trip(session, trip, replace(OFFER, seats=2), actor=NADIA, now=now)
    stamps.append(trip.revision)
    found = trips.pause(session, trip, TUESDAY, TUESDAY, actor=NADIA, now=now)
    stamps.append(trip.revision)
    trips.remove_pause(session, trip, found.id, actor=NADIA, now=now)
    stamps.append(trip.revision)
    trips.stop(session, trip, actor=NADIA, now=now)
    stamps.append(trip.revision)
    assert stamps == list(range(stamps[0], stamps[0] + 5))
    assert revision(session) == stamps[-1]


def test_a_refused_change_leaves_the_trip_as_it_was(session, now):
    trip = post(session, make_driver(session), now)
    with pytest.raises(Invalid):
        trips.change_trip(session, trip, replace(OFFER, destination=CAHORS), actor=NADIA, now=now)
    assert trip.destination == FIGEAC


def test_a_new_hour_keeps_the_row_of_its_day(session, now):
    trip = post(session, make_driver(session), now)
    session.flush()
    monday = next(one.id for one in trip.departures if one.weekday == 0)
    later = (DepartureOffer("out", weekday=0, hour=time(8)), DepartureOffer("back", weekday=0, hour=time(18)))
    trips.change_trip(
        session, trip, replace(OFFER, destination=GOURDON, departures=later), actor=NADIA, now=now
    )
    session.flush()
    session.expire_all()
    assert trip.destination == GOURDON
    assert [(one.direction, one.hour) for one in trip.departures] == [("out", time(8)), ("back", time(18))]
    assert trip.departures[0].id == monday


def test_pauses_are_kept_with_the_trip(session, now):
    trip = make_trip(session)
    trips.pause(session, trip, date(2026, 12, 1), date(2026, 12, 15), actor=NADIA, now=now)
    session.expire_all()
    assert [(one.first_day.day, one.last_day.day) for one in trip.pauses] == [(1, 15)]
    with pytest.raises(NotFound):
        trips.remove_pause(session, trip, 999_999, actor=NADIA, now=now)


def test_a_stopped_trip_is_found_again_once_resumed(session, now):
    trip = make_trip(session)
    trips.stop(session, trip, actor=NADIA, now=now)
    assert live_trips(session) == []
    trips.resume(session, trip, actor=NADIA, now=now)
    assert live_trips(session) == [trip]


def test_a_deleted_trip_leaves_the_driver_s_page_and_does_not_come_back(session, now):
    trip = make_trip(session)
    trips.delete(session, trip, actor=NADIA, now=now)
    assert queries.trips_of(session, trip.driver_id) == []
    with pytest.raises(NotFound):
        queries.trip_of(session, trip.driver_id, trip.public_id)
    with pytest.raises(Refused):
        trips.resume(session, trip, actor=NADIA, now=now)


def test_the_trip_of_a_suspended_driver_is_no_longer_known_outside(session, now):
    trip = make_trip(session)
    people.enrol(session, trip.driver, role="driver", act="suspend", actor=NADIA, now=now)
    with pytest.raises(NotFound):
        queries.trip_by_public_id(session, trip.public_id)


def test_a_driver_opens_only_their_own_trips(session):
    trip, other = make_trip(session), make_driver(session)
    assert queries.trip_of(session, trip.driver_id, trip.public_id) is trip
    with pytest.raises(NotFound):
        queries.trip_of(session, other.id, trip.public_id)


def test_the_trips_of_a_suspended_driver_are_not_offered(session, now):
    trip = make_trip(session)
    people.enrol(session, trip.driver, role="driver", act="suspend", actor=NADIA, now=now)
    assert live_trips(session) == []
    before = trip.revision
    trips.driver_changed(session, trip.driver_id)
    session.refresh(trip)
    assert trip.revision > before


def take(session, trip, now, seats, day=TUESDAY, direction="out"):
    trip_seats.take_seats(session, trip_id=trip.id, direction=direction, day=day, seats=seats, now=now)


def test_seats_are_counted_by_direction_and_day(session, now):
    trip = make_trip(session, seats=2)
    take(session, trip, now, 2)
    take(session, trip, now, 2, direction="back")
    take(session, trip, now, 1, day=date(2026, 12, 1))
    with pytest.raises(Refused) as refusal:
        take(session, trip, now, 1)
    assert refusal.value.code == "seats.none_left"


def test_seats_given_back_may_be_taken_again(session, now):
    trip = make_trip(session, seats=1)
    take(session, trip, now, 1)
    trip_seats.release_seats(session, trip_id=trip.id, direction="out", day=TUESDAY, seats=1, now=now)
    take(session, trip, now, 1)
    assert session.scalars(select(SeatUse.taken)).one() == 1


def test_more_seats_than_the_car_has_are_refused_from_the_start(session, now):
    with pytest.raises(Refused):
        take(session, make_trip(session, seats=1), now, 2)


def test_the_seat_of_somebody_else_on_the_eve_stays_taken(session, now):
    """Seats promised before holders were kept say no more than the day: X's on Monday, Y's on Tuesday."""
    trip, monday = make_trip(session), date(2026, 11, 23)
    session.add_all(
        SeatUse(trip_id=trip.id, direction="out", day=day, taken=1, parts=[]) for day in (monday, TUESDAY)
    )
    session.flush()
    trip_seats.release_seats(
        session, trip_id=trip.id, direction="out", day=TUESDAY, seats=1, now=now, holder=7
    )
    assert dict(session.execute(select(SeatUse.day, SeatUse.taken)).all()) == {monday: 1, TUESDAY: 0}


def test_a_car_that_became_smaller_takes_nobody_beyond_its_seats_wherever_they_get_in(session, now):
    trip = make_trip(session, seats=3)
    where = {"trip_id": trip.id, "direction": "out", "day": TUESDAY, "now": now}
    trip_seats.take_seats(session, **where, seats=2, holder=1, span=(0, 600))
    trip.seats = 1
    session.flush()
    with pytest.raises(Refused):
        trip_seats.take_seats(session, **where, seats=2, holder=2, span=(600, 1200))
    trip_seats.take_seats(session, **where, seats=1, holder=3, span=(600, 1200))
    assert session.scalars(select(SeatUse.taken)).one() == 2


def test_an_erased_driver_leaves_no_words_in_the_trips(session, now):
    doorstep = Stop("4 rue Haute, Cahors", "46042", 44.44751, 1.44062)
    trip = make_trip(session, origin=doorstep, precision="sous le porche", note="sonner chez Vernet")
    trips.erase_person(session, trip.driver_id, now=now)
    session.expire_all()
    row = session.get(Trip, trip.id)
    assert (row.status, row.precision, row.note) == ("deleted", "", "")
    assert row.origin == Stop("", "46042", 44.45, 1.44)
