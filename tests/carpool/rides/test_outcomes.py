"""What became of rides, what time does to questions, and how requests end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lotocar.carpool.requests import operations as requests
from lotocar.carpool.rides import outcomes
from lotocar.carpool.rides.models import ContactReveal, Ride
from lotocar.errors import Refused
from lotocar.journal.models import Entry
from lotocar.messages.texts import SenderPolicy
from tests.carpool.rides.agreeing import (
    NADIA,
    POLICY,
    a_request,
    accept,
    agreed,
    ask,
    everything_left,
    seats_taken,
    states,
    tell,
    told,
    verbs,
)
from tests.support.factories import (
    NOW,
    PICKUP,
    a_leg,
    a_mobile,
    make_driver,
    make_organisation,
    make_passenger,
    make_trip,
)

AFTER = PICKUP + timedelta(hours=12)
BACK: dict[str, Any] = {"position": 2, "direction": "back", "time_kind": "leave_at", "hour": time(16)}


@pytest.fixture(autouse=True)
def organisation(session: Session) -> None:
    make_organisation(session)


def finish(session: Session, ride: Ride, act: str, now: Any = AFTER) -> None:
    outcomes.finish(session, ride, act, actor=NADIA, now=now, policy=POLICY)


def close(session: Session, ride_request: Any, outcome: str) -> None:
    outcomes.close_request(session, ride_request, outcome=outcome, actor=NADIA, now=NOW, policy=POLICY)


def test_a_ride_is_not_done_before_it_began(session: Session):
    ride = agreed(session)
    for act in ("done", "passenger_no_show", "driver_no_show"):
        with pytest.raises(Refused, match=r"ride\.not_yet"):
            finish(session, ride, act, NOW)


def test_the_last_ride_done_closes_the_request_as_served(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    out, back = accept(session, ask(session, asked))
    tell(session, asked)
    finish(session, out, "done")
    assert asked.is_open
    finish(session, back, "done")
    assert (asked.status, asked.outcome, states(asked)) == ("closed", "served_carpool", ["done", "done"])


@pytest.mark.parametrize("act", ["passenger_no_show", "driver_no_show"])
def test_a_no_show_fails_the_leg_and_leaves_the_end_to_a_human(session: Session, act: str):
    ride = agreed(session)
    finish(session, ride, act)
    assert (ride.status, states(ride.leg.ride_request)) == (act, ["failed"])
    assert ride.leg.ride_request.is_open


@pytest.mark.parametrize("act", ["done", "passenger_no_show"])
def test_a_wrong_outcome_is_taken_back_and_said_again(session: Session, act: str):
    ride = agreed(session)
    asked = ride.leg.ride_request
    finish(session, ride, act)
    if asked.is_open:
        close(session, asked, "no_show")
    finish(session, ride, "reopen")
    assert (ride.status, states(asked), asked.is_open) == ("planned", ["confirmed"], True)
    finish(session, ride, "done")
    assert asked.outcome == "served_carpool"


def test_reopening_a_request_does_not_look_for_a_second_car_beside_a_ride_that_stands(session: Session):
    ride = agreed(session)
    asked = ride.leg.ride_request
    finish(session, ride, "passenger_no_show")
    close(session, asked, "no_show")
    outcomes.reopen_request(session, asked, actor=NADIA, now=AFTER)
    assert states(asked) == ["failed"]


def test_a_driver_who_falls_out_frees_the_leg_and_the_passenger_is_told(session: Session):
    asked, trip = a_request(session), make_trip(session)
    ride = agreed(session, asked, trip=trip)
    finish(session, ride, "cancel_by_driver", NOW)
    assert (ride.status, ride.approach.status, ride.live_leg_id) == ("cancelled_driver", "declined", None)
    assert (states(asked), asked.is_open, seats_taken(session, trip)) == (["unserved"], True, {})
    assert told(session, asked.passenger) == ["ride_cancelled_passenger"]
    assert verbs(session, asked)[-1] == "ride.cancel_by_driver"


def test_a_driver_who_falls_out_after_the_request_was_closed_opens_it_again(session: Session):
    ride = agreed(session)
    asked = ride.leg.ride_request
    with pytest.raises(Refused, match=r"request\.ride_to_come"):
        close(session, asked, "served_carpool")
    requests.close(
        session, asked, outcome="served_carpool", actor=NADIA, now=NOW
    )  # as an older version let one
    assert ride.status == "planned"
    finish(session, ride, "cancel_by_driver", NOW)
    assert (asked.is_open, states(asked)) == (True, ["unserved"])


def test_a_passenger_who_cancels_gives_the_leg_up_and_the_request_closes(session: Session):
    asked, trip = a_request(session), make_trip(session)
    ride = agreed(session, asked, trip=trip)
    finish(session, ride, "cancel_by_passenger", NOW)
    assert (ride.status, ride.approach.status) == ("cancelled_passenger", "withdrawn")
    assert (states(asked), asked.outcome) == (["failed"], "withdrawn_by_passenger")
    assert "ride_cancelled_driver" in told(session, trip.driver)
    assert seats_taken(session, trip) == {}
    outcomes.reopen_request(session, asked, actor=NADIA, now=NOW)
    assert states(asked) == ["unserved"]


@pytest.mark.parametrize("act", ["cancel_by_driver", "cancel_by_passenger"])
def test_a_ride_said_cancelled_once_its_hour_is_past_warns_nobody_and_is_not_looked_for(
    session: Session, act: str
):
    asked, trip = a_request(session), make_trip(session)
    ride = agreed(session, asked, trip=trip)
    finish(session, ride, act, PICKUP)
    assert (states(asked), seats_taken(session, trip)) == (["failed"], {})
    assert asked.is_open is (act == "cancel_by_driver")  # a human says how that ends
    kinds = told(session, trip.driver) + told(session, asked.passenger)
    assert [kind for kind in kinds if kind.startswith("ride_cancelled")] == []


def test_one_way_cancelled_leaves_the_driver_the_other(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    one = ask(session, asked)
    out, back = accept(session, one)
    finish(session, back, "cancel_by_driver", NOW)
    assert (one.status, out.status, states(asked)) == ("accepted", "planned", ["agreed", "unserved"])
    finish(session, out, "cancel_by_driver", NOW)
    assert one.status == "declined"


def test_one_way_driven_and_the_other_given_up_closes_as_served(session: Session):
    asked = a_request(session, a_leg(), a_leg(**BACK))
    out, back = accept(session, ask(session, asked))
    finish(session, back, "cancel_by_passenger", NOW)
    assert asked.is_open
    finish(session, out, "done")
    assert asked.outcome == "served_carpool"


def test_a_ride_that_is_over_is_not_cancelled(session: Session):
    ride = agreed(session)
    finish(session, ride, "done")
    with pytest.raises(Refused, match=r"ride\.done\.cancel_by_driver"):
        finish(session, ride, "cancel_by_driver")


def test_closing_lets_the_drivers_still_asked_go(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    everything_left(session)
    close(session, asked, "referred_transit")
    assert (one.status, states(asked)) == ("withdrawn", ["failed"])
    assert "driver_withdrawn" in told(session, one.driver)


def test_closing_for_want_of_the_passenger_cancels_what_was_agreed_so_that_nobody_drives_for_nothing(
    session: Session,
):
    asked, trip = a_request(session), make_trip(session)
    ride = agreed(session, asked, trip=trip)
    close(session, asked, "withdrawn_by_passenger")
    assert (ride.status, ride.approach.status, asked.status) == ("cancelled_passenger", "withdrawn", "closed")
    assert "ride_cancelled_driver" in told(session, trip.driver)
    assert (seats_taken(session, trip), states(asked)) == ({}, ["failed"])


# --- time -----------------------------------------------------------------------------------------------------


def lapse_due(session: Session, *, now: datetime, policy: SenderPolicy) -> int:
    """What the worker does at each tick; how many lapsed."""
    return sum(
        outcomes.lapse(session, due, now=now, policy=policy) for due in outcomes.to_lapse(session, now=now)
    )


def test_what_nobody_answered_in_time_lapses_and_the_leg_is_looked_for_again(session: Session):
    asked = a_request(session)
    sent, to_call = ask(session, asked), ask(session, asked, channel="phone")
    assert lapse_due(session, now=NOW + timedelta(hours=23), policy=POLICY) == 0
    assert lapse_due(session, now=NOW + timedelta(hours=24), policy=POLICY) == 2
    assert (sent.status, to_call.status, states(asked)) == ("expired", "expired", ["unserved"])
    assert lapse_due(session, now=NOW + timedelta(hours=25), policy=POLICY) == 0


def test_a_late_yes_on_the_phone_counts_while_the_leg_is_free(session: Session):
    asked = a_request(session)
    one = ask(session, asked)
    lapse_due(session, now=NOW + timedelta(hours=24), policy=POLICY)
    assert len(accept(session, one, through="phone", now=NOW + timedelta(hours=25))) == 1


def test_a_ride_of_which_nobody_speaks_is_never_done_by_itself(session: Session):
    ride = agreed(session)
    assert outcomes.lose_sight(session, ride.id, now=AFTER, policy=POLICY)
    assert ride.status == "unknown"
    finish(session, ride, "done")
    assert ride.status == "done"


# --- numbers given out ----------------------------------------------------------------------------------------


def test_each_number_given_out_is_recorded_without_the_number(session: Session):
    odile, marcel, trip = make_driver(session), make_passenger(session), make_trip(session)
    outcomes.reveal_contact(session, driver=odile, passenger=marcel, trip_id=trip.id, actor=NADIA, now=NOW)
    session.flush()
    assert session.scalars(select(ContactReveal.driver_id)).all() == [odile.id]
    entry = session.scalars(select(Entry).where(Entry.verb == "contact.revealed")).one()
    assert entry.data == {"passenger": marcel.id, "trip": trip.id}


def test_p8_a_minor_is_given_no_number_without_an_authorisation(session: Session):
    young = make_passenger(session, minor=True, phone=a_mobile())
    with pytest.raises(Refused, match=r"person\.guardian"):
        outcomes.reveal_contact(
            session, driver=make_driver(session), passenger=young, trip_id=1, actor=NADIA, now=NOW
        )
