from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from lotocar.carpool.trips.rules import (
    DepartureOffer,
    TripOffer,
    check_moved,
    check_offer,
    check_pause,
    initial_status,
    is_paused,
    trip_after,
    with_pause,
)
from lotocar.errors import Invalid, Refused
from lotocar.values.geo import Stop
from tests.support.factories import CAHORS, FIGEAC, TUESDAY

TODAY = date(2026, 11, 21)
SPRING = date(2027, 3, 28)  # 02:30 is never shown
AUTUMN = date(2027, 10, 31)  # 02:30 is shown twice
WEEKLY = TripOffer(CAHORS, FIGEAC, "regular", (DepartureOffer("out", weekday=1, hour=time(8, 30)),))
ONCE = TripOffer(
    CAHORS,
    FIGEAC,
    "one_off",
    (
        DepartureOffer("out", day=TUESDAY, hour=time(8, 30)),
        DepartureOffer("back", day=TUESDAY, hour=time(17)),
    ),
)


def dated(direction, day=TUESDAY, hour=None):
    return DepartureOffer(direction, day=day, hour=hour)


@pytest.mark.parametrize("offer", [WEEKLY, ONCE, replace(ONCE, departures=(dated("out", TODAY),))])
def test_a_plain_offer_is_accepted(offer):
    check_offer(offer, today=TODAY)


@pytest.mark.parametrize(
    ("offer", "code", "field"),
    [
        (replace(WEEKLY, destination=CAHORS), "trip.same_place", "destination"),
        (
            replace(WEEKLY, destination=Stop("Cahors gare", "46042", 44.4478, 1.4400)),
            "trip.same_place",
            "destination",
        ),
        (replace(WEEKLY, departures=()), "trip.no_departure", "days"),
        (replace(WEEKLY, departures=(DepartureOffer("back", weekday=1),)), "trip.no_departure", "days"),
        (replace(WEEKLY, departures=WEEKLY.departures * 2), "trip.departure_twice", "days"),
        (replace(WEEKLY, departures=(DepartureOffer("out", weekday=7),)), "trip.weekday", "days"),
        (replace(WEEKLY, departures=(dated("out"),)), "trip.weekday", "days"),
        (replace(ONCE, departures=WEEKLY.departures), "trip.day", "day"),
        (replace(ONCE, departures=(dated("out", TODAY - timedelta(days=1)),)), "trip.day_past", "day"),
        (replace(ONCE, departures=(dated("out", date(2028, 1, 1)),)), "trip.day_far", "day"),
        (
            replace(ONCE, departures=(dated("out", hour=time(9)), dated("back", hour=time(8)))),
            "trip.back_before_out",
            "back_hour",
        ),
        (replace(ONCE, departures=(dated("out", SPRING, time(2, 30)),)), "hour_missing", "hour"),
        (
            replace(ONCE, departures=(dated("out", SPRING, time(1)), dated("back", SPRING, time(2, 30)))),
            "hour_missing",
            "back_hour",
        ),
        (replace(ONCE, departures=(dated("out", AUTUMN, time(2, 30)),)), "hour_twice", "hour"),
        (replace(WEEKLY, kind="monthly"), "trip.kind", "kind"),
        (replace(WEEKLY, seats=0), "trip.seats", "seats"),
        (replace(WEEKLY, seats=9), "trip.seats", "seats"),
        (replace(WEEKLY, flexibility_minutes=121), "trip.flexibility", "flexibility_minutes"),
        (replace(WEEKLY, max_detour_minutes=-1), "trip.detour", "max_detour_minutes"),
        (replace(WEEKLY, note="x" * 501), "trip.text_long", "note"),
        (replace(WEEKLY, valid_from=TUESDAY, valid_until=TODAY), "trip.validity_order", "valid_until"),
    ],
)
def test_what_cannot_be_driven_is_refused_beside_its_field(offer, code, field):
    with pytest.raises(Invalid) as refusal:
        check_offer(offer, today=TODAY)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_a_night_worker_comes_back_on_another_weekday_before_leaving():
    nights = (
        DepartureOffer("out", weekday=1, hour=time(21)),
        DepartureOffer("back", weekday=1, hour=time(5, 30)),
    )
    check_offer(replace(WEEKLY, departures=nights), today=TODAY)


def test_a_way_back_without_hours_is_accepted_on_the_same_day():
    check_offer(replace(ONCE, departures=(dated("out"), dated("back"))), today=TODAY)


def test_a_pause_runs_forward_and_is_not_over():
    check_pause(TODAY, TODAY, today=TODAY)
    for first, last in ((TUESDAY, TODAY), (date(2026, 11, 1), date(2026, 11, 20))):
        with pytest.raises(Invalid):
            check_pause(first, last, today=TODAY)


def test_both_ends_of_a_pause_are_paused():
    december = [(date(2026, 12, 1), date(2026, 12, 15))]
    assert [is_paused(date(2026, 12, day), december) for day in (1, 3, 15, 16)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("reached", "enrolment", "status"),
    [
        (True, "accepted", "active"),
        (False, "accepted", "pending"),
        (True, "candidate", "pending"),
        (True, "left", "pending"),
    ],
)
def test_a_new_trip_waits_for_the_number_and_the_team(reached, enrolment, status):
    assert initial_status(line_confirmed=reached, enrolment=enrolment) == status


@pytest.mark.parametrize("enrolment", ["refused", "suspended"])
def test_a_refused_driver_posts_nothing(enrolment):
    with pytest.raises(Refused):
        initial_status(line_confirmed=True, enrolment=enrolment)


def test_a_deleted_trip_is_neither_stopped_nor_deleted_again():
    for act in ("stop", "resume", "delete", "confirm"):
        with pytest.raises(Refused):
            trip_after("deleted", act)


@pytest.mark.parametrize(
    ("out", "back", "refused"),
    [
        (time(8), time(17), False),
        (time(8), time(8), True),
        (time(8), time(7, 59), True),
        (time(16, 59), time(8), True),
        (time(17), time(8), False),  # leaves in the evening, works at night
    ],
)
def test_a_weekly_way_back_comes_after_the_way_out(out: time, back: time, refused: bool):
    days = (DepartureOffer("out", weekday=2, hour=out), DepartureOffer("back", weekday=2, hour=back))
    offer = replace(WEEKLY, departures=days)
    if not refused:
        check_offer(offer, today=TODAY)
        return
    with pytest.raises(Invalid) as refusal:
        check_offer(offer, today=TODAY)
    assert (refusal.value.code, refusal.value.field) == ("trip.back_before_out", "back_2")


def test_places_passed_by_are_three_at_most_and_elsewhere_than_the_rest():
    via = replace(WEEKLY.origin, lat=WEEKLY.origin.lat + 0.1)
    check_offer(replace(WEEKLY, vias=(via,)), today=TODAY)
    for vias, code, field in (
        ((WEEKLY.origin,), "trip.via_same", "via_1"),
        ((via, via), "trip.via_same", "via_2"),
        ((via, WEEKLY.destination), "trip.via_same", "via_2"),
        ((via,) * 4, "trip.vias", "via_1"),
    ):
        with pytest.raises(Invalid) as refusal:
            check_offer(replace(WEEKLY, vias=vias), today=TODAY)
        assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize(
    ("pauses", "first", "last", "whole"),
    [
        ([], 1, 5, (1, 5)),
        ([(1, 5)], 1, 5, (1, 5)),
        ([(1, 9)], 3, 5, (1, 9)),
        ([(1, 3)], 4, 8, (1, 8)),  # they touch
        ([(1, 3)], 5, 8, (5, 8)),
        ([(1, 3), (6, 9)], 3, 6, (1, 9)),
    ],
)
def test_pauses_that_touch_become_one(pauses, first, last, whole):
    def day(number: int) -> date:
        return date(2026, 12, number)

    known = [(day(start), day(end)) for start, end in pauses]
    start, end, _ = with_pause(known, day(first), day(last))
    assert (start, end) == (day(whole[0]), day(whole[1]))


def test_a_moved_day_is_neither_past_nor_far_nor_backwards():
    tuesday = TODAY + timedelta(days=3)
    check_moved(tuesday, tuesday, hour=time(8), back_hour=time(8, 1), today=TODAY)
    cases = (
        (TODAY - timedelta(days=1), tuesday, time(9), "trip.day_past"),
        (tuesday, TODAY - timedelta(days=1), time(9), "trip.day_past"),
        (tuesday, TODAY + timedelta(days=367), time(9), "trip.day_far"),
        (tuesday, tuesday, time(8), "trip.back_before_out"),
    )
    for day, to, back, code in cases:
        with pytest.raises(Invalid) as refusal:
            check_moved(day, to, hour=time(8), back_hour=back, today=TODAY)
        assert refusal.value.code == code
